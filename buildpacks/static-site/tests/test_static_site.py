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
import urllib.error
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
        result = self.run_script("detect")
        self.assertEqual((result.returncode, result.stdout), (100, "no index.html, and no public/index.html\n"))
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
        self.assertEqual(self.get("/"), b"<p>hello")

    def test_a_build_image_without_ldd_will_do(self):
        self.page()
        for tool in ["busybox", "sh", "head", "sed", "grep", "od", "sha256sum", "cut", "readlink", "rm", "mkdir", "cp",
                     "chmod", "cat", "dirname"]:
            (self.bin / tool).symlink_to(shutil.which(tool))
        done = self.run_script("build", PATH=str(self.bin))
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_busybox_that_is_no_program_is_called_that(self):
        self.page()
        (self.bin / "busybox").write_text("#!/bin/sh\n", encoding="utf-8")
        (self.bin / "busybox").chmod(0o755)
        done = self.run_script("build", PATH=f"{self.bin}:{os.environ['PATH']}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is no ELF program", done.stderr)

    def test_names_that_begin_with_a_dot_are_not_served_but_well_known(self):
        self.page()
        self.page("docs")
        for name in [".env", ".git/HEAD", "docs/.htpasswd", "docs/.cache/x", ".well-known/security.txt", "a b.txt"]:
            self.file(name)
        self.assertEqual(
            self.answers("/", "/docs/", "/.env", "/.git/HEAD", "/docs/.htpasswd", "/docs/.cache/x",
                         "/.well-known/security.txt", "/a%20b.txt"),
            [200, 200, 404, 404, 404, 404, 200, 200],
        )
        copied = {str(path.relative_to(self.layers / "site")) for path in (self.layers / "site").rglob("*")}
        self.assertEqual({name for name in copied if "." in (name[0], pathlib.Path(name).name[0])},
                         {".well-known", ".well-known/security.txt"})

    def test_what_project_descriptors_take_out_is_not_served(self):
        for title, descriptor, hidden in [
            ("0.2", '[_]\nschema-version = "0.2"\n[io.buildpacks]\nexclude = [\n  "secret", # why\n  \'*.key\',\n]\n',
             {"/secret/a.txt", "/sub/secret/b.txt", "/sub/x.key"}),
            ("0.1", '[project]\nid = "x"\n[build]\nexclude = ["/secret", "sub/*.key"]\n', {"/secret/a.txt", "/sub/x.key"}),
            ("dotted", 'io.buildpacks.exclude = ["sub/"]\n', {"/sub/secret/b.txt", "/sub/x.key"}),
            ("again", '[io.buildpacks]\nexclude = ["*.txt", "!a.txt"]\n', {"/sub/secret/b.txt"}),
            ("include", '[io.buildpacks]\ninclude = ["index.html", "sub/**"]\n', {"/secret/a.txt"}),
            ("others", '[other]\nexclude = ["secret"]\n[[io.buildpacks.group]]\nid = "x"\n', set()),
        ]:
            with self.subTest(title=title):
                shutil.rmtree(self.app)
                self.page()
                paths = ["/secret/a.txt", "/sub/secret/b.txt", "/sub/x.key", "/index.html"]
                for path in paths:
                    self.file(path[1:])
                (self.app / "project.toml").write_text(descriptor, encoding="utf-8")
                statuses = dict(zip(paths, self.answers(*paths)))
                self.assertEqual({path for path, status in statuses.items() if status != 200}, hidden)

    def test_links_do_not_lead_to_what_is_not_served(self):
        self.page("public")
        self.file("public/v2/page.txt")
        self.file("public/v2/.hidden")
        self.file(".env")
        self.file("notes.txt")
        outside = pathlib.Path(self._directory.name) / "outside.txt"
        outside.write_text("x", encoding="utf-8")
        for name, target in [("latest", "v2"), ("env.txt", "../.env"), ("notes.txt", "../notes.txt"), ("self", "."),
                             ("outside.txt", str(outside)), ("etc", "/etc"), ("gone", "nowhere")]:
            (self.app / "public" / name).symlink_to(target)
        self.assertEqual(
            self.answers("/latest/page.txt", "/latest/.hidden", "/env.txt", "/notes.txt", "/outside.txt", "/etc/passwd",
                         "/gone"),
            [200, 404, 404, 200, 404, 404, 404],
        )

    def test_a_root_with_a_dot_may_be_asked_for(self):
        self.page(".output/public")
        self.file(".output/public/.env")
        self.assertEqual(self.answers("/", "/.env", BP_STATIC_ROOT=".output/public"), [200, 404])

    def test_a_site_without_such_files_is_not_copied(self):
        self.page("public")
        self.file("public/.env")
        self.file("public/.well-known/x")
        self.served()
        self.assertTrue((self.layers / "site").is_dir())
        (self.app / "public" / ".env").unlink()
        self.assertEqual(self.served(), "'public'")
        self.assertEqual([path.name for path in self.layers.glob("site*")], [])

    def file(self, name):
        (self.app / name).parent.mkdir(parents=True, exist_ok=True)
        (self.app / name).write_text("x", encoding="utf-8")

    def answers(self, *paths, **environment):
        """Builds the site, serves it, and gives the status of each path."""
        return [status for status, _ in self.requests(paths, **environment)]

    def get(self, path):
        return self.requests([path])[0][1]

    def requests(self, paths, **environment):
        done = self.run_script("build", **environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        launch = tomllib.loads((self.layers / "launch.toml").read_text(encoding="utf-8"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            launch["processes"][0]["command"],
            cwd=self.app,
            env={"PATH": str(self.layers / "web-server" / "bin"), "PORT": str(port)},
        )
        try:
            return [self.request(port, path) for path in paths]
        finally:
            server.terminate()
            server.wait()

    def request(self, port, path):
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as response:
                    return response.status, response.read()
            except urllib.error.HTTPError as error:
                return error.code, b""
            except OSError:
                time.sleep(0.05)
        self.fail("the server did not answer")


if __name__ == "__main__":
    unittest.main()
