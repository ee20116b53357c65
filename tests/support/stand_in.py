"""A program of the real components, deployed to a moto server that stands in for AWS."""

import json
import logging
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolchain.engine import find
from toolchain.plugin_home import plugins

CHECKOUT = Path(__file__).resolve().parents[2]
SECONDS = 300
"""How long one run of the engine may take before the test gives it up."""
ACCOUNT = "444455556666"
"""The account of staging; moto makes every resource belong to it."""
PROGRAM = '''\
"""What staging has at its core: keys, identities, network, registry, buckets, secrets, names, cluster and nodes."""

import json
import os
import pathlib

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from catalog import PRODUCTS
from components.aws.iam import Place, managed, trust
from components.aws.keys import PURPOSES, REPLICATED
from components.aws.nodes import Machines, NodeRole, NodesArgs, node_group
from components.aws.private_names import PrivateNames, PrivateNamesArgs
from components.aws.secret_store import secret_policy
from settings.load import read
from stack.aws import platform, storage
from stack.aws.region import Providers, bounded, region, tags_of
from stack.resolve import join

changes = json.loads(pathlib.Path("changes.json").read_text())
settings = read(pathlib.Path(os.environ["STACK_FILE"]))
wanted = settings.aws
tags = tags_of(settings, wanted)
address = os.environ["STAND_IN"]


def provider(name, where):
    services = ("ec2", "ecr", "eks", "iam", "kms", "logs", "route53", "s3", "secretsmanager")
    return aws.Provider(
        name,
        region=where,
        endpoints=[{service: address for service in services}],
        access_key="stand-in",
        secret_key="stand-in",
        s3_use_path_style=True,
        skip_credentials_validation=True,
        skip_metadata_api_check=True,
        skip_requesting_account_id=True,
    )


class Local(Providers):
    """Providers that know the stand-in's address."""

    def of(self, name, place):
        return provider(name, place.region)


providers = Local(tags=tags, credentials=False)
place = Place(account=wanted.account, region=wanted.region, name=wanted.name)
beyond = Place(account=wanted.account, region=wanted.dr.region, name=f"{wanted.name}-dr")
first = providers.of("aws", place)
identity = platform.identity(wanted, wanted.ci, place, tags, pulumi.ResourceOptions(providers=[first]))
bounds = bounded(place.boundary, identity.bound)
here = region("", place, first, PURPOSES, providers, bounds)
there = region("-dr", beyond, providers.of("aws-dr", beyond), REPLICATED, providers, bounds)
around = platform.network("network", wanted.network, here)
workloads = join(settings, PRODUCTS)
storage.registry(workloads, here, there)
storage.buckets(wanted, here, there)
PrivateNames(
    "private-names",
    PrivateNamesArgs(vpc=around.id, names={settings.stores["postgresql"].host: "db.example.com"}, tags=tags),
    here.opts,
)
secret = aws.secretsmanager.Secret(
    "jwt",
    name="staging/optibid/jwt",
    description=changes.get("description", "Signs sessions"),
    kms_key_id=here.keys["secrets"],
    recovery_window_in_days=30,
    policy=secret_policy(place, (place.role("external-secrets"),)),
    tags=tags,
    opts=here.opts,
)
value = random.RandomPassword("jwt-value", length=32, special=False).result
aws.secretsmanager.SecretVersion("jwt-first", secret_id=secret.id, secret_string=value, opts=here.opts)
role = aws.iam.Role("control-plane", name=f"{place.name}-control-plane", assume_role_policy=trust("eks.amazonaws.com"),
                    tags=tags, opts=here.opts)
aws.iam.RolePolicyAttachment("control-plane-eks", role=role.name, policy_arn=managed("AmazonEKSClusterPolicy"),
                             opts=here.opts)
cluster = aws.eks.Cluster(
    "cluster",
    name=place.name,
    role_arn=role.arn,
    version=settings.cluster.version,
    vpc_config={"subnet_ids": list(around.private), "endpoint_private_access": True, "endpoint_public_access": False},
    encryption_config={"provider": {"key_arn": here.keys["cluster"]}, "resources": ["secrets"]},
    enabled_cluster_log_types=["api", "audit", "authenticator", "controllerManager", "scheduler"],
    access_config={"authentication_mode": "API"},
    deletion_protection=True,
    tags=tags,
    opts=here.opts,
)


class Nodes(pulumi.ComponentResource):
    """The node groups of the cluster."""

    def __init__(self):
        super().__init__("golive:tests:Nodes", "nodes", None, here.opts)
        acting = NodeRole("nodes", place, tags, self)
        shared = Machines(cluster=cluster.name, version=settings.cluster.version, place=place, subnets=around.private,
                          disks_key=here.keys["disks"], tags=tags)
        for name, group in settings.cluster.nodes.items():
            node_group("nodes", NodesArgs(name=name, **group.model_dump()), shared, acting, [], self)


Nodes()
for extra in changes.get("extra", []):
    aws.accessanalyzer.Analyzer(extra, analyzer_name=extra, type="ACCOUNT", opts=here.opts)
pulumi.export("network", around.id)
'''


def client(address: str, service: str, region: str = "us-east-1") -> Any:  # noqa: ANN401 - boto3 makes its classes
    """Return boto3's client of a service of the stand-in."""
    import boto3  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to load, and only these tests need it

    key = "stand-in"
    named = {"aws_access_key_id": key, "aws_secret_access_key": key}
    return boto3.client(service, region_name=region, endpoint_url=address, **named)


@dataclass(frozen=True)
class StandIn:
    """A moto server, and a stack of the program that is deployed to it."""

    folder: Path
    address: str
    environment: Mapping[str, str]

    def run(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the engine to its end."""
        command = [str(find(lambda _: None).executable), *verb.split(), "--stack", "core", "--non-interactive"]
        return subprocess.run(
            [*command, *options],
            cwd=self.folder,
            env=dict(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def up(self, **changes: object) -> subprocess.CompletedProcess[str]:
        """Deploy the program with ``changes``."""
        (self.folder / "changes.json").write_text(json.dumps(changes))
        return self.run("up", "--yes", "--skip-preview")

    def client(self, service: str, region: str = "us-east-1") -> Any:  # noqa: ANN401 - as above
        """Return boto3's client of a service."""
        return client(self.address, service, region)


@contextmanager
def moto() -> Iterator[str]:
    """Run a moto server on a free port of the loopback interface; give its address."""
    # moto reads these once, as it is loaded.
    os.environ |= {"MOTO_ACCOUNT_ID": ACCOUNT, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - as above

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def stand_in(folder: Path) -> Iterator[StandIn]:
    """Run a moto server, and make an empty stack whose program deploys to it."""
    (folder / "state").mkdir()
    (folder / "Pulumi.yaml").write_text('{"name": "core", "runtime": "python"}')
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "changes.json").write_text("{}")
    with moto() as address:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AWS_"))}
        own = {
            "NO_COLOR": "1",
            "PULUMI_SKIP_CHECKPOINTS": "true",  # the state is written once, at the end of a run: a third of its time
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "of no account",
            "PYTHONPATH": str(CHECKOUT),
            "STACK_FILE": str(CHECKOUT / "Pulumi.staging.yaml"),
            "STAND_IN": address,
        }
        made = StandIn(folder, address, {**kept, **plugins(find(lambda _: None)), **own})
        begun = made.run("stack init")
        assert begun.returncode == 0, begun.stdout
        yield made
