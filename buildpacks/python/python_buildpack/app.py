"""What can be told of a Python app from its files, without running any of them."""

import ast
import pathlib
import re
import tomllib

# The names that WSGI servers and Flask look for, in the order in which they are tried.
WSGI_FILES = ("wsgi.py", "app.py", "application.py", "main.py")
WSGI_NAMES = ("application", "app")
SCRIPTS = ("main.py", "app.py", "server.py")
# The files by which an app is known as one of Python, each once.
SIGNS = tuple(dict.fromkeys(("requirements.txt", "pyproject.toml", "manage.py", *WSGI_FILES, *SCRIPTS)))


class PythonApp:
    """An app directory, seen as a Python app."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)

    def is_python(self):
        """Says whether there is anything here that this buildpack could build or start."""
        return any((self.directory / name).is_file() for name in SIGNS)

    def requirement_files(self):
        """The files that decide which packages are installed; they make the key for reuse."""
        return [f for name in ("requirements.txt", "pyproject.toml") if (f := self.directory / name).is_file()]

    def pip_arguments(self):
        """What to ask pip for; empty where the app has no dependencies.

        requirements.txt wins, since it is what people pin. A pyproject.toml with a build system is installed as a
        package, one without only names its dependencies.
        """
        if (self.directory / "requirements.txt").is_file():
            return ["--requirement", "requirements.txt"]
        project = self._pyproject()
        if "build-system" in project:
            return ["."]
        return list(project.get("project", {}).get("dependencies", []))

    def django_module(self):
        """The dotted name of a Django project's WSGI module, as `site.wsgi`, or None."""
        if not (self.directory / "manage.py").is_file():
            return None
        found = sorted(self.directory.glob("*/wsgi.py"))
        return f"{found[0].parent.name}.wsgi" if found else None

    def wsgi_app(self):
        """The `module:name` of a WSGI app that is assigned at the top level of one of the usual files, or None."""
        for file in (self.directory / name for name in WSGI_FILES):
            names = _top_level_names(file) if file.is_file() else set()
            for name in WSGI_NAMES:
                if name in names:
                    return f"{file.stem}:{name}"
        return None

    def script(self):
        """The file name of a plain script that starts the app, or None."""
        return next((name for name in SCRIPTS if (self.directory / name).is_file()), None)

    def procfile_types(self):
        """The process types that the Procfile names, None where there is no Procfile; what they run is not looked at."""
        path = self.directory / "Procfile"
        if not path.is_file():
            return None
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        return re.findall(r"(?m)^[ \t]*([A-Za-z0-9._-]+)[ \t]*:", text)

    def _pyproject(self):
        path = self.directory / "pyproject.toml"
        if not path.is_file():
            return {}
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"pyproject.toml can't be read: {error}") from error


def _top_level_names(file):
    """The names that a module's top level assigns or defines; none where it does not parse."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return set()
    names = set()
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            names.update(t.id for t in statement.targets if isinstance(t, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names.add(statement.target.id)
        elif isinstance(statement, ast.FunctionDef):
            names.add(statement.name)
    return names
