"""The ledger of consent in the table, what commands make of it, and what is left when it is erased."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.keys import is_consent
from rejoinder.aws.stored.conversations import read_consent
from rejoinder.errors import AlreadyHandled
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.marker import Marker
from rejoinder.model.own import ConsentTold, Preference, TemplateChanged
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound
from rejoinder.workbench.cli import consent_import, export, forget, ledgers
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.deployment.people import Table
from rejoinder.workbench.stack import StackError
from tests.moto.test_operations import arrived, items, process
from tests.moto.test_stores import conversation_in, turn_messages
from tests.moto.watched import at_once, place
from tests.unit.worlds import ACCOUNT, ADA, NOON, inbound

__all__ = ["at_once", "place"]  # fixtures

BY_PHONE = Contact(id="15550002001", phone="15550002001")
BY_ID = Contact(id="US.111", user_id="US.111")
HEADER = "contact,given,at\n"


def entry(*, given: bool, at: float = NOON, purpose: Purpose = Purpose.MARKETING) -> ConsentEntry:
    return ConsentEntry(purpose=purpose, given=given, at=at, by="word", source="stop", message_id="m")


def commit(store: ConversationTable, message: Inbound, *entries: ConsentEntry) -> None:
    before = conversation_in(store, message)
    store.commit(message, before, before.told(*entries), Marker(state="done"))


def ledger(dynamodb: DynamoDBClient, table: str) -> list[ConsentEntry]:
    return [read_consent(item) for item in dynamodb.scan(TableName=table)["Items"] if is_consent(item)]


def wish(value: str, id: str, contact: Contact, at: float = NOON) -> Inbound:  # noqa: A002 - the network's word
    return inbound(Preference(value="stop" if value == "stop" else "resume"), id=id, contact=contact, at=at)


# --- the table ----------------------------------------------------------------------------------------------


def test_entries_are_added_with_the_turn_and_the_newest_is_read_with_the_conversation(
    dynamodb: DynamoDBClient, table: str
) -> None:
    store = ConversationTable(dynamodb, table)
    told = (entry(given=True), entry(given=False), entry(given=True, purpose=Purpose.UTILITY))
    commit(store, inbound(), *told)
    assert {*ledger(dynamodb, table)} == {*told}, "two of one moment do not overwrite each other"
    found = conversation_in(store, inbound(id="b"))
    assert found.consent == {Purpose.MARKETING: told[1], Purpose.UTILITY: told[2]}
    assert found.ledger == ()
    entries = [item for item in dynamodb.scan(TableName=table)["Items"] if is_consent(item)]
    assert not any("expires_at" in item for item in entries), "only `rejoinder forget` ends them"
    commit(store, inbound(id="b"))
    assert len(ledger(dynamodb, table)) == 3, "a plain turn adds nothing"


def test_a_commit_that_is_refused_adds_no_entry(dynamodb: DynamoDBClient, table: str) -> None:
    store = ConversationTable(dynamodb, table)
    commit(store, inbound())
    with pytest.raises(AlreadyHandled):
        commit(store, inbound(), entry(given=True))
    assert ledger(dynamodb, table) == []


def test_the_sender_reads_the_newest_entry_also_after_two_conversations_became_one(place: Deployed) -> None:
    client = boto3.client("dynamodb")
    store = ConversationTable(client, place.table_name)
    process(place, wish("resume", "a", BY_PHONE))
    key = conversation_in(store, inbound(id="x", contact=BY_PHONE)).key
    turn = replace(turn_messages(key), contact=BY_PHONE)
    found = store.consent(turn, Purpose.MARKETING)
    assert found
    assert found.given
    assert store.consent(turn, Purpose.UTILITY) is None
    process(place, wish("stop", "b", BY_ID, NOON + 1), inbound("hi", id="c", contact=ADA, at=NOON + 2))
    merged = store.consent(replace(turn, contact=ADA), Purpose.MARKETING)
    assert merged
    assert not merged.given
    assert len(ledger(client, place.table_name)) == 2
    other = conversation_in(store, inbound(id="x", contact=ADA)).former_keys
    assert len(other) == 1


def a_template_changed() -> Inbound:
    changed = TemplateChanged(name="sale", language="en", what="status", before="approved", now="paused")
    owner = Account(channel="whatsapp", id="102290129340398")
    return replace(inbound(changed, id="template", contact=Contact.of_business(owner.id)), account=owner)


# --- commands -----------------------------------------------------------------------------------------------


def written(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    file = tmp_path / "told.csv"
    file.write_text(header + "\n".join(lines), encoding="utf-8-sig")
    return file


def read(tmp_path: Path, *lines: str, header: str = HEADER) -> Sequence[consent_import.Told]:
    return consent_import.read(written(tmp_path, *lines, header=header), ACCOUNT, "marketing", now=NOON)


def test_an_import_goes_through_the_processor_and_counts_once(place: Deployed, tmp_path: Path) -> None:
    lines = read(tmp_path, '"+1 555 000-2001",yes,2026-11-25', "", "US.9,No,2026-11-25T10:00:00+01:00")
    told = ConsentTold(purpose=Purpose.MARKETING, given=True, by="import", source="form at the till")
    consent_import.queue(place, ACCOUNT, lines, Purpose.MARKETING, "form at the till")
    updates = arrived(place)
    assert updates[0].content == told
    process(place, *updates, *updates)
    assert [(one.contact, one.given, one.at, one.by, one.source) for one in ledgers.of_all(place)] == [
        ("15550002001", "yes", "2026-11-25T00:00:00+00:00", "import", "form at the till"),
        ("US.9", "no", "2026-11-25T09:00:00+00:00", "import", "form at the till"),
    ]


def test_an_import_does_not_override_a_newer_refusal(place: Deployed, tmp_path: Path) -> None:
    process(place, wish("stop", "a", BY_PHONE))
    lines = read(tmp_path, "15550002001,yes,2026-11-25")
    consent_import.queue(place, ACCOUNT, lines, Purpose.MARKETING, "form")
    process(place, *arrived(place))
    store = ConversationTable(boto3.client("dynamodb"), place.table_name)
    found = conversation_in(store, inbound(id="x", contact=BY_PHONE))
    assert found.opted_out
    assert not found.consent[Purpose.MARKETING].given
    assert [line.by for line in ledgers.of_contact(place, "15550002001")] == ["import", "preference"]


def test_each_wrong_line_is_named_and_nothing_is_imported(tmp_path: Path) -> None:
    with pytest.raises(StackError) as wrong:
        read(
            tmp_path,
            "15550002001,yes,2026-11-25",
            "Ada 5,yes,2026-11-25",
            "15550002001,maybe,2026-11-25",
            "15550002001,yes,yesterday",
            "15550002001,yes,2999-01-01",
            "0151 1234567,yes,2026-11-25",
            "4.9151E+11,yes,2026-11-25",
            "+49 (0) 151 1234567,yes,2026-11-25",
            "'+491511234567,yes,2026-11-25",
        )
    assert str(wrong.value).splitlines() == [
        "nothing was imported:",
        "line 3: the contact is no phone number with its country code, and no user id",
        "line 4: given is yes or no",
        "line 5: at is a date or a time such as 2026-11-25 or 2026-11-25T10:00:00+01:00",
        "line 6: at lies in the future",
        *(
            f"line {line}: the contact is no phone number with its country code, and no user id"
            for line in (7, 8, 9, 10)
        ),
    ]
    assert "15550002001" not in str(wrong.value)


def test_consent_to_one_purpose_is_not_imported_for_another(tmp_path: Path) -> None:
    header = "contact,purpose,given,at\n"
    assert len(read(tmp_path, "15550002001,marketing,yes,2026-11-25", header=header)) == 1
    with pytest.raises(StackError, match="line 2: it is about utility: give --purpose utility"):
        read(tmp_path, "15550002001,utility,yes,2026-11-25", header=header)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_spreadsheet_may_separate_columns_in_its_own_way(tmp_path: Path, sign: str) -> None:
    (told,) = read(
        tmp_path,
        sign.join(("+1 555 000-2001", "yes", "2026-11-25")),
        header=f"contact{sign}given{sign}at\r\n",
    )
    assert (told.contact.id, told.given) == ("15550002001", True)


@pytest.mark.parametrize(
    ("header", "line", "why"),
    [
        ("phone,given,at\n", "1,yes,2026-11-25", "has no column contact"),
        ("", "", "has no column contact, given, at"),
        (HEADER, "", "has no line below its first one"),
        (HEADER, 'a,"yes', "no CSV file"),
    ],
)
def test_a_file_that_is_no_such_file_says_so(tmp_path: Path, header: str, line: str, why: str) -> None:
    with pytest.raises(StackError, match=why):
        read(tmp_path, line, header=header)


def test_a_file_that_is_not_there_or_not_in_utf_8_says_so(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="No such file"):
        consent_import.read(tmp_path / "none.csv", ACCOUNT, "marketing", now=NOON)
    file = tmp_path / "latin.csv"
    file.write_bytes(HEADER.encode() + "Jürgen,yes,2026-11-25".encode("latin-1"))
    with pytest.raises(StackError, match="UTF-8"):
        consent_import.read(file, ACCOUNT, "marketing", now=NOON)


def test_the_account_is_the_only_one_or_is_to_be_named(place: Deployed) -> None:
    with pytest.raises(StackError, match="nobody has written yet"):
        consent_import.account_of(place, "")
    process(place, inbound("count"))
    assert consent_import.account_of(place, "") == ACCOUNT
    process(place, a_template_changed())
    assert consent_import.account_of(place, "") == ACCOUNT, "nobody writes to the business account"
    other = Account(channel="whatsapp", id="2")
    assert consent_import.account_of(place, "whatsapp:2") == other
    news = TemplateChanged(name="order_update", language="en", what="status", now="paused")
    about = replace(
        inbound(news, id="n", contact=Contact.of_business("300")), account=replace(other, id="300")
    )
    process(place, about)
    assert consent_import.account_of(place, "") == ACCOUNT, "nobody writes to a business account"
    process(place, replace(inbound("count", id="b"), account=other))
    with pytest.raises(StackError, match="whatsapp:2"):
        consent_import.account_of(place, "")
    with pytest.raises(StackError, match="is no account"):
        consent_import.account_of(place, "2")


def test_ledgers_are_exported_with_their_contacts_also_of_a_conversation_that_ended(place: Deployed) -> None:
    process(place, wish("stop", "a", BY_PHONE), wish("resume", "b", BY_ID, NOON + 1))
    process(place, inbound("hi", id="c", at=NOON + 2))
    found = [(line.contact, line.given) for line in ledgers.of_all(place)]
    assert found == [("US.111", "no"), ("US.111", "yes")]
    assert [line.given for line in ledgers.of_contact(place, "US.111")] == ["no", "yes"]
    (kept,) = export.kept(place, "15550002001")
    assert sorted(one["entry"]["given"] for one in kept["consent"]) == [False, True]


def test_an_erasure_takes_the_ledger_and_leaves_a_proof_without_the_person(place: Deployed) -> None:
    process(place, wish("stop", "a", BY_PHONE), wish("resume", "b", BY_ID, NOON + 1))
    process(place, inbound("hi", id="c", at=NOON + 2))
    erased = forget.erase(place, Table(place).find("US.111"))
    assert erased["entries about consent"] == 2
    (left,) = items(place)
    assert left["entries_about_consent"] == {"N": "2"}
    assert "at" in left
    assert not any(words in json.dumps(left) for words in ("US.111", "15550002001", "Ada"))


def test_ledgers_are_printed_as_sentences_and_as_csv(place: Deployed) -> None:
    process(place, inbound("stop", id="a", contact=BY_PHONE))
    lines = ledgers.of_all(place)
    at = "2027-01-15T08:00:00+00:00"
    assert ledgers.as_text(lines) == f"{at}  refused marketing by word (stop), as {ACCOUNT}"
    message = inbound(id="a").hashed_id
    assert ledgers.as_csv(lines).splitlines() == [
        "account,contact,purpose,given,at,by,source,message,told_to,linked",
        f"{ACCOUNT},15550002001,marketing,no,{at},word,stop,{message},,",
    ]


def test_nothing_is_imported_without_a_yes() -> None:
    given = iter(["", "n", "maybe", "y", "YES"])
    assert [consent_import._says_yes(lambda _: next(given)) for _ in range(5)] == [False] * 3 + [True] * 2
