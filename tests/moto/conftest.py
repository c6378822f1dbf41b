"""AWS in this process (moto). There is one for the whole run, and each test has fresh names in it."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client
from mypy_boto3_scheduler import EventBridgeSchedulerClient
from mypy_boto3_secretsmanager import SecretsManagerClient
from mypy_boto3_sqs import SQSClient

from rejoinder.workbench.door import door

REGION = "us-east-1"


@pytest.fixture(scope="session", autouse=True)
def aws() -> Iterator[None]:
    """Set made-up credentials, so that no test reaches the real AWS."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        environment.setenv("AWS_REGION", REGION)
        yield


@pytest.fixture(scope="session")
def aws_door() -> Iterator[Mapping[str, str]]:
    """Yield the environment variables that lead the ingress to AWS in memory."""
    made: Any = boto3.client
    with door(made, Credentials("testing", "testing")) as variables:
        yield variables


@pytest.fixture
def unique() -> str:
    """Return a name that no other test has."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def dynamodb() -> DynamoDBClient:
    return boto3.client("dynamodb", REGION)


@pytest.fixture
def sqs() -> SQSClient:
    return boto3.client("sqs", REGION)


@pytest.fixture
def s3() -> S3Client:
    return boto3.client("s3", REGION)


@pytest.fixture
def scheduler() -> EventBridgeSchedulerClient:
    return boto3.client("scheduler", REGION)


@pytest.fixture
def secretsmanager() -> SecretsManagerClient:
    return boto3.client("secretsmanager", REGION)


@pytest.fixture
def table(dynamodb: DynamoDBClient, unique: str) -> str:
    """Create a table like the one of template.yaml, and return its name."""
    dynamodb.create_table(
        TableName=unique,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )
    return unique


@pytest.fixture
def fifo(sqs: SQSClient, unique: str) -> str:
    """Create a FIFO queue, and return its URL."""
    return sqs.create_queue(QueueName=f"{unique}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
