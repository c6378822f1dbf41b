"""Starts functions anew, with other settings. The stack is thrown away, so nobody minds the difference."""

import time
from collections.abc import Iterable

from rejoinder.workbench.check_aws.site import Site


def restart(site: Site, names: Iterable[str], *, level: str = "") -> None:
    """Let functions start cold at their next event, with Lambda's own lines in their logs.

    Args:
        site: the stack.
        names: the short names of the functions.
        level: the level of their own log lines, if it is to be another one.
    """
    client = site.place.client("lambda")
    for name in names:
        real = site.place.functions[name]
        before = client.get_function_configuration(FunctionName=real)
        variables = before["Environment"]["Variables"] | {"CHECKED_AT": repr(time.time())}
        variables |= {"POWERTOOLS_LOG_LEVEL": level} if level else {}
        client.update_function_configuration(
            FunctionName=real,
            Environment={"Variables": variables},
            LoggingConfig=before.get("LoggingConfig", {}) | {"LogFormat": "JSON", "SystemLogLevel": "INFO"},
        )
        client.get_waiter("function_updated_v2").wait(FunctionName=real, WaiterConfig={"Delay": 1})
        for alias in client.list_aliases(FunctionName=real)[
            "Aliases"
        ]:  # it leads to a version, not to $LATEST
            version = client.publish_version(FunctionName=real)["Version"]
            client.update_alias(
                FunctionName=real,
                Name=alias["Name"],
                FunctionVersion=version,
                RoutingConfig={"AdditionalVersionWeights": {}},
            )
