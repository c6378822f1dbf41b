"""What a person sees while the stack starts."""

import re
import time

import pytest

from rejoinder.workbench.stack.stages import Stages


def test_a_stage_is_one_line_with_its_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    with Stages().stage("build"):
        time.sleep(0.12)
    assert re.fullmatch(r"  build         0\.[1-9] s\n", capsys.readouterr().out)


def test_a_stage_that_fails_leaves_its_line_ended_and_without_a_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(KeyboardInterrupt), Stages().stage("build"):
        raise KeyboardInterrupt
    assert capsys.readouterr().out == "  build       \n"


def test_quiet_stages_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    stages = Stages(quiet=True)
    with stages.stage("build"):
        stages.write_line("something")
    assert capsys.readouterr().out == ""
