"""What a push does about each template, by what Meta has of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rejoinder.model.written import Wording, WrittenTemplate
from rejoinder.workbench.templates.answers import Shown
from rejoinder.workbench.templates.plan import Pair, deletions, moment, pairs, steps

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
HERE = WrittenTemplate(name="a", category="utility", languages={"en": Wording(body="Hello there.")})
THERE = Shown(
    id="1",
    name="a",
    language="en",
    category="utility",
    wording=Wording(body="Hello."),
    status="approved",
    changed_at=NOW - 25 * 3600,
)


def planned(here: WrittenTemplate, there: Shown, *names: str) -> list[tuple[str, str]]:
    """Return what is done, and what is said of it."""
    return [(step.deed, step.note) for step in steps(pairs({here.name: here}, [there]), names, NOW)]


def test_what_is_approved_is_changed() -> None:
    assert planned(HERE, THERE) == [("edit", "")]


def test_a_second_change_in_a_day_names_the_time_when_it_is_sure() -> None:
    (step,) = planned(HERE, replace(THERE, changed_at=NOW - 3600))
    at = moment(NOW + 23 * 3600)
    assert step == ("edit", f"Meta allows one change in 24 hours: it may refuse this until {at}")


@pytest.mark.parametrize("status", ["rejected", "paused"])
def test_what_is_rejected_or_paused_is_changed_as_often_as_one_likes(status: str) -> None:
    assert planned(HERE, replace(THERE, status=status, changed_at=NOW)) == [("edit", f"it is {status}")]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("pending", "it is in review: push again when that is over"),
        ("in_appeal", "it is in review: push again when that is over"),
        ("disabled", "it is disabled, and Meta lets nobody change it: give the file another name"),
    ],
)
def test_what_cannot_be_changed_is_left(status: str, why: str) -> None:
    assert planned(HERE, replace(THERE, status=status)) == [("", why)]


def test_only_the_category_of_an_approved_template_cannot_be_changed() -> None:
    there = replace(THERE, category="marketing", wording=HERE.languages["en"])
    ((deed, note),) = planned(HERE, there)
    assert deed == ""
    assert note.endswith("set `category: marketing`, or give the template another name")
    assert planned(HERE, replace(there, status="rejected")) == [("edit", "it is rejected")]


def test_a_rejected_template_goes_to_review_again_when_it_is_named() -> None:
    same = replace(THERE, status="rejected", wording=HERE.languages["en"])
    assert planned(HERE, same) == []
    assert planned(HERE, same, "a") == [("edit", "it is rejected")]
    assert planned(HERE, same, "b") == []


def test_other_examples_are_no_difference_once_it_is_approved() -> None:
    here = replace(HERE, languages={"en": Wording(body="Hello {{1}}, hi.", examples={"1": "Ada"})})
    there = replace(THERE, wording=Wording(body="Hello {{1}}, hi.", examples={"1": "Bob"}))
    assert planned(here, there) == []
    assert planned(here, replace(there, status="rejected")) == [("edit", "it is rejected")]


def test_how_long_meta_tries_is_compared_when_both_say_it() -> None:
    same = replace(THERE, wording=HERE.languages["en"])
    here = replace(HERE, ttl_seconds=60)
    assert planned(here, same) == []
    assert planned(here, replace(same, ttl_seconds=60)) == []
    assert planned(here, replace(same, ttl_seconds=90)) == [("edit", "")]
    assert planned(HERE, replace(same, ttl_seconds=90)) == []


def test_only_what_is_named_is_deleted() -> None:
    german = replace(THERE, language="de", id="2")
    found = pairs({"a": HERE}, [THERE, german, replace(THERE, name="b")])
    assert [*deletions(found, [])] == []
    assert [str(step.pair) for step in deletions(found, ["a"])] == ["a de"]
    assert [str(step.pair) for step in deletions(found, ["a", "b"])] == ["a de", "b en"]


def test_what_stands_on_one_side_only_differs() -> None:
    assert Pair(name="a", language="en", here=HERE, there=None).differs
    assert Pair(name="a", language="en", here=None, there=THERE).differs
    assert not Pair(name="a", language="en", here=HERE, there=THERE).differs
