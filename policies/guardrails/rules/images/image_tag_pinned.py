"""Images are named by a version or a digest, so the image that was tested is the image that runs.

What is no image reference at all is refused as well: an unrendered `${TAG}`, a digest that is none.
Only the last segment of the path can carry a tag: in `host:5000/team/img` the colon belongs to the port. A digest
decides, whatever tag stands beside it. Refused are `latest` and the tags without a number that begin with the name of a
branch, a stage or whatever is newest (`MOVING`), in any case: `LATEST`, `stable`, `latest-alpine`. Refused as well are
Maven's snapshots and words that stand where nobody filled in a version (`BLANKS`). The names of lines such as `1.27` or
`alpine` are not. A volume made from an image counts as a container does.
"""

import re
from functools import lru_cache

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Value
from guardrails.model.values import Unknown
from guardrails.rule import EachPod, Rule, Severity

REFERENCE = re.compile(
    r"([A-Za-z0-9.-]*[A-Za-z0-9](:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?"
)
"""What the OCI distribution specification takes for a reference, loosely: a host, a path, a tag, a digest."""
DIGEST = f"sha256:{'0' * 64}"
MOVES = "latest can change under us"
UNTAGGED = f"without a tag that means latest, and {MOVES}"
MOVING = frozenset(
    {
        *("canary", "current", "edge", "head", "latest", "lts", "mainline", "newest", "next", "nightly", "rolling"),
        *("alpha", "beta", "experimental", "preview", "rc", "release", "snapshot", "stable", "tip", "unstable"),
        *("dev", "devel", "develop", "development", "main", "master", "prod", "production", "qa", "staging", "test"),
        *("testing", "trunk", "uat"),
    }
)
"""First words of tags that move from version to version."""
BLANKS = frozenset(
    {
        *("changeme", "fixme", "imagetag", "nil", "none", "null", "placeholder", "replaceme", "tag", "tbd", "todo"),
        *("undefined", "unset", "version", "yourtag"),
    }
)
"""Tags, without their hyphens, that a template or its author left behind."""
_WORDS = re.compile("[-_.]")
_NUMBER = re.compile("[0-9]")


def check(pod: Pod) -> Violations:
    """Name each container whose image could change under its name."""
    for container in pod.containers:
        image = container.read("image")
        if isinstance(image, Unknown) or (image is None and container.partial):
            continue
        if (problem := _wrong(image, "runs")) is not None:
            yield container.fails(problem, "image")
    for volume in pod.items("volumes"):
        image = volume.read("image", "reference")
        if image is not None and not isinstance(image, Unknown) and (problem := _wrong(image, "mounts")) is not None:
            yield volume.fails(problem, "image", "reference")


@lru_cache(maxsize=4096)
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
    if _moves(tag):
        return f"{uses} {image!r}, and {tag} moves from version to version"
    blank = _WORDS.sub("", tag.lower()) in BLANKS
    return f"{uses} {image!r}, and {tag} stands where nobody filled in a version" if blank else None


def _moves(tag: str) -> bool:
    first, *others = _WORDS.split(tag.lower())
    return (first in MOVING and not _NUMBER.search(tag)) or others[-1:] == ["snapshot"]


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
        "a build of a branch": workload(a_container(image="api:main-2f9a1c7")),
        "a stable release": workload(a_container(image="nginx:stable-1.28")),
        "a variant": workload(a_container(image="nginx:alpine")),
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
        "a branch": spoilt(a_container(image="api:main"), "runs 'api:main', and main moves from version to version"),
        "latest in capitals": spoilt(
            a_container(image="api:LATEST"), "runs 'api:LATEST', and LATEST moves from version to version"
        ),
        "latest of a variant": spoilt(
            a_container(image="api:latest-alpine"),
            "runs 'api:latest-alpine', and latest-alpine moves from version to version",
        ),
        "whatever is stable": spoilt(
            a_container(image="api:stable"), "runs 'api:stable', and stable moves from version to version"
        ),
        "a snapshot": spoilt(
            a_container(image="api:1.2-SNAPSHOT"),
            "runs 'api:1.2-SNAPSHOT', and 1.2-SNAPSHOT moves from version to version",
        ),
        "a blank": spoilt(
            a_container(image="api:CHANGE-ME"),
            "runs 'api:CHANGE-ME', and CHANGE-ME stands where nobody filled in a version",
        ),
        "a volume that moves": bad_example(
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
