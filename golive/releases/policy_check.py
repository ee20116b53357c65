"""Whether settings may be deployed: they fit the catalogue, no hold keeps them back, and no guardrail is violated."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from settings.errors import SettingsError
from settings.load import parse


def refusals(data: Mapping[str, Any], stack: str) -> list[str]:
    """List every reason why ``data`` may not be deployed to ``stack``, in sentences without their full stops.

    The manifests are judged as ``golive check --stack`` judges them, under the levels and waivers that the stack file
    has today; the preview judges them again, with all other resources.
    """
    # Only here: the program loads Pulumi's SDKs, which would slow down every other verb.
    from guardrails.rules import RULES  # noqa: PLC0415

    from golive.evaluation.exceptions import now, of_stack, today  # noqa: PLC0415
    from golive.evaluation.manifests import judged  # noqa: PLC0415
    from golive.planning.manifests import RenderError, manifests, write  # noqa: PLC0415
    from golive.planning.mock_engine import PlanningError, plan  # noqa: PLC0415
    from stack.build import build  # noqa: PLC0415

    try:
        settings = parse(dict(data), f"Pulumi.{stack}.yaml")
        terms = of_stack(stack, today())
        rendered = manifests(plan(lambda: build(settings, at=now()), stack_name=stack))
    except SettingsError as error:
        return [str(fault).removesuffix(".") for fault in error.faults]
    except (PlanningError, RenderError) as error:
        return [str(error).removesuffix(".")]
    with tempfile.TemporaryDirectory(prefix="golive-") as scratch:
        folder = Path(scratch) / "manifests"
        write(rendered, folder)
        report = judged([str(folder)], RULES, terms)
    unread = [str(each) for each in report.unread]
    return unread + [f"{each.rule}: {each.message} {each.fix}".removesuffix(".") for each in report.failing]
