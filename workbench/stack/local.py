"""The whole local stack (AWS, deployment, simulator), which runs during a `with` block."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.workbench import development, versions
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project
from rejoinder.workbench.simulator.server import HandshakeError, Simulator
from rejoinder.workbench.simulator.settings import REVIEW_SECONDS, Settings
from rejoinder.workbench.stack import aws, botcode, lock, ports, processor, remembered, requirements, sam
from rejoinder.workbench.stack.deployment import Deployment
from rejoinder.workbench.stack.fingerprint import Fingerprint
from rejoinder.workbench.stack.handle import LocalStack, OwnBot
from rejoinder.workbench.stack.metrics import pumped
from rejoinder.workbench.stack.ministack import MiniStack, wait_for_last
from rejoinder.workbench.stack.stages import Stages
from rejoinder.workbench.stack.warm import start_functions
from rejoinder.workbench.telegram.api import BotApi
from rejoinder.workbench.telegram.webhooks import address, set_webhook

BUCKET = "rejoinder-local-artifacts"
"""The bucket that `sam deploy` uploads to."""

OUTPUTS = {
    "api_id": "ApiId",
    "table_name": "TableName",
    "inbound_queue_url": "InboundQueueUrl",
    "outbound_queue_url": "OutboundQueueUrl",
    "events_queue_url": "EventsQueueUrl",
    "inbound_dlq_url": "InboundDlqUrl",
    "outbound_dlq_url": "OutboundDlqUrl",
    "events_dlq_url": "EventsDlqUrl",
    "quarantine_bucket_name": "QuarantineBucketName",
    "media_bucket_name": "MediaBucketName",
    "secret_name": "SecretName",
    "telegram_secret_name": "TelegramSecretName",
    "ingress_function_name": "IngressFunctionName",
    "processor_function_name": "ProcessorFunctionName",
    "sender_function_name": "SenderFunctionName",
    "tracker_function_name": "TrackerFunctionName",
}
"""The outputs of template.yaml, by the fields of `LocalStack`."""


def running(project: Project) -> LocalStack | None:
    """Return the stack of `rejoinder run`; None when there is none, StackError while it is starting."""
    folder = project.state
    if not lock.is_held(folder):
        return None
    try:
        return LocalStack(**json.loads((folder / lock.RECORD).read_text()))
    except FileNotFoundError:
        raise StackError(
            "the local stack is starting: wait until `rejoinder run` says that it is ready"
        ) from None


@contextmanager
def up(
    project: Project,
    *,
    folder: Path | None = None,
    quiet: bool = False,
    aws_port: int | None = None,
    sim_port: int | None = None,
    own_bot: OwnBot | None = None,
    tell: Callable[[str], object] = lambda _: None,
) -> Iterator[LocalStack]:
    """
    Start the stack, and stop it after the block.

    `folder` keeps its state from run to run. `own_bot` is a bot at Telegram itself; without it the stack has
    one at the simulator. `tell` gets a line when an alarm goes on or off. Raises StackError or ToolError when
    the stack cannot start; nothing is left running then.
    """
    state = folder or project.state
    stages = Stages(quiet=quiet)
    botcode.check(project.bot, project.bot_shown)
    with ExitStack() as exits:
        exits.enter_context(lock.only_one(state))
        wait_for_last(state / "aws")
        before = remembered.last(state)
        chosen = remembered.choose(state, aws=aws_port, simulator=sim_port)
        project.tools.ensure("sam", "ministack")
        if before and before.aws != chosen.aws:  # all its data contains the addresses of its queues
            stages.write_line(f"port {chosen.aws} instead of {before.aws}: the local AWS starts empty")
            shutil.rmtree(state / "aws", ignore_errors=True)
        start = _Start(project=project, folder=state, stages=stages, ports=chosen, own_bot=own_bot)
        try:
            stack = start.run(exits)
        except (BotoCoreError, ClientError) as error:
            raise StackError(f"the local AWS has ended or failed ({error}); see {state}/aws") from None
        exits.enter_context(pumped(stack, tell))
        yield stack


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """The start of one stack. Each step registers what undoes it."""

    project: Project
    folder: Path
    stages: Stages
    ports: remembered.Ports
    own_bot: OwnBot | None

    def run(self, exits: ExitStack) -> LocalStack:
        simulator = self._simulator(exits)  # started first, stopped last: the functions need it to the end
        ministack = self._ministack(exits)
        stack = self._stack(ministack, self._deployed(ministack))
        with self.stages.stage("secrets"):
            _seed(stack)
        if self.own_bot:  # its token is not left in the folder of the project
            exits.callback(_forget_token, stack)
        with self.stages.stage("functions"):
            start_functions(stack)
        with self.stages.stage("webhook"):
            _register(simulator, stack)
            if not self.own_bot:
                _register_telegram(stack)
        exits.callback((self.folder / lock.RECORD).unlink, missing_ok=True)
        _record(stack, self.folder / lock.RECORD)
        return stack

    def _simulator(self, exits: ExitStack) -> Simulator:
        with self.stages.stage("simulator"):
            simulator = Simulator(Settings(review_seconds=REVIEW_SECONDS), port=self.ports.simulator)
            exits.callback(simulator.stop)
            try:
                simulator.start()
            except OSError as error:
                raise StackError(
                    f"the simulator cannot listen on port {self.ports.simulator}: {error}"
                ) from None
        return simulator

    def _ministack(self, exits: ExitStack) -> MiniStack:
        python = self.project.tools.python_of("ministack")
        ministack = MiniStack(folder=self.folder / "aws", port=self.ports.aws, python=python)
        exits.callback(ministack.stop)
        if ministack.was_killed():
            what = "has what it had when it last stopped" if ministack.has_state() else "starts empty"
            self.stages.write_line(
                f"the last run was killed, or its deployment did not end: the local AWS {what}"
            )
        with self.stages.stage("local AWS"):
            ministack.start()
        return ministack

    def _deployment(self, endpoint_url: str) -> Deployment:
        return Deployment(endpoint_url=endpoint_url, stack_name=development.STACK_NAME)

    def _deployed(self, ministack: MiniStack) -> Mapping[str, str]:
        """Deploy what is not deployed yet. Return the stack's outputs."""
        endpoint_url = ministack.endpoint_url
        deployment = self._deployment(endpoint_url)
        program = sam.Sam(
            tools=self.project.tools, folder=self.folder, bot=self.project.bot, endpoint_url=endpoint_url
        )
        parameters = sam.parameters(self._simulator_url, self._bot.address)
        wanted, there = Fingerprint.of(self.project.bot, parameters), deployment.fingerprint()
        if there is None or there.stack != wanted.stack:
            for line in versions.check_stored(deployment.outputs() or {}):
                self.stages.write_line(line)
            self._build(program)
            with self.stages.stage("deploy"), ministack.changing():
                aws.client("s3", program.endpoint_url).create_bucket(Bucket=BUCKET)
                program.deploy(development.STACK_NAME, parameters, BUCKET)
        outputs = deployment.outputs()
        if not outputs:
            raise StackError("the deployed stack has no outputs: template.yaml must give them")
        if there and there != wanted:
            with self.stages.stage("bot"):  # CloudFormation does not know of code that we uploaded ourselves
                built = processor.build(program)
                botcode.check_import(program, built, self.project.bot_shown)
                processor.upload(built, outputs["ProcessorFunctionName"], endpoint_url)
        if there == wanted:
            self.stages.write_line("build and deploy: nothing has changed since the last time")
        deployment.remember(wanted)
        return outputs

    @property
    def _simulator_url(self) -> str:
        return f"http://{ports.HOST}:{self.ports.simulator}"

    @property
    def _bot(self) -> OwnBot:
        """The bot on Telegram: that of the person, or one at the simulator."""
        return self.own_bot or OwnBot(
            token=development.TELEGRAM_BOT_TOKEN,
            username=development.TELEGRAM_BOT_USERNAME,
            address=self._simulator_url,
        )

    def _build(self, program: sam.Sam) -> None:
        with self.stages.stage("build"):
            program.build()
            botcode.check_import(program, self.folder / "build" / processor.NAME, self.project.bot_shown)
            requirements.installed(program)  # so that the first edit is fast, too

    def _stack(self, ministack: MiniStack, outputs: Mapping[str, str]) -> LocalStack:
        api, bot = f"{ministack.endpoint_url}/_aws/execute-api/{outputs['ApiId']}/$default", self._bot
        return LocalStack(
            webhook_url=f"{api}/webhook",
            telegram_webhook_url=address(f"{api}/telegram", bot.id, bot.username),
            telegram_url=bot.address,
            telegram_bot_token=bot.token,
            telegram_secret_token=development.TELEGRAM_SECRET_TOKEN,
            graph_url=self._simulator_url,
            simulator_url=self._simulator_url,
            aws_endpoint_url=ministack.endpoint_url,
            stack_name=development.STACK_NAME,
            app_secret=development.APP_SECRET,
            verify_token=development.VERIFY_TOKEN,
            phone_number_id=development.PHONE_NUMBER_ID,
            bot=str(self.project.bot),
            folder=str(self.folder),
            pid=os.getpid(),
            restart=ministack.restart,
            **{name: outputs[output] for name, output in OUTPUTS.items()},
        )


