"""Secrets are named in the program and kept elsewhere."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.platform.external_secrets import ExternalSecrets, ExternalSecretsArgs
from tests.support.plan import LABELS, Planned, named, paths, plan, spec

COMPONENT = "golive:platform:ExternalSecrets"
GOOD: dict[str, Any] = {
    "namespace": "optibid",
    "labels": LABELS,
    "environment": "prod",
    "product": "optibid",
    "store": {"provider": "aws", "region": "us-east-1"},
    "secrets": [{"name": "postgresql", "keys": ["username", "password"]}, {"name": "jwt", "keys": ["signing-key"]}],
}


def planned_with(**change: Any) -> tuple[Planned, ...]:  # noqa: ANN401  # any argument of the component
    return plan(lambda: ExternalSecrets("optibid", ExternalSecretsArgs.model_validate({**GOOD, **change})))


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return planned_with()


def test_owns_a_store_and_one_object_for_each_secret(planned: tuple[Planned, ...]) -> None:
    assert paths(planned) == [
        f"{COMPONENT}$kubernetes:external-secrets.io/v1:ExternalSecret::optibid-jwt",
        f"{COMPONENT}$kubernetes:external-secrets.io/v1:ExternalSecret::optibid-postgresql",
        f"{COMPONENT}$kubernetes:external-secrets.io/v1:SecretStore::optibid-store",
        f"{COMPONENT}::optibid",
    ]


def test_declares_no_literal_secret(planned: tuple[Planned, ...]) -> None:
    every = [*planned, *planned_with(store={"provider": "fake"})]
    assert [resource.path for resource in every if resource.type == "kubernetes:core/v1:Secret"] == []


def test_reads_secrets_manager(planned: tuple[Planned, ...]) -> None:
    assert spec(planned, "optibid-store") == {"provider": {"aws": {"service": "SecretsManager", "region": "us-east-1"}}}


def test_copies_the_named_keys_and_no_others(planned: tuple[Planned, ...]) -> None:
    assert spec(planned, "optibid-postgresql") == {
        "refreshPolicy": "Periodic",
        "refreshInterval": "1h0m0s",
        "secretStoreRef": {"kind": "SecretStore", "name": "secrets"},
        "target": {"name": "postgresql-6879d34174", "creationPolicy": "Owner", "deletionPolicy": "Retain"},
        "data": [
            {"secretKey": "username", "remoteRef": {"key": "prod/optibid/postgresql", "property": "username"}},
            {"secretKey": "password", "remoteRef": {"key": "prod/optibid/postgresql", "property": "password"}},
        ],
    }


def test_a_deployment_waits_for_the_store_and_then_for_its_secrets(planned: tuple[Planned, ...]) -> None:
    store = named(planned, "optibid-store")
    secret = named(planned, "optibid-jwt")
    assert store.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Ready"}
    assert secret.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Ready"}
    assert secret.after == (store.path,)


def test_objects_are_named_and_labelled(planned: tuple[Planned, ...]) -> None:
    metadata = named(planned, "optibid-jwt").inputs["metadata"]
    assert (metadata["name"], metadata["namespace"]) == ("jwt-7a1a0747b7", "optibid")
    assert metadata["labels"] == {**LABELS, "app.kubernetes.io/name": "jwt"}
    assert named(planned, "optibid").outputs == {"store": "secrets"}


def test_a_secret_outlives_the_version_that_needed_it(planned: tuple[Planned, ...]) -> None:
    fewer = planned_with(secrets=[{"name": "postgresql", "keys": ["username"]}])
    names = [named(each, "optibid-postgresql").inputs["metadata"]["name"] for each in (planned, fewer)]

    assert len(set(names)) == 2
    assert named(planned, "optibid-postgresql").retain
    reordered = planned_with(secrets=[{"name": "postgresql", "keys": ["password", "username"]}])
    assert named(reordered, "optibid-postgresql").inputs["metadata"]["name"] == names[0]


def test_the_fake_store_makes_up_the_same_values_under_the_same_names() -> None:
    made_up = planned_with(store={"provider": "fake"}, environment="dev")
    (first, second) = spec(made_up, "optibid-store")["provider"]["fake"]["data"]
    assert first["key"] == "dev/optibid/postgresql"
    assert json.loads(first["value"]) == {
        "username": "not-a-secret-postgresql-username",
        "password": "not-a-secret-postgresql-password",
    }
    assert second == {"key": "dev/optibid/jwt", "value": '{"signing-key": "not-a-secret-jwt-signing-key"}'}
    assert spec(made_up, "optibid-jwt")["data"] == [
        {"secretKey": "signing-key", "remoteRef": {"key": "dev/optibid/jwt", "property": "signing-key"}}
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"store": {"provider": "vault"}}, "'vault' .* expected tags: 'aws', 'fake'"),
        ({"store": {"provider": "aws"}}, "Field required"),
        ({"store": {"provider": "fake", "region": "us-east-1"}}, "Extra inputs are not permitted"),
        ({"secrets": [{"name": "jwt", "keys": []}]}, "at least 1 item"),
        ({"secrets": [{"name": "jwt", "keys": ["a.b"]}]}, "String should match pattern"),
        ({"secrets": [{"name": "jwt", "keys": ["k"], "value": "v"}]}, "Extra inputs are not permitted"),
        (
            {"secrets": [{"name": "jwt", "keys": ["a"]}, {"name": "jwt", "keys": ["b"]}]},
            "expected each secret once, with all its keys; named twice: jwt",
        ),
        ({"refresh": "often"}, "a duration above zero"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ExternalSecretsArgs.model_validate({**GOOD, **change})
