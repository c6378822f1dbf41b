"""The docs are right: blocks of Python run, commands exist, and links, paths and names lead somewhere."""

import ast
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from rejoinder import Bot
from rejoinder.aws.stored.bodies import read_events, read_updates
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.channel_ports import Request, Secrets
from rejoinder.channels import channel_named, front_named
from rejoinder.channels.whatsapp.front import SIGNATURE_HEADER, sign
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.model.delivery import Attempt, Callback, Status, Step
from rejoinder.services.receive import Receiver
from rejoinder.testing import Phone
from rejoinder.testing.memory import MemoryMeter, MemoryQuarantine, MemoryQueue
from rejoinder.workbench.drill.alarms import declared
from tests.unit.worlds import World

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "rejoinder" / "rejoinder"
README, CONTRIBUTING, CHANGELOG = (ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG"))
HOW_IT_WORKS = ROOT / "docs" / "how-it-works.md"
PAGES = [
    *(README, CONTRIBUTING, CHANGELOG, ROOT / "SECURITY.md"),
    *(ROOT / "examples" / "README.md", ROOT / "workbench" / "simulator" / "README.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
]
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))

NAMED_FILE = re.compile(r"\[`([^`]+)`\]\(([^)#]+\.py)\)(?:\s+((?:`[\w.]+`(?:\s+and\s+)?)+))?")
"""How a page names something in a file: a link to the file, then names: [`cases.py`](…) `case_of`."""

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a page in one language, at any indent."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", page.read_text(), re.MULTILINE | re.DOTALL)


def bot_of_the_readme() -> Bot:
    """Return the bot in the first block of the README."""
    names: dict[str, object] = {}
    exec(blocks(README, "python")[0], names)  # noqa: S102 - our own page
    bot = names["bot"]
    assert isinstance(bot, Bot)
    return bot


def test_the_bot_of_the_readme_says_what_the_readme_shows() -> None:
    bot_block, file_block, phone_block = blocks(README, "python")
    names: dict[str, object] = {}
    for block in (bot_block, file_block):
        exec(block, names)  # noqa: S102 - our own page
    (shown,) = (block for block in blocks(README, "text") if block.startswith(">"))
    Phone(bot_of_the_readme(), name="Ada").plays(shown)
    exec(phone_block, names)  # noqa: S102 - our own page


def test_the_page_on_writing_a_bot_does_as_it_says() -> None:
    page = (ROOT / "docs" / "writing-a-bot.md").read_text()
    names: dict[str, object] = {}
    talks: list[str] = []
    for language, block in re.findall(r"^```(python|text)\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        if language == "python":
            exec(block, names)  # noqa: S102 - our own page
        elif block.startswith(">"):
            talks.append(block)
    bot = names["bot"]
    assert isinstance(bot, Bot)
    for talk in talks:
        Phone(bot, name="Ada").plays(talk)
    assert len(talks) == 11
    test = names["test_a_table_is_booked"]
    assert callable(test)
    test(Phone(bot, name="Ada"))


def test_the_bot_of_the_readme_has_fifteen_lines_of_code() -> None:
    code = [line for line in blocks(README, "python")[0].splitlines() if line.strip()]
    assert len(code) <= 15


def test_the_readme_leads_to_every_page() -> None:
    linked = re.findall(r"\]\(([^)#]+\.md)", README.read_text())
    assert {page.name for page in (ROOT / "docs").glob("*.md")} <= {Path(link).name for link in linked}


# --- what pages name ----------------------------------------------------------------------------------------


@each_page
def test_every_make_target_exists(page: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE))
    assert named <= TARGETS


def slug(heading: str) -> str:
    """Return the anchor of a heading, as GitHub and the site make it."""
    return re.sub(r"[^\w -]", "", heading.lstrip("# ").lower()).replace(" ", "-")


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"(?:\]\(|<img src=\")([^)\"]+)[)\"]", page.read_text()):
        if target.startswith("http"):
            continue
        path, _, heading = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        if not heading:
            continue
        headings = {slug(line) for line in file.read_text().splitlines() if line.startswith("#")}
        assert heading in headings, target


