"""Running ``golive check`` in tests, and a pod to run it on."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from golive.commands.app import app

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: api
  namespace: shop
spec:
  containers:
    - name: api
      image: IMAGE
"""
GOOD, BAD = POD.replace("IMAGE", "team/api:v1"), POD.replace("IMAGE", "team/api:latest")
SAYS = "container 'api' (Pod shop/api) runs 'team/api:latest', and latest can change under us."
IMAGES = ("--rule", "image-tag-pinned")


def run(*arguments: str | Path, stdin: str | bytes = "") -> Result:
    """Run the command with a terminal wide enough to break no line."""
    runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    return runner.invoke(app, ["check", *map(str, arguments)], input=stdin)


def write(folder: Path, name: str, *texts: str | bytes) -> Path:
    """Write one file of these documents."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"---\n".join(text if isinstance(text, bytes) else text.encode() for text in texts))
    return path


def found(*arguments: str | Path, stdin: str = "") -> Any:  # noqa: ANN401 - whatever JSON can say
    """The JSON report."""
    return json.loads(run(*arguments, "--format", "json", stdin=stdin).stdout)
