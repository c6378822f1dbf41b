"""Checks of the bot's own code, before it is deployed."""

import json
from pathlib import Path

from rejoinder.workbench import tools
from rejoinder.workbench.stack import children, fingerprint
from rejoinder.workbench.stack.errors import StackError
from rejoinder.workbench.stack.sam import Sam

LAYERS = ("RejoinderLayer", "DependenciesLayer")
"""The folders of the layers, as `sam build` names them."""

IMPORT = Path(__file__).with_name("botimport.py")


def check(root: Path, bot: str) -> None:
    """Raise StackError, with file and line, when the bot cannot be compiled or does not exist."""
    if not (root / bot).resolve().is_relative_to(root.resolve()):
        raise StackError(f"BOT={bot}: the bot's folder must be in the repository")
    if not (root / bot / "bot.py").is_file():
        raise StackError(f"there is no {bot}/bot.py: BOT names the folder of a bot, such as BOT=bot")
    for path in fingerprint.files([root / bot]):
        if path.suffix == ".py":
            _compile(path, path.relative_to(root))


def _compile(path: Path, shown: Path) -> None:
    try:
        compile(path.read_bytes(), str(shown), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise StackError(f"{shown}:{error.lineno}: {error.msg}") from None
    except ValueError as error:  # a null byte
        raise StackError(f"{shown}: {error}") from None


def check_import(sam: Sam, function: Path) -> None:
    """Raise StackError, with file and line, when a built function cannot import its bot."""
    log = sam.folder / "import.log"
    log.unlink(missing_ok=True)
    layers = [str(sam.folder / "build" / layer / "python") for layer in LAYERS]
    child = children.start(
        [str(tools.python_of("ministack")), "-P", str(IMPORT), str(function), *layers],
        env=sam.environment()
        | {"STACK_NAME": "rejoinder-local", "BOT_SECRET_ARN": ""},  # a bot may read them
        cwd=function,
        log=log,
    )
    try:
        failed = child.wait() != 0
    finally:
        children.stop(child)
    if failed:
        raise StackError(_import_fault(sam.bot, log))


def _import_fault(bot: str, log: Path) -> str:
    last = children.last_words(log)
    try:
        fault = json.loads(log.read_text().splitlines()[-1])
    except (ValueError, IndexError):
        return f"{bot}/bot.py cannot be imported: {last} ({log})"
    place = f"{bot}/{fault['file']}:{fault['line']}" if fault["file"] else f"{bot}/bot.py"
    return f"{place}: {fault['message']}"
