"""How fast TOML is parsed, next to Python's tomllib."""

import time
import tomllib

from .measure import in_turn, table, timed


def generate(megabytes):
    """A document with all kinds of values, about so many megabytes long."""
    block = """
[[package]]
name = "package-{0}"
version = "1.{0}.0"
description = "Something with \\"escapes\\", a tab\\t and a snowman \\u2603"
checksum = "8f5a2b3c4d5e6f708192a3b4c5d6e7f80192a3b4c5d6e7f80192a3b4c5d6e7f8"
size = {0}
ratio = {0}.25
enabled = true
published = 2026-01-02T03:04:05Z
dependencies = ["one-{0}", "two-{0}", "three-{0}"]
features = {{ default = ["std"], std = [], extra = {{ level = {0} }} }}

  [package.metadata]
  "quoted key" = 'a literal string'
  text = '''
several
lines
'''
"""
    size = len(block.format(100000))
    return "".join(block.format(i) for i in range(int(megabytes * 1_000_000 / size) + 1)).encode()


def run(setting):
    document = generate(40 * setting.scale)
    path = setting.scratch / "large.toml"
    path.write_bytes(document)
    decoder = setting.binaries / "toml-test-decoder"

    def ours():
        return timed(f"'{decoder}' -check <'{path}'", shell=True)[0]

    def python():
        text = path.read_text(encoding="utf-8")
        begin = time.perf_counter()
        tomllib.loads(text)
        return time.perf_counter() - begin

    medians = in_turn(max(1, setting.runs // 2), {"slipway (whole process)": ours, "Python's tomllib": python})
    base = medians["Python's tomllib"][0]
    table(
        ("parser", "MB/s", "times as fast as tomllib"),
        [(name, f"{len(document) / 1e6 / s:.1f}", f"{base / s:.1f}") for name, (s, _) in medians.items()],
    )
