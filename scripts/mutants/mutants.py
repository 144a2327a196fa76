"""The mutants of mutants.toml, made of the steps that each row names."""

import pathlib
import tomllib

from mutation import Image, Mutant
from steps import AFTER, BEFORE, IMAGE


class TableMutant(Mutant):
    """A mutant that does what its row says."""

    def __init__(self, row):
        self.about, self.wraps, self.run = row.pop("about"), row.pop("wraps"), row.pop("run")
        # Looked up at once, so that a misspelt step is told before anything runs.
        self.steps = {
            when: [(known[name], arguments) for name, *arguments in row.pop(when, [])]
            for when, known in (("before", BEFORE), ("after", AFTER), ("image", IMAGE))
        }
        if row:
            raise ValueError(f"mutants.toml: unknown keys: {', '.join(row)}")

    def before(self, call):
        for step, arguments in self.steps["before"]:
            step(call, *arguments)

    def after(self, call, status):
        for step, arguments in self.steps["after"]:
            given = step(call, status, *arguments)
            status = status if given is None else given
        if status == 0 and self.steps["image"]:
            for reference in call.images():
                image = Image(reference)
                for step, arguments in self.steps["image"]:
                    step(image, *arguments)
                image.save()
        return status


def _read():
    rows = tomllib.loads(pathlib.Path(__file__).with_name("mutants.toml").read_text(encoding="utf-8"))["mutant"]
    mutants = {row.pop("name"): TableMutant(row) for row in map(dict, rows)}
    if len(mutants) != len(rows):
        raise ValueError("mutants.toml: a name is there twice")
    return mutants


MUTANTS = _read()
