"""A valid stack file as plain data, and ways to spoil it."""

import json
from pathlib import Path
from typing import Any, TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Where a value lies in the data."""

REMOVED = object()
"""Stands for the removal of a key."""


def subnets() -> list[dict[str, str]]:
    """Give an address plan that fits 10.20.0.0/16."""
    return [
        {"name": f"{tier}-{letter}", "zone": f"us-east-1{letter}", "tier": tier, "cidr": f"10.20.{first + step}.0/20"}
        for tier, first in (("public", 0), ("data", 64), ("private", 128))
        for letter, step in (("a", 0), ("b", 16), ("c", 32))
    ]


def valid() -> dict[str, Any]:
    """Give the settings of a production environment with one product, as plain data."""
    stages = [{"weight": 10, "soak": "30m"}, {"weight": 50, "soak": "1h"}, {"weight": 100}]
    return {
        "environment": "prod",
        "owner": "platform-engineering",
        "aws": account(),
        "cluster": cluster(),
        "platform": {
            "gateway": {"namespace": "istio-ingress"},
            "monitoring": {"namespace": "monitoring"},
            "egress": {"namespace": "egress", "port": 3128},
            "secrets": {"provider": "aws", "region": "us-east-1"},
        },
        "stores": {
            "timescaledb": {"host": "timescaledb.data.svc.cluster.local", "namespace": "data"},
            "redis": {"host": "redis.example.internal", "cidrs": ["10.20.64.0/20"]},
            "kafka": {"host": "kafka.example.internal", "cidrs": ["10.20.80.0/20"]},
            "clickhouse": {"host": "clickhouse.data.svc.cluster.local", "namespace": "data"},
        },
        "products": {
            "optibid": {"namespace": "optibid", "domain": "optibid.254carbon.ai", "canary": {"stages": stages}}
        },
        "capacity": {
            "default": {
                "replicas": {"min": 2, "max": 6},
                "cpu": {"request": "100m", "limit": "500m"},
                "memory": {"request": "256Mi", "limit": "256Mi"},
            }
        },
        "releases": {
            "optibid-backend": {"image": "optibid/optibid-backend:v1.0.0"},
            "optibid-frontend": {"image": "optibid/optibid-frontend:v1.0.0"},
        },
    }


def account() -> dict[str, Any]:
    """Give an AWS account, and what lies in it."""
    return {
        "name": "golive-prod",
        "account": "111122223333",
        "region": "us-east-1",
        "costCentre": "market-data",
        "dataClass": "confidential",
        "ci": {
            "issuer": "token.actions.githubusercontent.com",
            "preview": ["repo:254carbon/platform:pull_request"],
            "deploy": ["repo:254carbon/platform:environment:prod"],
            "state": {
                "bucket": "golive-prod-state",
                "key": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
            },
        },
        "auditDays": 731,
        "keepers": ["arn:aws:iam::111122223333:role/secret-keepers"],
        "rotationDays": 30,
        "backupLock": "compliance",
        "edge": {
            "zone": "254carbon.ai",
            "originPrefixList": "pl-3b927c52",
            "port": 8443,
            "health": "/healthz/ready",
            "products": {"optibid": {"requests": 2000}},
        },
        "stores": {"redis": {"version": "8.0", "nodeType": "cache.m7g.large", "nodes": 3}},
        "network": {"cidr": "10.20.0.0/16", "nat": "each-zone", "subnets": subnets()},
        "dr": {"region": "us-west-2"},
    }


def cluster() -> dict[str, Any]:
    """Give a cluster of one node group."""
    general = {"capacity": "on-demand", "architecture": "x86_64", "instanceTypes": ["m7i.xlarge"]}
    return {
        "version": "1.34",
        "access": {"on-call": {"role": "arn:aws:iam::111122223333:role/on-call", "right": "view"}},
        "addons": {
            "vpcCni": "v1.20.4-eksbuild.2",
            "kubeProxy": "v1.34.0-eksbuild.4",
            "coredns": "v1.12.4-eksbuild.1",
            "ebsCsiDriver": "v1.51.1-eksbuild.1",
            "podIdentityAgent": "v1.3.9-eksbuild.3",
        },
        "nodes": {"general": {**general, "min": 3, "desired": 3, "max": 12, "disk": 100}},
    }


def changed(*changes: tuple[Place, object]) -> dict[str, Any]:
    """Give the valid data with these places set to these values, or removed."""
    data = valid()
    for place, value in changes:
        here: Any = data
        for part in place[:-1]:
            here = here[part]
        if value is REMOVED:
            del here[place[-1]]
        else:
            here[place[-1]] = value
    return data


def written(directory: Path, text: str | bytes) -> Path:
    """Write a stack file of prod and name it."""
    path = directory / "Pulumi.prod.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def wrapped(data: object) -> str:
    """Write data as a stack file's text; JSON is YAML."""
    return json.dumps({"config": {"golive:settings": data}}, indent=1)
