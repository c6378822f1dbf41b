"""The commands that a bot offers: made from its handlers, for the network to show to contacts."""

from itertools import islice

from rejoinder.bot.commands import MAX_COMMANDS, MAX_DESCRIPTION, Command, command_name
from rejoinder.bot.handlers import is_anonymous, name_of, summary_of
from rejoinder.bot.router import Rule, Rules, Says


def commands_of(rules: Rules) -> tuple[Command, ...]:
    """Return a command for each handler that has one, in the order of their registration.

    Its name is the first words of the handler that can be one, and that lead to this handler.
    """
    offered: dict[str, Command] = {}
    seen = []
    for rule in rules.rules:
        if rule.handler not in seen and (command := _command(rules, rule)):
            seen.append(rule.handler)
            offered.setdefault(command.name, command)
    return tuple(islice(offered.values(), MAX_COMMANDS))


def _command(rules: Rules, rule: Rule) -> Command | None:
    for matcher in rule.matchers:
        name = command_name(matcher.words) if isinstance(matcher, Says) else ""
        if name and rules.typed(f"/{name}") == rule.handler:
            return Command(name=name, description=_description(rule, name))
    return None


def _description(rule: Rule, name: str) -> str:
    """Return the first line of the handler's docstring, or else its name, or that of a lambda's command."""
    words = name if is_anonymous(rule.handler) else name_of(rule.handler).rpartition(".")[2]
    line = summary_of(rule.handler) or words.replace("_", " ").strip().capitalize() or name
    return line if len(line) <= MAX_DESCRIPTION else f"{line[: MAX_DESCRIPTION - 1].rstrip()}…"
