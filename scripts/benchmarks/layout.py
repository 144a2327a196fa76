"""Images in OCI layouts, written by hand."""

import hashlib
import json

from . import registry


def write_run_image(directory, text):
    """Writes a run image with one small layer whose only file holds the text, as the only image of a layout."""
    config, layer = registry.run_image(text)
    blobs = directory / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def write(content, media_type):
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {"mediaType": f"application/vnd.oci.image.{media_type}", "digest": f"sha256:{digest}", "size": len(content)}

    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": write(json.dumps(config).encode(), "config.v1+json"),
        "layers": [write(layer, "layer.v1.tar+gzip")],
    }
    entry = write(json.dumps(manifest).encode(), "manifest.v1+json")
    (directory / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (directory / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
