"""Builds and deploys with the real SAM CLI."""

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from rejoinder.workbench import requirements, source
from rejoinder.workbench.stack import aws, children
from rejoinder.workbench.tools import Tools

DEPLOYABLE = ("python3.11", "python3.12", "python3.13", "python3.14")
"""The values that template.yaml allows for PythonRuntime."""


def parameters(graph_url: str, telegram_url: str) -> dict[str, str]:
    """Return the template's parameters for this machine: its Python, its processor, and the networks."""
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    arm = platform.machine().lower() in ("arm64", "aarch64")
    return {
        "Local": "true",
        "Channels": "whatsapp,telegram",
        "GraphBaseUrl": graph_url,
        "TelegramBaseUrl": telegram_url,
        "PythonRuntime": here if here in DEPLOYABLE else DEPLOYABLE[-1],
        "Architecture": "arm64" if arm else "x86_64",
    }


# Functions are built where the copy is: the bot lies outside of the processor's folder. Nothing is cached:
# SAM would not notice that the bot has changed.
BUILD = ("--build-in-source", "--parallel", "--no-cached", "--template-file", "template.yaml")
"""The options of every `sam build`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sam:
    """The SAM CLI on one bot, for one local AWS."""

    tools: Tools
    """The environments of the project."""

    folder: Path
    """Where its builds and its logs are."""

    bot: Path
    """The folder of the bot."""

    endpoint_url: str
    """The address of the local AWS."""

    @property
    def source(self) -> Path:
        """The folder with a copy of everything that is built."""
        return self.folder / "source"

    @property
    def kept(self) -> Path:
        """Where the layer of third-party code is kept, for all builds that would make the same one.

        pip takes longer for it than everything else in a build.
        """
        layers = self.source / "layers"
        way = (layers / "build.mk").read_bytes()
        what = requirements.key(layers / "dependencies" / requirements.NAME)
        return self.tools.folder / "cache" / "layers" / hashlib.sha256(what.encode() + way).hexdigest()[:16]

    def build(self) -> None:
        """Build layers and functions for this machine; StackError, with SAM's reason, when it fails."""
        source.lay_out(self.source, self.bot)
        self._run("build", *BUILD, "--build-dir", str(self.folder / "build"))
        keep(self.folder / "build" / "DependenciesLayer", self.kept)

    def deploy(self, stack_name: str, values: Mapping[str, str], bucket: str) -> None:
        """Create or update the stack from what was built."""
        self._run(
            "deploy",
            *("--template-file", str(self.folder / "build" / "template.yaml")),
            *("--stack-name", stack_name, "--s3-bucket", bucket, "--s3-prefix", stack_name),
            *("--no-resolve-s3", "--region", aws.REGION),
            *("--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
            *("--no-progressbar", "--parameter-overrides"),
            *(f"{name}={value}" for name, value in values.items()),
        )

    def _run(self, command: str, *arguments: str) -> None:
        children.run(
            [str(self.tools.python_of("sam")), "-m", "samcli", command, *arguments],
            env=self.environment() | {"REJOINDER_KEPT": str(self.kept)},
            cwd=self.source,  # there is no samconfig.toml: what is an author's own is for AWS
            log=self.folder / f"{command}.log",
            what=f"sam {command}",
        )

    def environment(self) -> dict[str, str]:
        """Return the environment of SAM and of the build targets that it calls."""
        ours = aws.environment(self.endpoint_url)
        return (
            ours
            | self.tools.of_sam()
            | {
                "SAM_CLI_POLL_DELAY": "0.2",  # seconds; the default of 5 suits the real CloudFormation
                "REJOINDER_TARGET": "here",
                "REJOINDER_REQUIREMENTS": str(self.bot / "requirements.txt"),
                "BOT": source.BOT,
                # SAM looks there for the Python of the template's runtime.
                "PATH": os.pathsep.join(
                    [str(self.tools.python_of("sam").parent), ours.get("PATH", os.defpath)]
                ),
            }
        )


def keep(layer: Path, kept: Path) -> None:
    """Copy a layer to where it is kept, whole or not at all. Other builds may do the same at this moment."""
    if kept.exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(dir=kept.parent))
    shutil.copytree(layer, draft, dirs_exist_ok=True)
    with suppress(OSError):  # another build was faster
        draft.rename(kept)
    shutil.rmtree(draft, ignore_errors=True)
