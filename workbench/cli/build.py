"""`rejoinder build`: what is deployed to Lambda, and its size."""

import json
from dataclasses import asdict

from rejoinder.workbench.lambda_build import Part, build_for_aws, parts, runtime_here
from rejoinder.workbench.project import Project

MAX_MEGABYTES = 250
"""What function and layers together may have, unpacked (Lambda quotas)."""


def main(project: Project, *, as_json: bool) -> int:
    """Build for the newest runtime whose Python is here, on arm64, and print the sizes."""
    runtime = runtime_here()
    folder = build_for_aws(project, runtime, "arm64")
    found = list(parts(folder))
    if as_json:
        print(json.dumps([asdict(part) for part in found], indent=2))
        return 0
    print(f"built for {runtime} on arm64 in {folder}")
    print(*table(found), sep="\n")
    return 0


def table(found: list[Part]) -> list[str]:
    """Return the sizes as lines."""
    lines = [f"{'':20}{'unpacked':>12}{'uploaded':>12}"]
    lines += [f"{part.name:20}{part.megabytes:9.2f} MB{part.zipped_megabytes:9.2f} MB" for part in found]
    return lines
