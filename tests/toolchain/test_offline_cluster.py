"""The offline Kubernetes provider speaks to an API server as the ordinary one does."""

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.rpc import status_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2

from tests.support.deployer import PATH, SETTINGS, TOKEN, Deployer, deploying
from tests.support.fake_api import FakeApi, Reply, kubeconfig, serving, status
from tests.support.served_plugin import CONFIG_MAP, urn
from toolchain.plugins import objects
from toolchain.plugins.deploying import operations
from toolchain.plugins.values import UNKNOWN, Properties, Secret, plain, read, write

JOB = "kubernetes:batch/v1:Job"
SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
WIDGET = "kubernetes:example.org/v1:Widget"


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with serving() as found:
        yield found


@pytest.fixture
def plugin(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployer]:
    with deploying(api, monkeypatch) as found:
        yield found


def test_creates_by_a_plain_request_and_hands_over_at_the_first_update(api: FakeApi, plugin: Deployer) -> None:
    identity, state = plugin.up(CONFIG_MAP, SETTINGS)
    (created,) = api.sent("POST")
    assert identity == "shop/web"
    assert created.query == {"fieldManager": "pulumi-kubernetes", "fieldValidation": "Warn"}
    assert created.headers["Authorization"] == f"Bearer {TOKEN}"
    manager = state["__fieldManager"]
    assert str(manager).startswith("pulumi-kubernetes-")
    assert state["__initialApiVersion"] == "v1"
    assert state["__inputs"] == {"apiVersion": "v1", "kind": "ConfigMap", **SETTINGS}
    again = plugin.change(CONFIG_MAP, state, {**SETTINGS, "immutable": False})
    handover, applied = api.sent("PATCH")
    assert [(entry["manager"], entry["operation"]) for entry in handover.body[0]["value"]] == [(manager, "Apply")]
    assert applied.headers["Content-Type"] == "application/apply-patch+yaml"
    assert applied.query == {"fieldManager": manager, "force": "false", "fieldValidation": "Warn"}
    assert again["__fieldManager"] == manager


def test_applies_at_once_where_existing_objects_may_be_taken_over(api: FakeApi, plugin: Deployer) -> None:
    plugin.configure({"kubeconfig": kubeconfig(api.address), "upsertExistingObjects": True})
    plugin.up(CONFIG_MAP, SETTINGS)
    plugin.up(CONFIG_MAP, SETTINGS)
    assert api.sent("POST") == []
    first, second = (one.query for one in api.sent("PATCH"))
    assert first == second, "a lost creation is gone on with by the same field manager"
    assert first["force"] == "false"


def test_an_existing_object_is_not_taken_over_unasked(plugin: Deployer) -> None:
    plugin.up(CONFIG_MAP, SETTINGS)
    words = plugin.refused_up(CONFIG_MAP, SETTINGS)
    assert words.startswith("ConfigMap shop/web exists in the cluster already")
    assert "upsertExistingObjects" in words
    assert plugin.up(CONFIG_MAP, SETTINGS, preview=True)[1]["data"] == {"a": "b"}, "it may be about to be replaced"


def test_previews_by_a_dry_run_that_changes_nothing(api: FakeApi, plugin: Deployer) -> None:
    identity, outputs = plugin.up(CONFIG_MAP, SETTINGS, preview=True)
    (asked,) = api.sent("POST")
    assert asked.query["dryRun"] == "All"
    assert (identity, api.objects) == ("", {})
    assert outputs["metadata"]["uid"] == UNKNOWN  # type: ignore[index, call-overload]  # it is an object
    _, state = plugin.up(CONFIG_MAP, SETTINGS)
    plugin.change(CONFIG_MAP, state, {**SETTINGS, "data": {"a": "c"}}, preview=True)
    assert [one.query.get("dryRun") for one in api.sent("PATCH")] == ["All"]
    assert api.objects[PATH]["data"] == {"a": "b"}


