"""A database's first password is made and kept by AWS; no program ever holds it.

Fields: `manageMasterUserPassword` (`manageMasterPassword` of Redshift) is true, or the password is write-only
(`passwordWo`, `masterPasswordWo`). A `password` in the program is refused, also of Redshift's namespaces, search
domains, the users of caches, elastic clusters of documents and the endpoints of DMS, all of which have a way without
(IAM, a secret's ARN). What is restored from a snapshot (`snapshotIdentifier`) or follows another (`replicateSourceDb`,
`replicationSourceIdentifier`) has its source's. Reference: the checklists' database credentials.
"""

from guardrails.aws.relations import INSTANCE, is_exempt, is_given
from guardrails.examples.aws import aws_resource, aws_resource_at
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

MASTER, MANAGED = "masterPassword", "manageMasterUserPassword"
SERVERS = {
    INSTANCE: MANAGED,
    "aws:rds/cluster:Cluster": MANAGED,
    "aws:docdb/cluster:Cluster": MANAGED,
    "aws:redshift/cluster:Cluster": "manageMasterPassword",
}
"""Kind to the field by which AWS makes and keeps the password."""
OF_A_DOMAIN = "advancedSecurityOptions.masterUserOptions.masterUserPassword"
ELASTIC = "aws:docdb/elasticCluster:ElasticCluster"
USERS = {
    "aws:redshiftserverless/namespace:Namespace": ("adminUserPassword",),
    "aws:opensearch/domain:Domain": (OF_A_DOMAIN,),
    "aws:elasticsearch/domain:Domain": (OF_A_DOMAIN,),
    "aws:elasticache/user:User": ("passwords", "authenticationMode.passwords"),
    "aws:memorydb/user:User": ("authenticationMode.passwords",),
    "aws:dms/endpoint:Endpoint": ("password",),
    ELASTIC: ("adminUserPassword",),
}
"""Kind to the fields that hold a password, with dots, where none is needed."""
LITERAL = ("password", MASTER)
INHERITED = ("replicateSourceDb", "replicationSourceIdentifier", "snapshotIdentifier")
WRITE_ONLY = ("passwordWo", "masterPasswordWo")
HELD = "has a password that the program and its state hold"
NONE = "does not let AWS make and keep its password"


def check(database: Object) -> Violations:
    """Ask for a password, then for who keeps it."""
    for field in USERS.get(database.id, LITERAL):
        place = database.at(*field.split("."))
        # Whatever it is, the program holds it: also what is hidden, or known only later.
        if place.plain is not None and place.path.endswith(field) and not _is_name_of_secret(database):
            yield place.fails(HELD)
            return
        place.record_unknown()
    if database.id in USERS:
        return
    managed = SERVERS.get(database.id, MANAGED)
    if any(is_given(database, field) for field in INHERITED) or database.peek(managed) is True:
        return
    if database.is_not(managed, value=True) and not any(is_exempt(database, field) for field in WRITE_ONLY):
        yield database.fails(NONE, managed)


def _is_name_of_secret(database: Object) -> bool:
    return database.id == ELASTIC and not database.is_not("authType", value="SECRET_ARN")


RULE = Rule(
    id="database-password-managed",
    title="Databases' passwords are made and kept by AWS",
    why="A password in a program's state is read by whoever reads the state, and turned over by nobody.",
    fix="Set manageMasterUserPassword to true, or let users sign in with IAM, and give no password.",
    severity=Severity.HIGH,
    covers=("optibid:63", "go-live-readiness:96", "optibid:61"),
    kinds=frozenset({*SERVERS, *USERS}),
    check=EachObject(check),
    known_after_deploy=INHERITED,
    allows={
        "managed": aws_resource(INSTANCE, manageMasterUserPassword=True),
        "a replica": aws_resource(INSTANCE, replicateSourceDb="shop"),
        "a managed warehouse": aws_resource("aws:redshift/cluster:Cluster", manageMasterPassword=True),
        "a user who signs in with IAM": aws_resource("aws:elasticache/user:User", authenticationMode={"type": "iam"}),
        "a domain without a user of its own": aws_resource("aws:opensearch/domain:Domain"),
        "the name of a secret": aws_resource(
            ELASTIC, authType="SECRET_ARN", adminUserPassword="arn:aws:secretsmanager:::shop"
        ),
        "write-only": aws_resource(INSTANCE, passwordWo="from a store"),
    },
    refuses={
        "unset": bad_example(aws_resource(INSTANCE), f"Instance shop {NONE}"),
        "null": bad_example(aws_resource(INSTANCE, manageMasterUserPassword=None), f"Instance shop {NONE}"),
        "a literal": bad_example(aws_resource(INSTANCE, password="hunter2"), f"Instance shop {HELD}"),  # noqa: S106 - an example
        **{
            f"unset in {kind}": bad_example(aws_resource(kind), f"Cluster shop {NONE}")
            for kind in sorted(set(SERVERS) - {INSTANCE})
        },
        **{
            f"{kind}: {field}": bad_example(
                aws_resource_at(kind, field, "hunter2"), f"{kind.rpartition(':')[2]} shop {HELD}"
            )
            for kind, fields in USERS.items()
            for field in fields
        },
        "a literal beside": bad_example(
            aws_resource("aws:rds/cluster:Cluster", manageMasterUserPassword=True, masterPassword="hunter2"),
            f"Cluster shop {HELD}",
        ),
    },
)
