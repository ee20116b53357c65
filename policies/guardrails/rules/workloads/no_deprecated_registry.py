"""No image comes from the registry that Kubernetes froze.

Field: `image` of every container must not begin with the host `k8s.gcr.io`. Its images moved to `registry.k8s.io`
in 2023; the old host gets no new ones, and what it still has may go at any time.
"""

from guardrails.examples.kubernetes import a_container, elsewhere, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

FROZEN = "k8s.gcr.io"


def check(pod: Pod) -> Violations:
    """Name each container whose image comes from there."""
    for container in pod.containers:
        image = container.read("image")
        if isinstance(image, str) and image.partition("/")[0].lower() == FROZEN:
            yield container.fails(_wrong(image), "image")


def _wrong(image: str) -> str:
    return f"runs {image!r} from a registry that is frozen"


RULE = Rule(
    id="no-deprecated-registry",
    title="No image comes from k8s.gcr.io",
    why="The registry gets no fixes, and a node that has to pull from it may find nothing there.",
    fix="Name the same image at registry.k8s.io.",
    severity=Severity.LOW,
    covers=("production:40",),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "its successor": workload(a_container(image="registry.k8s.io/pause:3.10")),
        "a host that only begins like it": workload(a_container(image="k8s.gcr.io.example.com/pause:3.10")),
        "a path that looks like it": workload(a_container(image="mirror.example.com/k8s.gcr.io/pause:3.10")),
        "no image": workload(a_container(image=None)),
    },
    refuses={
        "the frozen one": spoilt(a_container(image="k8s.gcr.io/pause:3.9"), _wrong("k8s.gcr.io/pause:3.9")),
        "in capitals": spoilt(a_container(image="K8S.GCR.IO/pause:3.9"), _wrong("K8S.GCR.IO/pause:3.9")),
        **elsewhere(a_container("proxy", image="k8s.gcr.io/proxy:v1"), _wrong("k8s.gcr.io/proxy:v1")),
    },
)
