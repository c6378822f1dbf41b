"""Checks of the bot's own code, before it is deployed."""

import json
from pathlib import Path

from rejoinder.workbench import source
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.stack import children
from rejoinder.workbench.stack.sam import Sam

LAYERS = ("RejoinderLayer", "DependenciesLayer")
"""The folders of the layers, as `sam build` names them."""

IMPORT = Path(__file__).with_name("botimport.py")


def check(bot: Path, shown: str) -> None:
    """Raise StackError, with file and line, when the bot cannot be compiled or does not exist.

    `shown` is the bot's folder as a person names it.
    """
    if not (bot / "bot.py").is_file():
        raise StackError(
            f"there is no {shown}/bot.py: name the folder of a bot with --bot, or as `bot` in [tool.rejoinder]"
        )
    if (bot / "app.py").exists():
        raise StackError(f"rename {shown}/app.py: the function on Lambda has an app.py of its own")
    for path in source.files([bot]):
        if path.suffix == ".py":
            _compile(path, Path(shown) / path.relative_to(bot))


def _compile(path: Path, shown: Path) -> None:
    try:
        compile(path.read_bytes(), str(shown), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise StackError(f"{shown}:{error.lineno}: {error.msg}") from None
    except ValueError as error:  # a null byte
        raise StackError(f"{shown}: {error}") from None


def check_import(sam: Sam, function: Path, shown: str) -> None:
    """Raise StackError, with file and line, when a built function cannot import its bot.

    `shown` is the bot's folder as a person names it.
    """
    log = sam.folder / "import.log"
    log.unlink(missing_ok=True)
    layers = [str(sam.folder / "build" / layer / "python") for layer in LAYERS]
    child = children.start(
        [str(sam.tools.python_of("ministack")), "-P", str(IMPORT), str(function), *layers],
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
        raise StackError(_import_fault(shown, log))


def _import_fault(bot: str, log: Path) -> str:
    last = children.last_words(log)
    try:
        fault = json.loads(log.read_text().splitlines()[-1])
    except (ValueError, IndexError):
        return f"{bot}/bot.py cannot be imported: {last} ({log})"
    place = f"{bot}/{fault['file']}:{fault['line']}" if fault["file"] else f"{bot}/bot.py"
    return f"{place}: {fault['message']}"
