"""The offline Kubernetes provider: it deploys where a cluster answers, and checks and previews everywhere.

What it does follows the ordinary provider in its default mode, server-side apply, with one difference: what admission
refuses fails the preview, where the ordinary provider falls back to a preview without the cluster.
"""

import os
import threading
from collections.abc import Mapping

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from toolchain.plugins import objects
from toolchain.plugins.api.errors import NoSuchKind, Refused
from toolchain.plugins.deploying import preview
from toolchain.plugins.deploying.attempt import OUTAGE_SECONDS, Attempt
from toolchain.plugins.deploying.cluster import CURE, Cluster, Options
from toolchain.plugins.deploying.wanted import manager, ref_of
from toolchain.plugins.differences import Change
from toolchain.plugins.host import Voice, secret_texts
from toolchain.plugins.kind import Kind
from toolchain.plugins.kubernetes_offline import OfflineKubernetes
from toolchain.plugins.paths import below, parse
from toolchain.plugins.provider import Compared, token_of
from toolchain.plugins.serve import Refusal
from toolchain.plugins.values import Properties, plain, read, write

REPLACE = "pulumi.com/replaceUnready"
GLANCE_SECONDS = 20.0
"""How many seconds a preview bears an API server that went away."""
FOR_GOOD = (
    "If the cluster is gone for good, PULUMI_K8S_DELETE_UNREACHABLE=true drops what it held from the state when the "
    "command runs again."
)


