"""A node group says what machines it starts.

Field: `launchTemplate`, with an `id` or a `name`. Without one EKS makes a template of its own, whose answers about
credentials travel two hops, so that pods get them, and whose disks are encrypted only where the account says so. A
template of the same stack is judged by its own rules; one that is not in the stack is somebody else's.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

NODES = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "launchTemplate"
PROBLEM = "starts machines that no launch template of ours describes"


def check(nodes: Object) -> Violations:
    """Ask for a template, by its id or by its name."""
    if not is_given(nodes, TEMPLATE, "id") and not is_given(nodes, TEMPLATE, "name"):
        yield nodes.fails(PROBLEM, TEMPLATE)


RULE = Rule(
    id="node-group-has-template",
    title="Node groups start machines from a launch template of ours",
    why="EKS's own template lets every pod read the machine's credentials, and encrypts no disk by itself.",
    fix="Set launchTemplate to a LaunchTemplate with httpTokens required, one hop, and encrypted disks.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:102", "production:6", "go-live-readiness:94"),
    kinds=frozenset({NODES}),
    check=EachObject(check),
    known_after_deploy=(f"{TEMPLATE}.id", f"{TEMPLATE}.name"),
    allows={
        "by its id": aws_resource(NODES, launchTemplate={"id": "lt-0123456789abcdef0", "version": "3"}),
        "of the same program": aws_resource(NODES, launchTemplate={"id": Unknown.LATER, "version": "1"}),
        "by its name": aws_resource(NODES, launchTemplate={"name": "golive-prod-general", "version": "1"}),
    },
    refuses={
        "unset": bad_example(aws_resource(NODES), f"NodeGroup shop {PROBLEM}"),
        "null": bad_example(aws_resource(NODES, launchTemplate=None), f"NodeGroup shop {PROBLEM}"),
        "a version of nothing": bad_example(
            aws_resource(NODES, launchTemplate={"version": "1"}), f"NodeGroup shop {PROBLEM}"
        ),
        "empty": bad_example(aws_resource(NODES, launchTemplate={"id": "", "name": ""}), f"NodeGroup shop {PROBLEM}"),
    },
)
