"""Functions of Lambda in moto, which do nothing."""

import io
import json
import zipfile
from typing import Any


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): ...")
    return packed.getvalue()


CODE = _zipped()
"""The archive of their code."""


def create_role(iam: Any, name: str) -> str:
    """Create a role that functions may have, and return its ARN."""
    lets = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    policy = json.dumps({"Statement": [lets]})
    return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"])


def create_function(client: Any, name: str, role: str, **more: Any) -> None:
    """Create a function."""
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": CODE},
        **more,
    )


def publish_versions(client: Any, name: str, count: int) -> None:
    """Publish so many versions of a function. Lambda makes none of a function that is as it was."""
    for number in range(count):
        client.update_function_configuration(FunctionName=name, Description=str(number))
        client.publish_version(FunctionName=name)


def versions(client: Any, name: str) -> list[str]:
    """Return the versions of a function."""
    found = client.list_versions_by_function(FunctionName=name)["Versions"]
    return [one["Version"] for one in found]
