"""No secret is an output of a component: the SDK writes those into the engine's logs, in clear, from level 8 on."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from settings.load import read
from stack.build import build
from tests.support.plan import plan
from tests.support.shipped import CHECKOUT, STACKS

Registered = list[tuple[str, pulumi.Output[Any]]]


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Registered:
    """What components register while the test plans."""
    found: Registered = []

    def register(self: pulumi.ComponentResource, outputs: Mapping[str, Any]) -> None:
        found.extend(
            (f"{type(self).__name__}.{name}", pulumi.Output.from_input(each)) for name, each in outputs.items()
        )

    monkeypatch.setattr(pulumi.ComponentResource, "register_outputs", register)
    return found


def secrets(registered: Registered) -> list[str]:
    """Name the outputs that are secret."""

    async def gathered() -> list[str]:
        return [name for name, each in registered if await each.is_secret()]

    return asyncio.run(gathered())


@pytest.mark.parametrize("stack", STACKS)
def test_no_component_of_a_shipped_stack_registers_a_secret(stack: str, registered: Registered) -> None:
    settings = read(CHECKOUT / f"Pulumi.{stack}.yaml")

    def program() -> None:
        outputs = build(settings).outputs
        registered.extend((f"stack.{name}", pulumi.Output.from_input(each)) for name, each in outputs.items())

    plan(program, stack_name=stack)

    assert len(registered) > 20
    assert secrets(registered) == []


def test_one_that_did_would_be_seen(registered: Registered) -> None:
    class Careless(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("golive:tests:Careless", "careless")
            opts = pulumi.ResourceOptions(parent=self)
            self.register_outputs({"value": random.RandomPassword("value", length=20, opts=opts).result})

    plan(Careless)

    assert secrets(registered) == ["Careless.value"]
