"""Extends an image with many files by commands that touch few, in a root of its own; needs root and a static busybox."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess

from .measure import in_turn, table, timed

DOCKERFILE = """ARG base_image
FROM ${base_image}
USER root
RUN i=0; while [ $i -lt 10 ]; do echo changed >> /files/$i/7; i=$((i+1)); done
RUN i=0; while [ $i -lt 10 ]; do echo again >> /files/$i/8; i=$((i+1)); done
ARG user_id
USER ${user_id}
"""


def run(setting):
    if os.geteuid() != 0 or not os.path.exists("/bin/busybox"):
        print("needs root and busybox-static")
        return
    directories = max(10, int(1000 * setting.scale))
    root = setting.scratch / "extend"
    _make_root(root, directories)
    rows = []
    for name, binaries in setting.lifecycles().items():
        for file in binaries.iterdir():
            if file.name in ("lifecycle", "extender"):
                shutil.copy(file, root / "cnb/lifecycle" / file.name, follow_symlinks=False)

        def extend():
            shutil.rmtree(root / "kaniko/cache/layers", ignore_errors=True)
            begun = timed(_command(root), _environment())[0]
            return begun

        seconds = in_turn(setting.runs, {"extend": extend})["extend"][0]
        said = subprocess.run(_command(root), env=_environment(), capture_output=True, text=True, check=True).stdout
        shutil.rmtree(root / "kaniko/cache/layers", ignore_errors=True)
        said = subprocess.run(_command(root), env=_environment(), capture_output=True, text=True, check=True).stdout
        rows.append((f"{name}: two RUNs, all of it", f"{seconds * 1000:.0f}"))
        if survey := re.search(r"Surveyed (\d+) files in (\d+) ms", said):
            rows.append((f"{name}: first survey of {int(survey[1]):,} files", survey[2]))
        for number, found in enumerate(re.finditer(r"changes among \d+ files, found in (\d+) ms", said), start=1):
            rows.append((f"{name}: snapshot {number}", found[1]))
    find = ["find", str(root / "files"), "-printf", "%p %m %U %G %s %T@ %C@ %i\n"]
    seconds = in_turn(setting.runs, {"find": lambda: timed(find)[0]})["find"][0]
    rows.append(("find -printf of the same tree", f"{seconds * 1000:.0f}"))
    table(("what", "ms"), rows)


def _make_root(root, directories):
    for name in "bin etc tmp proc dev sys cnb/lifecycle layers/generated/bench workspace platform kaniko/cache/base".split():
        (root / name).mkdir(parents=True)
    shutil.copy("/bin/busybox", root / "bin/busybox")
    for applet in ("sh", "echo", "mount"):
        (root / "bin" / applet).symlink_to("busybox")
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\ncnb:x:1000:1000::/:/bin/sh\n")
    os.mknod(root / "dev/null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    for directory in range(directories):
        path = root / "files" / str(directory)
        path.mkdir(parents=True)
        for file in range(100):
            (path / str(file)).write_bytes(b"x" * 100)
    digest = _layout(root / "kaniko/cache/base")
    (root / "layers/analyzed.toml").write_text(f'[run-image]\nreference = "bench/base@{digest}"\nextend = true\n')
    (root / "layers/group.toml").write_text('[[group-extensions]]\nid = "bench"\nversion = "1"\napi = "0.10"\n')
    (root / "layers/generated/bench/run.Dockerfile").write_text(DOCKERFILE)


def _layout(directory):
    """A layout of an image whose layer is not there, as the restorer leaves it; gives the manifest's digest."""
    new = directory / "new"
    (new / "blobs/sha256").mkdir(parents=True)

    def put(document):
        data = json.dumps(document).encode()
        digest = hashlib.sha256(data).hexdigest()
        (new / "blobs/sha256" / digest).write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    layer = {"digest": "sha256:" + "0" * 64, "size": 1}
    config = put({
        "os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "1" * 64]},
        "config": {"User": "1000:1000", "Env": ["PATH=/bin"]},
    })
    prefix = "application/vnd.oci.image."
    manifest = put({
        "schemaVersion": 2, "mediaType": f"{prefix}manifest.v1+json",
        "config": {"mediaType": f"{prefix}config.v1+json", **config},
        "layers": [{"mediaType": f"{prefix}layer.v1.tar+gzip", **layer}],
    })
    index = {"schemaVersion": 2, "manifests": [{"mediaType": f"{prefix}manifest.v1+json", **manifest}]}
    (new / "index.json").write_text(json.dumps(index))
    (new / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    new.rename(directory / manifest["digest"])
    return manifest["digest"]


def _command(root):
    inside = 'mount -t proc proc "$0/proc"; exec chroot "$0" /cnb/lifecycle/extender -kind run -log-level debug'
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-euc", inside, str(root)]


def _environment():
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "CNB_PLATFORM_API": "0.13", "CNB_EXPERIMENTAL_MODE": "silent"}
