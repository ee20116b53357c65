"""The page that users of a product see while it is closed: the load balancer answers, and no pod is asked."""

import html
from typing import Annotated, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.args import Args, Wire
from settings.vocabulary import AwsRegion, DnsLabel, DomainName

LONGEST_PAGE = 1024
"""How many characters Elastic Load Balancing takes as a fixed answer."""
UNAVAILABLE = "503"
"""Service Unavailable (RFC 9110): what a crawler and a client come back for, and no cache keeps for long."""


class MaintenancePageArgs(Args):
    """Which users are told what."""

    product: DnsLabel
    domain: DomainName
    notice: Annotated[str, Field(min_length=1)]
    """What the page says, as plain text."""
    listener: Wire[str]
    """The ARN of the listener through which all users come."""
    priority: Annotated[int, Field(ge=1, le=50000)]
    """The rule's place; no two rules of a listener have the same."""
    region: AwsRegion
    tags: dict[str, str]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(page(self.notice)) > LONGEST_PAGE:
            raise ValueError(f"expected a page of at most {LONGEST_PAGE} characters; found {len(page(self.notice))}")
        return self


def page(notice: str) -> str:
    """Write the page in ASCII: whatever else the notice has is written as HTML writes it."""
    said = html.escape(notice).encode("ascii", "xmlcharrefreplace").decode()
    return (
        f'<!doctype html><html lang="en"><title>Maintenance</title><h1>Closed for maintenance</h1><p>{said}</p></html>'
    )


class MaintenancePage(pulumi.ComponentResource):
    """Owns the listener's rule that answers all that users ask of one domain, instead of the gateway.

    Other products behind the same load balancer go on as before, and so does what services ask each other.
    """

    rule_arn: pulumi.Output[str]
    """The rule's ARN."""

    def __init__(self, name: str, args: MaintenancePageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:MaintenancePage", name, None, opts)
        answer: aws.lb.ListenerRuleActionFixedResponseArgsDict = {
            "content_type": "text/html",
            "status_code": UNAVAILABLE,
            "message_body": page(args.notice),
        }
        rule = aws.lb.ListenerRule(
            f"{name}-rule",
            listener_arn=args.listener,
            priority=args.priority,
            conditions=[{"host_header": {"values": [args.domain]}}],
            actions=[{"type": "fixed-response", "fixed_response": answer}],
            region=args.region,
            tags={**args.tags, "product": args.product},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.rule_arn = rule.arn
        self.register_outputs({"rule_arn": self.rule_arn})
