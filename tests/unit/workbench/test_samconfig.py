"""The author's samconfig.toml, read as the SAM CLI reads it and written without losing anything."""

from pathlib import Path

import pytest
import yaml

from rejoinder.workbench.cost.stack import _Loader
from rejoinder.workbench.deployment.parameters import parameters
from rejoinder.workbench.deployment.samconfig import Samconfig
from rejoinder.workbench.source import house
from rejoinder.workbench.stack import StackError

THEIRS = """\
version = 0.1
# what we call things
[dev.global.parameters]
stack_name = "clinic-dev"   # the shop is another

[dev.deploy.parameters]
tags = ["team=desk"]        # ours
parameter_overrides = "LogRetentionDays=90"

[prod]
[prod.global.parameters]
stack_name = "clinic"
region = "eu-west-1"
profile = "clinic"
"""


def _file(root: Path, text: str) -> Samconfig:
    (root / "samconfig.toml").write_bytes(text.encode())
    return Samconfig.read(root)


def test_an_environment_is_what_global_and_deploy_say(tmp_path: Path) -> None:
    config = _file(tmp_path, THEIRS)
    prod, dev = config.environment("prod"), config.environment("dev")
    assert (prod.stack_name, prod.region, prod.profile) == ("clinic", "eu-west-1", "clinic")
    assert (dev.region, dev.parameters, "tags" in dev.keys) == (None, {"LogRetentionDays": "90"}, True)


def test_comments_foreign_keys_and_their_order_survive(tmp_path: Path) -> None:
    config = _file(tmp_path, THEIRS)
    config.remember(
        "dev", stack_name="clinic-test", region="eu-central-1", parameters={"AlarmEmail": "a@example.org"}
    )
    assert (tmp_path / "samconfig.toml").read_text() == THEIRS.replace(
        'stack_name = "clinic-dev"   # the shop is another',
        'stack_name = "clinic-test"   # the shop is another\nregion = "eu-central-1"',
    ).replace('"LogRetentionDays=90"', '"LogRetentionDays=90 AlarmEmail=a@example.org"')
    assert {path.name for path in tmp_path.iterdir()} == {"samconfig.toml"}


def test_line_ends_of_windows_survive(tmp_path: Path) -> None:
    config = _file(tmp_path, THEIRS.replace("\n", "\r\n"))
    config.remember("prod", stack_name="clinic", region="eu-west-2", parameters={})
    written = (tmp_path / "samconfig.toml").read_bytes().decode()
    assert written == THEIRS.replace("eu-west-1", "eu-west-2").replace("\n", "\r\n")


def test_what_is_there_already_is_changed_where_it_stands(tmp_path: Path) -> None:
    config = _file(tmp_path, '[dev.deploy.parameters]\nstack_name = "old"\nregion = "eu-west-1"\n')
    config.remember("dev", stack_name="new", region="eu-west-2", parameters={})
    text = (tmp_path / "samconfig.toml").read_text()
    assert text == '[dev.deploy.parameters]\nstack_name = "new"\nregion = "eu-west-2"\n'


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    config = Samconfig.read(tmp_path)
    assert config.choose(None) == "dev"
    config.remember("dev", stack_name="clinic", region="eu-west-1", parameters={"AlarmEmail": "a@b.org"})
    made = Samconfig.read(tmp_path).environment("dev")
    assert (made.stack_name, made.region, made.parameters) == (
        "clinic",
        "eu-west-1",
        {"AlarmEmail": "a@b.org"},
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"LogRetentionDays=90"', {"LogRetentionDays": "90"}),
        ("""'A="x y" B=1'""", {"A": "x y", "B": "1"}),
        ('"ParameterKey=A,ParameterValue=x ParameterKey=B,ParameterValue=2"', {"A": "x", "B": "2"}),
        (r"""'A=x\ y'""", {"A": "x y"}),
        ("""'A="" B=2'""", {"A": "", "B": "2"}),
        ('"Arns=arn:aws:iam::1:policy/x,arn:aws:y"', {"Arns": "arn:aws:iam::1:policy/x,arn:aws:y"}),
        ('["A=1", "B=2"]', {"A": "1", "B": "2"}),
        ('{ A = 1, B = ["x", "y"] }', {"A": "1", "B": "x,y"}),
    ],
)
def test_parameters_are_read_in_each_form_and_written_in_the_same(
    tmp_path: Path, written: str, read: dict[str, str]
) -> None:
    config = _file(tmp_path, f"[dev.deploy.parameters]\nparameter_overrides = {written}\n")
    assert config.environment("dev").parameters == read
    new = {"AlarmEmail": 'two words, "quoted"'}
    config.remember("dev", stack_name="x", region="eu-west-1", parameters=new)
    assert Samconfig.read(tmp_path).environment("dev").parameters == read | new


def test_the_usual_environment_is_dev_and_else_the_default_of_sam(tmp_path: Path) -> None:
    assert _file(tmp_path, "[default]\n[dev]\n").choose(None) == "dev"
    assert _file(tmp_path, "[default]\n[prod]\n").choose(None) == "default"
    with pytest.raises(StackError, match=r"has neither dev nor default: choose one with --env \(prod\)"):
        _file(tmp_path, "[prod]\n").choose(None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[dev", "is no TOML, mend it: "),
        ("[dev.global]\nparameters = 3\n", r"\[dev.global.parameters\] must be a table"),
        ("[dev.global.parameters]\nregion = 3\n", "region must be a text in quotation marks, not 3"),
        ("[dev.global.parameters]\nstack_name = ['x']\n", "stack_name must be a text in quotation marks"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(StackError, match=line) as broken:
        _file(tmp_path, text).environment("dev")
    assert "\n" not in str(broken.value)


def test_a_file_that_the_sam_cli_would_refuse_is_one_line(tmp_path: Path) -> None:
    Samconfig.read(tmp_path).check_version()
    _file(tmp_path, "version = 0.1\n[dev]\n").check_version()
    for text in ("[dev]\n", "version = 'new'\n"):
        with pytest.raises(StackError, match=r"its first line must be `version = 0.1`"):
            _file(tmp_path, text).check_version()


def test_descriptions_and_defaults_are_those_of_the_template() -> None:
    template = yaml.load((house() / "template.yaml").read_text(), Loader=_Loader)  # noqa: S506 - a safe one
    given = {
        name: (parameter["Description"], str(parameter["Default"]))
        for name, parameter in template["Parameters"].items()
    }
    assert {name: (found.description, found.default) for name, found in parameters().items()} == given
