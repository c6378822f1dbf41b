"""What contacts see of a number: its profile, its QR codes, its greeting. And whom it has blocked."""

from collections.abc import Sequence
from pathlib import Path

import httpx

from rejoinder.workbench.cli.account_side import Desk, as_json, check_length, rows
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph import automation, blocks, codes
from rejoinder.workbench.graph import profile as profiles
from rejoinder.workbench.graph.client import SECONDS, GraphError, Json
from rejoinder.workbench.graph.uploads import upload

MAX_WORDS = 140
"""How many characters the words of a QR code may have."""

NOT_LATELY = 139100
"""Meta's code when it did not block everybody."""


def profile(desk: Desk, new: Json, picture: Path | None, *, json: bool) -> int:
    """Show the profile, or change some of its fields."""
    number = desk.number()
    for key, limit in profiles.LIMITS.items():
        check_length(key, str(new.get(key, "")), limit)
    if new.get("vertical", "OTHER") not in profiles.VERTICALS:
        raise StackError(f"there is no vertical {new['vertical']}: Meta has {', '.join(profiles.VERTICALS)}")
    if picture:
        desk.agree(f"POST /{desk.reached.app_id}/uploads\n  {picture}")
        handle = upload(desk.reached.graph, desk.reached.app_id, picture)
        new = {**new, "profile_picture_handle": handle}
    if new:
        desk.make(profiles.set_profile(number.id, new))
    found = profiles.profile(desk.reached.graph, number.id)
    if json:
        as_json(found)
        return 0
    shown = {
        "about": found.about,
        "description": found.description,
        "address": found.address,
        "email": found.email,
        "vertical": found.vertical,
        "websites": ", ".join(found.websites),
        "picture": found.picture,
    }
    rows(("field", number.phone), shown.items())
    return 0


def block(desk: Desk, contacts: Sequence[str]) -> int:
    """Block contacts. Exits with 1 when Meta did not block all."""
    number = desk.number()
    try:
        desk.make(blocks.block(number.id, contacts))
    except GraphError as error:
        if error.code != NOT_LATELY:
            raise
        for one in blocks.refused(error.answer):
            print(f"not blocked: {one.contact}: {one.why}")
        raise
    print(f"{number.phone} neither hears them nor writes to them")
    return 0


def unblock(desk: Desk, contacts: Sequence[str]) -> int:
    """Unblock contacts."""
    number = desk.number()
    desk.make(blocks.unblock(number.id, contacts))
    print(f"{number.phone} hears them again")
    return 0


def blocked(desk: Desk, *, json: bool) -> int:
    """Print the blocked contacts, one a line."""
    found = list(blocks.blocked(desk.reached.graph, desk.number().id))
    if json:
        as_json(found)
        return 0
    print("\n".join(found) or "nobody is blocked")
    return 0


def list_codes(desk: Desk, *, json: bool) -> int:
    """Print the QR codes."""
    found = list(codes.codes(desk.reached.graph, desk.number().id))
    if json:
        as_json(found)
        return 0
    if not found:
        print('there is no QR code: `rejoinder phone qr new "I would like to book"` makes one')
        return 0
    rows(("code", "link", "words"), [(one.code, one.link, one.words) for one in found])
    return 0


def new_code(desk: Desk, words: str, picture: codes.Format, save: Path | None) -> int:
    """Make a QR code, and save its picture if a file is named."""
    check_length("the words", words, MAX_WORDS)
    made = codes.Code.read(desk.make(codes.new_code(desk.number().id, words, picture)))
    print(f"{made.code}: {made.link}")
    if save:
        _save(made.picture, save)
        print(f"its picture is in {save}")
    else:
        print(f"its picture: {made.picture}")
    return 0


def _save(url: str, file: Path) -> None:
    try:
        answer = httpx.get(url, timeout=SECONDS).raise_for_status()
        file.write_bytes(answer.content)
    except httpx.HTTPError as error:
        raise StackError(f"the picture cannot be fetched ({type(error).__name__}): {url}") from None
    except OSError as error:
        raise StackError(f"{file} cannot be written: {error.strerror}") from None


def change_code(desk: Desk, code: str, words: str) -> int:
    """Change what a QR code says."""
    check_length("the words", words, MAX_WORDS)
    desk.make(codes.change_code(desk.number().id, code, words))
    print(f"{code} says {words!r} now; its picture stays")
    return 0


def remove_code(desk: Desk, code: str) -> int:
    """Remove a QR code."""
    desk.make(codes.remove_code(desk.number().id, code))
    print(f"{code} leads nowhere now")
    return 0


def greet(desk: Desk, ice_breakers: Sequence[str], commands: Sequence[str], *, none: bool, json: bool) -> int:
    """Show the greeting, or replace its ice breakers, its commands, or both by nothing."""
    number = desk.number()
    found = automation.greeting(desk.reached.graph, number.id)
    new = found.with_(_checked(ice_breakers) or None, _commands(commands) or None)
    if none:
        new = found.with_((), {})
    if new != found:
        desk.make(automation.set_greeting(number.id, new))
    if json:
        as_json(new)
        return 0
    shown = [("ice breaker", one) for one in new.ice_breakers]
    shown += [("command", f"/{name}  {hint}") for name, hint in new.commands.items()]
    rows(("in an empty talk", number.phone), shown or [("nothing", "")])
    return 0


def _checked(ice_breakers: Sequence[str]) -> Sequence[str]:
    if len(ice_breakers) > automation.MAX_ICE_BREAKERS:
        raise StackError(f"there may be {automation.MAX_ICE_BREAKERS} ice breakers")
    for one in ice_breakers:
        check_length(f"the ice breaker {one!r}", one, automation.MAX_ICE_BREAKER)
    return ice_breakers


def _commands(given: Sequence[str]) -> dict[str, str]:
    """Return the commands of texts such as `book=Book a table`."""
    if len(given) > automation.MAX_COMMANDS:
        raise StackError(f"there may be {automation.MAX_COMMANDS} commands")
    found = {}
    for one in given:
        name, sign, hint = one.partition("=")
        if not (sign and name.strip() and hint.strip()):
            raise StackError(f"write a command as `book=Book a table`, not {one!r}")
        check_length(f"the command {name!r}", name, automation.MAX_COMMAND)
        check_length(f"the hint of {name!r}", hint, automation.MAX_HINT)
        found[name.strip().removeprefix("/")] = hint.strip()
    return found
