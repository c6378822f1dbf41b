"""aiogram, as its users write it: handlers, keyboards, files and errors, over polling or a webhook."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from aiogram.filters import ChatMemberUpdatedFilter, Command, CommandObject, CommandStart
from aiogram.filters.chat_member_updated import KICKED
from aiogram.methods import SendMessage
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    CallbackQuery,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    MenuButtonCommands,
    Message,
    MessageReactionUpdated,
    PollAnswer,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from told import PLAN, tell

server = TelegramAPIServer.from_base(PLAN["url"])
bot = Bot(PLAN["token"], session=AiohttpSession(api=server), default=DefaultBotProperties(parse_mode="HTML"))
dispatcher = Dispatcher()
chat = PLAN["contact"]
PNG = bytes.fromhex(PLAN["png"])
YES = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="yes")]])
PHONE = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="My number", request_contact=True)]])


def picture(name: str = "a.png") -> BufferedInputFile:
    return BufferedInputFile(PNG, name)


# -- what it hears ------------------------------------------------------------------------------------------


@dispatcher.message(CommandStart(deep_link=True))
async def started(message: Message, command: CommandObject) -> SendMessage:
    tell(received="start", words=command.args)
    return SendMessage(chat_id=message.chat.id, text="<b>Welcome.</b> Shall we?", reply_markup=YES)


@dispatcher.callback_query(F.data == "yes")
async def tapped(query: CallbackQuery) -> None:
    assert isinstance(query.message, Message)
    await query.answer("Well done")
    await query.message.edit_text("You said yes.")
    tell(received="tap", words=query.data)


@dispatcher.message(Command("phone"))
async def asked_for_phone(message: Message) -> None:
    await message.answer("Your number?", reply_markup=PHONE)
    tell(received="command", words=message.text)


@dispatcher.message(F.contact)
async def shared(message: Message) -> None:
    assert message.contact
    await message.answer("Thank you", reply_markup=ReplyKeyboardRemove())
    tell(received="contact", words=message.contact.phone_number)


@dispatcher.message(F.photo | F.document | F.voice | F.video | F.audio)
async def filed(message: Message) -> None:
    file = message.photo[-1] if message.photo else message.document or message.voice
    assert file
    held = await bot.download(file)
    assert held
    data = held.read()
    await message.reply_document(BufferedInputFile(data, "back.bin"))
    tell(received="file", words=data.hex())


@dispatcher.message(F.location)
async def found(message: Message) -> None:
    assert message.location
    tell(received="location", words=str(message.location.latitude))


@dispatcher.message(F.text)
async def heard(message: Message) -> None:
    quoted = message.reply_to_message.text if message.reply_to_message else None
    tell(received="text", words=message.text, quoted=quoted)


@dispatcher.edited_message()
async def edited(message: Message) -> None:
    tell(received="edit", words=message.text)


@dispatcher.message_reaction()
async def reacted(reaction: MessageReactionUpdated) -> None:
    emoji = [one.emoji for one in reaction.new_reaction if isinstance(one, ReactionTypeEmoji)]
    tell(received="reaction", words="".join(emoji))


@dispatcher.poll_answer()
async def voted(answer: PollAnswer) -> None:
    tell(received="vote", words=str(answer.option_ids))


@dispatcher.my_chat_member(ChatMemberUpdatedFilter(member_status_changed=KICKED))
async def blocked(_: ChatMemberUpdated) -> None:
    tell(received="block", words="")


# -- what it sends ------------------------------------------------------------------------------------------


async def again() -> Any:
    """Send a file a second time by its id."""
    first = await bot.send_document(chat, picture("a.bin"))
    assert first.document
    return await bot.send_document(chat, first.document.file_id)


async def edits() -> Any:
    sent = await bot.send_photo(chat, picture(), caption="old", reply_markup=YES)
    await sent.edit_caption(caption="new", reply_markup=YES)
    await sent.edit_reply_markup()
    await sent.edit_media(InputMediaDocument(media=picture("b.bin"), caption="document"))
    await sent.react([ReactionTypeEmoji(emoji="👍")])
    copy = await sent.copy_to(chat)
    await sent.forward(chat)
    await bot.delete_message(chat, copy.message_id)
    return await sent.delete()


async def about() -> Any:
    commands = [BotCommand(command="start", description="Begin")]
    await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats())
    (kept,) = await bot.get_my_commands(scope=BotCommandScopeAllPrivateChats())
    assert kept.command == "start"
    await bot.set_my_description("A bot")
    assert (await bot.get_my_description()).description == "A bot"
    await bot.set_my_short_description("Bot")
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    await bot.get_chat_menu_button()
    assert (await bot.get_chat(chat)).id == chat
    await bot.get_chat(PLAN["group"])
    await bot.get_chat_administrators(PLAN["group"])
    await bot.get_chat_member(PLAN["group"], chat)
    await bot.get_chat_member_count(PLAN["group"])
    return (await bot.me()).username


async def album() -> Any:
    return await bot.send_media_group(
        chat, [InputMediaPhoto(media=picture()), InputMediaPhoto(media=picture())]
    )


async def quote() -> Any:
    sent = await bot.send_message(chat, "one")
    return await bot.send_message(chat, "two", reply_parameters=ReplyParameters(message_id=sent.message_id))


SENDS: dict[str, Callable[[], Awaitable[Any]]] = {
    "text": lambda: bot.send_message(chat, "<b>bold</b> and <a href='https://example.com'>link</a>"),
    "reply": quote,
    "photo": lambda: bot.send_photo(chat, picture(), caption="<i>Look</i>"),
    "photo by link": lambda: bot.send_photo(chat, "https://example.com/a.png"),
    "video": lambda: bot.send_video(chat, picture("a.mp4"), duration=3),
    "animation": lambda: bot.send_animation(chat, picture("a.gif")),
    "audio": lambda: bot.send_audio(chat, picture("a.mp3"), title="Song"),
    "voice": lambda: bot.send_voice(chat, picture("a.ogg")),
    "video note": lambda: bot.send_video_note(chat, picture("a.mp4")),
    "sticker": lambda: bot.send_sticker(chat, picture("a.webp")),
    "document twice": again,
    "album": album,
    "location": lambda: bot.send_location(chat, 52.5, 13.4),
    "venue": lambda: bot.send_venue(chat, 52.5, 13.4, "Clinic", "Long Road 1"),
    "contact": lambda: bot.send_contact(chat, "+491700000009", "Ada"),
    "poll": lambda: bot.send_poll(chat, "Tea?", ["Yes", "No"], is_anonymous=False),
    "dice": lambda: bot.send_dice(chat),
    "typing": lambda: bot.send_chat_action(chat, "typing"),
    "edits": edits,
    "about": about,
    "too long": lambda: bot.send_message(chat, "x" * 4097),
    "wrong markup": lambda: bot.send_message(chat, "<b>x"),
    "wrong button": lambda: bot.send_message(
        chat,
        "x",
        reply_markup=InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="x" * 65)]]
        ),
    ),
    "unknown chat": lambda: bot.send_message(3, "x"),
    "moved group": lambda: bot.send_message(PLAN["moved"], "x"),
    "old tap": lambda: bot.answer_callback_query("1"),
}


async def outcome_of(send: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    try:
        await send()
    except TelegramMigrateToChat as error:
        return {"error": type(error).__name__, "chat": error.migrate_to_chat_id}
    except TelegramRetryAfter as error:
        return {"error": type(error).__name__, "seconds": error.retry_after}
    except TelegramForbiddenError as error:
        return {"error": type(error).__name__, "words": error.message}
    except TelegramAPIError as error:
        return {"error": type(error).__name__, "words": error.message}
    except Exception as error:  # a shape that aiogram cannot read
        return {"error": repr(error)}
    return {}


async def obey() -> None:
    """Send what the test asks for, until it says that this is all."""
    while (line := (await asyncio.to_thread(sys.stdin.readline)).strip()) not in ("", "next"):
        for name in SENDS if line == "send" else [line]:
            tell(sent=name, **await outcome_of(SENDS[name]))
        tell(done=True)


async def by_webhook() -> None:
    app = web.Application()
    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=PLAN["secret"])
    handler.register(app, path="/webhook")
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await bot.set_webhook(
        f"http://127.0.0.1:{runner.addresses[0][1]}/webhook",
        secret_token=PLAN["secret"],
        allowed_updates=dispatcher.resolve_used_update_types(),
    )
    tell(listening=(await bot.get_webhook_info()).url)
    await obey()
    await bot.delete_webhook()
    await runner.cleanup()


async def by_polling() -> None:
    options = {"handle_signals": False, "close_bot_session": False, "polling_timeout": 5}
    polling = asyncio.create_task(dispatcher.start_polling(bot, **options))
    tell(listening="getUpdates")
    await obey()
    await dispatcher.stop_polling()
    await polling


async def main() -> None:
    # aiogram takes seconds to be imported, so one process does both.
    await by_webhook()
    await by_polling()
    await bot.session.close()


asyncio.run(main())