DENIED = status(403, "Forbidden", 'admission webhook "rules" denied the request: no "web" here')
UNDECIDED = {
    "the namespace is still to come": status(404, "NotFound", 'namespaces "shop" not found', kind="namespaces"),
    "the user may not write": status(403, "Forbidden", 'User "me" cannot create resource "configmaps"'),
    "its service account is still to come": status(403, "Forbidden", "error looking up service account shop/web: no"),
    "a webhook takes no dry runs": status(400, "BadRequest", 'admission webhook "x" does not support dry run'),
}


@pytest.mark.parametrize("case", UNDECIDED)
def test_a_preview_goes_on_where_the_server_can_not_judge(api: FakeApi, plugin: Deployer, case: str) -> None:
    body = UNDECIDED[case]
    api.next("POST", Reply(code=body["code"], body=body))
    assert plugin.up(CONFIG_MAP, SETTINGS, preview=True)[1]["data"] == {"a": "b"}


@pytest.mark.parametrize(
    "body", [DENIED, status(422, "Invalid", 'ConfigMap "web" is invalid: data: Too long')], ids=["admission", "schema"]
)
def test_a_preview_fails_with_the_words_of_the_server(api: FakeApi, plugin: Deployer, body: dict[str, Any]) -> None:
    api.next("POST", Reply(code=body["code"], body=body))
    words = plugin.refused_up(CONFIG_MAP, SETTINGS, preview=True)
    assert words == f"The API server refuses ConfigMap shop/web: {body['message']}"


def test_what_is_not_known_is_previewed_without_the_server(api: FakeApi, plugin: Deployer) -> None:
    plugin.up(CONFIG_MAP, {**SETTINGS, "data": {"a": UNKNOWN}}, preview=True)
    assert api.sent("POST") == []
    unserved = "kubernetes:example.org/v2:Gadget"
    gadget: Properties = {"apiVersion": "example.org/v2", "kind": "Gadget", "metadata": {"name": "g"}}
    assert plugin.up(unserved, gadget, preview=True)[1]["kind"] == "Gadget"


def test_the_cluster_says_which_custom_resources_live_in_namespaces(api: FakeApi, plugin: Deployer) -> None:
    widget: Properties = {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "w"}}
    identity, state = plugin.up(WIDGET, widget)
    assert identity == "w"
    assert list(api.objects) == ["/apis/example.org/v1/widgets/w"]
    assert plugin.diff(WIDGET, state, plugin.checked(WIDGET, widget)) == ({}, False)


def test_a_conflict_names_field_manager_and_both_ways_out(api: FakeApi, plugin: Deployer) -> None:
    _, state = plugin.up(CONFIG_MAP, SETTINGS)
    state = plugin.change(CONFIG_MAP, state, SETTINGS)
    causes = [{"reason": "FieldManagerConflict", "message": 'conflict with "kubectl"', "field": ".data.a"}]
    body = status(409, "Conflict", "Apply failed with 1 conflict", causes)
    api.next("PATCH", Reply(code=409, body=body))
    request = provider_pb2.UpdateRequest(urn=urn(CONFIG_MAP), olds=write(state), news=write(state))
    _, words = plugin.refusal("Update", request)
    assert '.data.a: conflict with "kubectl"' in words
    assert "ignoreChanges" in words
    assert 'pulumi.com/patchForce: "true"' in words


def test_force_is_what_the_annotation_says(api: FakeApi, plugin: Deployer) -> None:
    _, state = plugin.up(CONFIG_MAP, SETTINGS)
    metadata: Properties = {"name": "web", "namespace": "shop", "annotations": {"pulumi.com/patchForce": "true"}}
    plugin.change(CONFIG_MAP, state, {**SETTINGS, "metadata": metadata})
    assert api.sent("PATCH")[-1].query["force"] == "true"