class Kubernetes(OfflineKubernetes):
    """Checks, previews, deploys and reads Kubernetes objects. ``environment`` says where the ambient kubeconfig is."""

    outage = OUTAGE_SECONDS
    """How many seconds a deployment bears an API server that went away."""

    def __init__(self, engine: str = "", environment: Mapping[str, str] = os.environ) -> None:
        super().__init__(engine)
        self._environment = environment
        self._cancelled = threading.Event()
        self._cluster = Cluster({}, environment)
        self._options = Options.of({}, environment)
        self._told = threading.Event()

    # What the cluster knows ------------------------------------------------------------------------------------------

    def place(self) -> str:
        """Return the namespace of objects that name none: the settings', else the kubeconfig's."""
        return self._cluster.namespace or super().place()

    def namespaced(self, kind: Kind) -> bool | None:
        """Say whether objects of this kind live in namespaces; of custom resources, the cluster is asked."""
        known = super().namespaced(kind)
        attempt = self._attempt("", {}, {}, 0) if known is None else None
        if attempt is None:
            return known
        client = attempt.client
        try:
            return attempt.patiently(lambda: client.served(kind.api_version, kind.plain), kind.kind).namespaced
        except NoSuchKind:
            return True  # the ordinary provider's guess about a kind that is still to come
        except Refused:
            return None

    # What the engine asks --------------------------------------------------------------------------------------------

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Keep the provider's settings; the cluster is asked when something is to be known of it."""
        answer = super().Configure(request, context)
        self._cluster = Cluster(self.configuration, self._environment)
        self._options = Options.of(self.configuration, self._environment)
        return answer

    def left_out(self, asked: Compared, empty: list[Change]) -> list[Change]:
        """List which of the ``empty`` additions the API server leaves out: its dry run says so."""
        attempt = self._glance(asked.urn, asked.new_inputs, asked.state)
        kind = Kind.of(asked.token)
        made = attempt and preview.normalised(attempt, kind, asked.state, asked.after, asked.ignored)
        if not made:
            return super().left_out(asked, empty)
        known = plain(made)
        return [change for change in empty if not below(known, change.path)]

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Compare, and replace a Job that did not succeed where the program asks for that."""
        answer = super().Diff(request, context)
        token, inputs, state = token_of(request.type, request.urn), read(request.news), read(request.olds)
        if objects.annotation(inputs, REPLACE) != "true":
            return answer
        kind = Kind.of(token)
        attempt = self._glance(request.urn, inputs, state) if kind.kind == "Job" else None
        if attempt is None:
            self.host.log(request.urn, f"{REPLACE} is only followed for Jobs, on a cluster that answers", warning=True)
            return answer
        from toolchain.plugins.deploying import reading  # noqa: PLC0415 - no preview needs what waiting needs

        live = reading.read_live(attempt, ref_of(kind, request.id, state))
        if live is not None and reading.unready(attempt, live, inputs):
            answer.changes = answer.DIFF_SOME
            answer.replaces.append(f'metadata.annotations["{REPLACE}"]')
            before = self.comparable(token, state)
            answer.deleteBeforeReplace = self.keeps_name(token, before, self.comparable(token, inputs))
        return answer

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Create an object and wait until it is ready, or preview that."""
        from toolchain.plugins.deploying import operations  # noqa: PLC0415 - no preview needs what waiting needs

        kind, inputs = Kind.of(token_of(request.type, request.urn)), read(request.properties)
        if request.preview:
            plan = super().Create(request, context)
            attempt = self._glance(request.urn, inputs, {})
            made = attempt and preview.created(attempt, kind, inputs)
            promised = preview.outputs(made, read(plan.properties)) if made else None
            return provider_pb2.CreateResponse(properties=write(promised)) if promised else plan
        attempt = self._begin(request.urn, inputs, {}, request.timeout)
        identity, outputs = operations.created(attempt, kind, inputs)
        return provider_pb2.CreateResponse(id=identity, properties=write(outputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Change an object and wait until it is ready, or preview that."""
        from toolchain.plugins.deploying import operations  # noqa: PLC0415 - no preview needs what waiting needs

        token, state = token_of(request.type, request.urn), read(request.olds)
        kind, inputs = Kind.of(token), self.comparable(token, read(request.news))
        ignored = tuple(parse(path) for path in request.ignoreChanges)
        if request.preview:
            plan = super().Update(request, context)
            attempt = self._glance(request.urn, inputs, state)
            made = attempt and preview.changed(attempt, kind, state, inputs, ignored)
            promised = preview.outputs(made, read(plan.properties)) if made else None
            return provider_pb2.UpdateResponse(properties=write(promised)) if promised else plan
        attempt = self._begin(request.urn, inputs, state, request.timeout)
        return provider_pb2.UpdateResponse(properties=write(operations.changed(attempt, kind, state, inputs, ignored)))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete an object and wait until it is gone."""
        from toolchain.plugins.deploying import operations  # noqa: PLC0415 - no preview needs what waiting needs

        kind, state = Kind.of(token_of(request.type, request.urn)), read(request.properties)
        if self._lost() and self._options.delete_unreachable:
            self.host.log(request.urn, f"{self._cluster.why}; dropped from the state, not deleted", warning=True)
            return empty_pb2.Empty()
        given = read(request.old_inputs)
        attempt = self._begin(request.urn, given, state, request.timeout, FOR_GOOD)
        operations.deleted(attempt, kind, request.id, state, given)
        return empty_pb2.Empty()

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Read an object for a refresh, an import or a look-up; what is gone has no identity."""
        from toolchain.plugins.deploying import operations  # noqa: PLC0415 - no preview needs what waiting needs

        token, state, inputs = token_of(request.type, request.urn), read(request.properties), read(request.inputs)
        if self._lost() and self._options.delete_unreachable:
            self.host.log(request.urn, f"{self._cluster.why}; dropped from the state", warning=True)
            return provider_pb2.ReadResponse()
        if self._lost() and self._options.skip_update_unreachable:
            self.host.log(request.urn, f"{self._cluster.why}; left in the state as it was", warning=True)
            return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)
        attempt = self._begin(request.urn, inputs, state, 0, FOR_GOOD)
        seen = operations.seen(attempt, Kind.of(token), token, request.id, state, inputs)
        if seen is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=seen.identity, properties=write(seen.outputs), inputs=write(seen.inputs))

    def cancel(self) -> None:
        """End every wait and every new try at once."""
        self._cancelled.set()

    # Ways to the cluster ---------------------------------------------------------------------------------------------

    def _begin(self, urn: str, inputs: Properties, state: Properties, timeout: float, more: str = "") -> Attempt:
        """Begin an operation. Raises ``Refusal`` where no cluster can be reached."""
        attempt = self._attempt(urn, inputs, state, timeout)
        if attempt is None:
            raise Refusal(" ".join(filter(None, (f"No cluster can be reached: {self._cluster.why}. {CURE}", more))))
        if not self._options.server_side_apply:
            raise Refusal(
                "golive's offline kubernetes plugin only deploys by server-side apply: leave enableServerSideApply "
                "as it is, or install Pulumi with its plugins."
            )
        return attempt

    def _glance(self, urn: str, inputs: Properties, state: Properties) -> Attempt | None:
        """Begin a preview by the cluster; ``None`` where there is none. One that does not answer is told of once."""
        attempt = self._attempt(urn, inputs, state, 0, GLANCE_SECONDS)
        if attempt is None and self._cluster.configured and not self._told.is_set():
            self._told.set()
            self.host.log("", f"This preview is made without the cluster: {self._cluster.why}. {CURE}", warning=True)
        return attempt

    def _attempt(
        self, urn: str, inputs: Properties, state: Properties, timeout: float, outage: float | None = None
    ) -> Attempt | None:
        client = self._cluster.client()
        if client is None:
            return None
        return Attempt(
            client=client,
            options=self._options,
            voice=Voice(self.host, urn, [*secret_texts(inputs), *secret_texts(state)]),
            cancelled=self._cancelled,
            manager=manager(urn, inputs, state),
            timeout=timeout or None,
            outage=self.outage if outage is None else outage,
        )

    def _lost(self) -> bool:
        """Say whether there is a cluster that does not answer."""
        return self._cluster.client() is None and self._cluster.configured
