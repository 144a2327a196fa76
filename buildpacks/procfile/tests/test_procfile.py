"""Runs the buildpack's bin/detect and bin/build on small apps, as a lifecycle would."""

import os
import pathlib
import subprocess
import tempfile
import tomllib
import unittest

BUILDPACK = pathlib.Path(__file__).resolve().parent.parent


class ProcfileBuildpackTests(unittest.TestCase):
    def setUp(self):
        self._directory = tempfile.TemporaryDirectory()
        self.addCleanup(self._directory.cleanup)
        root = pathlib.Path(self._directory.name)
        self.app, self.layers = root / "app", root / "layers"
        self.app.mkdir()
        self.layers.mkdir()

    def run_script(self, name):
        return subprocess.run(
            [str(BUILDPACK / "bin" / name)],
            cwd=self.app,
            env=os.environ | {"CNB_LAYERS_DIR": str(self.layers)},
            capture_output=True,
            text=True,
        )

    def build(self, procfile):
        (self.app / "Procfile").write_bytes(procfile)
        done = self.run_script("build")
        if done.returncode != 0:
            return done.stderr
        launch = tomllib.loads((self.layers / "launch.toml").read_text(encoding="utf-8"))
        return [(p["type"], p["command"], p.get("default", False)) for p in launch.get("processes", [])]

    def test_detect_looks_for_a_procfile(self):
        self.assertEqual(self.run_script("detect").returncode, 100)
        (self.app / "Procfile").touch()
        self.assertEqual(self.run_script("detect").returncode, 0)

    def test_each_line_becomes_a_process_and_web_is_the_default(self):
        self.assertEqual(
            self.build(b"# what runs\nweb: serve --port $PORT\n\nworker: work | tee log\n"),
            [
                ("web", ["sh", "-c", "serve --port $PORT"], True),
                ("worker", ["sh", "-c", "work | tee log"], False),
            ],
        )

    def test_odd_lines_are_taken_as_they_are_meant(self):
        for procfile, command in [
            (b'a: say "hi"', 'say "hi"'),
            (b"a: back\\slash", "back\\slash"),
            (b"a:tab\there", "tab\there"),
            (b"a: url http://example.org:80/", "url http://example.org:80/"),
            (b"a: windows\r\n", "windows"),
            ("a: gr\u00fc\u00dfe".encode(), "gr\u00fc\u00dfe"),
            (b"a: no newline at the end", "no newline at the end"),
        ]:
            with self.subTest(procfile=procfile):
                self.assertEqual(self.build(procfile), [("a", ["sh", "-c", command], False)])

    def test_lines_that_cannot_be_used_are_named(self):
        for procfile, complaint in [
            (b"web serve", "line 1: expected 'type: command', found 'web serve'"),
            (b"\nmy web: serve", "line 2: 'my web' is no process type"),
            (b"web:", "line 1: the process type 'web' has no command"),
            (b"web: a\nweb: b", "line 2: the process type 'web' is there twice"),
        ]:
            with self.subTest(procfile=procfile):
                self.assertIn(complaint, self.build(procfile))


if __name__ == "__main__":
    unittest.main()
