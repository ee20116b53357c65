"""A sketch of the cost counts what has a price, and names all else."""

import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from golive.commands.app import app
from golive.cost.charges import BY_USE, CHARGED, FREE
from golive.cost.estimate import Estimate, estimate
from golive.cost.prices import Price, prices
from tests.support.plan import UNKNOWN, Planned
from tests.support.shipped import CHECKOUT, STACKS, planned

PARTS = ("catalog", "checklists", "components", "golive", "policies", "settings", "stack")
"""What it takes to plan a stack."""


def resource(type_: str, name: str = "shop", parent: str = "", **inputs: Any) -> Planned:  # noqa: ANN401 - plain JSON
    return Planned(type=type_, name=name, path=f"{type_}::{name}", parent=parent, inputs=inputs)


def priced(*resources: Planned) -> Estimate:
    return estimate(resources, prices())


def test_every_price_is_dated_and_has_a_public_source() -> None:
    for price in prices().values():
        assert price.monthly > 0, price
        assert price.day.year >= 2024, price
        assert "/" in price.source, price


@pytest.mark.parametrize(
    ("item", "monthly"),
    [
        ("eks/cluster", "73.00"),
        ("ec2/m7i.xlarge", "147.168"),
        ("ec2/nat-gateway", "32.85"),
        ("rds/gp3", "0.115"),
        ("lb/application", "16.425"),
    ],
)
def test_prices_are_for_a_month(item: str, monthly: str) -> None:
    assert prices()[item].monthly == Decimal(monthly)


def test_a_kind_is_charged_for_by_use_or_free_and_nothing_else() -> None:
    lists = [set(CHARGED), set(BY_USE), set(FREE)]
    assert sum(map(len, lists)) == len(set.union(*lists))


@pytest.mark.parametrize("stack", STACKS)
def test_every_kind_of_the_shipped_stacks_is_known(stack: str) -> None:
    unknown = [line for line in estimate(planned(stack), prices()).unpriced if line.endswith("for this kind")]
    assert unknown == [], "say whether AWS charges for it, in golive/cost/charges.py"


def test_what_has_no_price_is_named_and_not_counted() -> None:
    found = priced(
        resource("aws:neptune/cluster:Cluster"),
        resource("aws:rds/instance:Instance", engine="postgres", instanceClass="db.x9.large", allocatedStorage=100),
        resource("aws:msk/cluster:Cluster", numberOfBrokerNodes=UNKNOWN),
    )
    assert found.total == 0
    assert found.unpriced == [
        "aws:msk/cluster:Cluster shop: the number or the storage of its brokers is not known before the deployment",
        "aws:neptune/cluster:Cluster shop: no price for this kind",
        "aws:rds/instance:Instance shop: no price for rds/gp2",
        "aws:rds/instance:Instance shop: no price for rds/postgres/db.x9.large",
    ]


def test_addresses_of_a_pool_of_somebodys_own_have_no_price() -> None:
    found = priced(resource("aws:ec2/eip:Eip", publicIpv4Pool="ipv4pool-ec2-0123456789abcdef0"))
    assert found.total == 0
    assert found.unpriced == ["aws:ec2/eip:Eip shop: whose its address pool is, nobody knows"]


def test_what_use_pays_for_is_counted_apart() -> None:
    found = priced(resource("aws:s3/bucket:Bucket", "a"), resource("aws:s3/bucket:Bucket", "b"))
    assert (found.total, list(found.unpriced), dict(found.by_use)) == (Decimal(0), [], {"gibibytes and requests": 2})


def test_settings_are_free() -> None:
    found = priced(resource("aws:iam/role:Role"), resource("aws:ec2/subnet:Subnet"), resource("random:index:Id"))
    assert (found.total, list(found.unpriced), dict(found.by_use)) == (Decimal(0), [], {})


def nodes(**inputs: Any) -> tuple[Planned, Planned]:  # noqa: ANN401 - plain JSON
    disk = {"deviceName": "/dev/xvda", "ebs": {"volumeType": "gp3", "volumeSize": 100}}
    template = resource("aws:ec2/launchTemplate:LaunchTemplate", blockDeviceMappings=[disk])
    group = Planned(
        type="aws:eks/nodeGroup:NodeGroup",
        name="nodes",
        path="aws:eks/nodeGroup:NodeGroup::nodes",
        parent="",
        inputs={"instanceTypes": ["m7i.xlarge"], "scalingConfig": {"desiredSize": 3}, **inputs},
        after=(template.path,),
    )
    return template, group


