"""Imports go one way, as the table here says, and some imports are never allowed."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "rejoinder" / "rejoinder"
NETWORKS = re.compile("whatsapp|telegram|graph_|wamid|hub\\.|waba|131047", re.IGNORECASE)

# Each room → the rooms that it may import (with its own, always), and what else it may import beyond the
# standard library. This is a table because import-linter can forbid packages by name, but cannot allow only
# these.
CORE = {"errors", "model", "ports", "channel_ports", "file_ports", "gate_ports"}
TABLE: dict[str, tuple[set[str], set[str]]] = {
    "errors": (set(), set()),
    "model": ({"errors"}, {"typing_extensions"}),  # for type checkers only
    "ports": ({"errors", "model"}, set()),
    "channel_ports": ({"errors", "model"}, set()),
    "file_ports": ({"errors", "model"}, set()),
    "gate_ports": ({"errors", "model"}, set()),
    # typing_extensions is for type checkers only; yaml is for the files of templates, in one module.
    "bot": (CORE, {"filetype", "jellyfish", "typing_extensions", "yaml"}),
    "services": (CORE | {"bot"}, set()),
    # Both sides have the one TLS context of a process.
    "tls": (set(), {"urllib3"}),
    "channels": (CORE | {"tls"}, {"urllib3", "pydantic"}),
    "aws": (
        CORE | {"tls"},
        {"boto3", "botocore", "aws_lambda_powertools", "mypy_boto3_dynamodb"}
        | {"mypy_boto3_s3", "mypy_boto3_secretsmanager", "mypy_boto3_sqs"}
        | {"mypy_boto3_scheduler", "mypy_boto3_bedrock_runtime"},
    ),
    # The test door runs the services, and checks what authors send against a channel's limits.
    # Its plugin lets the workbench install what a bot requires.
    "testing": (CORE | {"bot", "services", "channels", "workbench"}, {"pytest", "time_machine"}),
    "": (CORE | {"bot"}, set()),
}

STANDARD_LIBRARY_ONLY = (
    "rejoinder.aws.stored",
    "rejoinder.channels.fields",
    "rejoinder.channels.nesting",
    "rejoinder.channels.telegram.front",
    "rejoinder.channels.telegram.ids",
    "rejoinder.channels.telegram.updates",
    "rejoinder.channels.telegram.tapped",
    "rejoinder.channels.telegram.limits",
    "rejoinder.channels.whatsapp.front",
    "rejoinder.channels.whatsapp.ids",
    "rejoinder.channels.whatsapp.limits",
)
"""Modules that the ingress or the test of a bot imports. They must not need anything else."""


def imports(file: Path) -> Iterator[str]:
    """Yield the modules that `file` imports."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def room(module: str) -> str:
    """Return the row of TABLE for a module of rejoinder, such as `aws` for rejoinder.aws.queues."""
    return module.removeprefix("rejoinder").removeprefix(".").partition(".")[0]


def module_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


FILES = {module_of(file): file for file in sorted(PACKAGE.rglob("*.py")) if file.stat().st_size}


def _is_standard(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] in sys.stdlib_module_names


@pytest.mark.parametrize("module", sorted(FILES))
def test_a_module_imports_what_its_room_may(module: str) -> None:
    ours, others = TABLE[room(module)]
    for imported in imports(FILES[module]):
        if imported.split(".")[0] == "rejoinder":
            assert room(imported) in ours | {room(module)}, f"{module} may not import {imported}"
        else:
            top = imported.split(".")[0]
            assert top in others or _is_standard(imported), f"{module} may not import {imported}"


def test_only_the_plugin_needs_the_workbench_and_not_to_start() -> None:
    using = [name for name, file in FILES.items() if any("workbench" in one for one in imports(file))]
    assert using == ["rejoinder.testing.plugin"]
    body = ast.parse(FILES["rejoinder.testing.plugin"].read_text()).body
    at_start = [node for node in body if isinstance(node, ast.ImportFrom) and node.module]
    assert not [node.module for node in at_start if "workbench" in str(node.module)]


def test_one_module_knows_yaml_and_not_to_start() -> None:
    using = [name for name, file in FILES.items() if "yaml" in imports(file)]
    assert using == ["rejoinder.bot.templates.nodes"]
    body = ast.parse(FILES[using[0]].read_text()).body
    assert not [alias.name for node in body if isinstance(node, ast.Import) for alias in node.names]


def test_there_are_no_cycles() -> None:
    graph = {name: {i for i in imports(file) if i in FILES} for name, file in FILES.items()}
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("module", [name for name in FILES if name.startswith(STANDARD_LIBRARY_ONLY)])
def test_what_starts_quickly_needs_the_standard_library_only(module: str) -> None:
    for imported in imports(FILES[module]):
        assert _is_standard(imported) or imported.startswith(("rejoinder.", "rejoinder")), imported


def test_the_services_and_the_aws_adapters_know_no_channel() -> None:
    for module, file in FILES.items():
        if room(module) in {"services", "aws", "bot", "model", "ports", "errors"}:
            assert not [name for name in imports(file) if name.startswith("rejoinder.channels")], module


