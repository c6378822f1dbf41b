"""Builds and uploads the processor alone, without SAM, after an edit of the bot."""

import io
import shutil
import zipfile
from pathlib import Path

from workbench.stack import aws, children
from workbench.stack.sam import Sam

NAME = "ProcessorFunction"
"""The logical id of the function. Its build target and its folder have the same name."""


def build(sam: Sam) -> Path:
    """Build it with the make target that `sam build` uses, into another folder. Return that folder."""
    target = sam.folder / "edited" / NAME
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    children.run(
        ["make", "-s", "-C", "functions/processor", f"build-{NAME}", f"ARTIFACTS_DIR={target}"],
        env=sam.environment(),
        cwd=sam.root,
        log=sam.folder / "edited.log",
        what="building the bot",
    )
    return target


def upload(folder: Path, function_name: str, endpoint_url: str) -> None:
    """Replace the function's code with a built folder."""
    aws.client("lambda", endpoint_url).update_function_code(
        FunctionName=function_name, ZipFile=_zipped(folder)
    )


def _zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return content.getvalue()