@each_page
def test_every_path_that_is_named_exists(page: Path) -> None:
    for name in re.findall(
        r"`((?:functions|layers|workbench|events|examples|tests|docs)/[\w./*-]*)`(?!\]\()",
        page.read_text(),
    ):
        assert list(ROOT.glob(name.rstrip("/"))), f"{page.name} names {name}"


@pytest.mark.parametrize("page", [page for page in PAGES if page != CHANGELOG], ids=lambda page: page.name)
def test_every_module_that_is_named_exists(page: Path) -> None:
    for name in re.findall(r"(?:`|-p |-m )((?:rejoinder|workbench|tests)(?:\.\w+)+)", page.read_text()):
        module, _, attribute = name.rpartition(".")
        is_module = importlib.util.find_spec(name) is not None
        assert is_module or hasattr(importlib.import_module(module), attribute), f"{page.name} names {name}"


def names_in(file: Path) -> set[str]:
    """Return the functions, classes, methods and constants of a file, such as `Bot.turn`."""
    names: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        match node:
            case ast.FunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name, body=body):
                names |= {
                    name,
                    *(f"{name}.{part.name}" for part in body if isinstance(part, ast.FunctionDef)),
                }
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case _:
                pass
    return names


@each_page
def test_what_is_named_behind_a_link_to_a_file_is_in_that_file(page: Path) -> None:
    for title, link, names in NAMED_FILE.findall(page.read_text()):
        file = (page.parent / link).resolve()
        assert str(file).endswith(f"/{title}"), f"the link {title} leads to {link}"
        missing = {*re.findall(r"`([\w.]+)`", names)} - names_in(file)
        assert not missing, f"{page.name} names {missing}, which {title} does not have"


@each_page
def test_what_is_said_to_be_in_a_file_is_in_that_file(page: Path) -> None:
    for name, path in re.findall(r"`(\w+)` in `([\w/.]+\.py)`", page.read_text()):
        file = next(folder / path for folder in (ROOT, PACKAGE) if (folder / path).exists())
        assert name in names_in(file), f"{page.name} names {name} in {path}"


def sections_of_alarms() -> dict[str, str]:
    """Return the sections of docs/operations.md about one alarm each, by its name."""
    page = (ROOT / "docs" / "operations.md").read_text()
    return dict(re.findall(r"^### (\w+Alarm)\n\n(.*?)(?=^#)", page, re.MULTILINE | re.DOTALL))


def test_every_alarm_has_a_section_and_every_section_an_alarm() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    assert sorted(re.findall(r"^### (\w+Alarm)$", page, re.MULTILINE)) == sorted(declared())
    assert sections_of_alarms().keys() == declared().keys()
    assert set(re.findall(r"\w+Alarm\b", page)) == declared().keys()


def test_a_section_says_what_is_noticed_where_to_look_what_cures_it_and_when_it_is_gone() -> None:
    for name, section in sections_of_alarms().items():
        parts = re.findall(r"^- \*\*([\w ]+):\*\* \S", section, re.MULTILINE)
        assert parts == ["Contacts notice", "Look", "Cure", "Gone when"], name


def test_a_section_says_after_how_long_its_alarm_is_off() -> None:
    for name, alarm in declared().items():
        metrics = [part["MetricStat"] for part in alarm.get("Metrics", ()) if "MetricStat" in part]
        minutes = (metrics or [alarm])[0]["Period"] * alarm["EvaluationPeriods"] // 60
        assert f"{minutes} minutes" in sections_of_alarms()[name].partition("Gone when")[2], name


def test_what_wakes_somebody_stands_before_what_informs() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    alarms, _, notices = page.partition("## Notices")
    for name, alarm in declared().items():
        pages = alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
        assert f"### {name}\n" in (alarms if pages else notices)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("redrive", "to put them back: "),
        ("redrive", " put back"),
        ("release", "conversations in which a person talks and the bot is silent: "),
        ("release", "the bot may speak to them again as "),
        ("forget", "erased:"),
        ("forget", "wake-ups"),
    ],
)
def test_the_page_on_running_it_shows_what_the_commands_print(command: str, words: str) -> None:
    assert words in (ROOT / "docs" / "operations.md").read_text()
    assert words in (ROOT / "workbench" / "cli" / f"{command}.py").read_text()


