"""What a first build, a rebuild without change and one with a changed layer read and write."""

from . import inputs, registry
from .app import BuiltApp
from .measure import table, timed, transferred

LAYERS = 10


def run(setting):
    for name, binaries in setting.lifecycles().items():
        with registry.running(setting.scratch / f"registry-{name}") as address:
            _measure(setting, name, binaries, address)


def _measure(setting, name, binaries, address):
    app = BuiltApp(setting.scratch / f"rebuild-{name}", registry.push_run_image(address, "run", "1"))
    for number in range(LAYERS):
        inputs.mixed(app.layer(f"layer{number}"), 10 * setting.scale)
    total = inputs.size_of(app.layers / "bench_one")
    changed = inputs.size_of(app.layers / "bench_one" / "layer3")
    cache = setting.scratch / f"rebuild-cache-{name}"
    cache.mkdir()
    reference = f"{address}/app"
    environment = app.environment()

    def build(restores):
        """Analyze, restore where there was a build before, export; gives (seconds, read, written)."""
        app.analyze(binaries, reference)
        read = written = 0
        if restores:
            aside = app.directory / "aside"
            (app.layers / "bench_one").rename(aside)
            read, written = transferred(app.restore_command(binaries, cache), environment, setting.scratch)
            # The buildpack finds its layers; whether it keeps or changes them is up to the caller.
            timed(["rm", "-rf", str(app.layers / "bench_one")])
            aside.rename(app.layers / "bench_one")
        more = transferred(app.export_command(binaries, reference, cache), environment, setting.scratch)
        return read + more[0], written + more[1]

    packed = "compressed"
    rows = []
    first = build(False)
    rows.append(("first build", *_megabytes(first), f"{total / 1e6:.0f}", f"{total / 1e6:.0f} + {packed}"))
    again = build(True)
    rows.append(
        ("rebuild, no change", *_megabytes(again), f"{2 * total / 1e6:.0f}", f"{total / 1e6:.0f}")
    )
    (app.layers / "bench_one" / "layer3" / "new").write_text("changed")
    one = build(True)
    rows.append(
        (
            "rebuild, one layer changed",
            *_megabytes(one),
            f"{(2 * total + changed) / 1e6:.0f}",
            f"{(total + changed) / 1e6:.0f} + {packed}",
        )
    )
    print(f"{name}: {LAYERS} layers, {total / 1e6:.0f} MB")
    table(("build", "read, MB", "written, MB", "least to read", "least to write"), rows)


def _megabytes(pair):
    return f"{pair[0] / 1e6:.0f}", f"{pair[1] / 1e6:.0f}"