def test_nodes_cost_their_machines_and_their_disks() -> None:
    assert priced(*nodes()).components == {"nodes": Decimal("3") * (Decimal("147.168") + Decimal("8.00"))}


def test_spot_nodes_have_no_price_and_their_disks_have() -> None:
    found = priced(*nodes(capacityType="SPOT"))
    assert found.components == {"nodes": Decimal("24.00")}
    assert found.unpriced == [
        "aws:eks/nodeGroup:NodeGroup nodes: 3 spot nodes: the price of spot instances changes by the hour"
    ]


@pytest.mark.parametrize(
    ("found", "usd"),
    [
        (resource("aws:secretsmanager/secret:Secret", replicas=[{"region": "us-west-2"}]), "0.80"),
        (resource("aws:ec2/vpcEndpoint:VpcEndpoint", vpcEndpointType="Gateway"), "0"),
        (resource("aws:ec2/vpcEndpoint:VpcEndpoint", vpcEndpointType="Interface", subnetIds=[UNKNOWN] * 3), "21.90"),
        (resource("aws:wafv2/webAcl:WebAcl", rules=[{}, {}]), "7.00"),
        (resource("aws:ec2/eip:Eip", domain="vpc"), "3.65"),
        (resource("aws:accessanalyzer/analyzer:Analyzer", type="ACCOUNT"), "0"),
    ],
)
def test_quantities(found: Planned, usd: str) -> None:
    assert priced(found).total == Decimal(usd)
    assert priced(found).unpriced == []


def test_sums_by_the_outermost_component_and_names_other_regions() -> None:
    outer = resource("golive:aws:Edge", "edge")
    provider = resource("pulumi:providers:aws", "west", region="us-west-2")
    key = Planned(
        type="aws:kms/key:Key", name="k", path="k", parent=outer.path, inputs={}, provider="pulumi:providers:aws::west"
    )
    found = priced(outer, provider, key)
    assert (found.components, found.elsewhere) == ({"edge": Decimal("1.00")}, ["us-west-2"])


def test_says_how_old_its_prices_are() -> None:
    old = Price(item="kms/key", monthly=Decimal(1), day=prices()["kms/key"].day, source="a/b")
    found = estimate([resource("aws:kms/key:Key")], {"kms/key": old})
    assert found.days == (old.day, old.day)
    assert priced().days is None


def run(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["cost", *arguments])
    return answer.exit_code, answer.output


def test_a_stack_without_aws_costs_nothing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    assert run("--stack", "dev") == (0, "dev: at least 0.00 USD a month (nothing is priced)\n")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with one commit, and one more node since."""
    copy = tmp_path_factory.mktemp("history")
    for part in PARTS:
        shutil.copytree(CHECKOUT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / "Pulumi.staging.yaml"
    shutil.copy(CHECKOUT / file.name, file)
    who = ["-c", "user.name=golive", "-c", "user.email=golive@localhost", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "-m", "Before"]):
        subprocess.run(["git", *arguments], cwd=copy, check=True, capture_output=True)
    text = file.read_text()
    assert "nat: single" in text
    file.write_text(text.replace("nat: single", "nat: each-zone"))
    return copy


def test_tells_what_a_change_costs(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(history)
    code, words = run("--stack", "staging", "--against", "HEAD")
    first, second, *_ = words.splitlines()
    assert code == 0, words
    assert first.startswith("staging: +73.00 USD a month against HEAD, now at least ")
    assert second.split()[0] == "network"
    assert second.endswith("+73.00")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--stack", "staging", "--against", "nowhere"), 1, "git knows no revision 'nowhere'. Name a commit"),
        (("--stack", "staging", "--against", "--output=x"), 1, "git knows no revision '--output=x'"),
        (("--stack", "missing"), 2, "Pulumi.missing.yaml"),
    ],
)
def test_refuses(
    history: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, words: str
) -> None:
    monkeypatch.chdir(history)
    found, output = run(*arguments)
    assert found == code
    assert words in output


def test_where_there_is_no_repository_nothing_can_be_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "Pulumi.dev.yaml").write_bytes((Path(__file__).parents[2] / "Pulumi.dev.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    code, words = run("--stack", "dev", "--against", "HEAD")
    assert code == 1
    assert "this is no git repository, so there is no revision to compare with. Clone it with git." in words