# --- CONTRIBUTING.md ----------------------------------------------------------------------------------------


def test_the_tree_names_every_module_of_the_package_and_no_other() -> None:
    tree = CONTRIBUTING.read_text().partition("    __init__.py")[2].partition("workbench/")[0]
    _, *parts = re.split(r"^ +(\w+)/ ", tree, flags=re.MULTILINE)
    rooms = dict(zip(parts[::2], parts[1::2], strict=True))
    ours = [path for path in PACKAGE.rglob("*") if path.is_dir() and not path.is_symlink()]
    folders = {path.name: path for path in ours if path.name != "__pycache__"}
    assert rooms.keys() == folders.keys()
    for room, listed in rooms.items():
        modules = {file.stem for file in folders[room].glob("*.py")} - {"__init__"}
        assert set(re.findall(r"\w+(?= ·)|(?<=· )\w+", listed)) == modules, room


def test_the_table_of_what_to_touch_names_files_only() -> None:
    table = CONTRIBUTING.read_text().partition("## To add a")[2].partition("## Habits")[0]
    rows = [line for line in table.splitlines() if line.startswith(("| a ", "| an "))]
    assert len(rows) >= 15
    assert all("`" in row for row in rows)


# --- docs/how-it-works.md -----------------------------------------------------------------------------------


def test_every_step_of_how_it_works_begins_with_a_file_and_names_in_it() -> None:
    steps = re.findall(r"^(\d+)\. (.*?)\n\n", HOW_IT_WORKS.read_text(), re.MULTILINE | re.DOTALL)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1))
    assert len(steps) > 40
    for number, step in steps:
        begin = NAMED_FILE.match(step)
        assert begin, f"step {number} does not begin with a link to a file"
        assert begin[3], f"step {number} names nothing in its file"
        assert re.search(r"\*\*(Now|Still|Also):\s", step), f"step {number} does not say what the value is"


class Kept:
    """A store for the secret of the page's stack."""

    def read(self) -> Secrets:
        return {"app_secret": "made up"}

    read_again = read


def received(webhook: Any, at: float) -> tuple[list[str], list[str]]:
    """Return the bodies that the ingress puts on inbound.fifo and on the events queue."""
    inbound, events, quarantine = MemoryQueue(), MemoryQueue(), MemoryQuarantine()
    receiver = Receiver(
        front=front_named("whatsapp"),
        secrets=(Kept(),),
        inbound=inbound,
        events=events,
        bodies=JsonBodies(),
        quarantine=quarantine,
        meter=MemoryMeter(),
        clock=lambda: at,
    )
    body = json.dumps(webhook).encode()
    answer = receiver.receive(Request(body=body, headers={SIGNATURE_HEADER: sign(body, "made up")}))
    assert (answer.status, quarantine.bodies) == (200, [])
    return [message.body for message in inbound.messages], [message.body for message in events.messages]


def test_the_message_of_how_it_works_goes_the_way_that_the_page_shows() -> None:
    webhook, queued, request, told = map(json.loads, blocks(HOW_IT_WORKS, "json"))
    (body,), events = received(webhook, queued["received_at"])
    assert json.loads(body) == queued
    assert events == []

    world = World(bot_of_the_readme(), now=queued["received_at"])
    world.process(*read_updates(body, channel_named("whatsapp").parse))
    (turn,) = world.outbox.turns
    (message,) = turn.messages
    attempt = Attempt(conversation_key=turn.conversation_key, outbound_id=message.id, number=1)
    callback = Callback(stack="rejoinder-dev", attempt=attempt)
    assert render(turn.contact, message.content, callback.encode()) == request

    change = webhook["entry"][0]["changes"][0]["value"]
    del change["messages"], change["contacts"]
    change["statuses"] = [event["status"] for event in told["events"]]
    inbound, (body,) = received(webhook, told["received_at"])
    assert inbound == []
    assert json.loads(body) == told
    (event,) = read_events(body).events
    status = channel_named("whatsapp").parse_event(event, received_at=told["received_at"])
    assert isinstance(status, Status)
    assert (status.step, Callback.decode(status.callback)) == (Step.DELIVERED, callback)
