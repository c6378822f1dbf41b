"""`rejoinder build`: what is deployed to Lambda, and its size."""

import json
from dataclasses import asdict

from rejoinder.workbench.deployment.samconfig import Samconfig
from rejoinder.workbench.lambda_build import build_for_aws, parts, runtime_here, size_table
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack.stages import Stages


def main(project: Project, *, env: str | None, as_json: bool) -> int:
    """Build as `rejoinder deploy` does for an environment of samconfig.toml, and print the sizes."""
    config = Samconfig.read(project.root)
    given = config.environment(config.choose(env)).parameters
    runtime, architecture = given.get("PythonRuntime") or runtime_here(), given.get("Architecture") or "arm64"
    with Stages(quiet=as_json).stage("build"):
        folder = build_for_aws(project, runtime, architecture)
    found = list(parts(folder))
    if as_json:
        print(json.dumps([asdict(part) for part in found], indent=2))
        return 0
    print(f"built for {runtime} on {architecture} in {folder}")
    print(*size_table(found), sep="\n")
    return 0
