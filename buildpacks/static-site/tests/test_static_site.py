"""Runs the buildpack's bin/detect and bin/build on small sites, as a lifecycle would, and serves one."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import tomllib
import unittest
import urllib.request

BUILDPACK = pathlib.Path(__file__).resolve().parent.parent


class StaticSiteBuildpackTests(unittest.TestCase):
    def setUp(self):
        self._directory = tempfile.TemporaryDirectory()
        self.addCleanup(self._directory.cleanup)
        root = pathlib.Path(self._directory.name)
        self.app, self.layers, self.bin = root / "app", root / "layers", root / "bin"
        for directory in (self.app, self.layers, self.bin):
            directory.mkdir()

    def run_script(self, name, **environment):
        return subprocess.run(
            [str(BUILDPACK / "bin" / name)],
            cwd=self.app,
            env=os.environ | {"CNB_LAYERS_DIR": str(self.layers)} | environment,
            capture_output=True,
            text=True,
        )

    def page(self, directory="."):
        (self.app / directory).mkdir(parents=True, exist_ok=True)
        (self.app / directory / "index.html").write_text("<p>hello", encoding="utf-8")

    def served(self, **environment):
        done = self.run_script("build", **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        launch = tomllib.loads((self.layers / "launch.toml").read_text(encoding="utf-8"))
        return launch["processes"][0]["command"][-1].split("-h ")[1]

    def test_detect_wants_a_page(self):
        self.assertEqual(self.run_script("detect").returncode, 100)
        self.page("docs")
        self.assertEqual(self.run_script("detect").returncode, 100)
        self.assertEqual(self.run_script("detect", BP_STATIC_ROOT="docs").returncode, 0)
        self.assertIn("there is no 'dcos/index.html'", self.run_script("detect", BP_STATIC_ROOT="dcos").stderr)
        self.page()
        self.assertEqual(self.run_script("detect").returncode, 0)

    def test_public_is_served_before_the_app_directory(self):
        self.page()
        self.assertEqual(self.served(), "'.'")
        self.page("public")
        self.assertEqual(self.served(), "'public'")
        self.page("docs")
        self.assertEqual(self.served(BP_STATIC_ROOT="docs"), "'docs'")

    def test_a_directory_that_would_need_quoting_is_refused(self):
        self.page("it's")
        done = self.run_script("build", BP_STATIC_ROOT="it's")
        self.assertEqual(done.returncode, 1)
        self.assertIn("only letters", done.stderr)

    def test_the_server_is_reused_when_only_its_metadata_is_there(self):
        self.page()
        self.assertIn("Contributing", self.run_script("build").stdout)
        shutil.rmtree(self.layers / "web-server")
        self.assertIn("Reusing", self.run_script("build").stdout)
        self.assertFalse((self.layers / "web-server").exists(), "the files stay in the previous image")

    def test_a_dynamic_busybox_is_refused(self):
        self.page()
        shutil.copy("/bin/ls", self.bin / "busybox")
        done = self.run_script("build", PATH=f"{self.bin}:{os.environ['PATH']}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("dynamically linked", done.stderr)

    def test_the_bill_of_materials_names_the_server(self):
        self.page()
        self.run_script("build")
        sbom = json.loads((self.layers / "web-server.sbom.cdx.json").read_text(encoding="utf-8"))
        self.assertEqual(sbom["bomFormat"], "CycloneDX")
        self.assertEqual([c["name"] for c in sbom["components"]], ["busybox"])

    def test_the_process_serves_the_page(self):
        self.page()
        self.run_script("build")
        launch = tomllib.loads((self.layers / "launch.toml").read_text(encoding="utf-8"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            launch["processes"][0]["command"],
            cwd=self.app,
            env={"PATH": str(self.layers / "web-server" / "bin"), "PORT": str(port)},
        )
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as response:
                    self.assertEqual(response.read(), b"<p>hello")
                    return
            except OSError:
                time.sleep(0.05)
        self.fail("the server did not answer")


if __name__ == "__main__":
    unittest.main()
