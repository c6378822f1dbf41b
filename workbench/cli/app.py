"""The `rejoinder` command. Each command imports its module when it is called, so that help is quick."""

from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Literal

import typer

import rejoinder
from rejoinder.workbench import development
from rejoinder.workbench.cli.command import (
    AsJson,
    AwsPort,
    BotFolder,
    EnvName,
    OneChannel,
    Profile,
    SimPort,
    StackName,
    Waba,
    Yes,
    add,
    fail,
    project,
)
from rejoinder.workbench.cli.command import where as _where
from rejoinder.workbench.cli.consent import consent
from rejoinder.workbench.cli.phone import phone
from rejoinder.workbench.cli.telegram import telegram
from rejoinder.workbench.cli.templates import templates
from rejoinder.workbench.cli.watching import watching
from rejoinder.workbench.cli.webhook import webhook
from rejoinder.workbench.tools import REPOSITORY

WRITE, TRY, AWS, KEPT = "Write a bot", "Run it on this machine", "Run it on AWS", "Look after what is kept"
"""The headings in `rejoinder --help`."""

WRONG_USE = 2
"""The exit code for a command that is typed wrongly."""

app = typer.Typer(
    name="rejoinder",
    help="Bots on WhatsApp and Telegram that run in your own AWS account, and whole on your laptop.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)

FunctionName = StrEnum("FunctionName", ["ingress", "processor", "sender", "tracker"])
Network = Literal["whatsapp", "telegram"]
Level = Literal["DEBUG", "INFO", "WARN", "ERROR"]

Contact = Annotated[
    str, typer.Argument(metavar="CONTACT", help="A phone number or a business-scoped user id.")
]


DeployedEnv = Annotated[
    str | None,
    typer.Option(
        "--env", metavar="NAME", help="An environment of samconfig.toml; without it dev.", show_default=False
    ),
]

AtOnce = Annotated[bool, typer.Option("--at-once", help="All traffic at once; no alarm undoes it.")]


@app.callback(invoke_without_command=True)
def about(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Bots on WhatsApp and Telegram that run in your own AWS account, and whole on your laptop."""
    if version:
        print(rejoinder.__version__)
        raise typer.Exit


@add(app, WRITE)
def new(
    *,
    folder: Annotated[
        Path, typer.Argument(metavar="NAME", help="The folder to make. The project is called like it.")
    ],
    example: Annotated[
        Literal["clinic", "shop", "minimal"] | None,
        typer.Option(help="Begin with this bot instead of the usual one.", show_default=False),
    ] = None,
) -> int:
    """Write a project of your own: a bot, its tests, and what deploys it."""
    from rejoinder.workbench.cli import new as command

    return command.main(folder, example)


@add(app, WRITE)
def chat(*, bot: BotFolder = None, channel: OneChannel = "whatsapp") -> int:
    """Talk to the bot in this terminal at once, without AWS. An edit is used from your next line on."""
    from rejoinder.workbench.cli import chat as command

    return command.main(bot or project().bot, channel)


@add(app, WRITE, any_option=True)
def test(
    *,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="PYTEST-ARGUMENTS", help="What pytest is given, such as -k booking."),
    ] = None,  # noqa: PT028 - a command, and no test
    bot: BotFolder = None,  # noqa: PT028
) -> int:
    """Check the bot, and run its tests and its written talks.

    ruff and mypy run, too, if the project has settings for them.
    """
    from rejoinder.workbench.cli import test as command

    return command.main(project(bot), arguments or [])


@add(app, WRITE)
def understand(
    *,
    words: Annotated[
        str, typer.Argument(help="What a contact may write.", envvar="REJOINDER_WORDS", show_envvar=False)
    ],
    bot: BotFolder = None,
    as_json: AsJson = False,
) -> int:
    """Show what the intents of the bot make of some words."""
    from rejoinder.workbench.cli import understand as command

    return command.main(bot or project().bot, words, as_json=as_json)


@add(app, TRY)
def run(
    *,
    bot: BotFolder = None,
    aws_port: AwsPort = None,
    sim_port: SimPort = None,
    telegram_token: Annotated[
        str | None,
        typer.Option(
            metavar="[TOKEN]",
            help="Talk with this bot on Telegram, too. Without a value it is asked for once, and kept.",
            envvar="TELEGRAM_TOKEN",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Run the bot on a local AWS, with a page to talk to it. Ctrl-C stops everything."""
    from rejoinder.workbench.cli import run as command

    return command.main(project(bot), aws_port=aws_port, sim_port=sim_port, telegram_token=telegram_token)


@add(app, TRY)
def demo(
    *,
    bot: BotFolder = None,
    aws_port: AwsPort = None,
    sim_port: SimPort = None,
    channel: Annotated[
        Network | None, typer.Option(help="Play it on this network only.", show_default=False)
    ] = None,
) -> int:
    """Run the bot on a local AWS, play its demo.chat on each network, and print what happens."""
    from rejoinder.workbench.cli import demo as command

    channels = (channel,) if channel else command.CHANNELS
    return command.main(project(bot), aws_port=aws_port, sim_port=sim_port, channels=channels)


@add(app, TRY)
def talk(
    *,
    contact: Annotated[
        str, typer.Option(metavar="NUMBER", help="The phone number, or the id, to talk from.")
    ] = "15550002222",
    name: Annotated[str, typer.Option(help="The name in its profile.")] = "You",
    channel: Annotated[Network, typer.Option(help="The network to talk on.")] = "whatsapp",
) -> int:
    """Talk in this terminal to the bot that `rejoinder run` runs."""
    from rejoinder.workbench.cli import talk as command

    return command.main(project(), contact=contact, name=name, channel=channel)


@add(app, TRY)
def simulator(
    *,
    webhook: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Send the webhooks there, after a handshake.", show_default=False),
    ] = None,
    app_secret: Annotated[str, typer.Option(help="Sign the webhooks with it.")] = development.APP_SECRET,
    verify_token: Annotated[
        str, typer.Option(help="Show it to the webhook in the handshake.")
    ] = development.VERIFY_TOKEN,
    access_token: Annotated[str, typer.Option(help="Expect it from the clients.")] = development.ACCESS_TOKEN,
    phone_number_id: Annotated[
        str, typer.Option(help="The id of the business's phone number.")
    ] = development.PHONE_NUMBER_ID,
    waba_id: Annotated[
        str, typer.Option(help="The id of the WhatsApp Business Account.")
    ] = development.WABA_ID,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Listen there; 0 is a free port.")] = 8090,
) -> int:
    """Run the simulator of WhatsApp and Telegram alone, for any client. Ctrl-C stops it."""
    from rejoinder.workbench.simulator.alone import serve
    from rejoinder.workbench.simulator.settings import Settings

    settings = Settings.of(
        app_secret=app_secret,
        verify_token=verify_token,
        access_token=access_token,
        phone_number_id=phone_number_id,
        waba_id=waba_id,
    )
    return serve(settings, port, webhook)


@add(app, TRY)
def invoke(
    *,
    function: Annotated[str, typer.Argument(help="One of ingress, processor, sender and tracker.")],
    event: Annotated[str, typer.Argument(help="A file, or the name of a sample event.")],
    bot: BotFolder = None,
) -> int:
    """Run one function of the local AWS on an event, and print its answer and its log."""
    from rejoinder.workbench.cli import invoke as command

    return command.main(project(bot), function, event)


@add(app, TRY)
def events(
    *,
    name: Annotated[
        str, typer.Argument(help="The sample to print. If left out, all names.", show_default=False)
    ] = "",
    as_json: AsJson = False,
) -> int:
    """List the sample events for `rejoinder invoke`, or print one."""
    from rejoinder.workbench.cli import events as command

    return command.main(name, as_json=as_json)


@add(app, AWS)
def build(*, env: DeployedEnv = None, bot: BotFolder = None, as_json: AsJson = False) -> int:
    """Build what `rejoinder deploy` deploys to Lambda, and print its size."""
    from rejoinder.workbench.cli import build as command

    return command.main(project(bot), env=env, as_json=as_json)


@add(app, AWS)
def deploy(
    *,
    env: DeployedEnv = None,
    profile: Profile = None,
    bot: BotFolder = None,
    at_once: AtOnce = False,
    yes: Yes = False,
) -> int:
    """Deploy the bot to your AWS account. It shows what would change, and asks."""
    from rejoinder.workbench.cli import deploy as command

    return command.main(project(bot), env=env, profile=profile, yes=yes, at_once=at_once)


@add(app, AWS)
def upgrade(
    *,
    version: Annotated[
        str | None, typer.Argument(help="The version. If left out, the installed one.", show_default=False)
    ] = None,
    env: Annotated[
        str | None,
        typer.Option("--env", metavar="NAME", help="Deploy it to this environment, too.", show_default=False),
    ] = None,
    profile: Profile = None,
    yes: Yes = False,
) -> int:
    """Pin the installed version of rejoinder in the project, and say what it changes for you."""
    from rejoinder.workbench.cli import upgrade as command

    return command.main(project(), version, env=env, profile=profile, yes=yes)


@add(app, AWS)
def secrets(
    *,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    waba: Waba = "",
    telegram: Annotated[
        bool, typer.Option("--telegram", help="The token of a bot on Telegram instead.")
    ] = False,
) -> int:
    """Put the app secret and the access token of a deployment into Secrets Manager."""
    from rejoinder.workbench.cli import secrets as command

    return command.main(_where(env, stack, profile), waba, telegram=telegram)


@add(app, AWS)
def logs(
    *,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Begin that long ago: 30s, 10m, 2h or 1d.")
    ] = "10m",
    follow: Annotated[bool, typer.Option(help="Go on with what comes, until Ctrl-C.")] = True,
    function: Annotated[
        list[FunctionName] | None,
        typer.Option(help="Only this function. It may be given several times.", show_default=False),
    ] = None,
    level: Annotated[Level, typer.Option(help="The lowest level to print.", case_sensitive=False)] = "DEBUG",
    as_json: AsJson = False,
) -> int:
    """Print what all functions log, in the order of time."""
    from rejoinder.workbench.cli import logs as command

    return command.main(
        _where(env, stack, profile),
        since=command.duration(since),
        follow=follow,
        functions=function or (),
        level=level,
        as_json=as_json,
    )


