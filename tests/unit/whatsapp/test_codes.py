"""What to do next after each of Meta's error codes, and after answers that are not Meta's."""

import json
from collections.abc import Iterable

import pytest

from rejoinder.channels.whatsapp.codes import CODES, UnknownObject, error_of, remedy_of
from rejoinder.errors import (
    AccountBlocked,
    Invalid,
    OptedOut,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    Refused,
    Rejected,
    SendError,
    TokenInvalid,
    WindowClosed,
)
from rejoinder.model.delivery import Remedy


def refusal(code: object, **error: object) -> bytes:
    """Return the body of an error as Meta writes it."""
    return json.dumps({"error": {"message": f"(#{code}) No", "code": code, **error}}).encode()


TABLE: list[tuple[type[SendError], str, Iterable[int]]] = [
    (TokenInvalid, "token", (0, 104, 190)),
    (AccountBlocked, "permission", (3, 10, *range(200, 300), 131005)),
    (AccountBlocked, "number or version that is none", (33, 2500)),
    (AccountBlocked, "policy, spam, payment, display name", (368, 131031, 131037, 131042, 131048)),
    (AccountBlocked, "registration", (131045, 133005, 133006, 133008, 133009, 133010)),
    (AccountBlocked, "migration of the number", (2388012, 2388091, 2388093, 2388103)),
    (RateLimited, "the account's rates", (4, 613, 80007, 130429, 133016, 138013)),
    (RateLimited, "a flow that is throttled", (132069,)),
    (PairRateLimited, "the pair's rate", (131056,)),
    (Refused, "maintenance", (131057, 133000, 133004, 133015, 134101, 2494100)),
    (OutcomeUnknown, "Meta's own failures", (1, 2, 131000, 131016)),
    (WindowClosed, "window", (131047,)),
    (Rejected, "contact", (130403, 130472, 130497, 131021, 131026, 131030, 131049, 137000)),
    (OptedOut, "contact", (131050,)),
    (Invalid, "parameter, such as a media id", (100, 131009, 131053)),
    (Rejected, "kind or part", (131008, 131051, 131060, 135000)),
    (Rejected, "a contact's file", (131052,)),
    (Rejected, "marketing and authentication", (131055, 131062, 131063, 131064, 134100, 134102, 1752041)),
    (Rejected, "payments", (134011,)),
    (Rejected, "templates", (132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018)),
    (Rejected, "flows", (132068, 139000, 139001, 139002, 139003, 139004)),
    (Rejected, "groups", (131020, 131041, 131059, 131201, 131202, 131204, *range(131207, 131216))),
    (Rejected, "calls", (131044, *range(138000, 138013), *range(138014, 138019))),
    (Rejected, "blocking", (139100, 139101, 139102, 139103)),
    (Rejected, "usernames", (147001, 147002, 147003, 147004, 147005)),
    (Rejected, "insights", (200005, 200006, 200007)),
    (Rejected, "making templates", (2388019, 2388023, 2388024, 2388039, 2388040, 2388047, 2388072, 2388073)),
    (Rejected, "variables of templates", (2388293, 2388299)),
    (Rejected, "coexistence", (2593107, 2593108, 2593109)),
]
"""Every known code of Meta's page and of the Graph API's."""


@pytest.mark.parametrize(("kind", "codes"), [pytest.param(kind, codes, id=id) for kind, id, codes in TABLE])
@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 408, 429, 500, 503])
def test_every_code_says_what_to_do_next_whatever_the_http_status(
    kind: type[SendError], codes: Iterable[int], status: int
) -> None:
    errors = [error_of(status, refusal(code), {}) for code in codes]
    assert [error.code for error in errors if type(error) is not kind] == []
    assert [error.code for error in errors] == list(codes)


