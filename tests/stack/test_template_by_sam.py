"""The SAM CLI's own check of the template."""

import os
import subprocess

import pytest

from rejoinder.workbench import tools


@pytest.mark.slow
def test_the_sam_cli_finds_no_fault_in_the_template() -> None:
    ours = tools.Tools(tools.HOUSE)
    ours.ensure("sam")
    command = [str(ours.python_of("sam").with_name("sam")), "validate", "--lint", "--region", "us-east-1"]
    environment = os.environ | ours.of_sam()
    said = subprocess.run(
        command, cwd=tools.HOUSE, env=environment, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert "valid SAM Template" in said.stdout
