"""First export, re-export and restore of layers, next to tar, gzip, libdeflate-gzip and openssl on the same files."""

import itertools
import shutil

from . import inputs, registry
from .app import BuiltApp
from .measure import in_turn, table, timed

_numbers = itertools.count()


def run(setting):
    trees = {
        f"mixed runtime files, {300 * setting.scale:.0f} MB": lambda d: inputs.mixed(d, 300 * setting.scale),
        f"{int(30000 * setting.scale):,} small files": lambda d: inputs.small_files(d, int(30000 * setting.scale)),
        f"one file of {1000 * setting.scale:.0f} MB": lambda d: inputs.one_file(d, 1000 * setting.scale),
    }
    for title, fill in trees.items():
        with registry.running(setting.scratch / "registry") as address:
            app = BuiltApp(setting.scratch / "app", registry.push_run_image(address, "run", "1"))
            fill(app.layer("files"))
            _measure(setting, title, app, app.layers / "bench_one" / "files", address)
        shutil.rmtree(setting.scratch / "registry")
        shutil.rmtree(setting.scratch / "app")

    layers = max(1, int(200 * setting.scale))
    with registry.running(setting.scratch / "registry") as address:
        app = BuiltApp(setting.scratch / "app", registry.push_run_image(address, "run", "1"))
        for number in range(layers):
            inputs.small_files(app.layer(f"layer{number:03}"), 50)
        _measure(setting, f"{layers} layers of 50 files", app, app.layers / "bench_one", address)
    shutil.rmtree(setting.scratch / "registry")
    shutil.rmtree(setting.scratch / "app")


def run_memory(setting):
    """Peak memory of an export and a restore of one large file and of very many entries."""
    rows = []
    cases = {
        f"one file of {4000 * setting.scale:.0f} MB": lambda d: inputs.one_file(d, 4000 * setting.scale),
        f"{int(1_000_000 * setting.scale):,} entries": lambda d: inputs.empty_files(d, int(1_000_000 * setting.scale)),
    }
    for title, fill in cases.items():
        with registry.running(setting.scratch / "registry") as address:
            app = BuiltApp(setting.scratch / "app", registry.push_run_image(address, "run", "1"))
            fill(app.layer("files"))
            cache = setting.scratch / "cache"
            for name, binaries in setting.lifecycles().items():
                cache.mkdir()
                reference = f"{address}/memory-{name}"
                app.analyze(binaries, reference)
                _, exported = timed(app.export_command(binaries, reference, cache), app.environment())
                _, restored = timed(_emptied(app).restore_command(binaries, cache), app.environment())
                rows.append((title, name, f"{exported / 1e6:.0f}", f"{restored / 1e6:.0f}"))
                shutil.rmtree(cache)
        shutil.rmtree(setting.scratch / "registry")
        shutil.rmtree(setting.scratch / "app")
    table(("input", "lifecycle", "export, peak MB", "restore, peak MB"), rows)


def _emptied(app):
    app.forget_layers()
    return app


def _measure(setting, title, app, tree, address):
    print(f"### {title}: {inputs.size_of(tree) / 1e6:.0f} MB\n")
    archive = setting.scratch / "bound.tar"
    unpacked = setting.scratch / "unpacked"
    timed(f"tar -cf '{archive}' -C '{tree.parent}' '{tree.name}'", shell=True)

    def pipe(filter_):
        return lambda: timed(f"tar -cf - -C '{tree.parent}' '{tree.name}' | {filter_} >/dev/null", shell=True)[0]

    def untar():
        unpacked.mkdir()
        seconds = timed(["tar", "-xf", str(archive), "-C", str(unpacked)])[0]
        shutil.rmtree(unpacked)
        return seconds

    steps = {
        "tar | gzip -1": pipe("gzip -1"),
        "tar | libdeflate-gzip -1": pipe("libdeflate-gzip -1"),
        "tar | openssl sha256": pipe("openssl sha256"),
        "tar -x": untar,
    }
    for name, binaries in setting.lifecycles().items():
        steps |= _lifecycle_steps(setting, app, address, name, binaries)
    medians = in_turn(setting.runs, steps)

    bounds = {"first export": "tar | gzip -1", "re-export": "tar | openssl sha256", "restore": "tar -x"}
    rows = []
    for name, (seconds, peak) in medians.items():
        bound = next((b for step, b in bounds.items() if step in name), None)
        ratio = f"{seconds / medians[bound][0]:.2f} x {bound}" if bound else ""
        rows.append((name, f"{seconds:.3f}", ratio, f"{peak / 1e6:.0f}" if peak else ""))
    table(("step", "s", "ratio", "peak MB"), rows)
    _print_sizes(setting, tree, address)
    archive.unlink()


def _lifecycle_steps(setting, app, address, name, binaries):
    """The three steps of a lifecycle; each leaves what the next one needs."""
    cache = setting.scratch / f"cache-{name}"
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir()
    environment = app.environment()
    steady = f"{address}/{name}/steady"
    app.analyze(binaries, steady)
    timed(app.export_command(binaries, steady, cache), environment)

    def first_export():
        reference = f"{address}/{name}/first{next(_numbers)}"
        app.analyze(binaries, reference)
        return timed(app.export_command(binaries, reference), environment)

    def re_export():
        app.analyze(binaries, steady)
        return timed(app.export_command(binaries, steady), environment)

    def restore():
        app.analyze(binaries, steady)
        kept = app.layers / "bench_one"
        aside = app.directory / "aside"
        kept.rename(aside)
        try:
            outcome = timed(app.restore_command(binaries, cache), environment)
            shutil.rmtree(kept, ignore_errors=True)
        finally:
            aside.rename(kept)
        return outcome

    return {f"{name}: first export": first_export, f"{name}: re-export": re_export, f"{name}: restore": restore}


def _print_sizes(setting, tree, address):
    """How large the layers have become, next to gzip -1 of the same tree."""
    packed = setting.scratch / "packed.gz"
    timed(f"tar -cf - -C '{tree.parent}' '{tree.name}' | gzip -1 >'{packed}'", shell=True)
    rows = [("gzip -1", f"{packed.stat().st_size:,}", "")]
    base = packed.stat().st_size
    packed.unlink()
    for name in setting.lifecycles():
        # The first layer is the run image's; what follows the tree's are a few kilobytes and the launcher.
        layers = registry.manifest(address, f"{name}/steady")["layers"][1:]
        size = sum(sorted((layer["size"] for layer in layers), reverse=True)[: max(1, len(layers) - 4)])
        rows.append((f"{name}: compressed layers", f"{size:,}", f"{size / base:.3f}"))
    print()
    table(("compressed", "bytes", "to gzip -1"), rows)
    print()
