"""Images are named by a version or a digest, so the image that was tested is the image that runs.

What is no image reference at all is refused as well: an unrendered `${TAG}`, a digest that is none.
Only the last segment of the path can carry a tag: in `host:5000/team/img` the colon belongs to the port. A digest
decides, whatever tag stands beside it. Tags are case sensitive. Refused are `latest` and the tags that name a branch or
its newest build (`MOVING`); the names of lines such as `1.27` or `alpine` are not. A volume made from an image counts
as a container does.
"""

import re

from guardrails.examples import a_container, elsewhere, refusal, spoilt, workload
from guardrails.node import Value
from guardrails.plain import Unknown
from guardrails.rule import EachPod, Faults, Rule, Severity
from guardrails.workloads import WORKLOADS, Pod

REFERENCE = re.compile(
    r"([A-Za-z0-9.-]*[A-Za-z0-9](:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?"
)
"""What the OCI distribution specification takes for a reference, loosely: a host, a path, a tag, a digest."""
DIGEST = f"sha256:{'0' * 64}"
MOVES = "latest can change under us"
UNTAGGED = f"without a tag that means latest, and {MOVES}"
MOVING = frozenset({"dev", "develop", "edge", "head", "main", "master", "nightly", "snapshot", "trunk"})
"""Tags that follow what is being worked on."""


def check(pod: Pod) -> Faults:
    """Name each container whose image could change under its name."""
    for container in pod.containers:
        image = container.read("image")
        if isinstance(image, Unknown) or (image is None and container.partial):
            continue
        if (wrong := _wrong(image, "runs")) is not None:
            yield container.fails(wrong, "image")
    for volume in pod.items("volumes"):
        image = volume.read("image", "reference")
        if image is not None and not isinstance(image, Unknown) and (wrong := _wrong(image, "mounts")) is not None:
            yield volume.fails(wrong, "image", "reference")


def _wrong(image: Value, uses: str) -> str | None:
    """What is wrong with an image that somebody uses."""
    if not isinstance(image, str) or not image.strip():
        return "names no image"
    if not REFERENCE.fullmatch(image) and not _is_bare(image):
        return f"names {image!r}, which is no image reference"
    tag = _tag(image)
    if tag is None:
        return f"{uses} {image!r}; {UNTAGGED}"
    if tag == "latest":
        return f"{uses} {image!r}, and {MOVES}"
    return f"{uses} {image!r}, and {tag} follows what is being worked on" if tag in MOVING else None


def _is_bare(image: str) -> bool:
    """It only lacks the tag behind its colon, which is the fault to name."""
    return image.endswith(":") and REFERENCE.fullmatch(image[:-1]) is not None


def _tag(image: str) -> str | None:
    """The tag, or the digest where there is one; None where there is neither."""
    name, _, digest = image.partition("@")
    if digest:
        return digest
    return name.rpartition("/")[2].partition(":")[2].strip() or None


RULE = Rule(
    id="image-tag-pinned",
    title="Container images name a version",
    why="A moving tag brings code into production that nobody tested, and a rollback to it brings back something else.",
    fix="Name a version tag or a digest in releases.<service>.image.",
    severity=Severity.HIGH,
    covers=("production:41",),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "a version": workload(a_container(image="254carbon/marketplace:v1.0.0")),
        "a digest": workload(a_container(image=f"254carbon/marketplace@{DIGEST}")),
        "a digest beside latest": workload(a_container(image=f"254carbon/marketplace:latest@{DIGEST}")),
        "a registry's port and a version": workload(a_container(image="registry.internal:5000/team/api:1.2")),
        "a tag that only ends in latest": workload(a_container(image="api:1.2-latest")),
        "a host in capitals": workload(a_container(image="Registry.internal/team/api:1.2")),
        "a line of versions": workload(a_container(image="nginx:1.27-alpine")),
        "a volume": workload(a_container(), volumes=[{"name": "model", "image": {"reference": "team/model:v1"}}]),
    },
    refuses={
        "a digest that is none": spoilt(
            a_container(image="api:latest@sha256:"), "names 'api:latest@sha256:', which is no image reference"
        ),
        "an unrendered tag": spoilt(a_container(image="api:${TAG}"), "names 'api:${TAG}', which is no image reference"),
        "a digest that nobody can verify": spoilt(
            a_container(image=f"api@md5:{'0' * 32}"), f"names 'api@md5:{'0' * 32}', which is no image reference"
        ),
        "a name in capitals": spoilt(a_container(image="API:1.0"), "names 'API:1.0', which is no image reference"),
        "a branch": spoilt(a_container(image="api:main"), "runs 'api:main', and main follows what is being worked on"),
        "a volume that moves": refusal(
            workload(a_container(), volumes=[{"name": "model", "image": {"reference": "team/model:latest"}}]),
            f"Deployment shop/marketplace mounts 'team/model:latest', and {MOVES}",
        ),
        "a space": spoilt(a_container(image="api:1.0 "), "names 'api:1.0 ', which is no image reference"),
        "latest": spoilt(
            a_container(image="254carbon/marketplace:latest"), f"runs '254carbon/marketplace:latest', and {MOVES}"
        ),
        "no tag": spoilt(a_container(image="api"), f"runs 'api'; {UNTAGGED}"),
        "a port is no tag": spoilt(
            a_container(image="registry.internal:5000/team/api"), f"runs 'registry.internal:5000/team/api'; {UNTAGGED}"
        ),
        "an empty tag": spoilt(a_container(image="api:"), f"runs 'api:'; {UNTAGGED}"),
        "no image": spoilt(a_container(image=None), "names no image"),
        "an empty image": spoilt(a_container(image=""), "names no image"),
        **elsewhere(a_container("proxy", image="proxy"), f"runs 'proxy'; {UNTAGGED}"),
    },
)
