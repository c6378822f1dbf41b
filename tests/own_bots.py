"""The bots of our tests. No test needs what lies in `bot/`: an author may put any bot there.

tests/architecture/test_any_bot.py runs the tests with other bots in `bot/`.
"""

from pathlib import Path

BOTS = Path(__file__).with_name("bots")
DEPLOYED = BOTS / "deployed"
INTENTS = BOTS / "intents"
EMPTY = BOTS / "empty"
RAISING = BOTS / "raising"
