"""Start one offline plugin: ``python -m toolchain.plugins kubernetes|aws|random|language ENGINE_ADDRESS``."""

import signal
import sys
from types import FrameType

NAMES = ("kubernetes", "aws", "random", "language")


def _end(_number: int, _frame: FrameType | None) -> None:
    """Leave without a traceback when Ctrl-C comes before the plugin is up."""
    sys.exit(0)


def main(arguments: list[str]) -> int:
    """Serve the plugin that the first argument names; the engine's address and flags follow it."""
    if not arguments or arguments[0] not in NAMES:
        print(f"Name a plugin: {', '.join(NAMES)}.", file=sys.stderr)  # noqa: T201 - for whoever starts it by hand
        return 2
    name, rest = arguments[0], arguments[1:]
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)
    # Each plugin loads only what it needs: the engine starts all of them and waits for each.
    if name == "language":
        from toolchain.plugins import language  # noqa: PLC0415 - as above

        language.serve(rest)
        return 0
    import grpc  # noqa: PLC0415 - as above
    from pulumi.runtime.proto import provider_pb2_grpc  # noqa: PLC0415 - as above

    from toolchain.plugins import serve, start  # noqa: PLC0415 - as above

    provider = start.provider(name, rest[-1] if rest else "")

    def add(server: grpc.Server) -> None:
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)

    serve.serve(name, add, provider.cancel)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
