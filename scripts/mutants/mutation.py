"""What a mutant is made of: a wrapper that runs the real phase and alters one thing before, around or after it.

A mutant has the attributes `about` (what it does wrong), `wraps` (the binaries it takes the place of) and `run` (the
fixtures that are tried on it). Wrappers run inside a case's root, with Python's standard library only.
"""

import gzip
import hashlib
import http.client
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

LIFECYCLE_DIR = "/cnb/lifecycle"
SHADOW = "/tmp/mutant-buildpacks"


class Mutant:
    """One lifecycle that does one thing wrong; this one does nothing wrong."""

    about = ""
    wraps = ()
    run = ()

    def before(self, call):
        """Changes the arguments, the environment or the files that the real phase will see."""

    def after(self, call, status):
        """Changes what the phase has written; returns the exit status to give."""
        return status


class Call:
    """One call of a phase: its name, its arguments and its environment, which a mutant may change."""

    def __init__(self, phase, program, arguments, environment):
        self.phase = phase
        self.program = program
        self.arguments = arguments
        self.environment = environment
        # The name to call the real binary by, where it is not to be the one that the wrapper was called by.
        self.name = None

    def flag(self, name, variable, default=None):
        """The value of a flag, else of its variable, else the default."""
        for index, argument in enumerate(self.arguments):
            bare = argument.lstrip("-")
            if argument.startswith("-") and bare == name and index + 1 < len(self.arguments):
                return self.arguments[index + 1]
            if argument.startswith("-") and bare.startswith(name + "="):
                return bare[len(name) + 1:]
        return self.environment.get(variable) or default

    def drop_flag(self, name, takes_value=True):
        """Takes a flag, with its value, away from the arguments."""
        kept, skip = [], False
        for argument in self.arguments:
            bare = argument.lstrip("-")
            if skip:
                skip = False
            elif argument.startswith("-") and bare == name:
                skip = takes_value
            elif not (argument.startswith("-") and bare.startswith(name + "=")):
                kept.append(argument)
        self.arguments = kept

    def set_flag(self, name, value):
        """Gives a flag a value, before the positional arguments."""
        self.drop_flag(name)
        self.arguments = ["-" + name, value, *self.arguments]

    def layers_dir(self):
        return pathlib.Path(self.flag("layers", "CNB_LAYERS_DIR", "/layers"))

    def file(self, flag, variable, name):
        """The path of a file that a flag or a variable may name; in the layers directory otherwise."""
        return pathlib.Path(self.flag(flag, variable, str(self.layers_dir() / name)))

    def images(self):
        """The references that the phase writes: those of `-tag` and the positional ones, registries only."""
        found, arguments = [], list(self.arguments)
        while arguments:
            argument = arguments.pop(0)
            if not argument.startswith("-"):
                found.append(argument)
            elif argument.lstrip("-") == "tag" and arguments:
                found.append(arguments.pop(0))
            elif argument.lstrip("-").startswith("tag="):
                found.append(argument.split("=", 1)[1])
            elif "=" not in argument and argument.lstrip("-") not in SWITCHES and arguments:
                arguments.pop(0)
        return [reference for reference in found if ":" in reference.split("/")[0]]

    def shim(self, script, prelude):
        """Puts `prelude`, lines of sh, before each buildpack's bin/`script`."""
        original = pathlib.Path(self.flag("buildpacks", "CNB_BUILDPACKS_DIR", "/cnb/buildpacks"))
        shadow = pathlib.Path(SHADOW)
        shutil.rmtree(shadow, ignore_errors=True)
        for descriptor in original.glob("*/*/buildpack.toml"):
            folder = descriptor.parent
            copy = shadow / folder.relative_to(original)
            shutil.copytree(folder, copy, symlinks=True)
            real = folder / "bin" / script
            if not real.exists():
                continue
            target = copy / "bin" / script
            target.unlink()
            target.write_text(
                "#!/bin/sh\n"
                f'[ -z "${{CNB_BUILDPACK_DIR:-}}" ] || {{ CNB_BUILDPACK_DIR={folder}; export CNB_BUILDPACK_DIR; }}\n'
                f'{prelude}\nexec {real} "$@"\n'
            )
            target.chmod(0o755)
        self.set_flag("buildpacks", str(shadow))

    def analyzed(self):
        return self.file("analyzed", "CNB_ANALYZED_PATH", "analyzed.toml")

    def group(self):
        return self.file("group", "CNB_GROUP_PATH", "group.toml")

    def plan(self):
        return self.file("plan", "CNB_PLAN_PATH", "plan.toml")

    def report(self):
        return self.file("report", "CNB_REPORT_PATH", "report.toml")

    def metadata(self):
        return self.layers_dir() / "config" / "metadata.toml"


SWITCHES = {"daemon", "layout", "skip-layers", "skip-restore", "skip-analyze", "force", "no-color", "parallel", "version"}


def edit(path, change):
    """Passes the text of a file to `change` and writes what that returns, where there is such a file."""
    path = pathlib.Path(path)
    if path.exists():
        path.write_text(change(path.read_text()))


