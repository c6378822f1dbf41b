"""Access to the local AWS: made-up credentials, one region, an address on this machine."""

import os
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
CREDENTIALS: Mapping[str, str] = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def client(service: str, endpoint_url: str) -> Any:
    """Return a boto3 client of the local AWS. It ignores the person's own AWS configuration."""
    create: Any = boto3.client  # its type demands the name of a service as a literal
    return create(
        service,
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        aws_session_token="",
        config=Config(
            connect_timeout=2,
            read_timeout=60,
            retries={"total_max_attempts": 2, "mode": "standard"},
            s3={"addressing_style": "path"},
            proxies={},
        ),
    )


def environment(endpoint_url: str) -> dict[str, str]:
    """Return the environment of a program that uses the local AWS and must not reach a real one."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "SAM_", "PYTHON"))}
    return ours | {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
