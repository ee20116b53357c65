"""What belongs to us is given to named accounts and services.

Fields: `policy` (or `policyDocument`, `accessPolicies` and the like) of keys, buckets and their access points,
secrets, queues, topics, streams, tables, functions, domains, repositories, vaults and whatever else has one, JSON text
or an object. A statement that allows `Principal` `*`, or `AWS` `*`, is refused unless a `Condition` says who asks: an
account, an organisation, a network. Reference: FSBP KMS.5, S3.2, SQS.3, SNS.4; CIS AWS Foundations 1.20 asks for the
same after the fact.
"""

from guardrails.aws.iam_statements import is_bounded, is_for_anybody, statements
from guardrails.examples.aws import aws_resource, aws_resource_at
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

KEY = "aws:kms/key:Key"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
FIELDS = {
    KEY: "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:kms/externalKey:ExternalKey": "policy",
    "aws:kms/replicaKey:ReplicaKey": "policy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
    BUCKET_POLICY: "policy",
    "aws:s3/bucket:Bucket": "policy",
    "aws:s3/bucketV2:BucketV2": "policy",
    "aws:s3/accessPoint:AccessPoint": "policy",
    "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
    "aws:kms/replicaExternalKey:ReplicaExternalKey": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "repositoryPolicy",
    "aws:ecrpublic/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:lambda/resourcePolicy:ResourcePolicy": "policy",
    "aws:msk/clusterPolicy:ClusterPolicy": "policy",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
    "aws:glue/resourcePolicy:ResourcePolicy": "policy",
    "aws:elasticsearch/domain:Domain": "accessPolicies",
    "aws:elasticsearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:opensearch/domain:Domain": "accessPolicies",
    "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
    "aws:codeartifact/domainPermissions:DomainPermissions": "policyDocument",
    "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": "policyDocument",
    "aws:ses/identityPolicy:IdentityPolicy": "policy",
    "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:sqs/queue:Queue": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:sns/topic:Topic": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:acmpca/policy:Policy": "policy",
    "aws:amp/resourcePolicy:ResourcePolicy": "policyDocument",
    "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy": "policy",
    "aws:cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy": "accessPolicy",
    "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy": "deliveryDestinationPolicy",
    "aws:codebuild/resourcePolicy:ResourcePolicy": "policy",
    "aws:dsql/clusterPolicy:ClusterPolicy": "policy",
    "aws:glacier/vault:Vault": "accessPolicy",
    "aws:glacier/vaultLock:VaultLock": "policy",
    "aws:mediastore/containerPolicy:ContainerPolicy": "policy",
    "aws:networkfirewall/resourcePolicy:ResourcePolicy": "policy",
    "aws:oam/sinkPolicy:SinkPolicy": "policy",
    "aws:opensearchingest/resourcePolicy:ResourcePolicy": "policy",
    "aws:organizations/resourcePolicy:ResourcePolicy": "content",
    "aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy": "policy",
    "aws:redshift/resourcePolicy:ResourcePolicy": "policy",
    "aws:redshiftserverless/resourcePolicy:ResourcePolicy": "policy",
    "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy": "policy",
    "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": "policy",
    "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy": "policy",
    "aws:s3control/bucketPolicy:BucketPolicy": "policy",
    "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": "details.policy",
    "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": "policy",
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
    "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
    "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy": "resourcePolicy",
    "aws:schemas/registryPolicy:RegistryPolicy": "policy",
    "aws:vpclattice/authPolicy:AuthPolicy": "policy",
    "aws:vpclattice/resourcePolicy:ResourcePolicy": "policy",
    "aws:xray/resourcePolicy:ResourcePolicy": "policyDocument",
}
"""Kind to the field that holds its policy, with dots."""
PROBLEM = "is open to anybody"


def check(obj: Object) -> Violations:
    """Look for a principal that is everybody."""
    for statement in statements(obj.at(*FIELDS.get(obj.id, "policy").split("."))):
        if is_for_anybody(statement) and not is_bounded(statement):
            yield statement.fails(PROBLEM, "Principal")


def _policy(principal: Plain, effect: str = "Allow", **more: Plain) -> tuple[Resource, ...]:
    statement: Plain = {"Effect": effect, "Action": "s3:GetObject", "Resource": "*", "Principal": principal, **more}
    return aws_resource(BUCKET_POLICY, policy={"Statement": [statement]})


OPEN: Plain = {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}

RULE = Rule(
    id="no-open-resource-policy",
    title="Keys, buckets, secrets and queues are given to named accounts",
    why="A policy that names everybody gives the data to every account in the world, whatever IAM says.",
    fix="Name the accounts, roles or services in Principal.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "optibid:34", "optibid:61"),
    kinds=frozenset(FIELDS),
    check=EachObject(check),
    allows={
        "the account": _policy({"AWS": "arn:aws:iam::111122223333:root"}),
        "a denial for all": _policy("*", "Deny"),
        "the default": aws_resource(KEY),
        "one bucket's events": _policy("*", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::shop"}}),
        "sessions of one role": _policy("*", Condition={"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}),
        "anybody of the organisation": _policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}}),
    },
    refuses={
        "anybody": bad_example(_policy("*"), f"BucketPolicy shop {PROBLEM}"),
        "any account": bad_example(_policy({"AWS": ["*"]}), f"BucketPolicy shop {PROBLEM}"),
        "a key as text": bad_example(
            aws_resource(
                KEY, policy='{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}}'
            ),
            f"Key shop {PROBLEM}",
        ),
        "anybody but one": bad_example(
            _policy(None, NotPrincipal={"AWS": "arn:aws:iam::111122223333:root"}), f"BucketPolicy shop {PROBLEM}"
        ),
        "whoever uses TLS": bad_example(
            _policy("*", Condition={"Bool": {"aws:SecureTransport": "true"}}), f"BucketPolicy shop {PROBLEM}"
        ),
        "from half the internet": bad_example(
            _policy("*", Condition={"IpAddress": {"aws:SourceIp": ["0.0.0.0/1"]}}), f"BucketPolicy shop {PROBLEM}"
        ),
        "where nothing is said": bad_example(
            _policy("*", Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-0123456789"}}),
            f"BucketPolicy shop {PROBLEM}",
        ),
        "any role of any account": bad_example(
            _policy("*", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}),
            f"BucketPolicy shop {PROBLEM}",
        ),
        "any bucket's events": bad_example(
            _policy("*", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}), f"BucketPolicy shop {PROBLEM}"
        ),
        "some accounts": bad_example(
            _policy("*", Condition={"StringLike": {"aws:PrincipalAccount": "1*"}}), f"BucketPolicy shop {PROBLEM}"
        ),
        "an empty condition": bad_example(_policy("*", Condition={}), f"BucketPolicy shop {PROBLEM}"),
        **{
            kind: bad_example(
                aws_resource_at(kind, field, {"Statement": OPEN}), f"{kind.rpartition(':')[2]} shop {PROBLEM}"
            )
            for kind, field in FIELDS.items()
        },
    },
)