def _seed(stack: LocalStack) -> None:
    secret = {
        "app_secret": development.APP_SECRET,
        "verify_token": development.VERIFY_TOKEN,
        "access_token": development.ACCESS_TOKEN,
        "waba_id": development.WABA_ID,
        "app_id": development.APP_ID,
    }
    stack.client("secretsmanager").put_secret_value(
        SecretId=stack.secret_name, SecretString=json.dumps(secret)
    )
    _seed_telegram(stack, stack.telegram_bot_token)


def _seed_telegram(stack: LocalStack, token: str) -> None:
    secret = {"bot_token": token, "secret_token": stack.telegram_secret_token}
    for _ in range(2):  # Secrets Manager keeps the value from before, which may hold the token of a real bot
        stack.client("secretsmanager").put_secret_value(
            SecretId=stack.telegram_secret_name, SecretString=json.dumps(secret)
        )


def _forget_token(stack: LocalStack) -> None:
    with suppress(BotoCoreError, ClientError):  # the local AWS has ended by itself
        _seed_telegram(stack, development.TELEGRAM_BOT_TOKEN)


def _register(simulator: Simulator, stack: LocalStack) -> None:
    try:
        simulator.register_webhook(stack.webhook_url)
    except HandshakeError as error:
        raise StackError(f"the webhook refused the handshake: {error}; see {stack.folder}/aws") from None


def _register_telegram(stack: LocalStack) -> None:
    with BotApi(stack.telegram_url, stack.telegram_bot_token) as api:
        set_webhook(stack.telegram_webhook_url, stack.telegram_secret_token).make(api)


def _record(stack: LocalStack, path: Path) -> None:
    """Write local.json, whole or not at all. Nobody else on this machine may read it."""
    values = {f.name: getattr(stack, f.name) for f in fields(stack) if f.name != "restart"}
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(values, indent=2) + "\n")
    draft.replace(path)
