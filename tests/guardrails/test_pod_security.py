"""The Pod Security rules agree with the fixtures that Kubernetes itself publishes, in every version of both levels.

The fixtures come from the Go module that implements the admission controller. Rules follow the newest `restricted`, so
what an older version or `baseline` lets through may break the rules that came later or are `restricted` alone, and no
other.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import pytest
import yaml
from guardrails import RULES, Resource
from guardrails.evaluation.evaluate import evaluate_resource
from guardrails.model.values import Plain

from tests.support.go_modules import Module

FIXTURES = Module(
    path="k8s.io/pod-security-admission",
    version="v0.36.3",
    hash="h1:nWRx42eQwSkapa0TPwtho35adfSziRmPYuzwU+4xPpo=",
)
VERSIONS = 36
"""1.0 up to the latest there, 1.35; what a later cluster adds to it has no fixtures yet."""
NOT_IN_THE_STANDARD = "read-only-root-filesystem"
RULES_OF_PODS = [r for r in RULES if ".rules.pods." in r.check.check.__module__ and r.id != NOT_IN_THE_STANDARD]
SINCE = {"no-privilege-escalation": 8, "seccomp-profile": 19, "drop-all-capabilities": 22}
"""The minor version in which `restricted` first asked what the rule asks."""
RESTRICTED_ONLY = {*SINCE, "run-as-non-root", "volume-types", "default-proc-mount"}
"""What `baseline` does not ask for, or asks for less of."""

Pods = Mapping[tuple[str, int, str], Sequence[tuple[str, Plain]]]


@pytest.fixture(scope="module")
def pods() -> Pods:
    """Name and manifest of each fixture, by level, minor version and expected answer."""
    found: defaultdict[tuple[str, int, str], list[tuple[str, Plain]]] = defaultdict(list)
    with FIXTURES.archive() as archive:
        for name in archive.namelist():
            folder, _, rest = name.partition("/test/testdata/")
            if folder and rest.endswith(".yaml"):
                level, version, answer, file = rest.split("/")
                manifest = yaml.load(archive.read(name), Loader=yaml.CSafeLoader)
                found[level, int(version.removeprefix("v1.")), answer].append((file, manifest))
    return found


def faults(manifest: Plain) -> set[tuple[str, str]]:
    """The Pod Security rules that a pod breaks, each with the words but without the pod's name."""
    pod = Resource.read("kubernetes:core/v1:Pod", "fixture", manifest)
    return {(f.rule, re.sub(r"Pod \w+", "Pod", f.says)) for f in evaluate_resource(pod, RULES_OF_PODS)}


def broken(manifest: Plain) -> set[str]:
    """The Pod Security rules that a pod breaks."""
    return {rule for rule, _ in faults(manifest)}


def test_all_versions_are_there(pods: Pods) -> None:
    levels, answers = ("baseline", "restricted"), ("fail", "pass")
    assert pods.keys() == {(le, version, a) for le in levels for version in range(VERSIONS) for a in answers}
    assert sum(map(len, pods.values())) > 4000


@pytest.mark.parametrize("version", range(VERSIONS))
@pytest.mark.parametrize("level", ["baseline", "restricted"])
def test_what_fails_is_refused_for_its_own_fault(pods: Pods, level: str, version: int) -> None:
    shared = set.intersection(*(faults(manifest) for _, manifest in pods[level, version, "pass"]))
    if version < SINCE["seccomp-profile"]:
        # Pods of then choose their profile by an annotation, which clusters ignore by now: none of them has a profile.
        shared = {(rule, says) for rule, says in shared if rule != "seccomp-profile"}
    assert [name for name, manifest in pods[level, version, "fail"] if not faults(manifest) - shared] == []


@pytest.mark.parametrize("version", range(VERSIONS))
def test_what_restricted_passes_is_accepted(pods: Pods, version: int) -> None:
    later = {rule for rule, since in SINCE.items() if since > version}
    refused = {name: broken(manifest) - later for name, manifest in pods["restricted", version, "pass"]}
    assert {name: rules for name, rules in refused.items() if rules} == {}


@pytest.mark.parametrize("version", range(VERSIONS))
def test_what_baseline_passes_breaks_only_what_restricted_adds(pods: Pods, version: int) -> None:
    refused = {name: broken(manifest) - RESTRICTED_ONLY for name, manifest in pods["baseline", version, "pass"]}
    assert {name: rules for name, rules in refused.items() if rules} == {}
