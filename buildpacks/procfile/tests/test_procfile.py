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
        result = self.run_script("detect")
        self.assertEqual((result.returncode, result.stdout), (100, "no Procfile\n"))
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
            (b"\xef\xbb\xbfa: byte order mark", "byte order mark"),
            (b"\xef\xbb\xbf# a comment after the mark\r\n\r\na: x\r\n", "x"),
            (b"  a: indented", "indented"),
            (b"\ta: indented by a tab\r\n", "indented by a tab"),
            (b"a : white space before the colon", "white space before the colon"),
            (b"a:\tx \t\r\n", "x"),
            (b" \t\r\n   # an indented comment\n\na: x\n\n", "x"),
        ]:
            with self.subTest(procfile=procfile):
                self.assertEqual(self.build(procfile), [("a", ["sh", "-c", command], False)])

    def test_types_may_have_all_characters_that_the_specification_allows(self):
        for kind in ["web", "Worker_2", "release.v1", "1st", "a-b", "-", "true"]:
            with self.subTest(kind=kind):
                self.assertEqual(self.build(f"{kind}: x\n".encode())[0][0], kind)

    def test_the_port_is_8080_where_the_platform_sets_none(self):
        self.build(b"web: serve --port $PORT\n")
        self.assertEqual((self.layers / "port" / "env.launch" / "PORT.default").read_text(), "8080")
        types = tomllib.loads((self.layers / "port.toml").read_text(encoding="utf-8"))["types"]
        self.assertEqual(types, {"launch": True})

    def test_a_procfile_without_process_types_leaves_no_layer(self):
        self.build(b"web: serve\n")
        self.assertEqual(self.build(b"# nothing\n"), [])
        self.assertEqual([path.name for path in self.layers.iterdir()], ["launch.toml"])

    def test_lines_that_cannot_be_used_are_named(self):
        for procfile, complaint in [
            (b"web serve", "line 1: expected 'type: command', found 'web serve'"),
            (b"\nmy web: serve", "line 2: 'my web' is no process type"),
            (b"web:", "line 1: the process type 'web' has no command"),
            (b"web: a\nweb: b", "line 2: the process type 'web' is there twice"),
            (b"web: a\r\n\r\n\r\nweb: b", "line 4: the process type 'web' is there twice"),
            (b"web\xc2\xa0: serve", "line 1: 'web<U+00A0>' is no process type"),
            (b"we\xe2\x80\x8bb: serve", "line 1: 'we<U+200B>b' is no process type"),
            (b"a: x\n\xef\xbb\xbfweb: serve", "line 2: '<U+FEFF>web' is no process type"),
            (b"my\tweb: serve", "line 1: 'my<U+0009>web' is no process type"),
            ("gr\u00fcn: x".encode(), "line 1: 'gr\u00fcn' is no process type"),
            (b"web: a\x1b[1m", "line 1: the command has a control character: 'a<U+001B>[1m'"),
            ("web: a\n".encode("utf-16"), "NUL bytes"),
        ]:
            with self.subTest(procfile=procfile):
                self.assertIn(complaint, self.build(procfile))


if __name__ == "__main__":
    unittest.main()
