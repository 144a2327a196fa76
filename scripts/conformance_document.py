"""Writes docs/conformance.md and the pages below docs/conformance: what scripts/conformance has found."""

import pathlib
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "spec-fixtures"
DOCUMENT = ROOT / "docs" / "conformance.md"
PAGES = ROOT / "docs" / "conformance"
MADE = "<!-- Made by scripts/conformance document; changes by hand are lost. -->"

# Page -> its title, and the topics of its statements: how their ids begin. A topic that is not here gets the page of its
# document's first part.
TOPICS = {
    "platform-general": ("Platform: terms, usage and variables", ["platform"]),
    "platform-analyzer": ("Platform: analyzer", ["platform.analyzer", "platform.run-resolution"]),
    "platform-detector": ("Platform: detector", ["platform.detector"]),
    "platform-restorer": ("Platform: restorer", ["platform.restorer"]),
    "platform-extender": ("Platform: extender", ["platform.extender"]),
    "platform-builder": ("Platform: builder", ["platform.builder"]),
    "platform-exporter": ("Platform: exporter", ["platform.exporter", "platform.reproducibility"]),
    "platform-labels": (
        "Platform: labels and the report",
        ["platform.labels", "platform.report", "platform.deprecations", "platform.project-metadata-toml"],
    ),
    "platform-creator": ("Platform: creator", ["platform.creator"]),
    "platform-rebaser": ("Platform: rebaser", ["platform.rebaser"]),
    "platform-launcher": ("Platform: launcher", ["platform.launcher", "platform.launch-environment"]),
    "platform-files": (
        "Platform: files between the phases",
        [
            f"platform.{name}-toml"
            for name in ("analyzed", "group", "metadata", "order", "plan", "run", "stack", "system")
        ],
    ),
    "buildpack-phases": ("Buildpack: interface and phases", ["buildpack"]),
    "buildpack-layers": (
        "Buildpack: layers",
        [
            f"buildpack.{name}"
            for name in ("layer-types", "launch-layers", "build-layers", "cached-layers", "ignored-layers", "reuse", "slices")
        ],
    ),
    "buildpack-environment": (
        "Buildpack: environment",
        [
            f"buildpack.{name}"
            for name in (
                "env", "layer-paths", "platform-env", "layer-env", "env-rules", "append", "default", "delimiter", "override",
                "prepend", "execd", "execd-output",
            )
        ],
    ),
    "buildpack-files": (
        "Buildpack: files",
        [f"buildpack.{name}" for name in ("launch-toml", "build-toml", "descriptor", "targets", "stacks", "sbom")],
    ),
    "buildpack-older-apis": (
        "Buildpack: older APIs",
        [f"buildpack.{name}" for name in ("arguments", "launch-bom", "build-bom", "v07", "v08", "v09")],
    ),
    "image-extension": ("Image extensions", ["extension"]),
    "distribution": ("Distribution", ["distribution"]),
}
RESULTS = ("passed", "failed", "note", "skipped", "not testable")


def escape(text):
    return " ".join(text.replace("|", "\\|").split())


def page_of(clause):
    """The page of a statement: that of its topic, else that of its document."""
    whole, topic = clause["id"].split(".")[0], ".".join(clause["id"].split(".")[:2])
    pages = {name: page for page, (_, topics) in TOPICS.items() for name in topics}
    return pages.get(topic, pages[whole])


def clause_result(clause, by_fixture):
    """One word for a statement: the worst that became of its fixtures."""
    if "fixtures" not in clause:
        return "not testable"
    words = {by_fixture.get(fixture, "skipped") for fixture in clause["fixtures"]}
    return next((word for word in ("failed", "note", "passed") if word in words), "skipped")


