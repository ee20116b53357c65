"""Pods set no kernel parameter that reaches beyond them, by the meaning of Pod Security `baseline` and `restricted`.

Restricted field: `securityContext.sysctls[*].name` of the pod must be on the safe list, here as of Kubernetes 1.37.
Names are compared letter by letter, as the API server compares them.
"""

from guardrails.examples.kubernetes import a_container, bad_example, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

LIST = ("securityContext", "sysctls")
SAFE = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
)


def check(pod: Pod) -> Violations:
    """Name each parameter that is not known to be safe."""
    for sysctl in pod.items(*LIST):
        if sysctl.missing("name"):
            yield sysctl.fails("sets a sysctl without a name", "name")
        elif sysctl.differs_from("name", than=SAFE):
            name = sysctl.peek("name")
            called = repr(name) if isinstance(name, str) else "of no name"
            yield sysctl.fails(f"sets the sysctl {called}, which is not on the safe list", "name")


RULE = Rule(
    id="safe-sysctls",
    title="Pods set only safe kernel parameters",
    why="An unsafe parameter changes the kernel under every pod of the node, or switches a protection off.",
    fix="Remove it from the pod's securityContext.sysctls, and tune the node where it is really needed.",
    severity=Severity.MEDIUM,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "none": workload(a_container()),
        "an empty list": workload(a_container(), securityContext={"sysctls": []}),
        "a safe one": workload(
            a_container(), securityContext={"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "4096 87380 6291456"}]}
        ),
    },
    refuses={
        "an unsafe one": bad_example(
            workload(a_container(), securityContext={"sysctls": [{"name": "kernel.msgmax", "value": "65536"}]}),
            "Deployment shop/marketplace sets the sysctl 'kernel.msgmax', which is not on the safe list",
        ),
        "one of several": bad_example(
            workload(
                a_container(),
                securityContext={
                    "sysctls": [
                        {"name": "net.ipv4.tcp_syncookies", "value": "1"},
                        {"name": "net.ipv4.ip_forward", "value": "1"},
                    ]
                },
            ),
            "Deployment shop/marketplace sets the sysctl 'net.ipv4.ip_forward', which is not on the safe list",
        ),
        "no name": bad_example(
            workload(a_container(), securityContext={"sysctls": [{"value": "1"}]}),
            "Deployment shop/marketplace sets a sysctl without a name",
        ),
    },
)
