"""How long the binaries take to start, next to /bin/true and C programs that do the least that has to be done."""

import pathlib
import subprocess

from .measure import in_turn, spawned, table

BUILDPACKS = 50
LAYERS_PER_BUILDPACK = 5

# The smallest program that does what a launcher must.
EXECVE = """
#include <unistd.h>
int main(void) { char *a[] = {"true", 0}, *e[] = {0}; return execve("/bin/true", a, e); }
"""


def run(setting):
    scratch = setting.scratch / "start"
    small = launch_directory(scratch / "small", buildpacks=1, with_layers=False)
    images = {
        "bin": launch_directory(scratch / "bin", BUILDPACKS, with_variables=False),
        "bin and a variable": launch_directory(scratch / "variables", BUILDPACKS),
    }

    steps = {"/bin/true": lambda: spawned("/bin/true", ["true"], {})}
    if execve := compiled(scratch / "execve", EXECVE):
        steps["C, static: execve of /bin/true"] = lambda: spawned(execve, ["execve"], {})
    for name, binaries in setting.lifecycles().items():
        lifecycle, launcher = str(binaries / "lifecycle"), str(binaries / "launcher")
        steps[f"{name}: lifecycle -version"] = lambda path=lifecycle: spawned(
            path, ["lifecycle", "-version"], {"CNB_PLATFORM_API": "0.15"}
        )
        steps[f"{name}: launcher -- /bin/true"] = lambda path=launcher: spawned(
            path, ["launcher", "--", "/bin/true"], small
        )
    least = compiled(scratch / "least", pathlib.Path(__file__).with_name("layers.c").read_text())
    for kind, image in images.items():
        what = f"{BUILDPACKS} buildpacks of {LAYERS_PER_BUILDPACK} layers with {kind}"
        if least:
            arguments = ["layers", image["CNB_LAYERS_DIR"], str(BUILDPACKS), "/bin/true"]
            steps[f"C, static: only read {what}"] = lambda arguments=arguments: spawned(least, arguments, {})
        for name, binaries in setting.lifecycles().items():
            launcher = str(binaries / "launcher")
            steps[f"{name}: launcher, {what}"] = lambda path=launcher, image=image: spawned(
                path, ["launcher", "--", "/bin/true"], image
            )
    medians = in_turn(max(100, setting.runs * 40), steps)
    base = medians["/bin/true"][0]
    rows = [
        (name, f"{seconds * 1000:.2f}", f"{(seconds - base) * 1000:+.2f}") for name, (seconds, _) in medians.items()
    ]
    table(("command", "ms", "ms more than /bin/true"), rows)
    print()
    sizes = [
        (f"{name}: {binary}", f"{(binaries / binary).stat().st_size:,}")
        for name, binaries in setting.lifecycles().items()
        for binary in ("launcher", "lifecycle")
    ]
    table(("binary", "bytes"), sizes)


def launch_directory(root, buildpacks, with_layers=True, with_variables=True):
    """Makes what a launcher reads in an image with so many buildpacks; gives the environment that points there."""
    layers, app = root / "layers", root / "app"
    app.mkdir(parents=True)
    metadata = []
    for number in range(buildpacks):
        metadata.append(f'[[buildpacks]]\n  id = "bench/b{number}"\n  version = "1"\n  api = "0.12"\n')
        for layer in range(LAYERS_PER_BUILDPACK if with_layers else 0):
            directory = layers / f"bench_b{number}" / f"layer{layer}"
            (directory / "bin").mkdir(parents=True)
            if with_variables:
                (directory / "env").mkdir()
                (directory / "env" / f"BENCH_{number}_{layer}.default").write_text("value")
    (layers / "config").mkdir(parents=True)
    (layers / "config" / "metadata.toml").write_text(
        "\n".join(metadata) + '\n[[processes]]\n  type = "web"\n  command = ["/bin/true"]\n  buildpack-id = "bench/b0"\n'
    )
    return {"CNB_PLATFORM_API": "0.15", "CNB_LAYERS_DIR": str(layers), "CNB_APP_DIR": str(app), "PATH": "/usr/bin:/bin"}


def compiled(binary, text):
    """Compiles a static C program; None where there is no C compiler."""
    binary.parent.mkdir(parents=True, exist_ok=True)
    source = binary.with_suffix(".c")
    source.write_text(text)
    for compiler in ("musl-gcc", "gcc", "clang"):
        try:
            subprocess.run([compiler, "-O2", "-static", "-o", binary, source], check=True, capture_output=True)
            return str(binary)
        except (OSError, subprocess.CalledProcessError):
            continue
    return None
