"""`python -m rejoinder.workbench.dashboard`: write the dashboard into template.yaml."""

from rejoinder.workbench.dashboard.section import written
from rejoinder.workbench.source import house


def main() -> None:
    """Write it."""
    template = house() / "template.yaml"
    template.write_text(written(template.read_text()))


if __name__ == "__main__":
    main()
