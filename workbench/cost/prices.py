"""The dated list of prices."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What AWS asks for something."""

    what: str
    """What is paid for."""

    usd: float
    """US dollars for `per` units."""

    per: int
    """How many units `usd` pays for."""

    source: str
    """The address of who says so."""

    certain: bool
    """Whether the price was found at the source."""

    def of(self, units: float) -> float:
        """Return what `units` cost, in US dollars."""
        return units * self.usd / self.per


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """A list of prices."""

    region: str
    """The region of AWS."""

    date: str
    """The day on which the prices were looked up."""

    by_name: dict[str, Price]
    """The prices, by their names in the file."""

    def usd(self, name: str, units: float) -> float:
        """Return what so many units cost, in US dollars."""
        return self.by_name[name].of(units)


def load_prices(file: Path = FILE) -> Prices:
    """Return the list in `file`."""
    content = tomllib.loads(file.read_text())
    region, date = content.pop("region"), content.pop("date")
    return Prices(
        region=region, date=date, by_name={name: Price(**fields) for name, fields in content.items()}
    )
