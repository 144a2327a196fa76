"""Rebases many images of one registry onto a newer run image, one command a time."""

import copy
import json
import time

from . import registry
from .app import BuiltApp
from .measure import in_turn, table, timed


def run(setting):
    count = max(10, int(1000 * setting.scale))
    rows = []
    for name, binaries in setting.lifecycles().items():
        with registry.running(setting.scratch / f"rebase-{name}") as address:
            old = registry.push_run_image(address, "run", "1")
            app = BuiltApp(setting.scratch / f"rebase-app-{name}", old)
            app.layer("files").mkdir()
            app.analyze(binaries, f"{address}/app")
            timed(app.export_command(binaries, f"{address}/app"), app.environment())
            _copies(address, count)
            # The same name with new content: a patched run image.
            registry.push_run_image(address, "run", "2")

            before, begin = _loopback(), time.perf_counter()
            for number in range(count):
                timed(_command(binaries, app, f"{address}/app:copy{number}"), app.environment())
            seconds, moved = time.perf_counter() - begin, _loopback() - before
            single = in_turn(
                setting.runs * 3,
                {"one": lambda: timed(_command(binaries, app, f"{address}/app:copy0"), app.environment())[0]},
            )["one"][0]
            rows.append(
                (name, f"{count:,}", f"{count / seconds:.0f}", f"{moved / count / 1000:.1f}", f"{single * 1000:.1f}")
            )
    table(("lifecycle", "images", "images a second", "KB moved an image (both ways, with HTTP)", "one rebase, ms"), rows)


def _command(binaries, app, reference):
    return [str(binaries / "rebaser"), "-run-image", app.run_image, "-report", str(app.directory / "report.toml"), reference]


def _copies(address, count):
    """Tags so many images that differ from the app image in a label."""
    original = registry.manifest(address, "app")
    config = json.loads(registry.blob(address, "app", original["config"]["digest"]))
    for number in range(count):
        config["config"]["Labels"]["bench.copy"] = str(number)
        raw = json.dumps(config).encode()
        manifest = copy.deepcopy(original)
        manifest["config"] |= {"size": len(raw), "digest": registry.push_blob(address, "app", raw)}
        registry.put_manifest(address, "app", f"copy{number}", manifest)


def _loopback():
    """The bytes that the loopback interface has carried."""
    with open("/proc/net/dev", encoding="ascii") as file:
        line = next(line for line in file if line.strip().startswith("lo:"))
    return int(line.split(":")[1].split()[0])
