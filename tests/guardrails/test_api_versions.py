"""The table of served kinds is what the Go module of Kubernetes' API says."""

import re
from collections import defaultdict
from collections.abc import Iterator

from guardrails.kubernetes.api_versions import RELEASE, SERVED

from tests.support.go_modules import Module

API = Module(path="k8s.io/api", version="v0.36.3", hash="h1:NxB+05W2UGqXWFXcLO0RB5cnqnUPP5v5sVlaOH0Iz4w=")
ELSEWHERE = {
    ("apiextensions.k8s.io", "v1", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "v1", "APIService"),
}
"""Kinds that other modules define."""
_GROUP = re.compile(r'GroupName\s*=\s*"([^"]*)"')
_REGISTERED = re.compile(r"&(\w+)\{\}")
_REMOVED = re.compile(r"\(in \*(\w+)\) APILifecycleRemoved\(\) \(major, minor int\) \{\s*return (\d+), (\d+)")
_STABLE = re.compile(r"v[0-9]+")


def defined() -> Iterator[tuple[str, str, str]]:
    """Every kind of the module that its release still serves, by group and version."""
    release = tuple(map(int, RELEASE.split(".")))
    with API.archive() as archive:
        names = set(archive.namelist())
        for name in sorted(names):
            folder, _, file = name.rpartition("/")
            if file != "register.go" or not re.search(r"/v[0-9]\w*$", folder):
                continue
            text = archive.read(name).decode()
            types = archive.read(f"{folder}/types.go").decode()
            cycle = f"{folder}/zz_generated.prerelease-lifecycle.go"
            life = archive.read(cycle).decode() if cycle in names else ""
            removed = {kind: (int(major), int(minor)) for kind, major, minor in _REMOVED.findall(life)}
            (group,) = _GROUP.findall(text)
            for kind in sorted(set(_REGISTERED.findall(text))):
                body = re.search(rf"^type {kind} struct \{{(.*?)^\}}", types, re.DOTALL | re.MULTILINE)
                if body and "metav1.ObjectMeta" in body[1] and removed.get(kind, (9, 9)) > release:
                    yield group or "core", folder.rpartition("/")[2], kind


def test_the_table_is_complete_and_names_stable_versions_where_there_are_some() -> None:
    assert f".{RELEASE.partition('.')[2]}." in API.version
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for group, version, kind in defined():
        found[group, kind].add(version)
    expected = {
        (group, version, kind)
        for (group, kind), versions in found.items()
        for version in ({each for each in versions if _STABLE.fullmatch(each)} or versions)
    }
    assert expected | ELSEWHERE == SERVED