def test_ignored_fields_stay_as_they_are(api: FakeApi, plugin: Deployer) -> None:
    _, state = plugin.up(CONFIG_MAP, {**SETTINGS, "data": {"a": "b", "ours": "1", "theirs": "1"}})
    live = api.objects[PATH]
    live["data"] = {"a": "b", "ours": "2", "theirs": "2"}
    live["metadata"]["managedFields"] = [
        {"manager": state["__fieldManager"], "operation": "Apply", "fieldsV1": {"f:data": {"f:ours": {}, "f:a": {}}}},
        {"manager": "hpa", "operation": "Update", "fieldsV1": {"f:data": {"f:theirs": {}}}},
    ]
    wanted: Properties = {**SETTINGS, "data": {"a": "c", "ours": "1", "theirs": "1"}}
    plugin.change(CONFIG_MAP, state, wanted, ignoreChanges=["data.ours", "data.theirs"])
    assert api.sent("PATCH")[-1].body["data"] == {"a": "c", "ours": "2"}


def test_secrets_stay_secret_and_out_of_every_word(api: FakeApi, plugin: Deployer) -> None:
    secret: Properties = {
        "metadata": {"name": "db", "namespace": "shop", "annotations": {"pulumi.com/skipAwait": "true"}},
        "stringData": {"password": "hunter2"},
    }
    _, state = plugin.up(SECRET, secret)
    assert state["data"] == Secret({"password": "aHVudGVyMg=="})
    assert plain(state["__inputs"])["data"] == {"password": "aHVudGVyMg=="}  # type: ignore[index, call-overload]  # as above
    told = 'data.password: Invalid value: "hunter2" (aHVudGVyMg==)'
    api.next("POST", Reply(code=422, body=status(422, "Invalid", told)))
    named: Properties = {**secret, "stringData": Secret({"password": "hunter2"})}
    words = plugin.refused_up(SECRET, named)
    assert "Invalid value" in words
    assert "hunter2" not in words
    assert "aHVudGVyMg==" not in words


def test_warnings_of_the_server_are_shown(api: FakeApi, plugin: Deployer) -> None:
    api.next("POST", Reply(headers={"Warning": '299 - "unknown field \\"spec.x\\"", 299 - "old"'}))
    plugin.up(CONFIG_MAP, SETTINGS)
    assert plugin.said[:2] == ['unknown field "spec.x"', "old"]


def test_deletes_with_the_policy_of_the_annotation_and_minds_nothing_that_is_gone(
    api: FakeApi, plugin: Deployer
) -> None:
    noted: Properties = {"name": "web", "namespace": "shop"}
    for policy, sent in ((None, "Foreground"), ("background", "Background"), ("Orphan", "Orphan")):
        notes: Properties = {"annotations": {"pulumi.com/deletionPropagationPolicy": policy}} if policy else {}
        identity, state = plugin.up(CONFIG_MAP, {**SETTINGS, "metadata": {**noted, **notes}})
        gone = provider_pb2.DeleteRequest(urn=urn(CONFIG_MAP), id=identity, properties=write(state))
        plugin.stub.Delete(gone)
        assert api.sent("DELETE")[-1].body["propagationPolicy"] == sent
        assert api.objects == {}
        plugin.stub.Delete(gone)


def test_reads_for_a_refresh_what_the_inputs_speak_of(api: FakeApi, plugin: Deployer) -> None:
    identity, state = plugin.up(CONFIG_MAP, SETTINGS)
    api.objects[PATH]["data"] = {"a": "changed"}
    api.objects[PATH]["metadata"]["labels"] = {"by": "somebody"}
    inputs = plugin.checked(CONFIG_MAP, SETTINGS)
    request = provider_pb2.ReadRequest(urn=urn(CONFIG_MAP), id=identity, properties=write(state), inputs=write(inputs))
    seen = plugin.stub.Read(request)
    assert seen.id == "shop/web"
    assert read(seen.inputs) == {**inputs, "data": {"a": "changed"}}
    assert read(seen.properties)["__fieldManager"] == state["__fieldManager"]
    assert plugin.diff(CONFIG_MAP, read(seen.properties), inputs)[0] == {"data.a": "update_replace"}
    del api.objects[PATH]
    assert plugin.stub.Read(request).id == ""


