"""Secrets come from the secret store, never from the program.

Fields: `data` and `stringData` of a `Secret` must be absent or empty. Their names and values are never shown. Secrets
without data are allowed: the cluster fills in the token of a service account, and a controller may fill in others.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type


def check(secret: Object) -> Violations:
    """Name each field that holds something."""
    for field in ("data", "stringData"):
        held = secret.read(field)
        if held is not None and not isinstance(held, Unknown) and secret.at(field).plain != {}:
            yield secret.fails(f"holds literal {field}", field)


RULE = Rule(
    id="no-literal-secret",
    title="Secrets come from the secret store",
    why="A literal secret lies in the state file, in git or in both, and nobody rotates it.",
    fix="Declare an ExternalSecret that fetches it from the secret store, and delete this Secret.",
    severity=Severity.CRITICAL,
    covers=(
        "new-services:37",
        "new-services:210",
        "optibid:61",
        "optibid:63",
        "go-live-readiness:15",
        "go-live-readiness:96",
    ),
    kinds=frozenset({"core/Secret"}),
    check=EachObject(check),
    allows={
        "no data": (declared(SECRET, "token", type="kubernetes.io/service-account-token"),),
        "empty data": (declared(SECRET, "token", data={}),),
        "an ExternalSecret": (
            declared(
                "kubernetes:external-secrets.io/v1:ExternalSecret", "db", spec={"data": [{"secretKey": "password"}]}
            ),
        ),
    },
    refuses={
        "data": bad_example(
            (declared(SECRET, "db", data={"password": "aHVudGVyMg=="}),), "Secret shop/db holds literal data"
        ),
        "stringData": bad_example(
            (declared(SECRET, "db", stringData={"password": "hunter2"}),), "Secret shop/db holds literal stringData"
        ),
        "both": bad_example(
            (declared(SECRET, "db", data={"a": "YQ=="}, stringData={"b": "b"}),),
            "Secret shop/db holds literal data",
            "Secret shop/db holds literal stringData",
        ),
        "a list": bad_example(
            (
                declared(
                    "kubernetes:core/v1:SecretList",
                    "secrets",
                    items=[{"metadata": {"name": "db"}, "data": {"password": "aHVudGVyMg=="}}],
                ),
            ),
            "Secret db holds literal data",
        ),
        "a patch": bad_example(
            (declared("kubernetes:core/v1:SecretPatch", "db", data={"password": "aHVudGVyMg=="}),),
            "Secret shop/db holds literal data",
        ),
    },
)
