"""Started by the trampoline in a case's root: becomes the mutant that the file `mutant` beside it names."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import mutants  # noqa: E402
import mutation  # noqa: E402

mutation.run_wrapped(mutants.MUTANTS)
