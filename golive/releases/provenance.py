"""Whether the program is still the one that a release was built by: the same settings make the same objects then."""

import subprocess

from golive.releases.history import Release

_SETTINGS = ":(exclude)Pulumi.*.yaml"
_SHOWN = 9


def moved(release: Release) -> str | None:
    """Say in a sentence what is known against the program being the release's; ``None`` where nothing is."""
    if release.commit is None:
        return f"nobody recorded which commit built release {release.number}; the preview shows what differs"
    commit = release.commit[:_SHOWN]
    if release.dirty:
        return f"release {release.number} was built by {commit} with changes on top; the preview shows what differs"
    try:
        command = ["git", "diff", "--quiet", release.commit, "--", ".", _SETTINGS]
        same = subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - git as on PATH
    except OSError:
        same = False
    return None if same else f"the program differs from {commit}, which built release {release.number}"
