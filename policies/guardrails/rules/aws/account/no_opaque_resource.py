"""Nothing is rented from AWS that the rules can't see.

A CloudFormation stack, a stack set, a product of the Service Catalog and an application of the serverless repository
are one resource to the engine: what their templates make is judged by no rule. The same is true of a resource of the
Cloud Control API, here or in the package `aws-native`, which spells everything otherwise.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

STACK = "aws:cloudformation/stack:Stack"
KINDS = frozenset(
    {
        STACK,
        "aws:cloudformation/stackSet:StackSet",
        "aws:cloudcontrol/resource:Resource",
        "aws:servicecatalog/provisionedProduct:ProvisionedProduct",
        "aws:serverlessrepository/cloudFormationStack:CloudFormationStack",
    }
)
NATIVE = "aws-native:*"
PROBLEM = "hides what it makes"


def check(obj: Object) -> Violations:
    """Refuse it, whatever it says; one that may be of another kind is undecided."""
    obj.read()
    yield obj.fails(PROBLEM)


RULE = Rule(
    id="no-opaque-resource",
    title="AWS resources are declared one by one",
    why="What a template makes passes no rule, so all that is refused elsewhere comes in through it.",
    fix="Declare each resource with pulumi_aws, whose fields the rules read.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:16", "go-live-readiness:124"),
    kinds=KINDS | {NATIVE},
    check=EachObject(check),
    allows={
        "a resource": aws_resource("aws:s3/bucket:Bucket", bucket="shop"),
        "what shares a stack's set-up": aws_resource("aws:cloudformation/cloudFormationType:CloudFormationType"),
    },
    refuses={
        "a stack": bad_example(aws_resource(STACK, templateBody="{}"), f"Stack shop {PROBLEM}"),
        "another package": bad_example(
            aws_resource("aws-native:s3:Bucket", bucketName="shop"), f"Bucket shop {PROBLEM}"
        ),
        **in_kinds(bad_example(aws_resource(STACK), f"Stack shop {PROBLEM}"), KINDS),
    },
)
