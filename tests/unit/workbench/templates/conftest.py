"""A simulator, and a local stack whose secret leads to it."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto import mock_aws

from rejoinder.workbench import development
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.stack import lock
from rejoinder.workbench.stack.handle import LocalStack

AWS = "https://secretsmanager.us-east-1.amazonaws.com"
SECRET = "rejoinder-local/whatsapp"

Write = Callable[[str, str], Path]


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """Yield the address of a simulator that begins without templates and reviews by hand."""
    with Simulator(Settings(templates=(), approves_templates=False)) as simulator:
        yield simulator.url


@pytest.fixture
def simulator(served: str) -> Iterator[httpx.Client]:
    """Return a client of the simulator, which is empty."""
    headers = {"authorization": f"Bearer {development.ACCESS_TOKEN}"}
    with httpx.Client(base_url=served, headers=headers, trust_env=False) as client:
        client.post("/sim/reset").raise_for_status()
        yield client


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a bot in a project, in which the test runs."""
    (tmp_path / "pyproject.toml").write_text("[tool.rejoinder]\n")
    (tmp_path / "bot" / "templates").mkdir(parents=True)
    (tmp_path / "bot" / "bot.py").write_text("from rejoinder import Bot\n\nbot = Bot()\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REJOINDER_FOLDER", raising=False)
    return tmp_path / "bot"


@pytest.fixture
def write(bot: Path) -> Write:
    """Return what writes the file of a template."""

    def write(name: str, text: str) -> Path:
        file = bot / "templates" / f"{name}.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture(scope="module")
def secrets() -> Iterator[Any]:
    """Yield a client of Secrets Manager in memory."""
    with mock_aws():
        yield boto3.client(
            "secretsmanager", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )


@pytest.fixture
def stack(bot: Path, simulator: httpx.Client, secrets: Any) -> Iterator[dict[str, str]]:
    """Let a local stack run whose secret has the account of the simulator. Yield the secret."""
    state = bot.parent / ".rejoinder"
    names = [name for name, field in LocalStack.__dataclass_fields__.items() if field.type is str]
    record = dict.fromkeys(names, "x") | {
        "pid": 1,
        "aws_endpoint_url": AWS,
        "secret_name": SECRET,
        "graph_url": str(simulator.base_url).rstrip("/"),
        "tracker_function_name": "",  # the AWS in memory runs no functions
    }
    secret = {
        "access_token": development.ACCESS_TOKEN,
        "waba_id": development.WABA_ID,
        "app_id": development.APP_ID,
    }
    keep(secrets, SECRET, secret)
    with lock.only_one(state):
        (state / lock.RECORD).write_text(json.dumps(record))
        yield secret


def keep(client: Any, name: str, secret: Mapping[str, str]) -> None:
    """Keep a secret. Tests may do it under the same name."""
    try:
        client.create_secret(Name=name, SecretString=json.dumps(secret))
    except client.exceptions.ResourceExistsException:
        client.put_secret_value(SecretId=name, SecretString=json.dumps(secret))
