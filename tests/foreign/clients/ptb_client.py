"""python-telegram-bot, as its users write it: handlers, keyboards, files, errors, by both ways."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads
from typing import Any

from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    ChatMember,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import ChatMigrated, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    MessageHandler,
    MessageReactionHandler,
    PollAnswerHandler,
    filters,
)
from told import PLAN, tell

chat = PLAN["contact"]
PNG = bytes.fromhex(PLAN["png"])
YES = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
PHONE = ReplyKeyboardMarkup([[KeyboardButton("My number", request_contact=True)]])
Context = ContextTypes.DEFAULT_TYPE

application = (
    Application.builder()
    .token(PLAN["token"])
    .base_url(f"{PLAN['url']}/bot")
    .base_file_url(f"{PLAN['url']}/file/bot")
    .defaults(Defaults(parse_mode=ParseMode.HTML))
    .build()
)
bot = application.bot


# -- what it hears ------------------------------------------------------------------------------------------


async def started(update: Update, context: Context) -> None:
    tell(received="start", words=(context.args or [""])[0])
    await update.message.reply_text("<b>Welcome.</b> Shall we?", reply_markup=YES)


async def tapped(update: Update, _: Context) -> None:
    await update.callback_query.answer("Well done")
    await update.callback_query.edit_message_text("You said yes.")
    tell(received="tap", words=update.callback_query.data)


async def asked_for_phone(update: Update, _: Context) -> None:
    await update.message.reply_text("Your number?", reply_markup=PHONE)
    tell(received="command", words=update.message.text)


async def shared(update: Update, _: Context) -> None:
    await update.message.reply_text("Thank you", reply_markup=ReplyKeyboardRemove())
    tell(received="contact", words=update.message.contact.phone_number)


async def filed(update: Update, _: Context) -> None:
    message = update.message
    held = message.photo[-1] if message.photo else message.document or message.voice
    data = bytes(await (await held.get_file()).download_as_bytearray())
    await message.reply_document(data, filename="back.bin")
    tell(received="file", words=data.hex())


async def found(update: Update, _: Context) -> None:
    tell(received="location", words=str(update.message.location.latitude))


async def heard(update: Update, _: Context) -> None:
    message = update.message
    quoted = message.reply_to_message.text if message.reply_to_message else None
    tell(received="text", words=message.text, quoted=quoted)


async def edited(update: Update, _: Context) -> None:
    tell(received="edit", words=update.edited_message.text)


async def reacted(update: Update, _: Context) -> None:
    tell(received="reaction", words="".join(one.emoji for one in update.message_reaction.new_reaction))


async def voted(update: Update, _: Context) -> None:
    tell(received="vote", words=str(list(update.poll_answer.option_ids)))


async def changed(update: Update, _: Context) -> None:
    if update.my_chat_member.new_chat_member.status == ChatMember.BANNED:
        tell(received="block", words="")


files = filters.PHOTO | filters.Document.ALL | filters.VOICE
application.add_handlers(
    [
        CommandHandler("start", started),
        CommandHandler("phone", asked_for_phone),
        CallbackQueryHandler(tapped, pattern="^yes$"),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE, edited),
        MessageHandler(filters.CONTACT, shared),
        MessageHandler(files, filed),
        MessageHandler(filters.LOCATION, found),
        MessageHandler(filters.TEXT, heard),
        MessageReactionHandler(reacted),
        PollAnswerHandler(voted),
        ChatMemberHandler(changed, ChatMemberHandler.MY_CHAT_MEMBER),
    ]
)


# -- what it sends ------------------------------------------------------------------------------------------


async def again() -> Any:
    """Send a file a second time by its id."""
    first = await bot.send_document(chat, PNG, filename="a.bin")
    return await bot.send_document(chat, first.document.file_id)


async def edits() -> Any:
    sent = await bot.send_photo(chat, PNG, caption="old", reply_markup=YES)
    await sent.edit_caption("new", reply_markup=YES)
    await sent.edit_reply_markup()
    await sent.edit_media(InputMediaDocument(PNG, filename="b.bin", caption="document"))
    await sent.set_reaction("👍")
    copy = await sent.copy(chat)
    await sent.forward(chat)
    await bot.delete_message(chat, copy.message_id)
    return await sent.delete()


async def about() -> Any:
    everybody = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("start", "Begin")], scope=everybody)
    (kept,) = await bot.get_my_commands(scope=everybody)
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
    return (await bot.get_me()).username


async def quote() -> Any:
    sent = await bot.send_message(chat, "one")
    return await bot.send_message(chat, "two", reply_parameters=ReplyParameters(sent.message_id))


SENDS: dict[str, Callable[[], Awaitable[Any]]] = {
    "text": lambda: bot.send_message(chat, "<b>bold</b> and <a href='https://example.com'>link</a>"),
    "reply": quote,
    "photo": lambda: bot.send_photo(chat, PNG, caption="<i>Look</i>"),
    "photo by link": lambda: bot.send_photo(chat, "https://example.com/a.png"),
    "video": lambda: bot.send_video(chat, PNG, filename="a.mp4", duration=3),
    "animation": lambda: bot.send_animation(chat, PNG, filename="a.gif"),
    "audio": lambda: bot.send_audio(chat, PNG, filename="a.mp3", title="Song"),
    "voice": lambda: bot.send_voice(chat, PNG, filename="a.ogg"),
    "video note": lambda: bot.send_video_note(chat, PNG, filename="a.mp4"),
    "sticker": lambda: bot.send_sticker(chat, PNG),
    "document twice": again,
    "album": lambda: bot.send_media_group(chat, [InputMediaPhoto(PNG), InputMediaPhoto(PNG)]),
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
        chat, "x", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x" * 65)]])
    ),
    "unknown chat": lambda: bot.send_message(3, "x"),
    "moved group": lambda: bot.send_message(PLAN["moved"], "x"),
    "old tap": lambda: bot.answer_callback_query("1"),
}


async def outcome_of(send: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    try:
        await send()
    except ChatMigrated as error:
        return {"error": type(error).__name__, "chat": error.new_chat_id}
    except RetryAfter as error:
        return {"error": type(error).__name__, "seconds": int(error.retry_after)}
    except TelegramError as error:
        return {"error": type(error).__name__, "words": error.message}
    except Exception as error:  # a shape that python-telegram-bot cannot read
        return {"error": repr(error)}
    return {}


async def obey() -> None:
    """Send what the test asks for, until it says that this is all."""
    while (line := (await asyncio.to_thread(sys.stdin.readline)).strip()) not in ("", "next"):
        for name in SENDS if line == "send" else [line]:
            tell(sent=name, **await outcome_of(SENDS[name]))
        tell(done=True)


async def by_webhook() -> None:
    """Listen with a server of one's own, as the example `customwebhookbot` of the library does."""
    loop = asyncio.get_running_loop()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = loads(self.rfile.read(int(self.headers["content-length"])))
            assert self.headers["X-Telegram-Bot-Api-Secret-Token"] == PLAN["secret"]
            update = Update.de_json(body, bot)
            asyncio.run_coroutine_threadsafe(application.update_queue.put(update), loop).result()
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/webhook"
    await bot.set_webhook(url, secret_token=PLAN["secret"], allowed_updates=Update.ALL_TYPES)
    tell(listening=(await bot.get_webhook_info()).url)
    await obey()
    await bot.delete_webhook()
    server.shutdown()


async def by_polling() -> None:
    await application.updater.start_polling(timeout=5, allowed_updates=Update.ALL_TYPES)
    tell(listening="getUpdates")
    await obey()
    await application.updater.stop()


async def main() -> None:
    async with application:
        await application.start()
        await by_webhook()
        await by_polling()
        await application.stop()


asyncio.run(main())
