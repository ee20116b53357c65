"""Rules about networks, security groups and disks."""

from guardrails.rule import Rule
from guardrails.rules.aws.ec2 import (
    default_security_group_closed,
    disks_encrypted_by_default,
    no_public_address,
    no_world_acl_ingress,
    no_world_ingress,
    no_world_store_ports,
    subnet_no_public_address,
    vpc_flow_logs,
)

RULES: tuple[Rule, ...] = (
    default_security_group_closed.RULE,
    disks_encrypted_by_default.RULE,
    no_public_address.RULE,
    no_world_acl_ingress.RULE,
    no_world_ingress.RULE,
    no_world_store_ports.RULE,
    subnet_no_public_address.RULE,
    vpc_flow_logs.RULE,
)
