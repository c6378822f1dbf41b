"""What the bot requires, installed once for all edits of the bot."""

from pathlib import Path

from rejoinder.workbench import requirements
from rejoinder.workbench.stack.sam import Sam


def installed(sam: Sam) -> Path | None:
    """
    Return a folder with what the bot requires, installed there if it is not yet.

    Return None when the bot requires nothing. Raises StackError, with pip's reason, when the installation
    fails.
    """
    file = sam.bot / requirements.NAME
    if not file.is_file():
        return None
    return requirements.installed(file, sam.folder, python=str(sam.tools.python_of("sam")))
