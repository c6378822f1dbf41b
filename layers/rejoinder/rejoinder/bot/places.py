"""Where in the bot's own files an error was raised."""

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

OURS = Path(__file__).resolve().parents[1]
"""The folder of the package rejoinder."""

NOT_WRITTEN_HERE = {"site-packages", "dist-packages"}
"""The names of folders with packages that were installed, such as those of a `.venv` in the bot's folder."""

IsBots = Callable[[str], bool]


def place_in(error: BaseException, folder: Path | None) -> tuple[str, int] | None:
    """Return the innermost line of the bot that led to `error`: a file in `folder`, and a line number.

    Without a folder, the bot was not loaded from one. Then every file counts that belongs neither to this
    package, nor to Python, nor to an installed package. Returns None when no line of the bot is involved.
    """
    is_bots = _of_bot(folder)
    for one in _with_causes(error):
        places = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(one.__traceback__)]
        if isinstance(one, SyntaxError) and one.filename:  # no frame is in a file that cannot be compiled
            places.append((one.filename, one.lineno or 0))
        theirs = [(file, line) for file, line in places if is_bots(file)]
        if theirs:
            file, line = theirs[-1]
            return _named(file, folder), line
    return None


def told_of(error: BaseException, folder: Path | None) -> str:
    """Return the text and the traceback of `error`, with the bot's own lines only.

    They may quote what a contact wrote, so they are for the author's own machine.
    """
    is_bots, told = _of_bot(folder), traceback.TracebackException.from_exception(error)
    one: traceback.TracebackException | None = told
    while one:
        one.stack = traceback.StackSummary.from_list([line for line in one.stack if is_bots(line.filename)])
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    text = "".join(told.format())
    return text.replace(f"{folder.resolve()}/", "") if folder else text


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error`, and those that it was raised from or while they were handled."""
    one: BaseException | None = error
    seen: set[int] = set()
    while one is not None and id(one) not in seen:
        yield one
        seen.add(id(one))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _of_bot(folder: Path | None) -> IsBots:
    """Return what tells whether a file belongs to the bot."""
    if folder is None:
        return _is_of_nobody_else
    here = folder.resolve()
    # In Lambda, the function's app.py and what the bot requires lie beside the bot's own files.
    others = {here / "app.py", *_installed(here)}

    def is_bots(name: str) -> bool:
        file = Path(name).resolve()
        if name.startswith("<") or not file.is_relative_to(here) or file.is_relative_to(OURS):
            return False
        return file not in others and not NOT_WRITTEN_HERE & {*file.relative_to(here).parts}

    return is_bots


def _is_of_nobody_else(name: str) -> bool:
    import sysconfig  # noqa: PLC0415 - as below

    file = Path(name)
    is_of_library = file.is_relative_to(OURS) or file.is_relative_to(sysconfig.get_path("stdlib"))
    return not (is_of_library or name.startswith("<") or NOT_WRITTEN_HERE & {*file.parts})


def _installed(folder: Path) -> Iterator[Path]:
    """Yield the files of the packages that were installed into `folder`."""
    from importlib.metadata import distributions  # noqa: PLC0415 - few turns need it, and every start would pay

    for distribution in distributions(path=[str(folder)]):
        for file in distribution.files or ():
            yield folder / file


def _named(file: str, folder: Path | None) -> str:
    path = Path(file)
    return path.name if folder is None else path.resolve().relative_to(folder.resolve()).as_posix()
