"""Telegram's Bot API, for the commands: webhooks, the polling of `rejoinder run`, a token that is kept."""
