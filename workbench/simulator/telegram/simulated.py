"""What of Telegram's Bot API the simulator has, in one table, which `docs/simulator.md` shows.

`python -m rejoinder.workbench.simulator.telegram.simulated` writes the table into that page.
"""

from __future__ import annotations

from typing import Final

from rejoinder.workbench.marks import replaced
from rejoinder.workbench.simulator.simulated import LACKING, PAGE, PARTLY, WHOLE, rows, table_of

BEGIN: Final = "<!-- simulated telegram: begin -->"
END: Final = "<!-- simulated telegram: end -->"

# fmt: off
METHODS: Final = rows(
    ("getMe", WHOLE),
    ("getUpdates", WHOLE, "long polls; 409 beside a webhook or a second poll"),
    ("setWebhook", PARTLY, "an address on this machine may have any port and no TLS; no certificates"),
    ("deleteWebhook", WHOLE),
    ("getWebhookInfo", WHOLE),
    ("logOut", PARTLY, "changes nothing"),
    ("close", PARTLY, "changes nothing"),
    ("sendMessage", WHOLE, "a link has no preview"),
    ("sendPhoto", PARTLY, "two sizes with the same bytes; what is in a file is not checked"),
    ("sendVideo", PARTLY, "no thumbnails"),
    ("sendAnimation", PARTLY, "no thumbnails"),
    ("sendAudio", PARTLY, "no thumbnails"),
    ("sendVoice", WHOLE, "what is no sound becomes a document"),
    ("sendVideoNote", PARTLY, "no thumbnails"),
    ("sendDocument", PARTLY, "no thumbnails"),
    ("sendSticker", PARTLY, "there are no sets"),
    ("sendMediaGroup", WHOLE),
    ("sendLocation", PARTLY, "no live locations"),
    ("sendVenue", WHOLE),
    ("sendContact", WHOLE),
    ("sendPoll", PARTLY, "votes are told and not counted; no quizzes with explanations"),
    ("sendDice", WHOLE),
    ("sendChatAction", WHOLE),
    ("setMessageReaction", WHOLE, "one emoji, as for each bot"),
    ("forwardMessage", WHOLE),
    ("forwardMessages", WHOLE),
    ("copyMessage", WHOLE),
    ("copyMessages", WHOLE),
    ("editMessageText", WHOLE),
    ("editMessageCaption", WHOLE),
    ("editMessageMedia", WHOLE),
    ("editMessageReplyMarkup", WHOLE),
    ("deleteMessage", WHOLE, "for 48 hours"),
    ("deleteMessages", WHOLE),
    ("answerCallbackQuery", WHOLE, "within 15 seconds"),
    ("answerInlineQuery", PARTLY, "there are no inline queries; kept"),
    ("answerPreCheckoutQuery", PARTLY, "nobody pays; kept"),
    ("answerShippingQuery", PARTLY, "nobody pays; kept"),
    ("getFile", WHOLE, "the address lives as long as the file"),
    ("setMyCommands", WHOLE),
    ("getMyCommands", WHOLE),
    ("deleteMyCommands", WHOLE),
    ("setMyName", WHOLE),
    ("getMyName", WHOLE),
    ("setMyDescription", WHOLE),
    ("getMyDescription", WHOLE),
    ("setMyShortDescription", WHOLE),
    ("getMyShortDescription", WHOLE),
    ("setChatMenuButton", WHOLE),
    ("getChatMenuButton", WHOLE),
    ("getChat", PARTLY, "what a message shows of a chat, and the fields that each chat has"),
    ("getChatMember", WHOLE),
    ("getChatMemberCount", WHOLE),
    ("getChatAdministrators", WHOLE),
    ("leaveChat", WHOLE),
)
"""The methods of the Bot API 10.3. What is not in the table is answered with `method not found`."""

RULES: Final = rows(
    ("requests", WHOLE, "GET and POST; query, form, JSON, multipart with `attach://`; names in any case"),
    ("`parse_mode`", WHOLE, "HTML, MarkdownV2, Markdown, with Telegram's errors and byte offsets"),
    ("entities", WHOLE, "UTF-16 offsets are checked; links, commands, mentions, e-mails, hashtags are found"),
    ("limits", WHOLE,
     "text 4,096 and caption 1,024 after parsing, callback data 64 bytes, 100 buttons, albums of 2 to 10"),
    ("files", WHOLE, "50 MB up (photos 10), 20 MB down; ids are of one bot and of one kind"),
    ("files by link", PARTLY,
     "fetched if they are on this machine, or all by a setting; documents only PDF, ZIP and GIF"),
    ("rates", PARTLY, "30 a second, 1 a second in a chat after 20 at once, 20 a minute in a group: 429"),
    ("who may be written to", WHOLE, "who wrote first and did not block; groups with the bot; 403 and 400"),
    ("groups that move", WHOLE, "`migrate_to_chat_id`"),
    ("webhooks", WHOLE, "the secret header, a method in the answer, `Retry-After`, 410; quick retries"),
    ("order of updates", WHOLE, "a failing one holds up its chat only, or its person or poll"),
    ("lifetimes of updates", WHOLE, "24 hours, taps 150 seconds, on the virtual clock"),
    ("privacy mode", WHOLE, "commands, mentions of the bot and replies to it; administrators see all"),
    ("the test environment", LACKING),
    ("invoices, games, paid media, checklists, live locations", LACKING),
    ("managing groups: ban, restrict, promote, pin, invite, create topics", LACKING),
    ("sets of stickers, gifts, Stars, stories, business accounts", LACKING),
)
"""The rules that hold for many methods."""
# fmt: on


def table() -> str:
    """Return both tables as Markdown."""
    return "\n\n".join(
        [table_of("rule of Telegram", RULES, code=False), table_of("method of Telegram", METHODS, code=True)]
    )


def written(page: str) -> str:
    """Return a page with the tables between the two marks."""
    return replaced(page, BEGIN, END, f"\n\n{table()}\n\n")


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