def test_imports_with_inputs_that_would_make_the_same(api: FakeApi, plugin: Deployer) -> None:
    plugin.up(CONFIG_MAP, SETTINGS)
    api.objects[PATH]["metadata"]["annotations"] = {"a": "b", "kubectl.kubernetes.io/last-applied-configuration": "{}"}
    seen = plugin.stub.Read(provider_pb2.ReadRequest(urn=urn(CONFIG_MAP), id="shop/web"))
    assert read(seen.inputs) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "web", "namespace": "shop", "annotations": {"a": "b"}},
        "data": {"a": "b"},
    }


def test_an_object_that_is_not_ready_is_kept(api: FakeApi, plugin: Deployer) -> None:
    waiting: Properties = {
        "name": "web",
        "namespace": "shop",
        "annotations": {"pulumi.com/waitFor": "jsonpath={.data.ready}", "pulumi.com/timeoutSeconds": "1"},
    }
    inputs = plugin.checked(CONFIG_MAP, {**SETTINGS, "metadata": waiting})
    with pytest.raises(grpc.RpcError) as refused:
        plugin.stub.Create(provider_pb2.CreateRequest(urn=urn(CONFIG_MAP), properties=write(inputs)))
    call: Any = refused.value
    assert call.code() == grpc.StatusCode.UNKNOWN
    carried = status_pb2.Status()
    carried.ParseFromString(dict(call.trailing_metadata())["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert carried.details[0].Unpack(detail)
    assert detail.id == "shop/web"
    assert detail.reasons
    kept = read(detail.properties)
    assert kept["data"] == {"a": "b"}
    api.objects[PATH]["data"]["ready"] = "yes"
    assert plugin.change(CONFIG_MAP, kept, {**SETTINGS, "metadata": waiting})["__inputs"] == inputs


def test_a_wait_that_breaks_loses_no_object(plugin: Deployer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(operations, "wait_ready", broken)
    inputs = plugin.checked(CONFIG_MAP, SETTINGS)
    request = provider_pb2.CreateRequest(urn=urn(CONFIG_MAP), properties=write(inputs))
    code, words = plugin.refusal("Create", request)
    assert code == grpc.StatusCode.UNKNOWN
    assert "the wait failed: ValueError: broken. It is kept in the state" in words


@pytest.mark.parametrize(("condition", "replaced"), [("Failed", True), ("Complete", False)])
def test_a_job_that_failed_is_replaced_where_the_program_asks_for_it(
    api: FakeApi, plugin: Deployer, condition: str, *, replaced: bool
) -> None:
    container: Properties = {"name": "job", "image": "job:v1"}
    notes: Properties = {"pulumi.com/replaceUnready": "true"}
    job: Properties = {
        "metadata": {"name": "job", "namespace": "shop", "annotations": notes},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }
    inputs = plugin.checked(JOB, job)
    done = {"startTime": "then", "conditions": [{"type": condition, "status": "True"}]}
    selector = {"selector": {"matchLabels": {"a": "b"}}}
    live = {**objects.body(inputs), "status": done}
    api.objects["/apis/batch/v1/namespaces/shop/jobs/job"] = {**live, "spec": {**live["spec"], **selector}}
    state: Properties = {**inputs, "__inputs": inputs}
    request = provider_pb2.DiffRequest(
        id="shop/job", urn=urn(JOB), olds=write(state), old_inputs=write(inputs), news=write(inputs)
    )
    answer = plugin.stub.Diff(request)
    assert (answer.changes == answer.DIFF_SOME) is replaced
    assert bool(answer.replaces) is replaced
    assert answer.deleteBeforeReplace is replaced
