"""Imports run one way, as drawn in the table here; and some never happen."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "rejoinder" / "rejoinder"

MESSAGES = {"errors", "metrics", "messages"}
CORE = MESSAGES | {"journal", "conversation", "gate", "ports"}
AUTHORS = CORE | {"words", "languages", "handlers", "questions", "chat", "rules", "bot"}

# room → what it may import of rejoinder, and of others beyond the standard library
TABLE: dict[str, tuple[set[str], set[str]]] = {
    "errors": (set(), set()),
    "metrics": (set(), set()),
    "messages": ({"errors"}, set()),
    "journal": (MESSAGES, set()),
    "conversation": (MESSAGES | {"journal"}, set()),
    "gate": (set(), set()),
    "ports": (MESSAGES | {"conversation", "gate"}, set()),
    "words": (set(), set()),
    "languages": (set(), set()),
    "handlers": (set(), set()),
    "questions": (CORE | {"words", "languages"}, set()),
    "memory": (CORE, set()),
    "transcript": (MESSAGES, set()),
    "chat": (CORE | {"languages", "handlers", "questions"}, set()),
    "rules": (CORE | {"words", "handlers", "questions", "chat"}, set()),
    "bot": (CORE | {"words", "languages", "handlers", "questions", "chat", "rules"}, set()),
    "watching": (AUTHORS, set()),
    "fuzzy": (CORE | {"words"}, {"jellyfish"}),
    "loading": ({"bot", "errors"}, set()),
    "": (AUTHORS, set()),
    "services.failures": (CORE, set()),
    "services.gatekeeper": (CORE, set()),
    "services": (AUTHORS | {"services.failures", "services.gatekeeper"}, set()),
    "channels.whatsapp": (CORE | {"channels.whatsapp"}, {"requests", "urllib3", "pydantic"}),
    "aws": (
        CORE | {"aws"},
        {"boto3", "botocore", "aws_lambda_powertools", "pydantic", "mypy_boto3_dynamodb"}
        | {"mypy_boto3_s3", "mypy_boto3_secretsmanager", "mypy_boto3_sqs"}
        | {"mypy_boto3_scheduler", "mypy_boto3_bedrock_runtime"},
    ),
    # the test door runs the services, and holds authors to the channel's limits
    "testing": (
        AUTHORS
        | {"memory", "transcript", "services", "services.gatekeeper"}
        | {"channels.whatsapp", "fuzzy", "watching"},
        set(),
    ),
    "pytest_plugin": ({"errors", "loading", "testing", "transcript"}, {"pytest"}),
}


def imports(file: Path) -> Iterator[str]:
    """The modules that `file` imports."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def room(module: str) -> str:
    """The row of TABLE that a module of rejoinder belongs to, such as `aws` for rejoinder.aws.sqs."""
    name = module.removeprefix("rejoinder").removeprefix(".")
    return next((row for row in TABLE if row and (name == row or name.startswith(f"{row}."))), name)


def module_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


FILES = {module_of(file): file for file in sorted(PACKAGE.rglob("*.py")) if file.stat().st_size}


@pytest.mark.parametrize("module", sorted(FILES.keys() - {"rejoinder.channels"}))
def test_a_module_imports_what_its_room_may(module: str) -> None:
    ours, others = TABLE[room(module)]
    for imported in imports(FILES[module]):
        if imported.split(".")[0] == "rejoinder":
            assert room(imported) in ours, f"{module} may not import {imported}"
        else:
            top = imported.split(".")[0]
            assert top in others or top in sys.stdlib_module_names, f"{module} may not import {imported}"


def test_there_are_no_cycles() -> None:
    graph = {name: {i for i in imports(file) if i in FILES} for name, file in FILES.items()}
    TopologicalSorter(graph).prepare()


def test_the_limits_of_the_channel_need_the_standard_library_only() -> None:
    allowed = {"rejoinder.errors", "rejoinder.messages", "rejoinder.ports", "rejoinder.channels.whatsapp.ids"}
    for name in ("ids", "limits", "signature", "split"):
        for imported in imports(PACKAGE / "channels" / "whatsapp" / f"{name}.py"):
            assert imported in allowed or imported.split(".")[0] in sys.stdlib_module_names


def test_the_simulator_comes_from_its_own_reading_of_the_network() -> None:
    for file in (ROOT / "workbench" / "simulator").rglob("*.py"):
        assert not [name for name in imports(file) if name.split(".")[0] == "rejoinder"], file


BOTS = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "examples").rglob("*.py")])


@pytest.mark.parametrize("file", BOTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_bot_uses_the_top_level_only(file: Path) -> None:
    ours = {name for name in imports(file) if name.split(".")[0] == "rejoinder"}
    assert ours <= {"rejoinder", "rejoinder.testing", "rejoinder.loading", "rejoinder.transcript"}
    if "tests" not in file.parts:
        assert ours <= {"rejoinder"}


def test_nothing_in_the_project_needs_what_lies_outside_of_it() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.split():
        text = (ROOT / name).read_text(errors="replace")
        assert "../" + "shared" not in text, name
        assert "index" + "-url" not in text, name


def test_the_ingress_starts_without_pydantic_requests_or_a_bot() -> None:
    environment = {
        "PYTHONPATH": str(PACKAGE.parent),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "INBOUND_QUEUE_URL": "x",
        "EVENTS_QUEUE_URL": "x",
        "QUARANTINE_BUCKET": "x",
        "SECRET_ID": "x",
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
    assert not {"pydantic", "pydantic_core", "requests", "bot"} & loaded
