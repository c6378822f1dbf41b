"""The command that asks for the secrets of a deployment and stores them."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rejoinder.workbench.cli import secrets
from rejoinder.workbench.deployment.deployed import Where
from rejoinder.workbench.stack import StackError

GENERATED = {"app_secret": "", "access_token": "", "verify_token": "made-by-the-template"}


@pytest.fixture
def name() -> str:
    """Return the name of a stack of this test's own, because one AWS is mocked for the whole run."""
    return f"dev-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def client(name: str) -> Iterator[Any]:
    with mock_aws():
        made = boto3.client(
            "secretsmanager", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        made.create_secret(Name=f"{name}/whatsapp", SecretString=json.dumps(GENERATED))
        yield made


def _typing(*answers: str) -> Callable[[str], str]:
    left = iter(answers)
    return lambda _question: next(left)


def _stored(client: Any, name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(client.get_secret_value(SecretId=f"{name}/whatsapp")["SecretString"])
    return found


def test_the_verify_token_that_the_deployment_made_is_kept_and_is_all_that_is_printed(
    client: Any, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets.put(name, client, ask=_typing("the app secret", "the token", "", "", ""))
    assert _stored(client, name) == {
        "app_secret": "the app secret",
        "access_token": "the token",
        "verify_token": "made-by-the-template",
    }
    printed = capsys.readouterr().out
    assert [secret for secret in _stored(client, name).values() if secret in printed] == [
        "made-by-the-template"
    ]


def test_the_first_account_may_be_named_by_its_id(client: Any, name: str) -> None:
    secrets.put(name, client, ask=_typing("the app secret", "the token", "", "", "200"))
    secrets.put(name, client, ask=_typing("", "a newer token", "", "", ""), waba="200")
    assert _stored(client, name)["access_token"] == "a newer token"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_secret_value(SecretId=f"{name}/whatsapp/200")


@pytest.mark.parametrize("text", ["no JSON", "[]"])
def test_a_secret_that_is_malformed_is_written_again(client: Any, name: str, text: str) -> None:
    client.put_secret_value(SecretId=f"{name}/whatsapp", SecretString=text)
    secrets.put(name, client, ask=_typing("the app secret", "the token", "mine", "", ""))
    assert _stored(client, name)["verify_token"] == "mine"


def test_a_new_verify_token_is_printed(client: Any, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    secrets.put(name, client, ask=_typing("the app secret", "the token", "new", "", ""))
    made = _stored(client, name)["verify_token"]
    assert made != "made-by-the-template"
    assert made in capsys.readouterr().out


def test_a_typed_verify_token_is_stored(client: Any, name: str) -> None:
    secrets.put(name, client, ask=_typing("the app secret", "the token", "my own", "", ""))
    assert _stored(client, name)["verify_token"] == "my own"


def test_a_new_app_secret_leaves_the_old_one_valid(client: Any, name: str) -> None:
    secrets.put(name, client, ask=_typing("first", "token", "", "", ""))
    secrets.put(name, client, ask=_typing("second", "", "", "", ""))
    assert _stored(client, name) == {
        "app_secret": "second",
        "app_secret_previous": "first",
        "access_token": "token",
        "verify_token": "made-by-the-template",
    }


def test_enter_keeps_everything_that_is_there(client: Any, name: str) -> None:
    secrets.put(name, client, ask=_typing("first", "token", "", "", ""))
    before = _stored(client, name)
    secrets.put(name, client, ask=_typing("", "", "", "", ""))
    assert _stored(client, name) == before


def test_nothing_is_stored_when_a_needed_secret_is_missing(client: Any, name: str) -> None:
    with pytest.raises(StackError, match="nothing was stored, because this is missing: Access token"):
        secrets.put(name, client, ask=_typing("first", ""))
    assert _stored(client, name) == GENERATED


def test_a_stack_that_is_not_there_is_one_line(client: Any) -> None:
    with pytest.raises(StackError, match="there is no secret prod/whatsapp in this account and region"):
        secrets.put("prod", client, ask=_typing())


def test_no_deployment_named_says_how_to_name_one() -> None:
    with pytest.raises(StackError, match=r"the local stack has its secrets already: .* --env dev"):
        secrets.main(Where())


def test_the_ids_of_the_app_and_of_the_account_are_stored_if_they_are_typed(client: Any, name: str) -> None:
    secrets.put(name, client, ask=_typing("first", "token", "", "300", "200"))
    assert (_stored(client, name)["app_id"], _stored(client, name)["waba_id"]) == ("300", "200")
    secrets.put(name, client, ask=_typing("", "", "", "", ""))
    assert (_stored(client, name)["app_id"], _stored(client, name)["waba_id"]) == ("300", "200")


def test_what_is_no_id_is_not_stored(client: Any, name: str) -> None:
    with pytest.raises(StackError, match="an id has digits only"):
        secrets.put(name, client, ask=_typing("first", "token", "", "my app", ""))
    assert _stored(client, name) == GENERATED


def test_a_further_account_has_a_secret_of_its_own_and_shares_the_app(client: Any, name: str) -> None:
    secrets.put(name, client, ask=_typing("first", "token", "", "300", "200"))
    secrets.put(name, client, ask=_typing("", "its own token", "", ""), waba="201")
    assert _stored(client, name)["access_token"] == "token"
    own = json.loads(client.get_secret_value(SecretId=f"{name}/whatsapp/201")["SecretString"])
    assert own == _stored(client, name) | {"access_token": "its own token", "waba_id": "201"}
    secrets.put(name, client, ask=_typing("", "a newer token", "", ""), waba="201")
    own = json.loads(client.get_secret_value(SecretId=f"{name}/whatsapp/201")["SecretString"])
    assert own["access_token"] == "a newer token"
