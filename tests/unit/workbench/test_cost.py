"""`rejoinder repository cost`: what is counted of a turn, what the template says, and the bill."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rejoinder.workbench.capacity import figures as load_figures
from rejoinder.workbench.capacity import page as load_page
from rejoinder.workbench.cli import cost
from rejoinder.workbench.cost import month, page
from rejoinder.workbench.cost.capacity import Capacity, Item, size_of, units_of
from rejoinder.workbench.cost.month import after_free, bill, cold_share, figures, gathered, load_paces
from rejoinder.workbench.cost.prices import load_prices
from rejoinder.workbench.cost.stack import Stack, read_stack
from rejoinder.workbench.cost.turn import Turn, Work, measure
from rejoinder.workbench.dashboard.body import USD_PER_DAY, USD_PER_TURN
from tests.unit.alarm_rules import alarms, metrics_of
from tests.unit.template_rules import ROOT, translated

MILLION = 1_000_000
PRICES, PACES = load_prices(), load_paces()
STACK = Stack(
    architecture="arm64",
    memory_mb=dict.fromkeys(("ingress", "processor", "sender", "tracker"), 512),
    alarm_metrics=12,
    dashboards=1,
    secrets=1,
    retention_days=30,
    gathered=10,
    window_seconds=20,
    pollers={"inbound": 5, "outbound": 5, "events": 2},
    system_line_bytes=(),
    access_line_bytes=200,
)
TURN = Turn(
    work={
        "ingress": Work(invocations=4, lines=4, bytes=1000),
        "processor": Work(invocations=1, lines=2, bytes=400),
        "sender": Work(invocations=1, lines=2, bytes=400),
        "tracker": Work(invocations=3, lines=6, bytes=1200),
    },
    gathered=Work(invocations=1, lines=4, bytes=800),
    calls={},
    queued={"inbound": 1, "outbound": 1, "events": 3},
    body_bytes=1000,
    read_units=5,
    write_units=10,
    stored_bytes=2000,
    metrics=5,
    packed=0.2,
)


@pytest.fixture(scope="session")  # once, in any order: moto may be on for the whole run already
def turn() -> Turn:
    """Run an ordinary turn."""
    return measure()


# --- the turn -----------------------------------------------------------------------------------------------


def test_a_turn_is_nine_invocations_five_queue_messages_and_eight_requests_to_the_table(turn: Turn) -> None:
    """docs/deploying.md and docs/costs.md say so too."""
    assert {name: work.invocations for name, work in turn.work.items()} == {
        "ingress": 4,
        "processor": 1,
        "sender": 1,
        "tracker": 3,
    }
    assert turn.queued == {"inbound": 1, "outbound": 1, "events": 3}
    assert turn.calls == {
        "BatchGetItem": 1,
        "TransactWriteItems": 1,
        "UpdateItem": 6,
        "SendMessageBatch": 5,
    }


def test_a_turn_writes_a_marker_a_record_and_what_the_networks_id_means(turn: Turn) -> None:
    assert turn.write_units >= 10, "two items in a transaction, and six updates"
    assert turn.read_units >= 3, "marker, conversation and alias"
    assert 1000 < turn.stored_bytes < 5000


def test_the_model_of_load_takes_the_write_units_that_are_counted(turn: Turn) -> None:
    units = load_figures.WRITE_UNITS
    assert turn.write_units == units["processor"] + units["sender"] + 3 * units["tracker"]
    assert sum(work.invocations for work in turn.work.values()) == load_figures.INVOCATIONS


def test_the_page_on_load_tells_what_it_costs(turn: Turn) -> None:
    """The bytes of log lines differ a little from run to run."""

    def of(load: load_figures.Load) -> month.Bill:
        paces = load_page.with_bot(load, PACES)
        return bill(load_page.turns_a_month(load), turn, read_stack(), paces, PRICES)

    def numbers(row: str) -> list[float]:
        return [float(cell.strip().replace(",", "")) for cell in row.split("|")[3:5]]

    told, now = load_page.read("costs"), load_page.costs(of)
    assert [row.split("|")[:3] for row in told] == [row.split("|")[:3] for row in now]
    for before, after in zip(told[2:], now[2:], strict=True):
        assert numbers(before) == pytest.approx(numbers(after), rel=0.03)


def test_statuses_that_come_together_share_a_line_of_metrics(turn: Turn) -> None:
    assert turn.gathered.invocations == 1
    assert turn.gathered.bytes < turn.work["tracker"].bytes


def test_each_function_is_seen_to_write_its_log(turn: Turn) -> None:
    assert all(work.lines and work.bytes > 20 * work.lines for work in turn.work.values())
    assert turn.metrics >= 3
    assert 0 < turn.packed < 1


# --- what DynamoDB charges ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({}, 0),
        ({"pk": {"S": "abc"}}, 5),
        ({"pk": {"S": "é"}}, 4),
        ({"at": {"N": "1234567"}}, 7),
        ({"ok": {"BOOL": True}}, 3),
        ({"m": {"M": {"a": {"S": "b"}}}}, 7),
        ({"l": {"L": [{"S": "b"}, {"NULL": True}]}}, 8),
        ({"b": {"B": b"123"}}, 4),
    ],
)
def test_the_size_of_an_item(item: Item, size: int) -> None:
    assert size_of(item) == size


@pytest.mark.parametrize(
    ("operation", "request_", "before", "after", "read", "write"),
    [
        ("GetItem", {"ConsistentRead": True}, [0], [0], 1, 0),
        ("GetItem", {}, [4097], [4097], 1, 0),
        ("BatchGetItem", {"RequestItems": {"t": {"ConsistentRead": True}}}, [0, 5000], [0, 5000], 3, 0),
        ("UpdateItem", {}, [0], [1024], 0, 1),
        ("UpdateItem", {}, [1025], [100], 0, 2),
        ("TransactWriteItems", {}, [0, 1025], [10, 1025], 0, 6),
    ],
)
def test_the_units_of_a_request(
    operation: str, request_: Any, before: list[int], after: list[int], read: float, write: float
) -> None:
    units = units_of(operation, request_, before, after)
    assert (units.read, units.write) == (read, write)


def test_the_growth_of_the_table_is_counted_with_what_dynamodb_adds_to_each_item() -> None:
    table: dict[str, Item] = {}
    capacity = Capacity(look=lambda key: table.get(key["pk"]["S"], {}))
    action = {"Put": {"Item": {"pk": {"S": "a"}, "sk": {"S": "b"}, "x": {"S": "y"}}}}
    request_ = {"TransactItems": [action]}
    before = capacity.before("TransactWriteItems", request_)
    table["a"] = action["Put"]["Item"]
    capacity.count("TransactWriteItems", request_, before)
    assert (capacity.write, capacity.stored) == (2, 8 + 100)


# --- the template -------------------------------------------------------------------------------------------


def test_the_stack_is_read_from_the_template() -> None:
    stack, template = read_stack(), translated()
    assert stack.alarm_metrics == sum(len(metrics_of(alarm)) for alarm in alarms(template).values())
    assert stack.memory_mb.keys() == {"ingress", "processor", "sender", "tracker"}
    assert stack.pollers == {"inbound": 5, "outbound": 5, "events": 5}
    assert stack.dashboards == 1
    assert (stack.secrets, stack.architecture, stack.retention_days) == (1, "arm64", 30)
    assert (stack.window_seconds, stack.gathered) == (20, 10)
    assert stack.system_line_bytes == ()


def test_a_template_in_which_lambda_logs_each_invocation_costs_more(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text((ROOT / "template.yaml").read_text().replace("SystemLogLevel: WARN", ""))
    chatty = read_stack(file)
    assert sum(chatty.system_line_bytes) > 300
    assert bill(MILLION, TURN, chatty, PACES, PRICES).usd > bill(MILLION, TURN, STACK, PACES, PRICES).usd


# --- the bill -----------------------------------------------------------------------------------------------


def usd_of(lines: Any) -> dict[str, float]:
    return {line.what: round(line.usd, 4) for line in lines}


def test_each_line_of_the_bill_is_units_times_price() -> None:
    lines = usd_of(bill(MILLION, TURN, replace(STACK, window_seconds=0), PACES, PRICES).lines)
    assert lines["API Gateway"] == 4.0
    assert lines["Lambda, invocations"] == 1.8
    assert lines["SQS, FIFO"] == 3.0
    assert lines["SQS, statuses"] == 3.6
    assert lines["DynamoDB, writes"] == 6.25
    assert lines["CloudWatch, logs"] == pytest.approx((3000 + 800) * MILLION / 1024**3 / 2, abs=1e-3)
    assert lines["CloudWatch, metrics"] == 0.75
    seconds = PACES.by_function["sender"].warm_ms / 1000 * PACES.by_function["sender"].memory_mb / 1024
    assert lines["Lambda, sender"] == pytest.approx(seconds * MILLION * 0.0000133334, abs=1e-3)


def test_a_month_in_which_nobody_writes_costs_alarms_the_secret_and_polls() -> None:
    assert usd_of(bill(1, TURN, STACK, PACES, PRICES).idle) == {
        "12 metrics of alarms": 1.2,
        "the dashboard": 3.0,
        "the secret": 0.4,
        "5 pollers ask inbound": 0.3285,
        "5 pollers ask outbound": 0.3285,
        "2 pollers ask events": 0.1051,
    }


def test_what_aws_gives_for_nothing_is_taken_off_once() -> None:
    one = after_free(bill(1, TURN, STACK, PACES, PRICES), PRICES)
    assert usd_of(one.idle) == {
        "12 metrics of alarms": 0.2,
        "the dashboard": 0.0,
        "the secret": 0.4,
        "5 pollers ask inbound": 0.0,
        "5 pollers ask outbound": 0.157,
        "2 pollers ask events": 0.1051,
    }


@pytest.mark.parametrize("turns", page.VOLUMES)
def test_what_the_dashboard_says_of_the_cost_is_within_a_twentieth_of_the_bill(
    turns: int, turn: Turn
) -> None:
    said = USD_PER_TURN * turns + USD_PER_DAY * 365 / 12
    assert said == pytest.approx(bill(turns, turn, read_stack(), PACES, PRICES).usd, rel=0.05)


def test_the_fewer_turns_the_more_of_them_start_cold() -> None:
    assert cold_share(1) > 0.99
    assert 0.5 < cold_share(1000) < 0.7
    assert cold_share(100_000) < 1e-9
    few, many = (bill(turns, TURN, STACK, PACES, PRICES) for turns in (100, MILLION))
    assert few.lines[2].usd / 100 > 2 * many.lines[2].usd / MILLION


def test_statuses_are_gathered_when_many_come_and_only_with_a_window() -> None:
    assert gathered(1, STACK) == pytest.approx(1, abs=0.001)
    assert 1 < gathered(100_000, STACK) < gathered(500_000, STACK) < 10
    assert gathered(100 * MILLION, STACK) == 10
    assert gathered(MILLION, replace(STACK, window_seconds=0)) == 1


def test_a_message_of_more_than_64_kb_is_several_requests() -> None:
    large = bill(MILLION, replace(TURN, body_bytes=65 * 1024), STACK, PACES, PRICES)
    assert usd_of(large.lines)["SQS, FIFO"] == 6.0


def test_it_says_where_the_milliseconds_come_from(tmp_path: Path) -> None:
    content, file = json.loads(month.MEASURED.read_text()), tmp_path / "measured.json"
    for placeholder, told in ((True, "PLACEHOLDERS"), (False, "measured by `make bench`, a lamp, today")):
        file.write_text(
            json.dumps(content | {"placeholder": placeholder, "machine": "a lamp", "date": "today"})
        )
        assert load_paces(file).source.startswith(told)


def test_it_says_when_the_functions_were_measured_with_another_memory() -> None:
    same = {name: paces.memory_mb for name, paces in PACES.by_function.items()}
    assert "memory" not in month.remarks(PACES, replace(STACK, memory_mb=same))
    other = replace(STACK, memory_mb=same | {"sender": same["sender"] + 1})
    assert month.remarks(PACES, other).endswith("In template.yaml the memory is another one: sender.")


def test_the_prices_have_a_date_and_a_source_each() -> None:
    assert len(PRICES.date.split("-")) == 3
    assert all(price.source.startswith("https://") for price in PRICES.by_name.values())


# --- the command --------------------------------------------------------------------------------------------


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command take the turn from above, because running one takes seconds."""
    monkeypatch.setattr(cost, "measure", lambda: TURN)


