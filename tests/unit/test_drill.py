"""The drill: what it plants, and when it takes an alarm for on. Without a stack."""

from pathlib import Path
from typing import Any

import pytest

from rejoinder.workbench.drill.alarms import Alarm, Measure, Read, declared
from rejoinder.workbench.drill.drill import Result, Rung
from rejoinder.workbench.drill.faults import FAULTS, Fault
from rejoinder.workbench.drill.page import BEGIN, END, table, write_page
from tests.unit.alarm_rules import alarms
from tests.unit.template_rules import translated


def test_every_alarm_has_a_fault_that_wakes_once_at_most() -> None:
    template = declared()
    waking = {name for name, one in template.items() if one["AlarmActions"] == [{"Ref": "AlarmTopic"}]}
    assert {name for fault in FAULTS for name in fault.rings} == template.keys()
    for fault in FAULTS:
        assert [name for name in fault.rings if name in waking] == [
            name for name in fault.rings[:1] if name in waking
        ]


def test_the_alarms_are_those_that_cloudformation_gets() -> None:
    assert declared().keys() == alarms(translated()).keys()


def test_a_fault_whose_values_go_back_is_planted_before_all_others() -> None:
    assert [fault.past_seconds > 0 for fault in FAULTS] == [True] + [False] * (len(FAULTS) - 1)


def measure(name: str = "value", statistic: str = "Sum") -> Measure:
    return Measure(id=name, namespace="Rejoinder/x", name="Y", dimensions={}, statistic=statistic)


def alarm(**changed: Any) -> Alarm:
    usual: dict[str, Any] = {
        "name": "YAlarm",
        "wakes": True,
        "text": "Contacts get no answer.",
        "measures": [measure()],
        "expression": "",
        "threshold": 2,
        "period": 60,
        "periods": 3,
        "needed": 2,
    }
    return Alarm(**usual | changed)


def reading(*values: tuple[float, float]) -> Read:
    """Return what reads the sum of values, each with its time."""

    def read(_: Measure, start: float, end: float) -> float | None:
        found = [value for at, value in values if start <= at < end]
        return sum(found) if found else None

    return read


@pytest.mark.parametrize(
    ("values", "highest"),
    [
        ([(10, 3), (70, 4)], 4),
        ([(10, 1), (20, 2), (130, 3)], 3),
        ([(10, 3), (70, 2)], None),
        ([(10, 40)], None),
        ([], None),
    ],
    ids=["two of three", "a sum, and a gap", "once, and not above", "one of three", "nothing"],
)
def test_an_alarm_is_on_when_enough_of_its_periods_count(
    values: list[tuple[float, float]], highest: float | None
) -> None:
    assert alarm().value(reading(*values), 0, 180) == highest


def test_what_is_older_than_its_periods_or_before_the_fault_does_not_count() -> None:
    read = reading((10, 3), (70, 3))
    assert alarm().value(read, 0, 180) == 3
    assert alarm().value(read, 0, 240 + 10) is None
    assert alarm().value(read, 60, 180) is None


def test_an_expression_is_computed_of_its_metrics_and_a_first_value_is_a_rise() -> None:
    rises = alarm(
        measures=[measure("visible", "Maximum")],
        expression="DIFF(FILL(FILL(visible, REPEAT), 0))",
        threshold=0,
        needed=1,
    )
    assert rises.value(reading((10, 1), (70, 1)), 0, 180) == 1
    assert rises.value(reading(), 0, 180) is None


def result(**changed: Any) -> Result:
    fault = Fault(
        what="the table is gone",
        rings=["YAlarm"],
        plant=lambda _: None,
        cure=lambda _: None,
        cured_by="undo the change",
        in_metrics=True,
    )
    rung = [Rung(alarm=alarm(), after=9.6, topic="arn")]
    usual: dict[str, Any] = {
        "fault": fault,
        "rung": rung,
        "told": {"watch": "YAlarm | <x>; `redrive`", "doctor": ""},
        "cured_after": 3.2,
        "wrong": (),
    }
    return Result(**usual | changed)


def test_the_table_says_what_rang_what_was_said_and_what_was_wrong() -> None:
    lines = list(table([result(), result(wrong=("YAlarm stays on",), cured_after=None)]))
    assert lines[:4] == [
        "ok    the table is gone *",
        "        rang      YAlarm (wakes) 10 s",
        "        watch     YAlarm | <x>; `redrive`",
        "        cure      undo the change; answered after 3 s",
    ]
    assert "        WRONG     YAlarm stays on" in lines
    assert lines[-1] == "2 faults, 1 of them with something wrong"
    assert list(table([result()]))[-1] == "1 faults: all well"


def test_the_page_gets_a_line_for_each_fault_between_its_marks(tmp_path: Path) -> None:
    (tmp_path / "drill.md").write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_page([result()], tmp_path)
    page = (tmp_path / "drill.md").read_text()
    assert page.partition(BEGIN)[0] == "before\n"
    assert page.partition(END)[2] == "\nafter\n"
    assert "old" not in page
    (line,) = [line for line in page.splitlines() if line.startswith("| the table is gone")]
    assert line == (
        "| the table is gone * | YAlarm (wakes) 10 s | YAlarm \\| &lt;x>; redrive |  "
        "| undo the change; answered after 3 s | 3 min |"
    )


def test_the_page_of_the_drill_has_a_line_for_each_fault() -> None:
    page = (Path(__file__).parents[2] / "docs" / "drill.md").read_text()
    lines = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert [line.split(" | ")[0].removeprefix("| ").removesuffix(" *") for line in lines] == [
        fault.what for fault in FAULTS
    ]
