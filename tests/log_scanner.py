"""Checks every log record of every test. A record that could hold anything personal fails the test.

Nobody can list all that tests say. So our own lines (logger `rejoinder`) may hold only two things: a message
that stands in the source as it is, and the extras of `ALLOWED`, each with values of its form. The lines of
libraries, and the lines of Powertools on standard output, are searched for what must never be there. The
lines that a bot or a test logs itself are not checked: they are up to its author.

This is a pytest plugin. tests/conftest.py turns it on for our tests, and `-p tests.log_scanner` for other
tests.
"""

import ast
import json
import logging
import re
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from rejoinder.aws.stored.formats import FORMATS
from rejoinder.model import answers, contents, own, spoken, updates
from rejoinder.model.delivery import Step
from rejoinder.services.process import STOPPED
from rejoinder.workbench import development

ROOT = Path(__file__).parents[1]
OURS = [ROOT / "layers" / "rejoinder" / "rejoinder", ROOT / "functions"]
AUTHORS = tuple(f"{ROOT / folder}/" for folder in ("bot", "examples", "tests"))

# --- what may be in our own lines ---------------------------------------------------------------------------

HASHED = r"[a-z2-7]{26}"
MADE_UP = r"[a-z]{1,2}\d?|abc|code|sampleturn"
"""Ids that tests and sample events choose, such as `o1` or `s`. They are too short for anything personal."""

KINDS = frozenset(
    get_args(kind)[0]
    for module in (answers, contents, own, spoken, updates)
    for content in vars(module).values()
    if (kind := getattr(content, "__annotations__", {}).get("kind")) is not None
)


Fits = Callable[[object], bool]