def substitute(path, pattern, replacement=""):
    """Replaces what a regular expression finds in a file; `^` is the beginning of each line."""
    edit(path, lambda text: re.sub(pattern, replacement, text, flags=re.MULTILINE))


def drop_lines(path, word):
    """Takes the lines that hold a word out of a file."""
    substitute(path, rf".*{re.escape(word)}.*\n?")


class Image:
    """An image in a registry that speaks plain HTTP, for changing what the phase has pushed."""

    TYPES = ", ".join([
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ])

    def __init__(self, reference):
        self.host, _, rest = reference.partition("/")
        if "@" in rest:
            self.repository, _, self.tag = rest.partition("@")
        elif ":" in rest.rsplit("/", 1)[-1]:
            self.repository, _, self.tag = rest.rpartition(":")
        else:
            self.repository, self.tag = rest, "latest"
        self.manifest_bytes = self.request("GET", f"/v2/{self.repository}/manifests/{self.tag}", accept=self.TYPES)
        self.manifest = json.loads(self.manifest_bytes)
        self.config = json.loads(self.blob(self.manifest["config"]["digest"]))

    def request(self, method, path, body=None, accept=None, content_type=None):
        connection = http.client.HTTPConnection(self.host, timeout=20)
        headers = {"Accept": accept or "*/*"}
        if content_type:
            headers["Content-Type"] = content_type
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise OSError(f"{method} {path}: {response.status} {data[:200]!r}")
        self.location = response.headers.get("Location")
        return data

    def blob(self, digest):
        return self.request("GET", f"/v2/{self.repository}/blobs/{digest}")

    def put_blob(self, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        self.request("POST", f"/v2/{self.repository}/blobs/uploads/", body=b"")
        location = self.location.split(self.host, 1)[-1]
        joint = "&" if "?" in location else "?"
        self.request(
            "PUT", f"{location}{joint}digest={digest}", body=data, content_type="application/octet-stream"
        )
        return digest

    def save(self):
        """Pushes config and manifest under the name that the image came from."""
        data = json.dumps(self.config, separators=(",", ":")).encode()
        self.manifest["config"].update(digest=self.put_blob(data), size=len(data))
        self.request(
            "PUT", f"/v2/{self.repository}/manifests/{self.tag}",
            body=json.dumps(self.manifest).encode(),
            content_type=self.manifest.get("mediaType", "application/vnd.oci.image.manifest.v1+json"),
        )

    def labels(self):
        return self.config["config"].setdefault("Labels", {})

    def edit_label(self, name, change):
        """Passes a label's JSON to `change`, which alters it in place."""
        if name in self.labels():
            value = json.loads(self.labels()[name])
            change(value)
            self.labels()[name] = json.dumps(value)

    def edit_layer(self, wanted, change):
        """Passes each member of the layers for which `wanted(names)` holds to `change`; keeps all diffIDs in step.

        `change(member)` alters a `TarInfo` in place; a member for which it returns False is left out.
        """
        for index, descriptor in enumerate(self.manifest["layers"]):
            data = self.blob(descriptor["digest"])
            raw = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
                members = archive.getmembers()
                if not wanted(["/" + member.name.strip("/") for member in members]):
                    continue
                output = io.BytesIO()
                with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as copy:
                    for member in members:
                        if change(member) is not False:
                            copy.addfile(member, archive.extractfile(member) if member.isreg() else None)
            self.replace_layer(index, output.getvalue())

    def add_layer(self, tar):
        """Puts a layer on top that no label knows."""
        packed = gzip.compress(tar, 1, mtime=0)
        media_type = self.manifest["layers"][-1]["mediaType"]
        self.manifest["layers"].append({"mediaType": media_type, "digest": self.put_blob(packed), "size": len(packed)})
        self.config["rootfs"]["diff_ids"].append("sha256:" + hashlib.sha256(tar).hexdigest())
        if self.config.get("history"):
            self.config["history"].append({"created_by": "mutant"})

    def replace_layer(self, index, tar):
        old = self.config["rootfs"]["diff_ids"][index]
        new = "sha256:" + hashlib.sha256(tar).hexdigest()
        packed = gzip.compress(tar, 1, mtime=0)
        self.manifest["layers"][index].update(digest=self.put_blob(packed), size=len(packed))
        self.config = json.loads(json.dumps(self.config).replace(old, new))


def run_wrapped(mutants):
    """Runs the phase that this process stands for, as its mutant would; does not return."""
    sys.exit(call_wrapped(mutants[pathlib.Path(__file__).with_name("mutant").read_text().strip()]))


def call_wrapped(mutant):
    phase = os.environ.pop("MUTANT_PHASE")
    name = os.environ.pop("MUTANT_ARGV0")
    program = f"{LIFECYCLE_DIR}/{'launcher.real' if phase == 'launcher' else 'lifecycle'}"
    call = Call(phase, program, sys.argv[1:], dict(os.environ))
    mutant.before(call)
    done = subprocess.run(
        [call.name or name, *call.arguments], executable=call.program, env=call.environment, check=False
    )
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return mutant.after(call, status)
