"""What slipway takes on top of the phases that it runs, and how fast it unpacks a builder."""

import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tarfile

from . import inputs
from .measure import profiled, table

PHASES = ("analyze", "detect", "restore", "build", "export")
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def run(setting):
    scratch = setting.scratch / "platform"
    scratch.mkdir()
    program = setting.tools / "slipway"
    environment = dict(
        os.environ, SLIPWAY_LIFECYCLE=str(setting.binaries), SLIPWAY_BUILDPACKS=str(ROOT / "buildpacks"),
        SLIPWAY_STORE=str(scratch / "store"), SLIPWAY_CACHE_HOME=str(scratch / "cache"),
    )
    app = scratch / "app"
    shutil.copytree(ROOT / "buildpacks" / "static-site" / "example", app)

    # The run image is made by whoever comes first.
    measured(program, app, "warm", environment)
    results = {"first build, warm store": [], "rebuild, no change": [], "rebuild, one file changed": []}
    for number in range(setting.runs):
        name = f"app{number}"
        results["first build, warm store"].append(measured(program, app, name, environment))
        results["rebuild, no change"].append(measured(program, app, name, environment))
        (app / "public" / "index.html").write_text(f"<p>{number}")
        results["rebuild, one file changed"].append(measured(program, app, name, environment))
    rows = []
    for name, runs in results.items():
        total, phases, peak = (statistics.median(column) for column in zip(*runs))
        rows.append((name, f"{total:.3f}", f"{phases:.3f}", f"{total - phases:+.3f}", f"{peak / 1e6:.0f}"))
    table(("build of a small site", "s", "s in phases", "s besides", "peak of any process, MB"), rows)
    print()
    unpack(setting, scratch, program, environment)


def measured(program, app, name, environment):
    """Builds once; gives seconds in all, seconds in phases, and the largest process's peak in bytes."""
    events = app.parent / "events"
    command = ["sh", "-c", '"$1" build "$2" --tag "$3" --builder host --progress json 2>"$4"', "sh", str(program), str(app), name, str(events)]
    seconds, peak, _ = profiled(command, environment)
    return seconds, sum(step_seconds(events, PHASES)), peak


def step_seconds(events, steps):
    """The seconds that steps took, by the events of a build."""
    for line in events.read_text().splitlines():
        event = json.loads(line)
        if event["event"] in ("step-finished", "step-failed") and event["step"] in steps:
            yield event["nanoseconds"] / 1e9


def unpack(setting, scratch, program, environment):
    """Compares the first use of a builder with tar, for the same layers."""
    tree = inputs.mixed(scratch / "tree", 1000 * setting.scale)
    layout = builder(tree, scratch / "builder")
    layers = sorted((layout / "blobs" / "sha256").iterdir(), key=lambda path: -path.stat().st_size)[:4]
    ours, tar = [], []
    for number in range(setting.runs):
        fresh = dict(environment, SLIPWAY_STORE=str(scratch / f"store{number}"))
        events = scratch / "events"
        with open(events, "w") as file:
            # No group passes: only the preparation is of interest.
            subprocess.run(
                [program, "build", scratch / "app", "--tag", "x", "--builder", f"oci:{layout}", "--run-image", f"oci:{layout}", "--progress", "json"],
                env=fresh, stdout=subprocess.DEVNULL, stderr=file, check=False,
            )
        ours.append(sum(step_seconds(events, ("prepare",))))
        shutil.rmtree(scratch / f"store{number}")
        target = scratch / "untarred"
        target.mkdir()
        seconds = 0
        for layer in layers:
            seconds += profiled(["tar", "-C", str(target), "-xzf", str(layer)])[0]
        tar.append(seconds)
        shutil.rmtree(target)
    mine, theirs = statistics.median(ours), statistics.median(tar)
    table(
        (f"builder of {sum(f.stat().st_size for f in tree.rglob('*') if f.is_file()) / 1e9:.1f} GB", "s", "ratio"),
        [("tar -xzf of its layers", f"{theirs:.2f}", "1"), ("slipway: into the store, and unpacked", f"{mine:.2f}", f"{mine / theirs:.2f}")],
    )


def builder(tree, layout):
    """A builder image in a layout: a tree in four layers, with the labels that a builder has."""
    blobs = layout / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def blob(data):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    layers, diff_ids = [], []
    entries = sorted(tree.iterdir())
    for number in range(4):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for entry in entries[number::4]:
                tar.add(entry, f"usr/share/{entry.name}")
        data = stream.getvalue()
        diff_ids.append("sha256:" + hashlib.sha256(data).hexdigest())
        layers.append({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **blob(gzip.compress(data, 1))})
    config = {
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine], "os": "linux",
        "config": {
            "Env": ["PATH=/usr/bin:/bin", "CNB_USER_ID=1000", "CNB_GROUP_ID=1000"],
            "Labels": {
                "io.buildpacks.builder.metadata": json.dumps({"buildpacks": [{"id": "bench/none", "version": "1.0.0"}]}),
                "io.buildpacks.buildpack.order": json.dumps([{"group": [{"id": "bench/none", "version": "1.0.0"}]}]),
            },
        },
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    }
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **blob(json.dumps(config).encode())},
        "layers": layers,
    }
    entry = {"mediaType": manifest["mediaType"], **blob(json.dumps(manifest).encode())}
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return layout
