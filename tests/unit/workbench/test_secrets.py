"""The secrets of a deployment, asked for and stored."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from workbench.cli import secrets
from workbench.stack import StackError

GENERATED = {"app_secret": "", "access_token": "", "verify_token": "made-by-the-template"}


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        made = boto3.client(
            "secretsmanager", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        made.create_secret(Name="dev/whatsapp", SecretString=json.dumps(GENERATED))
        yield made


def _typing(*answers: str) -> Callable[[str], str]:
    left = iter(answers)
    return lambda _question: next(left)


def _stored(client: Any) -> dict[str, str]:
    found: dict[str, str] = json.loads(client.get_secret_value(SecretId="dev/whatsapp")["SecretString"])
    return found


def test_the_verify_token_that_the_deployment_made_is_kept_and_not_printed(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets.put("dev", client, ask=_typing("the app secret", "the token", ""))
    assert _stored(client) == {
        "app_secret": "the app secret",
        "access_token": "the token",
        "verify_token": "made-by-the-template",
    }
    printed = capsys.readouterr().out
    assert not [secret for secret in _stored(client).values() if secret in printed]


def test_a_new_verify_token_is_the_only_secret_that_is_printed(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets.put("dev", client, ask=_typing("the app secret", "the token", "new"))
    made = _stored(client)["verify_token"]
    assert made != "made-by-the-template"
    assert made in capsys.readouterr().out


def test_a_typed_verify_token_is_stored(client: Any) -> None:
    secrets.put("dev", client, ask=_typing("the app secret", "the token", "my own"))
    assert _stored(client)["verify_token"] == "my own"


def test_a_new_app_secret_leaves_the_old_one_valid(client: Any) -> None:
    secrets.put("dev", client, ask=_typing("first", "token", ""))
    secrets.put("dev", client, ask=_typing("second", "", ""))
    assert _stored(client) == {
        "app_secret": "second",
        "app_secret_previous": "first",
        "access_token": "token",
        "verify_token": "made-by-the-template",
    }


def test_enter_keeps_everything_that_is_there(client: Any) -> None:
    secrets.put("dev", client, ask=_typing("first", "token", ""))
    before = _stored(client)
    secrets.put("dev", client, ask=_typing("", "", ""))
    assert _stored(client) == before


def test_nothing_is_stored_when_a_needed_secret_is_missing(client: Any) -> None:
    with pytest.raises(StackError, match="nothing was stored: needed is the access token"):
        secrets.put("dev", client, ask=_typing("first", ""))
    assert _stored(client) == GENERATED


def test_a_stack_that_is_not_there_is_one_line(client: Any) -> None:
    with pytest.raises(StackError, match="there is no secret prod/whatsapp in this account and region"):
        secrets.put("prod", client, ask=_typing())


def test_no_stack_named_says_how_to_name_one() -> None:
    with pytest.raises(StackError, match="make secrets STACK="):
        secrets.main([""])
