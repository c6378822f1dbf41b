"""Builds and uploads the processor alone, without SAM, after an edit of the bot."""

import io
import shutil
import zipfile
from pathlib import Path

from rejoinder.workbench import source
from rejoinder.workbench.stack import aws, children, requirements
from rejoinder.workbench.stack.sam import Sam

NAME = "ProcessorFunction"
"""The logical id of the function. Its build target and its folder have the same name."""


def build(sam: Sam) -> Path:
    """
    Build it with the make target that `sam build` uses, into another folder. Return that folder.

    What the bot requires is installed once and copied, because pip takes longer than everything else.
    """
    ready = requirements.installed(sam)
    source.lay_out_bot(sam.source, sam.bot)
    target = sam.folder / "edited" / NAME
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    no_pip = ["install=true"] if ready else []  # it replaces the function `install` of layers/build.mk
    children.run(
        ["make", "-s", "-C", "functions/processor", f"build-{NAME}", f"ARTIFACTS_DIR={target}", *no_pip],
        env=sam.environment(),
        cwd=sam.source,
        log=sam.folder / "edited.log",
        what="building the bot",
    )
    if ready:
        shutil.copytree(ready, target, copy_function=_copy_new, dirs_exist_ok=True)
    return target


def _copy_new(source: str, target: str) -> None:
    """Copy a file, unless the bot has one of that name."""
    if not Path(target).exists():
        shutil.copyfile(source, target)


def upload(folder: Path, function_name: str, endpoint_url: str) -> None:
    """Replace the function's code with a built folder."""
    aws.client("lambda", endpoint_url).update_function_code(
        FunctionName=function_name, ZipFile=zipped(folder)
    )


def zipped(folder: Path) -> bytes:
    """Return a built folder as Lambda takes it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return content.getvalue()
