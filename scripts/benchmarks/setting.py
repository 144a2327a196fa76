"""What every section is given."""

import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True)
class Setting:
    """The binaries to measure and how."""

    binaries: pathlib.Path
    tools: pathlib.Path
    against: pathlib.Path | None
    runs: int
    scale: float
    scratch: pathlib.Path

    def lifecycles(self):
        """The lifecycles to measure, by the name that the tables show."""
        found = {"slipway": self.binaries}
        if self.against:
            found["against"] = self.against
        return found
