"""The bots of our tests, relative to the repository. No test needs `bot/`: an author may put any bot there.

tests/architecture/test_any_bot.py runs the tests with other bots in `bot/`.
"""

DEPLOYED = "tests/bots/deployed"
INTENTS = "tests/bots/intents"
EMPTY = "tests/bots/empty"
RAISING = "tests/bots/raising"
