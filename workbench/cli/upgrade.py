"""`rejoinder upgrade`: what another version changes, the pin in pyproject.toml, and the deployment."""

from pathlib import Path
from typing import Any

import tomlkit

import rejoinder
from rejoinder.workbench import source, versions
from rejoinder.workbench.cli import deploy
from rejoinder.workbench.cli.deployed import Where, find, not_there, on_aws, outputs_of
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import MARK, Project
from rejoinder.workbench.templates import schema


def main(project: Project, version: str | None, *, env: str | None, profile: str | None, yes: bool) -> int:
    """Pin the installed version and say what it changes. With an environment, deploy it there.

    Raises StackError, with the command that installs it, when `version` is another one.
    """
    installed, pin = rejoinder.__version__, versions.pinned(project.root)
    if version not in (None, installed):
        command = versions.install_command(project.root, version)
        then = f"`{command}`, then `rejoinder upgrade`"
        raise StackError(f"{version} is not installed, but {installed}: {then}")
    there = _deployed(env, profile) if env else None
    print(f"installed   {installed}")
    print(f"pinned      {pin or f'not by {MARK}'}")
    if env:
        print(f"deployed    {there}   ({env})")
    from_ = min(filter(None, (pin, there)), key=versions.order, default=installed)
    _tell(from_, installed)
    schema.write(project.bot)
    if pin and pin != installed:
        write_pin(project.root, installed)
        print(f"\n{MARK} pins {installed} now")
    if env:
        print()
        return deploy.main(project, env=env, profile=profile, yes=yes)
    _say_next(project.root, is_same=pin in (None, installed))
    return 0


def _deployed(env: str, profile: str | None) -> str:
    account, name = on_aws(Where(env=env, profile=profile))
    stack = find(account, name)
    if stack is None:
        raise not_there(account, name)
    return versions.deployed(outputs_of(stack))


def _tell(before: str, installed: str) -> None:
    """Print what changes for an author on the way from one version to the installed one."""
    if versions.order(before) > versions.order(installed):
        print(
            f"\nback from {before} to {installed}: what {before} added is gone, and its CHANGELOG names that"
        )
        return
    for version, text in versions.for_authors(before, installed):
        print(f"\nFor authors, {version}:\n\n{text}")
    if before != installed:
        print(f"\nall changes: {source.house() / 'CHANGELOG.md'}")


def _say_next(root: Path, *, is_same: bool) -> None:
    if is_same:
        print(f"\nthe newest: `{versions.install_command(root)}`, then `rejoinder upgrade`")
    else:
        print("\nnext: rejoinder test, rejoinder run, then rejoinder deploy, which shows what would change")


def write_pin(root: Path, version: str) -> None:
    """Pin a version in pyproject.toml. Its comments and everything else stay as they are."""
    path = root / MARK
    document: Any = tomlkit.parse(path.read_bytes().decode())
    dependencies = document["project"]["dependencies"]
    for place, one in enumerate(dependencies):
        if found := versions.PIN.fullmatch(str(one).strip()):
            dependencies[place] = f"rejoinder=={version}{found[2]}"
    draft = path.with_suffix(".new")
    draft.write_bytes(tomlkit.dumps(document).encode())
    draft.replace(path)
