"""A real registry in a process of its own, and images that are put into it by hand."""

import contextlib
import gzip
import hashlib
import http.client
import io
import json
import socket
import subprocess
import tarfile
import time

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


class Address(str):
    """`127.0.0.1:port` of a registry, and the process that answers there."""

    pid = 0


@contextlib.contextmanager
def running(directory):
    """Starts Debian's docker-registry on a free port; gives its `Address`."""
    directory.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = Address(f"127.0.0.1:{probe.getsockname()[1]}")
    config = directory / "config.yml"
    config.write_text(
        f"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n"
        f"storage: {{filesystem: {{rootdirectory: {directory}/data}}}}\nhttp: {{addr: {address}}}\n"
    )
    process = subprocess.Popen(
        ["docker-registry", "serve", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address.pid = process.pid
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                request(address, "GET", "/v2/")
                break
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait()


def request(address, method, path, body=None, headers=None):
    """One request; gives (status, headers, body)."""
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    answer = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return answer


def push_blob(address, repository, content):
    """Uploads a blob; gives its digest."""
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    _, headers, _ = request(address, "POST", f"/v2/{repository}/blobs/uploads/")
    location = headers["Location"].split(address, 1)[1]
    separator = "&" if "?" in location else "?"
    status, _, answer = request(address, "PUT", f"{location}{separator}digest={digest}", content)
    if status != 201:
        raise RuntimeError(f"upload to {repository}: {status} {answer}")
    return digest


def push_run_image(address, repository, text):
    """Pushes a run image with one small layer whose only file holds the text; gives its reference."""
    config, layer = run_image(text)
    push_image(address, repository, "latest", config, [(layer, push_blob(address, repository, layer))])
    return f"{address}/{repository}:latest"


def run_image(text):
    """The config and the only layer, compressed, of a run image whose only file holds the text."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        entry = tarfile.TarInfo("etc/release")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text.encode()))
    layer = gzip.compress(raw.getvalue(), mtime=0)
    config = {
        "architecture": "amd64",
        "os": "linux",
        "created": "2026-01-01T00:00:00Z",
        "config": {
            "Env": ["PATH=/usr/bin:/bin"],
            "User": "1000:1000",
            "Labels": {
                "io.buildpacks.base.distro.name": "debian",
                "io.buildpacks.base.distro.version": "12",
                "io.buildpacks.stack.id": "bench.stack",
            },
        },
        "history": [{"created": "2026-01-01T00:00:00Z"}],
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(raw.getvalue()).hexdigest()]},
    }
    return config, layer


def push_image(address, repository, tag, config, layers):
    """Pushes a config and a manifest for layers, given as (content, digest), that are there already."""
    raw = json.dumps(config).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": len(raw),
            "digest": push_blob(address, repository, raw),
        },
        "layers": [
            {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": len(content), "digest": digest}
            for content, digest in layers
        ],
    }
    put_manifest(address, repository, tag, manifest)


def put_manifest(address, repository, tag, manifest):
    """Uploads a manifest under a tag."""
    status, _, answer = request(
        address, "PUT", f"/v2/{repository}/manifests/{tag}", json.dumps(manifest), {"Content-Type": MANIFEST}
    )
    if status != 201:
        raise RuntimeError(f"manifest of {repository}: {status} {answer}")


def manifest(address, repository, tag="latest"):
    """The manifest of an image, parsed."""
    accept = f"{MANIFEST}, application/vnd.oci.image.manifest.v1+json"
    status, _, body = request(address, "GET", f"/v2/{repository}/manifests/{tag}", headers={"Accept": accept})
    if status != 200:
        raise RuntimeError(f"manifest of {repository}:{tag}: {status}")
    return json.loads(body)


def blob(address, repository, digest):
    """The content of a blob."""
    return request(address, "GET", f"/v2/{repository}/blobs/{digest}")[2]
