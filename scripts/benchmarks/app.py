"""An app whose build is already done: the directories and files that an exporter or restorer reads."""

import contextlib
import copy
import os
import shutil

from . import layout
from .measure import timed


class BuiltApp:
    """Layers, app directory and metadata files below a directory, for phases of any lifecycle."""

    def __init__(self, directory, run_image):
        self.directory = directory
        self.layers = directory / "layers"
        self.app = directory / "workspace"
        self.run_image = run_image
        self.layouts = None
        self.platform = directory / "platform"
        for path in (self.layers / "config", self.app, self.platform / "env"):
            path.mkdir(parents=True)
        (self.app / "main").write_text("the app\n")
        (self.layers / "config" / "metadata.toml").write_text(
            '[[buildpacks]]\n  id = "bench/one"\n  version = "1"\n  api = "0.12"\n\n'
            '[[processes]]\n  type = "web"\n  command = ["/workspace/main"]\n  buildpack-id = "bench/one"\n'
        )
        (directory / "group.toml").write_text('[[group]]\n  id = "bench/one"\n  version = "1"\n  api = "0.12"\n')
        (directory / "run.toml").write_text(f'[[images]]\n  image = "{run_image}"\n')

    def layer(self, name):
        """The directory of a layer that goes into the image and into the cache."""
        directory = self.layers / "bench_one" / name
        directory.parent.mkdir(exist_ok=True)
        directory.with_name(f"{name}.toml").write_text("[types]\nlaunch = true\ncache = true\n")
        return directory

    def environment(self, **more):
        """What all phases get; the owner of files is left as it is."""
        if self.layouts:
            more |= {"CNB_USE_LAYOUT": "true", "CNB_LAYOUT_DIR": str(self.layouts), "CNB_EXPERIMENTAL_MODE": "quiet"}
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory),
            "CNB_PLATFORM_API": "0.13",
            "CNB_USER_ID": "0",
            "CNB_GROUP_ID": "0",
            "CNB_RUN_PATH": str(self.directory / "run.toml"),
            **more,
        }

    def analyze(self, binaries, reference="bench.example/app"):
        """Writes analyzed.toml: what the last build left in the registry, if anything."""
        self._phase(
            binaries, "analyzer", "-analyzed", self.directory / "analyzed.toml", "-layers", self.layers,
            "-run-image", self.run_image, reference,
        )

    def export_command(self, binaries, reference="bench.example/app", cache=None):
        """The exporter's command line."""
        arguments = [
            binaries / "exporter", "-analyzed", self.directory / "analyzed.toml", "-group", self.directory / "group.toml",
            "-layers", self.layers, "-app", self.app, "-launcher", binaries / "launcher",
            "-report", self.directory / "report.toml", "-project-metadata", self.directory / "project-metadata.toml",
        ]
        if cache:
            arguments += ["-cache-dir", cache]
        return [str(a) for a in [*arguments, reference]]

    def restore_command(self, binaries, cache):
        """The restorer's command line."""
        arguments = [
            binaries / "restorer", "-analyzed", self.directory / "analyzed.toml", "-group", self.directory / "group.toml",
            "-layers", self.layers, "-cache-dir", cache,
        ]
        return [str(a) for a in arguments]

    @contextlib.contextmanager
    def in_layout(self, directory):
        """The same app, with its images in OCI layouts below a directory that lasts as long as the context."""
        app = copy.copy(self)
        app.layouts = directory
        app.run_image = "bench.example/run"
        layout.write_run_image(directory / "bench.example" / "run" / "latest", "1")
        runs = self.directory / "run.toml"
        kept = runs.read_text()
        runs.write_text(f'[[images]]\n  image = "{app.run_image}"\n')
        try:
            yield app
        finally:
            runs.write_text(kept)
            shutil.rmtree(directory)

    def forget_layers(self):
        """Empties the layers directory, as a new container does."""
        shutil.rmtree(self.layers / "bench_one")

    def _phase(self, binaries, name, *arguments):
        timed([str(binaries / name), *map(str, arguments)], self.environment())