def write(api_rows, skipped, mutant_rows, results):
    """Writes all pages.

    `api_rows` has a row a Platform API: its name, and how many cases passed, failed, were noted and were skipped, and the
    seconds; `skipped` says why with the newest; `mutant_rows` are (name, what it does wrong, the fixtures that caught it);
    `results` are statement id -> result.
    """
    clauses = tomllib.loads((FIXTURES / "clauses.toml").read_text())["clause"]
    PAGES.mkdir(exist_ok=True)
    for page in PAGES.glob("*.md"):
        if MADE in page.read_text():
            page.unlink()
    counts = {}
    for page, (title, _) in TOPICS.items():
        mine = [clause for clause in clauses if page_of(clause) == page]
        counts[page] = [sum(results[clause["id"]] == word for clause in mine) for word in RESULTS]
        (PAGES / f"{page}.md").write_text("\n".join(_page(title, mine, results)))
    (PAGES / "mutants.md").write_text("\n".join(_mutants(mutant_rows)))
    DOCUMENT.write_text("\n".join(_summary(clauses, api_rows, skipped, mutant_rows, counts)))
    print(f"wrote {DOCUMENT.relative_to(ROOT)} and {PAGES.relative_to(ROOT)}")


def _summary(clauses, api_rows, skipped, mutant_rows, counts):
    fixtures = sorted(FIXTURES.glob("*/*/*/fixture.toml"))
    tested = [clause for clause in clauses if clause.get("fixtures")]
    caught = sum(1 for _, _, found in mutant_rows if found)
    lines = [
        "# Conformance", "", MADE, "",
        "What `cnb-conformance` says of this lifecycle. The statements are those of `spec-fixtures/clauses.toml`; each names the "
        "fixtures that test it, or says why none can. [spec-fixtures/README.md](../spec-fixtures/README.md) tells how a fixture is "
        "written, and how any other lifecycle is judged; [Where other lifecycles differ](conformance/other-lifecycles.md) what was "
        "found of another one.", "",
        f"{len(fixtures)} fixtures; {len(clauses)} statements, {len(tested)} of them tested, "
        f"{len(clauses) - len(tested)} explained.", "",
        "| Platform API | passed | failed | noted | skipped | seconds |", "|---|---:|---:|---:|---:|---:|",
        *(f"| {' | '.join(map(str, row))} |" for row in api_rows), "",
        f"A fixture with variants counts once for each. Skipped with the newest API: {skipped or 'none'}.", "",
        "## Statements", "",
        "By what became of their fixtures; a statement counts as what is worst.", "",
        f"| page | {' | '.join(RESULTS)} |", "|---|" + "---:|" * len(RESULTS),
        *(
            f"| [{title}](conformance/{page}.md) | {' | '.join(str(count or '') for count in counts[page])} |"
            for page, (title, _) in TOPICS.items()
        ), "",
        "## Mutants", "",
        "A suite that can't fail proves nothing. `scripts/mutants` has lifecycles that do one thing wrong each; every one is to be "
        f"caught by at least one fixture that the real lifecycle passes. [{caught} of {len(mutant_rows)}](conformance/mutants.md) are.",
        "",
    ]
    return lines


def _page(title, clauses, results):
    lines = [f"# {title}", "", MADE, "", "[All pages](../conformance.md)", ""]
    for document in dict.fromkeys(clause["document"] for clause in clauses):
        lines += [f"Statements of {document}:", "", "| statement | | fixtures | result |", "|---|---|---|---|"]
        for clause in clauses:
            if clause["document"] != document:
                continue
            names = clause.get("fixtures", [])
            shown = "<br>".join(f"[{name}](../../spec-fixtures/{name})" for name in names)
            text = f"{escape(clause['text'])} ([{escape(clause['section'])}]({clause['link']}))"
            shown = shown or escape(clause.get("untested", ""))
            lines.append(f"| {text} | {clause['keyword']} | {shown} | {results[clause['id']]} |")
        lines.append("")
    return lines


def _mutants(rows):
    lines = [
        "# Mutants", "", MADE, "", "[All pages](../conformance.md)", "",
        "| mutant | what it does wrong | caught by |", "|---|---|---|",
    ]
    for name, about, found in rows:
        by = f"`{found[0]}`" + (f" and {len(found) - 1} more" if len(found) > 1 else "") if found else "**nothing**"
        lines.append(f"| {name} | {escape(about)} | {by} |")
    return [*lines, ""]
