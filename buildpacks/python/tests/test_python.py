"""Runs the buildpack's bin/detect and bin/build on small apps, as a lifecycle would."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import tomllib
import unittest

BUILDPACK = pathlib.Path(__file__).resolve().parent.parent
# A package that pip can install without a network.
PROJECT = '[project]\nname = "greeter"\nversion = "1.2"\n\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
BACKEND = '''
import zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "greeter-1.2-py3-none-any.whl"
    info = "greeter-1.2.dist-info/"
    with zipfile.ZipFile(f"{directory}/{name}", "w") as wheel:
        wheel.writestr("greeter.py", "WORD = 'hello'")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: greeter\\nVersion: 1.2\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
'''


class PythonBuildpackTests(unittest.TestCase):
    def setUp(self):
        self._directory = tempfile.TemporaryDirectory()
        self.addCleanup(self._directory.cleanup)
        root = pathlib.Path(self._directory.name)
        self.app, self.layers, self.plan = root / "app", root / "layers", root / "plan.toml"
        self.app.mkdir()
        self.layers.mkdir()

    def write(self, files):
        for name, text in files.items():
            path = self.app / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run_script(self, name):
        environment = os.environ | {
            "CNB_BUILDPACK_DIR": str(BUILDPACK),
            "CNB_BUILD_PLAN_PATH": str(self.plan),
            "CNB_LAYERS_DIR": str(self.layers),
        }
        return subprocess.run(
            [sys.executable, str(BUILDPACK / "bin" / name)], cwd=self.app, env=environment, capture_output=True, text=True
        )

    def build(self):
        done = self.run_script("build")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stdout

    def server(self):
        return str(self.layers / "runtime" / "serve_wsgi.py")

    def processes(self):
        launch = tomllib.loads((self.layers / "launch.toml").read_text(encoding="utf-8"))
        return {p["type"]: p for p in launch.get("processes", [])}

    def test_an_app_without_python_is_not_for_this_buildpack(self):
        self.write({"index.html": "<p>"})
        result = self.run_script("detect")
        self.assertEqual(result.returncode, 100)
        self.assertIn("none of requirements.txt, pyproject.toml,", result.stdout)

    def test_detect_provides_and_requires_its_plan_entry(self):
        self.write({"main.py": ""})
        self.assertEqual(self.run_script("detect").returncode, 0)
        plan = tomllib.loads(self.plan.read_text(encoding="utf-8"))
        self.assertEqual(plan["provides"], [{"name": "python-packages"}])
        self.assertEqual(plan["requires"], [{"name": "python-packages"}])

    def test_a_script_becomes_the_default_process(self):
        self.write({"main.py": "print('hello')"})
        self.build()
        self.assertEqual(self.processes()["web"]["command"], ["python3", "main.py"])
        self.assertTrue(self.processes()["web"]["default"])

    def test_a_wsgi_app_is_served_by_the_small_server(self):
        self.write({"app.py": "def app(environ, start_response): ..."})
        self.build()
        self.assertEqual(self.processes()["web"]["command"], ["python3", self.server(), "app:app"])
        self.assertTrue(pathlib.Path(self.server()).is_file())

    def test_django_comes_before_a_plain_script(self):
        self.write({"manage.py": "", "main.py": "", "shop/wsgi.py": "application = None"})
        self.build()
        self.assertEqual(self.processes()["web"]["command"], ["python3", self.server(), "shop.wsgi:application"])
        self.assertIn("manage", self.processes())

    def test_the_port_is_8080_where_the_platform_sets_none(self):
        self.write({"main.py": ""})
        self.build()
        self.assertEqual((self.layers / "runtime" / "env.launch" / "PORT.default").read_text(), "8080")

    def test_an_empty_port_is_no_port(self):
        self.write({"app.py": "def app(environ, start_response): ..."})
        self.build()
        # Port 8080 may be taken on this machine, so nothing listens: what would is only asked for its port.
        trace = (
            "import os, runpy, sys, wsgiref.simple_server as s\n"
            "def make(host, port, *rest, **options): print(port); sys.exit()\n"
            "s.make_server = make\n"
            "sys.argv = sys.argv[1:]\n"
            "runpy.run_path(sys.argv[0], run_name='__main__')\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", trace, self.server(), "app:app"],
            cwd=self.app, env=os.environ | {"PORT": ""}, capture_output=True, text=True,
        )
        self.assertEqual(done.stdout, "8080\n", done.stderr)

    def test_what_is_said_without_a_process_type_depends_on_the_procfile(self):
        self.write({"requirements.txt": "# nothing\n"})
        self.assertIn("name one in a Procfile", self.build())
        self.write({"Procfile": "# nothing\n"})
        self.assertIn("the Procfile names none", self.build())
        self.write({"Procfile": "\ufeffweb: python3 serve.py\n  worker : python3 work.py\n"})
        said = self.build()
        self.assertIn("the Procfile names: web, worker", said)
        self.assertNotIn("No process type:", said)

    def test_a_project_is_installed_and_listed(self):
        self.write({"pyproject.toml": PROJECT, "backend.py": BACKEND, "main.py": ""})
        self.build()
        python = self.layers / "packages" / "bin" / "python"
        said = subprocess.run([python, "-c", "import greeter; print(greeter.WORD)"], capture_output=True, text=True)
        self.assertEqual(said.stdout, "hello\n")
        types = tomllib.loads((self.layers / "packages.toml").read_text(encoding="utf-8"))["types"]
        self.assertEqual(types, {"build": True, "cache": True, "launch": True})
        sbom = json.loads((self.layers / "packages.sbom.cdx.json").read_text(encoding="utf-8"))
        self.assertIn(("greeter", "1.2"), [(c["name"], c["version"]) for c in sbom["components"]])
        self.assertEqual(list((self.layers / "packages").rglob("*.pyc")), [], "bytecode makes layers differ")

    def test_packages_are_reused_until_the_requirements_change(self):
        self.write({"requirements.txt": "# nothing\n", "main.py": ""})
        self.assertIn("Installing packages", self.build())
        self.assertIn("Reusing the installed packages", self.build())
        self.write({"requirements.txt": "# still nothing\n"})
        self.assertIn("Installing packages", self.build())

    def test_packages_are_installed_anew_where_the_cache_lost_them(self):
        self.write({"requirements.txt": "# nothing\n", "main.py": ""})
        self.build()
        (self.layers / "packages" / "bin" / "python").unlink()
        self.assertIn("Installing packages", self.build())

    def test_a_pyproject_that_does_not_parse_is_named(self):
        self.write({"pyproject.toml": "[project", "main.py": ""})
        done = self.run_script("build")
        self.assertEqual(done.returncode, 1)
        self.assertIn("pyproject.toml can't be read", done.stderr)

    def test_a_requirement_that_does_not_exist_fails_the_build(self):
        self.write({"requirements.txt": "./no-such-directory\n"})
        done = self.run_script("build")
        self.assertEqual(done.returncode, 1)
        self.assertIn("failed to install the packages", done.stderr)


if __name__ == "__main__":
    unittest.main()
