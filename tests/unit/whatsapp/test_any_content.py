"""Whatever a bot says comes back from the store as it was, and Meta takes what our limits take."""

import re
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rejoinder.aws.stored.messages import dump_turn, read_turn
from rejoinder.channels.whatsapp.limits import WhatsAppLimits
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.errors import LimitExceeded
from rejoinder.model.said import OutboundContent
from rejoinder.workbench.simulator import validation
from rejoinder.workbench.simulator.errors import GraphError
from rejoinder.workbench.simulator.templates import Template
from rejoinder.workbench.simulator.templating import template_of
from tests.contents import BY_KIND
from tests.replay.account import template_for
from tests.unit.test_stored import ADA, turn_of

LIMITS = WhatsAppLimits()
KINDS = pytest.mark.parametrize("kind", list(BY_KIND))
FEW = settings(max_examples=30)
"""There are many kinds, and each has examples of its own."""


def is_taken(content: OutboundContent) -> bool:
    try:
        for part in LIMITS.split(content):
            LIMITS.check(part)
    except LimitExceeded:
        return False
    return True


def approved(request: Any) -> tuple[Template, ...]:
    """Return the template that `request` fills: as short as it can be, for Meta counts all of its words."""
    template = template_for(request)
    if template is None:
        return ()
    body = template["body"].removeprefix("Text ").replace("} {", "}{")
    return (template_of({**template, "body": body}),)


def is_unknown(error: GraphError) -> bool:
    """Whether the simulator refuses a message only because it does not simulate its kind (yet).

    It answers 131051 for what it knows to be missing, and names the kinds that it knows for others.
    """
    names_the_kind = re.search(r"\binteractive\W+type\W* must be one of", str(error))
    return error.error["code"] == 131051 or names_the_kind is not None


def test_there_is_a_strategy_for_each_kind() -> None:
    assert [*BY_KIND] == [kind.__dataclass_fields__["kind"].default for kind in get_args(OutboundContent)]


@KINDS
@FEW
@given(data=st.data())
def test_any_content_comes_back_from_the_store_and_renders_when_it_is_within_the_limits(
    kind: str, data: st.DataObject
) -> None:
    content = data.draw(BY_KIND[kind])
    turn = turn_of(content)
    assert read_turn(dump_turn(turn)) == turn
    if is_taken(content):
        assert all(render(ADA, part, "callback", "wamid.1") for part in LIMITS.split(content))


@KINDS
def test_the_simulator_takes_whatever_our_limits_take(kind: str) -> None:
    unknown: list[GraphError] = []

    @settings(FEW, suppress_health_check=[HealthCheck.filter_too_much])
    @given(data=st.data())
    def sends(data: st.DataObject) -> None:
        content = data.draw(BY_KIND[kind])
        assume(is_taken(content))
        try:
            for part in LIMITS.split(content):
                request: Any = render(ADA, part, "callback", "wamid.1")
                validation.check(request, approved(request))
        except GraphError as error:
            if not is_unknown(error):
                raise
            unknown.append(error)

    sends()
    if unknown:
        pytest.skip(f"the simulator does not know {kind}: {unknown[0]}")
