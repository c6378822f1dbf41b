"""`make bench`: measures the functions beside others, and writes tables into docs/performance.md.

`make bench QUICK=1` measures less exactly, prints, and writes nothing.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from rejoinder.workbench import tools
from rejoinder.workbench.bench import emulator, lambda_times, places, report
from rejoinder.workbench.bench.cold import Bench, Start, codes_of
from rejoinder.workbench.bench.events import status_event, webhook
from rejoinder.workbench.bench.report import Table
from rejoinder.workbench.bench.stub import Stub

QUICKLY = {"cold": 2, "warm": 10, "emulator": 1, "files": 3}
EXACTLY = {"cold": 15, "warm": 60, "emulator": 7, "files": 30}
"""How often everything is measured."""

CHAIN = ("ingress", "processor", "sender")
NAMES = {
    "ingress": "ingress",
    "processor": "processor",
    "sender": "sender",
    "tracker": "tracker",
    "pywa": "pywa 4.5.0 + Mangum, whole bot",
    "usual": "boto3 + Powertools + pydantic + requests, whole bot",
    "bare": "a handler that does nothing",
}


def memory() -> dict[str, int]:
    """Return the memory of our functions in MB, from template.yaml."""

    class Loader(yaml.SafeLoader):
        """Reads CloudFormation's own tags as nothing."""

    Loader.add_multi_constructor("!", lambda *_: None)
    template: Any = yaml.load((places.ROOT / "template.yaml").read_text(), Loader)  # noqa: S506 - a SafeLoader
    usual = template["Globals"]["Function"]["MemorySize"]
    return {
        name: template["Resources"][f"{name.title()}Function"]["Properties"].get("MemorySize", usual)
        for name in places.FUNCTIONS
    }


def cold(bench: Bench, rounds: int) -> tuple[dict[str, list[Start]], list[float], float]:
    """Start everything cold by turns.

    Return the starts, the times of the chain with early starts, and when the ingress starts the others.
    """
    starts: dict[str, list[Start]] = {name: [] for name in NAMES}
    early: list[tuple[float, float]] = []
    for number in range(rounds + 1):
        found = dict(zip(CHAIN, bench.chain(), strict=True))
        early_one = bench.early()
        for name, event, effect in (
            ("tracker", status_event("1.bench.k.o-1.1"), None),
            ("pywa", webhook(), "graph"),
            ("usual", webhook(), "graph"),
            ("bare", {}, None),
        ):
            found[name], _ = bench.start(name, event, effect)
        if number:  # the first round fills the caches of the disk
            early.append(early_one)
            for name, start in found.items():
                starts[name].append(start)
    return starts, [one for one, _ in early], statistics.median(published for _, published in early)


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Return the median of the paired ratios."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def cold_tables(starts: Mapping[str, list[Start]], early: list[float]) -> Iterator[Table]:
    """Yield the tables of the cold starts."""

    def ms(values: list[float]) -> str:
        return f"{statistics.median(values) * 1000:.0f}"

    pywa = starts["pywa"]
    yield Table(
        name="cold",
        head=("function", "start, ms", "first event, ms", "both", "CPU, ms", "CPU, × pywa"),
        rows=[
            (
                NAMES[name],
                ms([one.init for one in ones]),
                ms([one.first for one in ones]),
                ms([one.wall for one in ones]),
                ms([one.cpu for one in ones]),
                f"{ratio([one.cpu for one in ones], [one.cpu for one in pywa]):.2f}",
            )
            for name, ones in starts.items()
        ],
    )
    of_chain = [*zip(*(starts[name] for name in CHAIN), strict=True)]
    in_turn = [sum(one.wall for one in ones) for ones in of_chain]
    cpu = [sum(one.cpu for one in ones) for ones in of_chain]
    usual = starts["usual"]
    walls = {name: [one.wall for one in starts[name]] for name in ("pywa", "usual")}
    yield Table(
        name="chain",
        head=("webhook to Graph request, all cold", "ms", "× pywa", "× the usual function"),
        rows=[
            (
                what,
                ms(times),
                f"{ratio(times, walls['pywa']):.2f}",
                f"{ratio(times, walls['usual']):.2f}",
            )
            for what, times in (("three starts, one behind the other", in_turn), ("with early starts", early))
        ]
        + [
            (
                "CPU of the three",
                ms(cpu),
                f"{ratio(cpu, [one.cpu for one in pywa]):.2f}",
                f"{ratio(cpu, [one.cpu for one in usual]):.2f}",
            )
        ],
    )


def model_table(starts: Mapping[str, list[Start]], publish: float) -> Table:
    """Return what the model of Lambda's times makes of these starts."""

    def ms(name: str) -> tuple[float, float]:
        ones = starts[name]
        init, first = (statistics.median(getattr(one, what) for one in ones) for what in ("init", "first"))
        return init * 1000, first * 1000

    ingress, processor, sender, pywa = map(ms, (*CHAIN, "pywa"))
    times = lambda_times.measured(
        ingress=ingress, processor=processor, sender=sender, pywa=pywa, publish=publish * 1000
    )
    return Table(
        name="model",
        head=("webhook to Graph request, modelled", "median, ms", "p95, ms", "× pywa"),
        rows=[
            (row.name, f"{row.median:,.0f}", f"{row.p95:,.0f}", f"{row.ratio:.2f}")
            for row in lambda_times.model(times)
        ],
    )