def _like(pattern: str) -> Fits:
    form = re.compile(pattern)
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def _number(value: object) -> bool:
    """Whether `value` is a small number. A phone number has more digits."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10_000_000


def _each(fits: Fits) -> Fits:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _line(value: object) -> bool:
    """Whether `value` is another line of ours, which its function put into the same line."""
    if not isinstance(value, dict) or value.get("message") not in constants():
        return False
    return all(ALLOWED.get(name, _nothing)(extra) for name, extra in value.items() if name != "message")


def _nothing(_: object) -> bool:
    return False


ALLOWED: dict[str, Fits] = {
    "attempt": _number,
    # This is either what `describe` says of an error (its type, AWS's code, its line), or why a shape cannot
    # be read.
    "cause": _like(
        rf"[A-Za-z_]\w*( [A-Z][A-Za-z.]+| \d{{3}})?( at [\w<>./-]+:\d+)?|{re.escape(STOPPED)}"
        rf"|({'|'.join([*FORMATS, 'content', 'account'])}): ([A-Z]\w+|(its|an) [a-z ]+)"
    ),
    "code": _number,
    "content": lambda value: value in KINDS,
    "correlation_id": _like(f"{HASHED}|{MADE_UP}|"),
    "further": _each(_line),
    "field": _like(r"[a-z_]{1,64}"),  # the network's name for an account event
    "messages": _number,
    "outbound_id": _like(rf"({HASHED}|{MADE_UP})(-\d{{1,3}})?"),
    "pause_seconds": _number,
    "reasons": _each(
        _like(
            r"nested too deeply|too large|an entry without changes|a change without field"
            r"|a message without (account|contact)|no webhook: [A-Za-z]+"
            r"|[a-z_]+ (holds [A-Za-z]+|without (account|contact|chat))"
            r"|an update (without a number|of no kind|of several kinds)"
        )
    ),
    "seconds": _number,
    "tries": _number,
}
"""The extras that our lines may have, with the form of their values. Any other extra is a fault."""

ARGUMENTS: dict[str, Fits] = {
    # This is the text of a SettingsError. It names the secret, never its value.
    "the webhook secrets cannot be read: %s": _like(
        r"(the secret [\w/-]+ )?[a-z JSON]+(: \w+|\w*_\w+)?|down"
    ),
}
"""The messages that have arguments, and the form of these arguments."""

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"taskName", "message", "asctime"}

FORMATTED = frozenset(
    ["level", "location", "message", "timestamp", "service", "name", "cold_start", "xray_trace_id"]
)
"""The fields that Powertools adds to a line."""

# --- what may be nowhere ------------------------------------------------------------------------------------

NEVER = {
    "a wamid": re.compile(r"wamid\.", re.IGNORECASE),
    "a phone number": re.compile(r"(?<![\w.:/-])\+?1555\d{4,8}(?![\w])"),
    "a token": re.compile(r"\bBearer [\w.~+/-]{8}|\bEAA[A-Za-z0-9]{8}"),
    "a signature": re.compile(r"sha256=[0-9a-f]{64}"),
    "a name or text of the tests": re.compile(
        r"\b(Ada|Noor|Lovelace|Hello Ada|display_phone_number|wa_id)\b"
    ),
    "a made-up secret": re.compile(
        "|".join(map(re.escape, [development.APP_SECRET, development.VERIFY_TOKEN, development.ACCESS_TOKEN]))
    ),
}
NEVER_IN_OURS = NEVER | {"a long number": re.compile(r"(?<![\w.-])\+?\d{8,15}(?![\w.])")}
"""What our own lines must not hold. They need no number as long as a phone number; the lines of libraries do,
because they have ids of requests."""


def found_in(text: str, *, ours: bool) -> list[str]:
    """Return the kinds of forbidden text that are in `text`."""
    return [what for what, pattern in (NEVER_IN_OURS if ours else NEVER).items() if pattern.search(text)]


@cache
def constants() -> frozenset[str]:
    """Return the messages of the log calls in our source. The steps are messages as well."""
    calls = (node for folder in OURS for file in folder.rglob("*.py") for node in _log_calls(file))
    words = (argument for call in calls for argument in call.args)
    literal = (argument.value for argument in words if isinstance(argument, ast.Constant))
    return frozenset(str(value) for value in literal) | frozenset(step.value for step in Step)


def _log_calls(file: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"))):
                yield node


def faults_of(record: logging.LogRecord) -> list[str]:
    """Return what is wrong with a record of any logger."""
    if record.name.partition(".")[0] == "rejoinder":
        return list(_faults_of_ours(record))
    if record.levelno < logging.INFO or record.pathname.startswith(AUTHORS):
        return []  # in production, `observe.logger` sets libraries to INFO
    text = f"{record.msg} {record.args} {_exception_text(record)}"
    return [f"{what} in a line of {record.name}" for what in found_in(text, ours=False)]


def _faults_of_ours(record: logging.LogRecord) -> Iterator[str]:
    if record.msg not in constants():
        yield "a message that is no constant of the source"
    if record.args:
        fits = ARGUMENTS.get(str(record.msg), _nothing)
        yield from ("an argument" for one in _arguments(record) if not fits(str(one)))
    if record.exc_info or record.exc_text or record.stack_info:
        yield "an exception's text, which may quote what a contact wrote"
    for name, value in record.__dict__.items():
        if name not in STANDARD and not ALLOWED.get(name, _nothing)(value):
            yield f"an extra {name} that is not allowed or not of its form"
    extras = {name: value for name, value in record.__dict__.items() if name not in STANDARD}
    yield from found_in(f"{record.msg} {record.args} {list(extras.values())}", ours=True)


def _arguments(record: logging.LogRecord) -> list[Any]:
    return list(record.args) if isinstance(record.args, tuple) else [record.args]


def _exception_text(record: logging.LogRecord) -> str:
    return str(record.exc_info[1]) if record.exc_info and record.exc_info[1] else record.exc_text or ""


def faults_of_output(output: str) -> list[str]:
    """Return what is wrong with the standard output of functions: the lines of Powertools, and metrics."""
    lines = (line for line in output.splitlines() if line.startswith('{"') and line.endswith("}"))
    return [fault for line in lines for fault in _faults_of_line(line)]


def _faults_of_line(line: str) -> list[str]:
    try:
        written = json.loads(line)
    except ValueError:
        return []  # not a line of Powertools
    if "_aws" in written:
        return [f"{what} in a metric" for what in found_in(line, ours=False)]
    if not {"level", "location", "message"} <= written.keys():
        return []
    others = sorted(set(written) - FORMATTED - set(ALLOWED))
    faults = [f"{what} in a written line" for what in found_in(line, ours=False)]
    return faults + [f"{name} in a written line" for name in others]


# --- pytest -------------------------------------------------------------------------------------------------


EVERY_LEVEL = 1
"""The level of our logger while nobody has set another. At this level all lines are made, and so checked. The
handlers get only the lines that would have been made without the scanner."""


class LogScanner:
    """Checks each record when its logger handles it, with its extras and with any handlers."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def see(self, record: logging.LogRecord) -> None:
        """Note what is wrong with `record`, and where it was made."""
        where = f"{record.pathname.removeprefix(f'{ROOT}/')}:{record.lineno}"
        self.faults += [f"{where}: {fault}" for fault in faults_of(record)]

    def take(self) -> list[str]:
        """Return what was found since the last call."""
        faults, self.faults = list(dict.fromkeys(self.faults)), []
        return faults

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Fail the test, or its set-up, if it logged something that it should not.

        The tests of `bot/` are not ours: they may let any library log anything.
        """
        report = yield
        if item.path.is_relative_to(ROOT / "bot"):
            self.take()
            return report
        written = (text for name, text in report.sections if name == f"Captured stdout {report.when}")
        faults = [*self.take(), *dict.fromkeys(faults_of_output("".join(written)))]
        if faults:
            told = "\n".join(["In the logs is what may never be there (tests/log_scanner.py):", *faults])
            report.sections.append(("Log scanner", told))
            if not report.failed:
                report.outcome, report.longrepr = "failed", told
        return report


def pytest_configure(config: pytest.Config) -> None:
    """Check every record of this process from now on, also those below the level of our lines."""
    if config.pluginmanager.has_plugin("log-scanner"):
        return
    scanner = LogScanner()
    config.pluginmanager.register(scanner, "log-scanner")
    handle = logging.Logger.handle

    def handle_and_see(logger: logging.Logger, record: logging.LogRecord) -> None:
        scanner.see(record)
        if logger.level != EVERY_LEVEL or logging.getLogger().isEnabledFor(record.levelno):
            handle(logger, record)

    # The class is patched, because somebody could remove the handlers and filters of a single logger.
    setattr(logging.Logger, "handle", handle_and_see)  # noqa: B010 - mypy forbids it otherwise
    config.add_cleanup(lambda: setattr(logging.Logger, "handle", handle))
    logging.getLogger("rejoinder").setLevel(EVERY_LEVEL)
