"""Build what ``toolchain.recipes`` describes, for a machine that reaches package registries and nothing else.

All that Go downloads and compiles lies in one scratch folder beside the results until the last recipe is built, so
that recipes built together compile nothing twice, and a newcomer's home folder gets nothing but the results.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolchain.errors import ToolchainError
from toolchain.golang import Say, environment, install, run, scratch
from toolchain.locks import locked
from toolchain.paths import cache
from toolchain.recipes import Edit, Kept, Recipe


def build(recipes: Sequence[Recipe], say: Say) -> None:
    """Build those of ``recipes`` that the cache lacks.

    Each result appears whole or not at all, as soon as it is done: an interrupted build goes on where it stopped.
    Raises ``ToolchainError`` with the last lines of the failing step.
    """
    if all(recipe.done for recipe in recipes):
        return
    parent = cache() / "built"
    with locked(parent / "lock", lambda: say("another golive is building; waiting for it")):
        missing = [recipe for recipe in recipes if not recipe.done]
        for abandoned in parent.glob("building-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        if missing:
            with scratch(parent) as folder:
                workshop = Workshop(folder, say)
                for count, recipe in enumerate(missing, start=1):
                    number = f" ({count} of {len(missing)})" if len(missing) > 1 else ""
                    say(f"building {recipe.name} {recipe.version} from its Go modules, once: {recipe.takes}{number}")
                    workshop.make(recipe)


@dataclass(frozen=True)
class Workshop:
    """A Go toolchain with private caches."""

    scratch: Path
    say: Say

    def make(self, recipe: Recipe) -> None:
        """Build ``recipe`` and move its result to where it belongs."""
        result = self.scratch / f"{recipe.name}-done"
        result.mkdir()
        folder = self.scratch / recipe.name
        shutil.copytree(recipe.pins, folder)
        self._edit(recipe, folder)
        if recipe.packages:
            self._compile(recipe, folder, result)
        for kept in recipe.kept:
            keep(self._module(folder, kept.module), kept, result)
        if (folder / "go.sum").read_bytes() != (recipe.pins / "go.sum").read_bytes():
            raise ToolchainError(f"{recipe.pins}/go.sum does not pin all that {recipe.name} is built from.")
        result.rename(recipe.result)

    @property
    def go(self) -> Path:
        """The Go command, installed when first asked for."""
        command = self.scratch / "packages" / "go" / "bin" / "go"
        return command if command.exists() else install(self.scratch, self.say)

    def _compile(self, recipe: Recipe, folder: Path, result: Path) -> None:
        """Compile all executables at once, so that one is linked while packages of the others are compiled.

        Go names several executables by their packages itself. Debug information would be stripped in the end, and
        costs a seventh of the time.
        """
        names = list(recipe.packages)
        target = f"{result}/" if len(names) > 1 else str(result / names[0])
        flags = ["-v", "-trimpath", "-gcflags=all=-dwarf=false", "-ldflags", f"-s -w {recipe.flags}".strip()]
        flags += ["-tags", recipe.tags] if recipe.tags else []
        command = [str(self.go), "build", *flags, "-o", target, *recipe.packages.values()]
        run(f"downloading and compiling {', '.join(names)}", command, folder, environment(self.scratch), self.say)

    def _edit(self, recipe: Recipe, folder: Path) -> None:
        """Let the build take an edited copy of a module that was checked against its hash."""
        for module in sorted({edit.module for edit in recipe.edits}):
            copy = self.scratch / f"{recipe.name}-edited"
            shutil.copytree(self._module(folder, module), copy)
            for edit in recipe.edits:
                if edit.module == module:
                    change(copy, edit)
            self._answer(folder, "mod", "edit", f"-replace={module}={copy}")

    def _module(self, folder: Path, module: str) -> Path:
        """Download ``module`` at the version that ``folder`` pins, checked against its hash; return its files."""
        required = json.loads(self._answer(folder, "mod", "edit", "-json"))["Require"]
        version = next(each["Version"] for each in required if each["Path"] == module)
        return Path(json.loads(self._answer(folder, "mod", "download", "-json", f"{module}@{version}"))["Dir"])

    def _answer(self, folder: Path, *arguments: str) -> str:
        """Run a short Go command and return what it prints."""
        command = [str(self.go), *arguments]
        answer = subprocess.run(
            command, cwd=folder, env=environment(self.scratch), capture_output=True, text=True, check=False
        )
        if answer.returncode != 0:
            said = (answer.stderr or answer.stdout).strip()
            raise ToolchainError(f"{folder.name} could not be built: `go {' '.join(arguments)}` failed.\n{said}")
        return answer.stdout


def keep(module: Path, kept: Kept, result: Path) -> None:
    """Copy what ``kept`` matches in ``module`` into ``result``."""
    files = sorted(path for path in module.glob(kept.pattern) if path.is_file())
    if not files:
        raise ToolchainError(f"Module {kept.module} has no file {kept.pattern}.")
    target = result / kept.folder
    target.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, target / file.name)


def change(module: Path, edit: Edit) -> None:
    """Make one edit in a copy of a module."""
    file = module / edit.file
    text, count = re.subn(edit.pattern, edit.replacement, file.read_text(encoding="utf-8"))
    if not count:
        raise ToolchainError(f"{edit.file} of module {edit.module} has no {edit.pattern} to replace.")
    file.chmod(0o644)
    file.write_text(text, encoding="utf-8")
