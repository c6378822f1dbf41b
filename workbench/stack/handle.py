"""A running stack, for the code that uses it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.stack import aws
from rejoinder.workbench.stack.deployment import Deployment
from rejoinder.workbench.telegram.api import id_of


def _not_ours() -> None:
    raise StackError("only the process that started the stack can restart it")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBot:
    """A bot at Telegram that the stack on this machine answers for."""

    token: str = field(repr=False)
    username: str

    address: str
    """The address of the Bot API."""

    @property
    def id(self) -> str:
        """The id of the bot."""
        return id_of(self.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalStack:
    """A running stack: the contents of its local.json."""

    webhook_url: str
    graph_url: str
    simulator_url: str
    aws_endpoint_url: str
    stack_name: str
    app_secret: str
    verify_token: str
    phone_number_id: str
    telegram_webhook_url: str
    """The address for the updates of its bot on Telegram, with the bot's id and username."""
    telegram_url: str
    """The address of Telegram's Bot API."""
    telegram_bot_token: str
    telegram_secret_token: str

    bot: str
    """The folder of its bot."""

    folder: str
    """The folder that keeps its state."""

    pid: int
    """The process that started it."""

    api_id: str
    table_name: str
    inbound_queue_url: str
    outbound_queue_url: str
    events_queue_url: str
    inbound_dlq_url: str
    outbound_dlq_url: str
    events_dlq_url: str
    quarantine_bucket_name: str
    media_bucket_name: str
    secret_name: str
    telegram_secret_name: str
    ingress_function_name: str
    processor_function_name: str
    sender_function_name: str
    tracker_function_name: str
    restart: Callable[[], None] = field(default=_not_ours, repr=False, compare=False)
    """Stops the local AWS and starts it again with all its data. The simulator goes on."""

    def client(self, service: str) -> Any:
        """Return a boto3 client of the local AWS."""
        return aws.client(service, self.aws_endpoint_url)

    @property
    def functions(self) -> Mapping[str, str]:
        """The deployed name of each function, by its short name."""
        return {
            "ingress": self.ingress_function_name,
            "processor": self.processor_function_name,
            "sender": self.sender_function_name,
            "tracker": self.tracker_function_name,
        }

    @property
    def deployment(self) -> Deployment:
        """Its CloudFormation stack."""
        return Deployment(endpoint_url=self.aws_endpoint_url, stack_name=self.stack_name)
