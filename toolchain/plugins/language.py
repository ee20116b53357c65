"""The offline language host: starts the Python program and the Python policy pack."""

import importlib.metadata
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from toolchain.plugins import serve as plugin

LAUNCHER = "GOLIVE_LAUNCHER"
"""Environment variable that names the script which starts a program (the SDK ships it beside the engine)."""
SHOWN = 32
"""Exit code by which the launcher says that the program's error is already on the screen."""
PLUGIN_PACKAGES = ("pulumi_aws", "pulumi_kubernetes", "pulumi_random")

Child = subprocess.Popen[bytes]


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs everything with the interpreter that it runs on itself: the project's virtual environment."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._children: set[Child] = set()

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Accept whichever engine started us."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Answer with the SDK's version, which is ours."""
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi"))

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """Name the provider plugins that belong to the installed SDKs."""
        packages = [
            plugin_pb2.PackageDependency(name=name, kind="resource", version=version) for name, version in _plugins()
        ]
        return language_pb2.GetRequiredPackagesResponse(packages=packages)

    def GetRequiredPlugins(
        self, request: language_pb2.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        """Answer engines that ask for plugins instead of packages."""
        plugins = [
            plugin_pb2.PluginDependency(name=name, kind="resource", version=version) for name, version in _plugins()
        ]
        return language_pb2.GetRequiredPluginsResponse(plugins=plugins)

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Install nothing: make has done it, from the lock file."""
        yield from ()

    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext) -> language_pb2.AboutResponse:
        """Name the interpreter, for ``pulumi about``."""
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """List the installed packages, for ``pulumi about``."""
        found = sorted((d.metadata["Name"], d.version) for d in importlib.metadata.distributions())
        dependencies = [language_pb2.DependencyInfo(name=name, version=version) for name, version in found]
        return language_pb2.GetProgramDependenciesResponse(dependencies=dependencies)

    def RuntimeOptionsPrompts(
        self, request: language_pb2.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> language_pb2.RuntimeOptionsResponse:
        """Ask nothing."""
        return language_pb2.RuntimeOptionsResponse()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """End what runs, because the user pressed Ctrl-C."""
        self.stop()
        return empty_pb2.Empty()

    def stop(self) -> None:
        """Ask every child to end."""
        for child in tuple(self._children):
            child.terminate()

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        """Run the program once; its output is ours, which the engine shows line by line."""
        configuration = {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        command = program_command(request, self._engine)
        code = self._wait(subprocess.Popen(command, env={**os.environ, **configuration}, stdin=subprocess.DEVNULL))
        if code == 0:
            return language_pb2.RunResponse()
        if code == SHOWN:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"The program ended with exit code {code}.")

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack (or another Python plugin) and pass its output on as it comes."""
        folder = request.info.program_directory or request.program
        pack = request.kind == "analyzer"
        module = ["-m", "pulumi.policy", *request.args, folder] if pack else [folder, *request.args]
        child = subprocess.Popen(
            [sys.executable, "-u", *module],
            cwd=request.pwd or folder,
            env=dict(entry.split("=", 1) for entry in request.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        context.add_callback(child.terminate)
        yield from _relay(child)
        yield language_pb2.RunPluginResponse(exitcode=self._wait(child))

    def _wait(self, child: Child) -> int:
        self._children.add(child)
        try:
            return child.wait()
        finally:
            self._children.discard(child)


def program_command(request: language_pb2.RunRequest, engine: str) -> list[str]:
    """Command line that the SDK's launcher expects for ``request``; ``engine`` is the engine's address."""
    folder = request.info.program_directory or request.pwd
    options = {
        "project": request.project,
        "stack": request.stack,
        "organization": request.organization,
        "root_directory": request.info.root_directory,
        "pwd": folder,
        "parallel": str(request.parallel),
        "dry_run": "true" if request.dryRun else "false",
        "monitor": request.monitor_address,
        "engine": engine,
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    program = str(Path(folder) / request.info.entry_point)
    return [sys.executable, "-u", os.environ[LAUNCHER], *flags, program, *request.args]


def _plugins() -> Iterator[tuple[str, str]]:
    """Yield name and version of each provider plugin, from the note that its SDK carries about it."""
    for package in PLUGIN_PACKAGES:
        distribution = importlib.metadata.distribution(package)
        note = json.loads(Path(str(distribution.locate_file(f"{package}/pulumi-plugin.json"))).read_text())
        yield note["name"], f"v{note.get('version', distribution.version)}"


def _relay(child: Child) -> Iterator[language_pb2.RunPluginResponse]:
    """Yield both streams of ``child`` as they come, until both end."""
    answers: queue.Queue[language_pb2.RunPluginResponse | None] = queue.Queue()

    def pump(stream: IO[bytes], name: str) -> None:
        while chunk := os.read(stream.fileno(), 65536):
            answers.put(
                language_pb2.RunPluginResponse(stdout=chunk)
                if name == "stdout"
                else language_pb2.RunPluginResponse(stderr=chunk)
            )
        answers.put(None)

    streams = [(child.stdout, "stdout"), (child.stderr, "stderr")]
    for stream, name in streams:
        threading.Thread(target=pump, args=(stream, name), daemon=True).start()
    for _ in streams:
        yield from iter(answers.get, None)


def serve(arguments: list[str]) -> None:
    """Serve until the engine ends; its address is the last argument."""
    host = LanguageHost(arguments[-1])
    plugin.serve(
        "language", lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server), host.stop
    )