def test_the_table_above_has_every_code_that_is_told_apart_and_none_twice() -> None:
    codes = [code for _, _, some in TABLE for code in some]
    assert sorted(codes) == sorted(CODES)


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (100, 33, UnknownObject),
        (100, None, Invalid),
        (100, 2388293, Invalid),
        (100, "thirty-three", Invalid),
        (131026, 33, Rejected),
        (190, 463, TokenInvalid),
        (130429, 2494055, RateLimited),
    ],
)
def test_a_subcode_counts_where_it_says_that_our_number_is_not_there(
    code: int, subcode: object, kind: type[SendError]
) -> None:
    error = error_of(400, refusal(code, error_subcode=subcode, type="GraphMethodException"), {})
    assert (type(error), error.code) == (kind, code)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        (401, TokenInvalid),
        (403, AccountBlocked),
        (404, Rejected),
        (429, RateLimited),
        (500, OutcomeUnknown),
        (503, OutcomeUnknown),
    ],
)
def test_a_code_that_nobody_knows_is_judged_by_the_http_status(status: int, kind: type[SendError]) -> None:
    assert type(error_of(status, refusal(999_999), {})) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Refused),
        (307, Refused),
        (400, Refused),
        (401, TokenInvalid),
        (403, AccountBlocked),
        (404, Refused),
        (407, Refused),
        (413, Refused),
        (429, RateLimited),
        (408, OutcomeUnknown),
        (500, OutcomeUnknown),
        (502, OutcomeUnknown),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Not here</html>",
        b"\xff",
        b'{"message":"Not Found"}',
        b'{"error":"not_found"}',
        b'{"error":{"message":"No"}}',
        refusal("many"),
    ],
    ids=repr,
)
def test_an_answer_that_is_not_metas_ends_no_message(status: int, kind: type[SendError], body: bytes) -> None:
    error = error_of(status, body, {})
    assert (type(error), error.code) == (kind, 0)


def test_an_error_without_a_code_is_not_metas_code_zero() -> None:
    error = error_of(500, b'{"error":{"message":"An unexpected error has occurred."}}', {})
    assert type(error) is OutcomeUnknown
    assert error.details == "An unexpected error has occurred."


def test_a_code_may_come_as_a_string() -> None:
    error = error_of(400, refusal("131047"), {})
    assert (type(error), error.code) == (WindowClosed, 131047)


@pytest.mark.parametrize("data", [None, "x", [], {}, {"details": None}], ids=repr)
def test_without_details_the_message_of_a_refusal_is_kept(data: object) -> None:
    assert error_of(400, refusal(131009, error_data=data), {}).details == "(#131009) No"


def test_a_code_counts_whatever_the_words_beside_it_look_like() -> None:
    assert type(error_of(400, b'{"error":{"code":131047,"message":null}}', {})) is WindowClosed


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("999999", 999999.0),
        ("1000000", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("²", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_taken_when_it_is_a_number(value: str, seconds: float | None) -> None:
    assert error_of(429, b"", {"Retry-After": value}).retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (131047, Remedy.TEMPLATE),
        (131000, Remedy.AGAIN),
        (130429, Remedy.AGAIN),
        (131042, Remedy.AGAIN_WHEN_OPEN),
        (131037, Remedy.AGAIN_WHEN_OPEN),
        (131048, Remedy.AGAIN_WHEN_OPEN),
        (131026, Remedy.NONE),
        (131049, Remedy.NONE),
        (131050, Remedy.CONSENT),
        (999_999, Remedy.NONE),
        (0, Remedy.NONE),
        (None, Remedy.NONE),
    ],
)
def test_a_late_failure_is_tried_again_where_that_helps(code: int | None, remedy: Remedy) -> None:
    assert remedy_of(code) is remedy


def test_half_a_character_in_metas_words_is_replaced_because_no_table_takes_it() -> None:
    error = error_of(400, refusal(131026, error_data={"details": "cut \ud83d"}), {})
    assert error.details == "cut \N{REPLACEMENT CHARACTER}"
