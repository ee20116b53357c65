"""What is deployed already is compared honestly: unchanged, updated, replaced, deleted."""

import pytest

from tests.support.checkouts import Copy
from tests.support.deployed import state
from tests.support.shipped import planned

pytestmark = pytest.mark.engine


@pytest.fixture
def deployed(copy: Copy) -> Copy:
    """A copy whose dev is deployed exactly as planned."""
    assert copy.make("history").code == 0
    copy.deploy("dev", state("dev", copy.folder / ".golive" / "own" / "kubeconfig"))
    return copy


def counted(output: str) -> list[str]:
    """The engine's own count, a line each."""
    return [line.strip() for line in output[output.index("Resources:") :].splitlines()[1:] if line.strip()]


def test_what_is_deployed_as_planned_is_unchanged(deployed: Copy) -> None:
    seen = deployed.preview("dev")

    assert seen.code == 0
    assert counted(seen.output) == [f"{len(planned('dev')) + 1} unchanged"]


def test_a_new_image_updates_one_workload(deployed: Copy) -> None:
    deployed.edit("Pulumi.dev.yaml", lambda text: text.replace("marketplace:v1.0.0", "marketplace:v1.0.1"))

    seen = deployed.preview("dev")

    assert "kubernetes:argoproj.io/v1alpha1:Rollout marketplace-rollout update [diff: ~spec]" in seen.output
    assert counted(seen.output) == ["~ 1 to update", f"{len(planned('dev'))} unchanged"]


def test_another_namespace_is_a_replacement(deployed: Copy) -> None:
    deployed.edit("Pulumi.dev.yaml", lambda text: text.replace("namespace: optibid\n", "namespace: optibid-two\n"))

    seen = deployed.preview("dev")

    assert "kubernetes:core/v1:Namespace optibid-namespace replace [diff: ~metadata]" in seen.output
    assert any(line.endswith("to replace") for line in counted(seen.output))


def test_changed_configuration_makes_a_new_configmap_and_rolls_its_users_alone(deployed: Copy) -> None:
    deployed.edit("Pulumi.dev.yaml", lambda text: text.replace("host: clickhouse.", "host: clickhouse-two."))

    seen = deployed.preview("dev")

    rolled = {line.split()[2] for line in seen.output.splitlines() if " update [diff: ~spec]" in line}
    renamed = {line.split()[2] for line in seen.output.splitlines() if "ConfigMap" in line and "replace" in line}
    assert renamed
    assert {name.removesuffix("-rollout").removesuffix("-deployment") for name in rolled} == {
        name.removesuffix("-config") for name in renamed
    }


def test_a_misspelt_property_is_an_error(copy: Copy) -> None:
    copy.spoil("template['spec']['serviceAccuntName'] = 'x'", name="ercot-connector-deployment")

    seen = copy.preview("dev")

    assert seen.code != 0
    assert "serviceAccuntName" in seen.output
    assert "'serviceAccountName'" in seen.output
    assert "Traceback" not in seen.output
