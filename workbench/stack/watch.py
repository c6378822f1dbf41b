"""Deploys an edit of the bot while the stack is up."""

import time
from contextlib import suppress
from pathlib import Path

from botocore.exceptions import ClientError

from rejoinder.workbench.stack import botcode, fingerprint, processor
from rejoinder.workbench.stack.errors import StackError
from rejoinder.workbench.stack.fingerprint import Fingerprint
from rejoinder.workbench.stack.handle import LocalStack
from rejoinder.workbench.stack.sam import Sam
from rejoinder.workbench.stack.warm import start_functions


class BotWatch:
    """Watches the files of the bot."""

    def __init__(self, root: Path, stack: LocalStack) -> None:
        self._root = root
        self._stack = stack
        self._deployed = self._before = self._look()

    def poll(self) -> str | None:
        """Deploy the bot again when one of its files has changed. Return the result as one line, or None."""
        now = self._look()
        is_being_written, self._before = now != self._before, now
        if now == self._deployed or is_being_written:
            return None
        changed = min({*now.items()} ^ {*self._deployed.items()})[0].relative_to(self._root)
        self._deployed = now
        started = time.monotonic()
        try:
            self._deploy()
        except (StackError, ClientError, OSError) as error:  # OSError: a file has disappeared
            return f"{error}; the bot from before goes on"
        return f"{changed} changed: live in {time.monotonic() - started:.1f} s"

    def _look(self) -> dict[Path, tuple[int, int]]:
        found = {}
        for path in fingerprint.files([self._root / self._stack.bot]):
            with suppress(FileNotFoundError):  # a temporary file of an editor
                stat = path.stat()
                found[path] = (stat.st_mtime_ns, stat.st_size)
        return found

    def _deploy(self) -> None:
        botcode.check(self._root, self._stack.bot)
        sam = Sam(
            root=self._root,
            folder=Path(self._stack.folder),
            bot=self._stack.bot,
            endpoint_url=self._stack.aws_endpoint_url,
        )
        deployed = self._stack.deployment.fingerprint()
        bot = Fingerprint.of(self._root, self._stack.bot, {}).bot
        built = processor.build(sam)
        botcode.check_import(sam, built)
        processor.upload(built, self._stack.processor_function_name, sam.endpoint_url)
        start_functions(self._stack, "processor")
        if deployed:
            self._stack.deployment.remember(Fingerprint(stack=deployed.stack, bot=bot))
