"""The files of `make chaos`: what the count sees of them, what the plan sends, and what the bot says."""

import re
from collections import Counter
from dataclasses import replace
from hashlib import sha256

import httpx
import pytest

from rejoinder import Document, Image
from rejoinder.aws.media import PIECE_BYTES
from rejoinder.bot.loading import load_bot
from rejoinder.model.ids import correlation_id, outbound_id
from rejoinder.testing import Phone
from rejoinder.workbench.chaos.plan import (
    BOOK,
    DOCUMENT,
    FILES,
    MENU,
    PICTURE,
    REPORT,
    Update,
    as_taken,
    body_of,
    plan,
)
from rejoinder.workbench.chaos.post import handed_in
from rejoinder.workbench.chaos.tally import Acceptance, Evidence, count, is_rejected
from rejoinder.workbench.cli.chaos import table
from rejoinder.workbench.simulator.server import Simulator
from tests.unit.workbench.test_chaos import ADA, ALL, BOB, BOT, GOOD, RIGHT, UNKNOWN, report, update


def of_file(kind: str) -> Update:
    """Return an update of Bob about a file, after his first one."""
    return replace(update(BOB, 2), file=kind)


def answers(one: Update, number: int) -> list[Acceptance]:
    """Return the messages that answer an update about a file."""
    correlation = correlation_id(f"whatsapp:{one.number}", one.id)
    texts = [f"{number}: {one.text}", f"{number}.1: {one.text}", f"{number}.2: {one.text}"]
    files = ["", sha256(one.said_bytes).hexdigest(), ""]
    return [
        Acceptance(contact=one.talk, text=text, file=file, outbound_id=outbound_id(correlation, n), attempt=1)
        for n, (text, file) in enumerate(zip(texts, files, strict=True), start=1)
    ]


def with_file(kind: str, *, rejections: int = 0) -> Evidence:
    """Return the evidence in which Bob's second message is about a file, and all went well."""
    one = of_file(kind)
    said = answers(one, 2)
    return replace(
        RIGHT,
        updates=[*RIGHT.updates, one],
        markers={**RIGHT.markers, one.id: "done"},
        counts={ADA: 3, BOB: 2},
        records={**RIGHT.records, **{message.outbound_id: {1: GOOD} for message in said}},
        acceptances=[*RIGHT.acceptances, *said],
        saved={one.id: sha256(one.sent_bytes).hexdigest()} if one.sends_file else {},
        rejections=rejections,
    )


def without_message(evidence: Evidence, place: int, *steps: str) -> Evidence:
    """Return the evidence without a message of the answer about a file, whose record has these steps."""
    gone = evidence.acceptances[len(ALL) + place]
    return replace(
        evidence,
        acceptances=[one for one in evidence.acceptances if one != gone],
        records={**evidence.records, gone.outbound_id: {1: frozenset(steps)}},
    )


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_came_through_both_ways_with_its_words_is_right(kind: str) -> None:
    tally = count(with_file(kind))
    assert tally.is_right
    assert (tally.files_sent, tally.files_said) == (int(kind in (PICTURE, DOCUMENT, BOOK)), 1)


@pytest.mark.parametrize("kind", [PICTURE, DOCUMENT, BOOK])
def test_a_file_of_a_contact_that_is_not_in_the_bucket_is_seen(kind: str) -> None:
    tally = count(replace(with_file(kind), saved={}))
    assert (tally.not_saved, tally.saved_otherwise, tally.is_right) == ((of_file(kind).id,), (), False)


def test_a_file_of_a_contact_that_was_changed_in_the_bucket_is_seen() -> None:
    changed = {of_file(PICTURE).id: sha256(of_file(PICTURE).sent_bytes + b"!").hexdigest()}
    tally = count(replace(with_file(PICTURE), saved=changed))
    assert (tally.not_saved, tally.saved_otherwise) == ((), (of_file(PICTURE).id,))
    assert not tally.is_right


def test_a_file_of_the_bot_that_never_arrived_is_lost() -> None:
    for steps in (["sending"], ["sending", "failed"]):  # nobody rejected it
        tally = count(without_message(with_file(MENU), 1, *steps))
        assert (tally.not_arrived, tally.rejected, tally.without_answer) == ((of_file(MENU).id,), (), ())
        assert not tally.is_right


def test_a_file_that_the_network_rejected_may_fail_visibly_and_only_that() -> None:
    evidence = with_file(REPORT, rejections=1)
    tally = count(without_message(evidence, 1, "sending", "failed"))
    assert (tally.not_arrived, tally.rejected, tally.is_right) == ((), (of_file(REPORT).id,), True)
    silent = count(without_message(evidence, 1, "sending"))
    assert (silent.not_arrived, silent.is_right) == ((of_file(REPORT).id,), False)


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        ([], False),
        ([GOOD], False),
        ([{"sending", "accepted", "failed"}], False),
        ([{"sending", "failed"}, GOOD], False),
        ([{"sending", "failed"}], True),
        ([{"sending", "accepted", "refused"}, {"sending", "failed"}], True),
    ],
)
def test_a_message_is_rejected_when_its_last_attempt_failed_and_was_not_accepted(
    attempts: list[set[str]], *, expected: bool
) -> None:
    assert is_rejected({n: frozenset(steps) for n, steps in enumerate(attempts, start=1)}) is expected


