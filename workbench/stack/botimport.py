"""
Imports a built bot as its function does, and prints an error as one line of JSON.

MiniStack's interpreter runs this file, because it runs the functions too. The arguments are the folder of the
built function and the folders of its layers.
"""

import json
import sys
from pathlib import Path


def fault(folder: str, error: Exception) -> dict[str, object]:
    """Return an error as JSON, with the innermost line of the bot's own files that led to it."""
    from rejoinder.bot.places import place_in  # noqa: PLC0415 - the layers are importable only by now

    file, line = place_in(error, Path(folder)) or (None, None)
    text = str(error) or type(error).__name__
    return {
        "file": file,
        "line": line,
        "message": text
        if type(error).__module__.startswith("rejoinder")
        else f"{type(error).__name__}: {text}",
    }


if __name__ == "__main__":
    folder, *layers = sys.argv[1:]
    sys.path[:0] = layers
    from rejoinder.bot.loading import load_bot

    try:
        load_bot(Path(folder))
    except Exception as error:  # noqa: BLE001 (a bot may raise anything)
        print(json.dumps(fault(folder, error)))
        sys.exit(1)
