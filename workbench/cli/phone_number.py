"""`rejoinder phone list`, and from a new number to one that sends: its code, its PIN, its names."""

from rejoinder.workbench.cli.account_side import (
    Desk,
    as_json,
    check_length,
    new_pin,
    rows,
    six_digits,
)
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph import numbers as graph
from rejoinder.workbench.graph.numbers import REGIONS, Number
from rejoinder.workbench.pages import page

HEADS = ("id", "number", "name", "status", "quality", "messages/s", "new people/day")
"""The columns of the list."""

PER_SECOND = {"STANDARD": "80", "HIGH": "1,000"}
"""How many messages a second a number may handle, by Meta's words for it."""

MAX_NAME = 75
"""How many characters a display name may have."""


def show_all(desk: Desk, *, json: bool) -> int:
    """Print the numbers of the account, and what each needs next."""
    found = list(graph.numbers(desk.reached.graph, desk.reached.waba_id))
    if json:
        as_json(found)
        return 0
    if not found:
        print(f"the account has no number: add one in WhatsApp Manager ({page('numbers')})")
        return 0
    rows(HEADS, [_row(one) for one in found])
    for one in found:
        for need in needs(one):
            print(f"{one.phone}: {need}")
    return 0


def _row(one: Number) -> tuple[str, ...]:
    state = one.status if one.verification in ("", "VERIFIED") else f"{one.status}, {one.verification}"
    limit = one.limit.removeprefix("TIER_").lower()
    per_second = PER_SECOND.get(one.throughput, one.throughput)
    return (one.id, one.phone, one.name, state, one.quality, per_second, limit)


def needs(one: Number) -> list[str]:
    """Return what is to be done for a number, one thing a line."""
    found = []
    if one.verification not in ("", "VERIFIED"):
        found.append(f"verify it: `rejoinder phone request-code --number {one.id}`")
    elif one.status == "PENDING":
        found.append(f"register it: `rejoinder phone register --number {one.id}`")
    if one.new_name:
        found.append(f"the new name {one.new_name!r} is {one.new_name_status}")
    elif one.name_status in ("DECLINED", "EXPIRED"):
        found.append(f"Meta has {one.name_status} the name: `rejoinder phone name` asks for another")
    if one.webhook:
        found.append(f"its webhooks go to {one.webhook}")
    return found


def request_code(desk: Desk, *, by_voice: bool, language: str) -> int:
    """Let Meta send a code to the number, by SMS or by a call."""
    number = desk.number()
    desk.make(graph.request_code(number.id, by_voice=by_voice, language=language))
    how = "calls" if by_voice else "sends an SMS to"
    print(f"Meta {how} {number.phone}; then type the code: `rejoinder phone verify --number {number.id}`")
    return 0


def verify(desk: Desk) -> int:
    """Prove with the code whose number it is."""
    number = desk.number()
    desk.make(graph.verify(number.id, six_digits("Code, six digits")))
    print(f"{number.phone} is verified; next: `rejoinder phone register --number {number.id}`")
    return 0


def register(desk: Desk, region: str) -> int:
    """Let the number send and receive."""
    if region and region not in REGIONS:
        raise StackError(f"there is no region {region}: Meta has {', '.join(REGIONS)}")
    number = desk.number()
    pin = six_digits("PIN of the number, six digits") if number.has_pin else new_pin()
    desk.make(graph.register(number.id, pin, region))
    print(f"{number.phone} is registered; keep the PIN, it is needed to register the number again")
    return 0


def set_pin(desk: Desk) -> int:
    """Set another PIN."""
    number = desk.number()
    desk.make(graph.set_pin(number.id, new_pin()))
    print(f"{number.phone} has a new PIN; keep it, it is needed to register the number again")
    return 0


def deregister(desk: Desk) -> int:
    """End what `register` began."""
    number = desk.number()
    print(f"{number.phone} will neither send nor receive until it is registered again, with its PIN")
    desk.make(graph.deregister(number.id))
    print(f"{number.phone} is deregistered")
    return 0


def name(desk: Desk, new: str) -> int:
    """Show the display name, or ask Meta for another one."""
    number = desk.number()
    if not new:
        _show_names(number)
        return 0
    check_length("the name", new, MAX_NAME)
    desk.make(graph.set_name(number.id, new))
    print(f"Meta reviews the name {new!r}; until then {number.phone} is called {number.name!r}")
    return 0


def _show_names(number: Number) -> None:
    print(f"{number.phone} is called {number.name!r} ({number.name_status or 'not reviewed'})")
    if number.new_name:
        print(f"asked for: {number.new_name!r} ({number.new_name_status})")


def username(desk: Desk, new: str, *, none: bool) -> int:
    """Show the username, take one, or give it up."""
    number = desk.number()
    if new or none:
        desk.make(graph.set_username(number.id, "" if none else new))
    there, status = graph.username(desk.reached.graph, number.id)
    print(
        f"{number.phone} has the username {there} ({status})" if there else f"{number.phone} has no username"
    )
    return 0
