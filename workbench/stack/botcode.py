"""Checks of the bot's own code, before it is deployed."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rejoinder.workbench import requirements, source
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project
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
            f"there is no {shown}/bot.py: name the folder of a bot with --bot, or in [tool.rejoinder]"
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
    layers = [str(sam.folder / "build" / layer / "python") for layer in LAYERS]
    program = [str(sam.tools.python_of("ministack")), "-P", str(IMPORT), str(function), *layers]
    _import(program, sam.environment(), function, sam.folder / "import.log", shown)


def check_import_here(project: Project) -> None:
    """Raise StackError, with file and line, when this Python cannot import the bot of a project.

    What is built for Lambda may be for another processor, so nothing here can import that. When what the bot
    requires cannot be installed here, nothing is checked: the build for Lambda may find it.
    """
    file, places = project.bot / requirements.NAME, []
    if file.is_file() and not requirements.is_satisfied(file, sys.path):
        try:
            places = [str(requirements.installed(file, project.state))]
        except StackError:
            return
    project.state.mkdir(exist_ok=True)
    program = [sys.executable, "-P", str(IMPORT), str(project.bot), *places]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    _import(program, environment, project.root, project.state / "import.log", project.bot_shown)


def _import(
    program: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path, shown: str
) -> None:
    log.unlink(missing_ok=True)
    bots = {"STACK_NAME": "rejoinder-local", "BOT_SECRET_ARN": ""}  # a bot may read them
    child = children.start(program, env={**environment, **bots}, cwd=folder, log=log)
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
