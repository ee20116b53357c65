"""A plan is as strict as a preview, and tells what the program asked for as plain data."""

import asyncio
import warnings
from concurrent.futures import ThreadPoolExecutor

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s
import pytest

from tests.support.plan import UNKNOWN, PlanningError, Program, Secret, named, paths, plan


class Pair(pulumi.ComponentResource):
    """A component with one child, for the tests below."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:test:Pair", name, None, opts)
        space = namespace(f"{name}-space", pulumi.ResourceOptions(parent=self))
        self.register_outputs({"word": "known", "wire": space.metadata["name"]})


def namespace(name: str, opts: pulumi.ResourceOptions | None = None) -> k8s.core.v1.Namespace:
    return k8s.core.v1.Namespace(name, metadata={"name": name}, opts=opts)


def control_plane() -> aws.eks.Cluster:
    return aws.eks.Cluster("control", role_arn="arn", vpc_config={"subnet_ids": ["one", "two"]})


def test_tells_where_a_resource_stands_and_what_was_asked() -> None:
    (child, parent) = plan(lambda: Pair("pair"))
    assert parent.path == "golive:test:Pair::pair"
    assert parent.inputs == {}
    assert parent.outputs == {"word": "known", "wire": "pair-space"}
    assert child.path == "golive:test:Pair$kubernetes:core/v1:Namespace::pair-space"
    assert child.parent == parent.path
    assert child.inputs == {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "pair-space"}}


def test_whole_numbers_are_integers_and_others_are_not() -> None:
    def program() -> None:
        k8s.apiextensions.CustomResource(
            "n", "example.com/v1", "N", spec={"one": 1, "half": 0.5, "yes": True, "no": None}
        )

    found = named(plan(program), "n").inputs["spec"]
    assert found == {"one": 1, "half": 0.5, "yes": True, "no": None}
    assert {key: type(value) for key, value in found.items() if value is not None} == {
        "one": int,
        "half": float,
        "yes": bool,
    }


def test_what_a_provider_computes_is_unknown() -> None:
    def program() -> None:
        k8s.core.v1.ConfigMap("c", metadata={"name": "c"}, data={"endpoint": control_plane().endpoint, "plain": "text"})

    assert named(plan(program), "c").inputs["data"] == {"endpoint": UNKNOWN, "plain": "text"}
    assert repr(UNKNOWN) == "UNKNOWN"


def test_all_is_unknown_under_a_provider_with_unknown_settings() -> None:
    def program() -> None:
        provider = k8s.Provider("far", kubeconfig=control_plane().endpoint)
        Pair("pair", pulumi.ResourceOptions(providers=[provider]))

    planned = plan(program)
    assert named(planned, "pair").outputs == {"word": "known", "wire": UNKNOWN}
    assert named(planned, "pair-space").provider == "pulumi:providers:kubernetes::far"


def test_a_secret_stays_a_secret_and_is_not_printed() -> None:
    def program() -> None:
        k8s.core.v1.ConfigMap("c", metadata={"name": "c"}, data={"word": pulumi.Output.secret("swordfish")})

    data = named(plan(program), "c").inputs["data"]
    assert data == {"word": Secret("swordfish")}
    assert "swordfish" not in repr(data)


def test_tells_the_options_that_matter() -> None:
    def program() -> None:
        first = namespace("first")
        patience = pulumi.CustomTimeouts(create="5m", update="90s")
        kept = pulumi.ResourceOptions(depends_on=[first], protect=True, retain_on_delete=True, custom_timeouts=patience)
        namespace("second", kept)

    second = named(plan(program), "second")
    assert second.after == ("kubernetes:core/v1:Namespace::first",)
    assert (second.protect, second.retain) == (True, True)
    assert second.timeouts == {"create": "5m", "update": "90s"}


def test_a_program_may_read_configuration_and_its_stack() -> None:
    def program() -> None:
        namespace(f"{pulumi.get_project()}-{pulumi.get_stack()}-{pulumi.Config().require('word')}")

    assert paths(plan(program, stack_name="prod", config={"golive:word": "hello"})) == [
        "kubernetes:core/v1:Namespace::golive-prod-hello"
    ]
    with pytest.raises(pulumi.ConfigMissingError):
        plan(program)


def look_up() -> None:
    aws.get_caller_identity()


def look_up_later() -> None:
    pulumi.export("account", aws.get_caller_identity_output().account_id)


def read() -> None:
    k8s.core.v1.Namespace.get("there", "there")


def repeat() -> None:
    namespace("twice")
    namespace("twice")


def complain() -> None:
    namespace("fine")
    pulumi.log.error("the moon is full")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (
            look_up,
            "the program looks up aws:index/getCallerIdentity:getCallerIdentity; pass what it needs as an argument.",
        ),
        (
            look_up_later,
            "the program looks up aws:index/getCallerIdentity:getCallerIdentity; pass what it needs as an argument.",
        ),
        (read, "kubernetes:core/v1:Namespace 'there' reads what exists; pass what it needs as an argument."),
        (repeat, "kubernetes:core/v1:Namespace::twice is declared twice; give one of the two another name."),
        (complain, "the moon is full"),
    ],
)
def test_refuses(program: Program, words: str) -> None:
    with pytest.raises(PlanningError) as refused:
        plan(program)
    assert str(refused.value) == words


def test_an_exception_arrives_as_it_was_raised(caplog: pytest.LogCaptureFixture) -> None:
    reason = LookupError("no such product: 'optibits'")

    def program() -> None:
        namespace("one")
        raise reason

    with pytest.raises(LookupError) as refused:
        plan(program)
    assert refused.value is reason
    assert caplog.text == ""


def test_the_program_s_own_exception_comes_before_all_others() -> None:
    def program() -> None:
        repeat()
        raise LookupError("no such product: 'optibits'")

    with pytest.raises(LookupError, match="no such product: 'optibits'"):
        plan(program)


def test_an_exception_inside_apply_arrives_too(caplog: pytest.LogCaptureFixture) -> None:
    def fail(urn: str) -> str:
        raise ArithmeticError(urn.rpartition("::")[2])

    with pytest.raises(ArithmeticError, match="one"):
        plan(lambda: pulumi.export("never", namespace("one").urn.apply(fail)))
    assert caplog.text == ""


def test_plans_don_t_disturb_one_another() -> None:
    with pytest.raises(PlanningError):
        plan(repeat)
    with ThreadPoolExecutor(4) as pool:
        plans = list(pool.map(lambda name: plan(lambda: Pair(name)), ["a", "b", "c", "d"]))
    assert [paths(planned)[1] for planned in plans] == [f"golive:test:Pair::{name}" for name in "abcd"]


def test_a_plan_may_be_made_inside_an_event_loop() -> None:
    async def inside() -> list[str]:
        return paths(plan(lambda: namespace("one")))

    assert asyncio.run(inside()) == ["kubernetes:core/v1:Namespace::one"]


def test_a_plan_warns_of_nothing() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        plan(lambda: Pair("pair"))
    assert [str(warning.message) for warning in caught] == []
