"""What a supervisor would write down of a cluster."""

import os

from toolchain.cluster.layout import Layout
from toolchain.cluster.processes import identify
from toolchain.cluster.record import Phase, Record, Seen, State


def record(layout: Layout, *components: Seen, phase: Phase = Phase.RUNNING, said: str = "") -> Record:
    return Record(
        folder=os.path.realpath(layout.folder),
        phase=phase,
        supervisor=identify(os.getpid()),
        said=said,
        server="https://127.0.0.1:20001",
        version="v1.36.3",
        ports={"etcd": 20_002},
        components=components,
    )


def seen(name: str = "etcd", state: State = State.RUNNING, said: str = "") -> Seen:
    me = identify(os.getpid())
    return Seen(name=name, state=state, version="v3.6.8", port=20_002, health="http://x", process=me, said=said)
