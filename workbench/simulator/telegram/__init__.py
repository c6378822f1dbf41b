"""A simulated Telegram: its Bot API, and the people who talk with its bots."""