@add(app, KEPT)
def doctor(
    *,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    waba: Waba = "",
    as_json: AsJson = False,
) -> int:
    """Look at every point of a deployment, from AWS to the networks, and say what mends it."""
    from rejoinder.workbench.cli import doctor as command

    return command.main(_where(env, stack, profile), waba=waba, as_json=as_json)


@add(app, KEPT)
def redrive(
    *,
    items: Annotated[
        list[str] | None, typer.Argument(help="Ids from the list, or all. If left out, the list.")
    ] = None,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    as_json: AsJson = False,
) -> int:
    """List the messages that were set aside, or put some back."""
    from rejoinder.workbench.cli import redrive as command

    return command.main(_where(env, stack, profile), items or [], as_json=as_json)


@add(app, KEPT)
def release(
    *,
    contact: Annotated[
        str,
        typer.Argument(
            help="A phone number or a user id. If left out, count the handoffs.", show_default=False
        ),
    ] = "",
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    as_json: AsJson = False,
) -> int:
    """End a handoff, so that the bot speaks to the contact again."""
    from rejoinder.workbench.cli import release as command

    return command.main(_where(env, stack, profile), contact, as_json=as_json)


@add(app, KEPT)
def export(
    *,
    contact: Contact,
    files: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Also write their files into this folder.", show_default=False),
    ] = None,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
) -> int:
    """Print everything that is kept of a contact, as JSON."""
    from rejoinder.workbench.cli import export as command

    return command.main(_where(env, stack, profile), contact, files)