def test_words_that_were_lost_beside_a_file_that_failed_are_seen() -> None:
    failed = without_message(with_file(REPORT, rejections=1), 1, "sending", "failed")
    tally = count(replace(failed, acceptances=failed.acceptances[:-1]))
    assert (tally.without_answer, tally.is_right) == ((of_file(REPORT).id,), False)


@pytest.mark.parametrize(("message", "file"), [(1, "of somebody else"), (1, ""), (0, "where none should be")])
def test_a_file_of_the_bot_that_arrived_with_other_bytes_is_seen(message: int, file: str) -> None:
    evidence = with_file(PICTURE)
    messages = [*evidence.acceptances]
    messages[len(ALL) + message] = replace(messages[len(ALL) + message], file=file)
    tally = count(replace(evidence, acceptances=messages))
    assert (tally.arrived_otherwise, tally.is_right) == ((messages[len(ALL) + message].outbound_id,), False)


def test_a_file_that_changed_places_with_the_words_beside_it_is_out_of_order() -> None:
    evidence = with_file(MENU)
    *before, answer, file, behind = evidence.acceptances
    tally = count(replace(evidence, acceptances=[*before, answer, behind, file]))
    assert tally.out_of_order == (f"{BOB} {file.text}",)
    assert (tally.lost, tally.not_arrived, tally.is_right) == (0, (), False)


def test_a_file_may_go_out_again_only_when_its_outcome_was_unknown() -> None:
    evidence = with_file(MENU)
    file = evidence.acceptances[-2]
    again = replace(evidence, acceptances=[*evidence.acceptances, replace(file, attempt=2)])
    assert count(again).wrongly_doubled == (file.outbound_id,)
    unknown = replace(again, records={**again.records, file.outbound_id: {1: UNKNOWN, 2: GOOD}})
    assert (count(unknown).sends_doubled, count(unknown).is_right) == (1, True)


def test_the_table_names_the_files_that_went_wrong() -> None:
    lost = without_message(replace(with_file(BOOK), saved={}), 1, "sending")
    lines = list(table(report(lost)))
    assert any(
        re.match(r" +files of contacts +1 +1 not saved, 0 saved with other bytes", one) for one in lines
    )
    assert any(re.match(r" +files of the bot +1 +1 lost, 0 rejected by the network", one) for one in lines)
    assert {f"  not saved: {of_file(BOOK).id}", f"  file lost: {of_file(BOOK).id}"} <= {*lines}


def test_a_plan_has_one_book_and_as_many_of_each_other_kind_of_file() -> None:
    updates = {one.id: one for body in plan(400, 20, seed=1, files=21) for one in body}.values()
    kinds = Counter(one.file for one in updates if one.file)
    assert kinds == {BOOK: 1, PICTURE: 5, DOCUMENT: 5, MENU: 5, REPORT: 5}
    of_contacts = [one.sent_bytes for one in updates if one.sends_file]
    assert len({*of_contacts}) == len(of_contacts) == 11
    assert max(map(len, of_contacts)) > PIECE_BYTES


def test_the_network_has_the_files_of_contacts_before_they_are_sent() -> None:
    one, other = replace(update(ADA, 1), file=DOCUMENT), update(ADA, 2)
    with Simulator() as simulator:
        contents = handed_in(simulator.url, [one, other])
        (message, words) = body_of([one, other], contents)["entry"][0]["changes"][0]["value"]["messages"]
        document = message["document"]
        held = httpx.get(f"{simulator.url}/sim/files/{document['id']}", trust_env=False)
    assert (message["type"], document["caption"], words["type"]) == ("document", one.text, "text")
    assert (held.content, held.headers["content-type"]) == (one.sent_bytes, "application/pdf")
    assert as_taken(one)["filename"] == document["filename"]


@pytest.mark.parametrize("kind", FILES)
def test_the_bot_says_the_file_that_the_count_expects_between_its_words(kind: str) -> None:
    phone, one = Phone(load_bot(BOT)), replace(update(ADA, 1), file=kind)
    sends = Image if kind == PICTURE else Document
    is_sent = one.sends_file
    lines = phone.sends(sends(one.sent_bytes, caption=one.text)) if is_sent else phone.says(one.text)
    assert [line.rpartition(") ")[2].removeprefix("< ") for line in lines] == [
        f"{number}: {one.text}" for number in ("1", "1.1", "1.2")
    ]
    (file,) = phone.received
    assert file.read() == one.said_bytes


def test_the_bot_can_say_a_file_alone() -> None:
    assert Phone(load_bot(BOT)).says("only the menu") == ["< (image menu.png)"]