@pytest.mark.usefixtures("measured")
def test_the_command_prints_a_table_whose_parts_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(50_000, as_json=False, free=False, page=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("50,000 turns in a month")
    sums = {
        line[:24].strip(): float(line.split()[-1]) for line in lines if line[:24].strip() and "  " in line
    }
    assert sums["the month"] == pytest.approx(sums["the turns"] + sums["while nobody writes"], abs=0.011)
    assert max(map(len, lines)) <= 110


@pytest.mark.usefixtures("measured")
def test_the_command_prints_the_bill_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main(MILLION, as_json=True, free=True, page=False) == 0
    told = json.loads(capsys.readouterr().out)
    one = after_free(bill(MILLION, TURN, read_stack(), PACES, PRICES), PRICES)
    assert told == json.loads(json.dumps(figures(one)))


# --- the page -----------------------------------------------------------------------------------------------


def test_the_page_is_written_between_its_markers(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "costs.md").read_text()
    (tmp_path / "costs.md").write_text(text)
    for _ in range(2):
        page.write_page(TURN, STACK, PACES, PRICES, tmp_path)
    written = (tmp_path / "costs.md").read_text()
    assert written.count(page.BEGIN) == written.count(page.END) == 1
    assert written.partition(page.BEGIN)[0] == text.partition(page.BEGIN)[0]
    assert written.partition(page.END)[2] == text.partition(page.END)[2]
    assert "| API Gateway | 4 requests | 4.00 |" in written
    picture = ET.fromstring((tmp_path / "costs.svg").read_text())  # noqa: S314 - our own
    assert len(picture.findall("{http://www.w3.org/2000/svg}path[@stroke]")) == 8, (
        "four curves, each with its key"
    )


def test_the_page_tells_what_the_template_costs_now() -> None:
    """Whoever changes the alarms runs `python -m rejoinder.workbench repository cost --page`."""
    text = (ROOT / "docs" / "costs.md").read_text()
    for line in month.idle(read_stack(), PRICES):
        assert f"| {line.what} | {line.usd:.2f} |" in text
