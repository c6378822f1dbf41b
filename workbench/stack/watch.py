"""Deploys an edit of the bot while the stack is up."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from botocore.exceptions import ClientError

from rejoinder.workbench import source
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import botcode, processor
from rejoinder.workbench.stack.fingerprint import Fingerprint
from rejoinder.workbench.stack.handle import LocalStack
from rejoinder.workbench.stack.sam import Sam
from rejoinder.workbench.stack.warm import start_functions


class BotWatch:
    """Watches the files of the bot, and calls `then` when an edit is live."""

    def __init__(self, project: Project, stack: LocalStack, then: Callable[[], None] = lambda: None) -> None:
        self._project = project
        self._then = then
        self._stack = stack
        self._before = self._look()
        deployed = stack.deployment.fingerprint()
        is_live = deployed is not None and deployed.bot == Fingerprint.of_bot(project.bot)
        # An edit that was made while the stack started is not live yet: the first look deploys it.
        self._deployed = self._before if is_live else {}

    def poll(self) -> str | None:
        """Deploy the bot again when one of its files has changed. Return the result as one line, or None."""
        now = self._look()
        is_being_written, self._before = now != self._before, now
        if now == self._deployed or is_being_written:
            return None
        path, _ = max({*now.items()} ^ {*self._deployed.items()}, key=lambda file: file[1])  # the newest edit
        changed = path.relative_to(self._project.bot)
        self._deployed = now
        started = time.monotonic()
        try:
            self._deploy()
        except (StackError, ClientError, OSError) as error:  # OSError: a file has disappeared
            return f"{error}; the bot from before goes on"
        seconds = time.monotonic() - started
        self._then()
        return f"{self._project.bot_shown}/{changed} changed: live in {seconds:.1f} s"

    def _look(self) -> dict[Path, tuple[int, int]]:
        found = {}
        for path in source.files([self._project.bot]):
            with suppress(FileNotFoundError):  # a temporary file of an editor
                stat = path.stat()
                found[path] = (stat.st_mtime_ns, stat.st_size)
        return found

    def _deploy(self) -> None:
        project = self._project
        botcode.check(project.bot, project.bot_shown)
        sam = Sam(
            tools=project.tools,
            folder=Path(self._stack.folder),
            bot=project.bot,
            endpoint_url=self._stack.aws_endpoint_url,
        )
        deployed = self._stack.deployment.fingerprint()
        bot = Fingerprint.of_bot(project.bot)
        built = processor.build(sam)
        botcode.check_import(sam, built, project.bot_shown)
        processor.upload(built, self._stack.processor_function_name, sam.endpoint_url)
        start_functions(self._stack, "processor")
        if deployed:
            self._stack.deployment.remember(Fingerprint(stack=deployed.stack, bot=bot))
