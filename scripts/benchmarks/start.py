"""How long the binaries take to start, next to /bin/true and a C program that only calls execve."""

import subprocess

from .measure import in_turn, spawned, table

LAYERS_PER_BUILDPACK = 5


def run(setting):
    scratch = setting.scratch / "start"
    small = launch_directory(scratch / "small", buildpacks=1)
    large = launch_directory(scratch / "large", buildpacks=50)
    bound = static_execve(scratch)

    steps = {"/bin/true": lambda: spawned("/bin/true", ["true"], {})}
    if bound:
        steps["C, static: execve of /bin/true"] = lambda: spawned(bound, ["execve"], {})
    for name, binaries in setting.lifecycles().items():
        lifecycle, launcher = str(binaries / "lifecycle"), str(binaries / "launcher")
        steps[f"{name}: lifecycle -version"] = lambda path=lifecycle: spawned(
            path, ["lifecycle", "-version"], {"CNB_PLATFORM_API": "0.15"}
        )
        steps[f"{name}: launcher -- /bin/true"] = lambda path=launcher: spawned(
            path, ["launcher", "--", "/bin/true"], small
        )
        steps[f"{name}: launcher, 50 buildpacks of 5 layers"] = lambda path=launcher: spawned(
            path, ["launcher", "--", "/bin/true"], large
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


def launch_directory(root, buildpacks):
    """Makes what a launcher reads in an image with so many buildpacks; gives the environment that points there."""
    layers, app = root / "layers", root / "app"
    app.mkdir(parents=True)
    metadata = []
    for number in range(buildpacks):
        metadata.append(f'[[buildpacks]]\n  id = "bench/b{number}"\n  version = "1"\n  api = "0.12"\n')
        for layer in range(LAYERS_PER_BUILDPACK):
            directory = layers / f"bench_b{number}" / f"layer{layer}"
            (directory / "bin").mkdir(parents=True)
            (directory / "env").mkdir()
            (directory / "env" / f"BENCH_{number}_{layer}.default").write_text("value")
    (layers / "config").mkdir(parents=True)
    (layers / "config" / "metadata.toml").write_text(
        "\n".join(metadata) + '\n[[processes]]\n  type = "web"\n  command = ["/bin/true"]\n  buildpack-id = "bench/b0"\n'
    )
    return {"CNB_PLATFORM_API": "0.15", "CNB_LAYERS_DIR": str(layers), "CNB_APP_DIR": str(app), "PATH": "/usr/bin:/bin"}


def static_execve(directory):
    """Compiles the smallest program that does what a launcher must; None where there is no C compiler."""
    directory.mkdir(parents=True, exist_ok=True)
    source, binary = directory / "execve.c", directory / "execve"
    source.write_text(
        "#include <unistd.h>\n"
        'int main(void) { char *a[] = {"true", 0}, *e[] = {0}; return execve("/bin/true", a, e); }\n'
    )
    for compiler in ("musl-gcc", "gcc", "clang"):
        try:
            subprocess.run([compiler, "-O2", "-static", "-o", binary, source], check=True, capture_output=True)
            return str(binary)
        except (OSError, subprocess.CalledProcessError):
            continue
    return None