def measured(module: str, python: Path, built: Path, rounds: int) -> Any:
    """Return what a module of the bench measures in the environment of the bench.

    `rejoinder` is that of the repository: what was built has no workbench, where the bench is.
    """
    path = os.pathsep.join([str(places.ROOT / "layers" / "rejoinder"), str(built / "opt" / "python")])
    done = subprocess.run(
        [python, "-m", f"rejoinder.workbench.bench.{module}", str(rounds)],
        cwd=places.ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def warm_tables(found: Any) -> Iterator[Table]:
    """Yield the tables of warm functions."""
    times, pywa = found["warm"], found["warm"]["pywa"]

    def row(what: str, name: str) -> tuple[str, ...]:
        alone = times[name]
        logged = times.get(f"{name}, log and EMF")
        both = (f"{logged * 1e6:.0f}", f"{logged / pywa:.2f}") if logged else ("", "")
        return (what, f"{alone * 1e6:.0f}", f"{alone / pywa:.2f}", *both)

    yield Table(
        name="warm",
        head=("one event", "services, µs", "× pywa", "with log and EMF, µs", "× pywa"),
        rows=[
            row("json.loads of the webhook", "json.loads"),
            row("pywa: parse and dispatch", "pywa"),
            row("ingress, one text", "ingress"),
            row("processor, one text and its answer", "processor"),
            row("sender, one text", "sender"),
            row("tracker, one status", "tracker"),
        ],
    )
    one = times["1 handler"]
    of_words = [
        name for name in times if name not in NAMES and "log and EMF" not in name and name != "json.loads"
    ]
    yield Table(
        name="words",
        head=("words, of which none matches", "ms", "× 1 handler"),
        rows=[(name, f"{times[name] * 1000:.3f}", f"{times[name] / one:.2f}") for name in of_words],
    )
    first = next(iter(found["talks"].values()))
    yield Table(
        name="talks",
        head=("turn", "services, µs", "× the first"),
        rows=[(name, f"{took * 1e6:.0f}", f"{took / first:.2f}") for name, took in found["talks"].items()]
        + [("bytes that a talk of 100 questions writes", f"{found['talk_bytes']:,}", "")],
    )
    shortest = found["lengths"][0][2]
    yield Table(
        name="lengths",
        head=("journal entries", "journal bytes", "one turn, ms", "× none"),
        rows=[
            (f"{entries}", f"{size:,}", f"{took * 1000:.2f}", f"{took / shortest:.1f}")
            for entries, size, took in found["lengths"]
        ],
    )


def files_table(found: Any) -> Table:
    """Return the table of a file of 16 MB."""
    took, held = found["seconds"], found["held"]

    def row(what: str, ours: str, plain: str) -> tuple[str, ...]:
        times = (f"{took[ours] * 1000:.0f}", f"{took[plain] * 1000:.0f}", f"{took[ours] / took[plain]:.2f}")
        return (what, *times, f"{held[ours] / 2**20:.0f}")

    return Table(
        name="files",
        head=("a file of 16 MB", "ms", "plain copy, ms", "× plain copy", "memory held, MB"),
        rows=[
            row("chat.save: from the network into the bucket", "save", "copy to the bucket"),
            row("said: from the bucket to the network", "send", "copy to the network"),
        ],
    )


WAITS_MS = {"ingress": 10, "processor": 25, "sender": 320, "tracker": 5}
"""How long a warm function waits for AWS and for the Graph API, in milliseconds. This is assumed: 10 for SQS,
5 for an item of DynamoDB, 10 for a transaction, and 155 for each of two requests to the Graph API."""


def write_measured(starts: Mapping[str, list[Start]]) -> None:
    """Write the milliseconds that Lambda would bill into the file that `make cost` reads."""
    sizes = memory()
    functions = {
        name: {
            "warm_ms": round(statistics.median(one.warm for one in starts[name]) * 1000 + WAITS_MS[name]),
            "cold_ms": round(statistics.median(one.wall for one in starts[name]) * 1000 + WAITS_MS[name]),
            "memory_mb": sizes[name],
        }
        for name in places.FUNCTIONS
    }
    kept = {"placeholder": False, "machine": report.machine(), "date": time.strftime("%Y-%m-%d")}
    text = json.dumps({**kept, "waits_ms": WAITS_MS, "functions": functions}, indent=2)
    (places.ROOT / "workbench" / "cost" / "measured.json").write_text(f"{text}\n")


def main() -> None:
    """Measure, print, and write unless it is quick."""
    exact = not os.environ.get("QUICK")
    rounds = EXACTLY if exact else QUICKLY
    python = places.python()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places.build(python, folder / "built")
        stub = Stub(places.certificates(python), folder / "certificates.pem")
        bench = Bench(stub=stub, codes=codes_of(python, folder / "built", stub, memory()))
        starts, early, publish = cold(bench, rounds["cold"])
        tables = [*cold_tables(starts, early), model_table(starts, publish)]
        if emulator.BINARY.exists():
            tables.append(emulator.table(bench, rounds["emulator"]))
        stub.close()
        tables += warm_tables(measured("warm", python, folder / "built", rounds["warm"]))
        tables.append(files_table(measured("files", python, folder / "built", rounds["files"])))
    print(f"{report.machine()}, {report.version_of(python)}, {time.strftime('%Y-%m-%d')}\n")
    for table in tables:
        print(f"{table.as_markdown()}\n")
    if exact:
        report.write(tables, python)
        write_measured(starts)
        sys.stderr.write("written: docs/performance.md, workbench/cost/measured.json\n")


if __name__ == "__main__":
    try:
        main()
    except tools.ToolError as error:
        sys.exit(f"rejoinder: {error}")
