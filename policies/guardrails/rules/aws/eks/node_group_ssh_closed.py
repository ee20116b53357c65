"""Nobody logs in to nodes from anywhere.

Fields of `remoteAccess`: an `ec2SshKey` without `sourceSecurityGroupIds` opens port 22 of every node to the world.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

NODES = "aws:eks/nodeGroup:NodeGroup"
PROBLEM = "opens SSH of its nodes to the whole world"


def check(nodes: Object) -> Violations:
    """A key needs groups that may use it."""
    key = nodes.read("remoteAccess", "ec2SshKey")
    if key is None or key == "" or isinstance(key, Unknown):
        return
    groups = nodes.read("remoteAccess", "sourceSecurityGroupIds")
    if not isinstance(groups, Unknown) and not nodes.at("remoteAccess", "sourceSecurityGroupIds").elements():
        yield nodes.fails(PROBLEM, "remoteAccess", "sourceSecurityGroupIds")


RULE = Rule(
    id="node-group-ssh-closed",
    title="Nodes can't be logged in to from anywhere",
    why="An open SSH port on each node is tried by the whole internet, around the clock.",
    fix="Leave remoteAccess out and use Session Manager, or name sourceSecurityGroupIds.",
    severity=Severity.CRITICAL,
    covers=("production:6", "optibid:74"),
    kinds=frozenset({NODES}),
    check=EachObject(check),
    allows={
        "no remote access": aws_resource(NODES),
        "no key": aws_resource(NODES, remoteAccess={"ec2SshKey": None}),
        "named groups": aws_resource(
            NODES, remoteAccess={"ec2SshKey": "ops", "sourceSecurityGroupIds": ["sg-0123456789"]}
        ),
    },
    refuses={
        "unset": bad_example(aws_resource(NODES, remoteAccess={"ec2SshKey": "ops"}), f"NodeGroup shop {PROBLEM}"),
        "null": bad_example(
            aws_resource(NODES, remoteAccess={"ec2SshKey": "ops", "sourceSecurityGroupIds": None}),
            f"NodeGroup shop {PROBLEM}",
        ),
        "empty": bad_example(
            aws_resource(NODES, remoteAccess={"ec2SshKey": "ops", "sourceSecurityGroupIds": []}),
            f"NodeGroup shop {PROBLEM}",
        ),
    },
)