CORE_FILES = [file for module, file in FILES.items() if room(module) not in {"channels", "testing", ""}]


@pytest.mark.parametrize("file", CORE_FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_network_is_named_but_in_docstrings(file: Path) -> None:
    """Everything that differs between networks is behind `Channel`."""
    tree = ast.parse(file.read_text())
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        words = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            words = node.value
        elif isinstance(
            node, ast.Name | ast.Attribute | ast.arg | ast.FunctionDef | ast.ClassDef | ast.alias
        ):
            words = " ".join(str(getattr(node, name, "")) for name in ("id", "attr", "arg", "name"))
        assert not NETWORKS.search(words), (
            f"{file.name}:{getattr(node, 'lineno', 0)} names a network: {words}"
        )


def test_the_simulator_comes_from_its_own_reading_of_the_network() -> None:
    for file in (ROOT / "workbench" / "simulator").rglob("*.py"):
        ours = [name for name in imports(file) if name.split(".")[0] == "rejoinder"]
        assert all(name.startswith("rejoinder.workbench") for name in ours), file


PLAY_A_PERSON = {"cli", "chaos", "drill"}
"""The rooms of the workbench that may use the commands: the drills do what a person does."""

LOOK_AT_A_DEPLOYMENT = {
    "check_aws",
    "chaos",
    "dashboard",
    "debugger",
    "deployment",
    "doctor",
    "drill",
    "watching",
}


def _imported_in(room: Path) -> set[str]:
    """Return the rooms of the workbench that the modules of one import."""
    found = {name for file in room.rglob("*.py") for name in imports(file)}
    return {name.split(".")[2] for name in found if name.startswith("rejoinder.workbench.")}


ROOMS = sorted(one.parent for one in (ROOT / "workbench").glob("*/__init__.py"))


@pytest.mark.parametrize(
    "room", [one for one in ROOMS if one.name not in PLAY_A_PERSON], ids=lambda it: it.name
)
def test_what_the_commands_use_knows_no_command(room: Path) -> None:
    assert "cli" not in _imported_in(room)


def test_the_local_aws_knows_nothing_of_what_looks_at_it() -> None:
    assert not _imported_in(ROOT / "workbench" / "stack") & LOOK_AT_A_DEPLOYMENT


def test_nothing_in_the_project_needs_what_lies_outside_of_it() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.split() if (ROOT / name).is_file()]  # a link leads to a folder
    for name in files:
        text = (ROOT / name).read_text(errors="replace")
        assert "../" + "shared" not in text, name
        assert "index" + "-url" not in text, name


def test_the_ingress_starts_without_botocore_pydantic_or_a_bot() -> None:
    environment = {
        "PYTHONPATH": str(PACKAGE.parent),
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "INBOUND_QUEUE_URL": "x",
        "EVENTS_QUEUE_URL": "x",
        "QUARANTINE_BUCKET": "x",
        "SECRETS_PREFIX": "x",
        "CHANNELS": "whatsapp",
        "NUMBERS": "",
        "START_TOPIC_ARN": "arn:x",
        "POWERTOOLS_METRICS_NAMESPACE": "x",
        "POWERTOOLS_SERVICE_NAME": "ingress",
    }
    code = "import app, sys; print(*sorted(sys.modules))"
    folder = ROOT / "functions" / "ingress"
    started = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    loaded = set(started.stdout.split())
    assert "rejoinder.services.receive" in loaded
    assert not {"boto3", "pydantic", "requests", "rejoinder.bot.bot", "rejoinder.model.contents"} & loaded
    assert not {name for name in loaded if name.startswith("botocore.")}, "not even by Powertools"


@pytest.mark.parametrize("function", ["processor", "sender", "tracker"])
def test_a_function_starts_without_what_few_messages_need(function: str) -> None:
    """Each of these takes 20 to 90 ms of a whole processor to import, and a contact may wait for that."""
    text = (ROOT / "functions" / function / "app.py").read_text()
    imported = "\n".join(line for line in text.splitlines() if re.match("(from rejoinder|import_room)", line))
    both = 'channels = ("whatsapp", "telegram")'
    code = f"{both}\n{imported}\nimport sys; print(*sorted(sys.modules))"
    started = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(started.stdout.split())
    assert "botocore.session" in loaded
    assert not {"boto3", "requests", "pydantic"} & loaded


def test_only_the_way_to_the_network_needs_an_http_client() -> None:
    code = """
import sys
from rejoinder.channels.whatsapp.channel import CHANNEL

print(*sorted({"urllib3", "rejoinder.channels.whatsapp.client"} & {*sys.modules}), sep=",")
CHANNEL.connect(lambda _account: type("Secrets", (), {"read": dict})(), {})
print(*sorted({"urllib3", "rejoinder.channels.whatsapp.client"} & {*sys.modules}), sep=",")
"""
    started = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout.splitlines() == ["", "rejoinder.channels.whatsapp.client,urllib3"]
