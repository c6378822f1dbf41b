"""The commands that run a bot on this machine: a heading of their own in `rejoinder --help`."""

from typing import Annotated, Literal

import typer

from rejoinder.workbench import development
from rejoinder.workbench.cli.command import (
    AsJson,
    AwsPort,
    BotFolder,
    SimPort,
    add,
    project,
)

TRY = "Run it on this machine"
"""Their heading."""

running = typer.Typer()

Network = Literal["whatsapp", "telegram"]


@add(running, TRY)
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


@add(running, TRY)
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


@add(running, TRY)
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


@add(running, TRY)
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


@add(running, TRY)
def invoke(
    *,
    function: Annotated[str, typer.Argument(help="One of ingress, processor, sender and tracker.")],
    event: Annotated[str, typer.Argument(help="A file, or the name of a sample event.")],
    bot: BotFolder = None,
) -> int:
    """Run one function of the local AWS on an event, and print its answer and its log."""
    from rejoinder.workbench.cli import invoke as command

    return command.main(project(bot), function, event)


@add(running, TRY)
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