@add(app, KEPT)
def forget(
    *,
    contact: Contact,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    yes: Yes = False,
) -> int:
    """Erase everything that is kept of a contact. It cannot be undone."""
    from rejoinder.workbench.cli import forget as command

    return command.main(_where(env, stack, profile), contact, yes=yes)


app.add_typer(watching)
app.add_typer(templates, name="templates", rich_help_panel=AWS)
app.add_typer(phone, name="phone", rich_help_panel=AWS)
app.add_typer(webhook, name="webhook", rich_help_panel=AWS)
app.add_typer(telegram, name="telegram", rich_help_panel=AWS)
app.add_typer(consent, name="consent", rich_help_panel=KEPT)

if REPOSITORY:
    from rejoinder.workbench.cli.repository import own

    app.add_typer(own, name="repository", hidden=True)


def _with_values(arguments: list[str]) -> list[str]:
    """Return the arguments, in which an option with no value that may have one gets the value `ask`."""
    given: list[str] = []
    for one, behind in zip_longest(arguments, arguments[1:], fillvalue="-"):
        given += [one, "ask"] if one == "--telegram-token" and behind.startswith("-") else [one]
    return given


def main(arguments: list[str]) -> int:
    """Run a command and return its exit code. Wrong use is one line, too."""
    try:
        code = app(_with_values(arguments), prog_name="rejoinder", standalone_mode=False)
    except typer.Abort:
        return fail("nothing was typed")
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "rejoinder"
        text = error.format_message().rstrip(".").replace("Value error, ", "")
        return fail(f"{text}; see `{path} --help`", code=error.exit_code) if text else WRONG_USE
    return code or 0
