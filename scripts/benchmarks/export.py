"""First export, re-export and restore of layers, next to tar, gzip, libdeflate-gzip and openssl on the same files."""

import itertools
import os
import shutil

from . import inputs, registry
from .app import BuiltApp
from .measure import in_turn, processor_seconds, profiled, table, timed

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
    cores = os.cpu_count()
    shares = _divided(archive, cores)

    def pipe(filter_):
        return lambda: profiled(f"tar -cf - -C '{tree.parent}' '{tree.name}' | {filter_} >/dev/null", shell=True)

    def untar():
        unpacked.mkdir()
        outcome = profiled(["tar", "-xf", str(archive), "-C", str(unpacked)])
        shutil.rmtree(unpacked)
        return outcome

    all_cores = f"libdeflate-gzip -1, {cores} cores"
    deflate = " & ".join(f"libdeflate-gzip -1 -c '{share}' >/dev/null" for share in shares)
    steps = {
        "tar | gzip -1": pipe("gzip -1"),
        "tar | libdeflate-gzip -1": pipe("libdeflate-gzip -1"),
        all_cores: lambda: profiled(f"{deflate} & wait", shell=True),
        "tar | cat": pipe("cat"),
        "tar | openssl sha256": pipe("openssl sha256"),
        "tar -x": untar,
    }
    for name, binaries in setting.lifecycles().items():
        steps |= _lifecycle_steps(setting, app, address, name, binaries)
    medians = in_turn(setting.runs, steps)

    # What no export can be faster than here: compressing on all cores, or reading the files.
    slowest = max(all_cores, "tar | cat", key=lambda name: medians[name][0])
    bounds = {"first export": ["tar | gzip -1", slowest], "re-export": ["tar | openssl sha256"], "restore": ["tar -x"]}
    rows = []
    for name, (seconds, peak, ours, *others) in medians.items():
        step = name.partition(": ")[2]
        found = next((bounds[key] for key in bounds if step.startswith(key)), [])
        ratios = [f"{seconds / medians[bound][0]:.2f} x {bound}" for bound in found]
        registrys = f"{others[0]:.2f}" if others else ""
        rows.append((name, f"{seconds:.3f}", ", ".join(ratios), f"{ours:.2f}", registrys, f"{peak / 1e6:.0f}" if peak else ""))
    table(("step", "s", "ratio", "CPU s", "registry's CPU s", "peak MB"), rows)
    _print_sizes(setting, tree, address)
    archive.unlink()
    for share in shares:
        share.unlink()


def _divided(archive, count):
    """Copies of as many parts of a file, to be worked on by one core each."""
    size = archive.stat().st_size
    shares = []
    with open(archive, "rb") as source:
        for number in range(count):
            share = archive.with_name(f"share{number}")
            left = size // count + 1
            with open(share, "wb") as target:
                while left and (block := source.read(min(left, 1 << 20))):
                    left -= target.write(block)
            shares.append(share)
    return shares


def _lifecycle_steps(setting, app, address, name, binaries):
    """The steps of a lifecycle; each leaves what the next one needs."""
    cache = setting.scratch / f"cache-{name}"
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir()
    environment = app.environment()
    steady = f"{address}/{name}/steady"
    app.analyze(binaries, steady)
    timed(app.export_command(binaries, steady, cache), environment)

    def to_registry(reference):
        app.analyze(binaries, reference)
        before = processor_seconds(address.pid)
        outcome = profiled(app.export_command(binaries, reference), environment)
        return *outcome, processor_seconds(address.pid) - before

    def to_layout():
        with app.in_layout(setting.scratch / "layout") as layout:
            layout.analyze(binaries)
            return profiled(layout.export_command(binaries), layout.environment())

    def restore():
        app.analyze(binaries, steady)
        kept = app.layers / "bench_one"
        aside = app.directory / "aside"
        kept.rename(aside)
        try:
            outcome = profiled(app.restore_command(binaries, cache), environment)
            shutil.rmtree(kept, ignore_errors=True)
        finally:
            aside.rename(kept)
        return outcome

    return {
        f"{name}: first export": lambda: to_registry(f"{address}/{name}/first{next(_numbers)}"),
        f"{name}: first export to a layout": to_layout,
        f"{name}: re-export": lambda: to_registry(steady),
        f"{name}: restore": restore,
    }


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
