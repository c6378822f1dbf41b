"""The folder of the bot that says templates."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.template_files.files import (
    CARDS,
    CODE,
    FILE,
    OFFER,
    ORDER,
    PLACE,
    PLAIN,
    PRODUCTS,
    TITLED,
    written,
)
from tests.unit.template_files.saying import bot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files: dict[str, Any] = {"order": ORDER, "plain": PLAIN, "file": FILE, "place": PLACE, "titled": TITLED}
    written(tmp_path, **files, offer=OFFER, cards=CARDS, products=PRODUCTS, login=CODE)
    bot.folder = tmp_path
    return tmp_path
