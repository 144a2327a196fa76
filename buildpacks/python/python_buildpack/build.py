"""Builds a Python app: its packages into a virtual environment in a layer, its process types into launch.toml."""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib

from .app import PythonApp

DEFAULT_PORT = "8080"


class BuildError(Exception):
    """Something that the author of the app can mend; its text says what and how."""


def run(app_dir, layers_dir, buildpack_dir):
    """Does the whole build; raises BuildError."""
    app = PythonApp(app_dir)
    try:
        arguments = app.pip_arguments()
    except ValueError as error:
        raise BuildError(str(error)) from error

    packages = layers_dir / "packages"
    if arguments:
        install(app, arguments, packages, layers_dir / "pip-cache", _version(buildpack_dir))
        write_sbom(packages, installed_packages(packages))
    else:
        print("No dependencies: there is neither a requirements.txt nor one in pyproject.toml")

    # Python would otherwise hold back what a process prints until a buffer is full, which hides logs.
    runtime = layers_dir / "runtime"
    shutil.rmtree(runtime, ignore_errors=True)
    (runtime / "env").mkdir(parents=True)
    (runtime / "env" / "PYTHONUNBUFFERED.default").write_text("1", encoding="utf-8")
    # For scripts that ask for a port, on platforms that do not name one.
    (runtime / "env.launch").mkdir()
    (runtime / "env.launch" / "PORT.default").write_text(DEFAULT_PORT, encoding="utf-8")
    shutil.copyfile(buildpack_dir / "python_buildpack" / "serve_wsgi.py", runtime / "serve_wsgi.py")
    _write_layer_toml(runtime, launch=True)
    write_sbom(runtime, [{"type": "application", "name": "serve_wsgi.py", "version": _version(buildpack_dir)}])

    # Named by its path and run by python3: a run image may lack /usr/bin/env.
    serve_wsgi = ["python3", str(runtime / "serve_wsgi.py")]
    processes = process_types(app, packages if arguments else None, serve_wsgi)
    write_launch_toml(layers_dir / "launch.toml", processes)


def install(app, arguments, packages, pip_cache, buildpack_version):
    """Fills the `packages` layer, or keeps it where nothing that decides its content has changed."""
    digest = hashlib.sha256()
    for file in app.requirement_files():
        digest.update(f"{file.name}\0".encode())
        digest.update(file.read_bytes())
    wanted = {
        "requirements": digest.hexdigest(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "buildpack": buildpack_version,
    }
    # A package built from the app itself changes with every source file, so it is never reused.
    reusable = arguments != ["."]
    if reusable and _read_metadata(packages) == wanted and (packages / "bin" / "python").exists():
        print("Reusing the installed packages: the requirements have not changed")
    else:
        print(f"Installing packages with Python {platform.python_version()}")
        shutil.rmtree(packages, ignore_errors=True)
        # pip itself stays outside of the image: the one of the build image installs into the environment.
        _call([sys.executable, "-m", "venv", "--without-pip", str(packages)], "make a virtual environment")
        pip_cache.mkdir(exist_ok=True)
        _pip(packages, ["install", "--no-compile", "--cache-dir", str(pip_cache), *arguments], "install the packages")
    _write_layer_toml(packages, wanted, build=True, cache=True, launch=True)
    if pip_cache.is_dir():
        _write_layer_toml(pip_cache, cache=True)


def process_types(app, packages, serve_wsgi):
    """The app's process types, as (type, command) pairs; the first is the default one."""
    if module := app.django_module():
        if _has(packages, "gunicorn"):
            web = ["sh", "-c", f"exec gunicorn --bind 0.0.0.0:${{PORT:-{DEFAULT_PORT}}} {module}"]
        else:
            web = [*serve_wsgi, f"{module}:application"]
        return [("web", web), ("manage", ["python3", "manage.py"])]
    if target := app.wsgi_app():
        if _has(packages, "gunicorn"):
            return [("web", ["sh", "-c", f"exec gunicorn --bind 0.0.0.0:${{PORT:-{DEFAULT_PORT}}} {target}"])]
        return [("web", [*serve_wsgi, target])]
    if script := app.script():
        return [("web", ["python3", script])]
    if types := app.procfile_types():
        print(f"No process type of this buildpack's own; the Procfile names: {', '.join(types)}")
    elif types is None:
        print("No process type: there is no manage.py, WSGI app or main.py; name one in a Procfile")
    else:
        print("No process type: there is no manage.py, WSGI app or main.py, and the Procfile names none")
    return []


def write_launch_toml(path, processes):
    """Writes launch.toml; a JSON string of ASCII is a TOML string as well."""
    lines = []
    for index, (kind, command) in enumerate(processes):
        lines += [
            "[[processes]]",
            f"type = {json.dumps(kind)}",
            f"command = {json.dumps(command)}",
            f"default = {'true' if index == 0 else 'false'}",
            "",
        ]
        print(f"{kind}: {' '.join(command)}")
    path.write_text("\n".join(lines), encoding="utf-8")


def installed_packages(packages):
    """What pip installed, as components of a CycloneDX bill of materials."""
    listed = _pip(packages, ["list", "--format", "json"], "list the packages", capture=True)
    return [
        {
            "type": "library",
            "name": package["name"],
            "version": package["version"],
            "purl": f"pkg:pypi/{re.sub(r'[-_.]+', '-', package['name']).lower()}@{package['version']}",
        }
        for package in sorted(json.loads(listed), key=lambda p: p["name"].lower())
    ]


def write_sbom(layer, components):
    """Writes a CycloneDX bill of materials for a layer."""
    document = {"bomFormat": "CycloneDX", "specVersion": "1.4", "version": 1, "components": components}
    layer.with_name(f"{layer.name}.sbom.cdx.json").write_text(json.dumps(document, indent=2), encoding="utf-8")


def _has(packages, command):
    return packages is not None and (packages / "bin" / command).exists()


def _version(buildpack_dir):
    return tomllib.loads((buildpack_dir / "buildpack.toml").read_text(encoding="utf-8"))["buildpack"]["version"]


def _read_metadata(layer):
    """The metadata of the layer's last build; empty where there is none that can be read."""
    try:
        return tomllib.loads(layer.with_name(f"{layer.name}.toml").read_text(encoding="utf-8")).get("metadata", {})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}


def _write_layer_toml(layer, metadata=None, **types):
    lines = ["[types]", *(f"{name} = true" for name, wanted in types.items() if wanted)]
    if metadata:
        lines += ["", "[metadata]", *(f"{key} = {json.dumps(value)}" for key, value in metadata.items())]
    layer.with_name(f"{layer.name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _pip(packages, arguments, purpose, capture=False):
    python = str(packages / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    return _call([*pip, *arguments], purpose, capture)


def _call(command, purpose, capture=False):
    sys.stdout.flush()
    # The layer must not hold bytecode: it embeds times, so that no two builds would give the same layer.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, check=False, env=environment, stdout=subprocess.PIPE if capture else None, text=True
        )
    except OSError as error:
        raise BuildError(f"failed to {purpose}: {error}") from error
    if done.returncode != 0:
        hint = ""
        if command[1] == "-m":
            hint = "; the build image needs Python's venv and pip, as in Debian's packages python3-venv and python3-pip"
        raise BuildError(f"failed to {purpose}: exit status {done.returncode}{hint}")
    return done.stdout
