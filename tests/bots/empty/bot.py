"""A bot without handlers and without tests, to lie in `bot/`."""

from rejoinder import Bot

bot = Bot()
