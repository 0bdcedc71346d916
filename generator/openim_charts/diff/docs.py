"""docs/versioning.md, from the same table as the code."""

from __future__ import annotations

from openim_charts.diff.kinds import KINDS

_HEAD = """\
# Versions of charts

Charts follow [Semantic Versioning](https://semver.org/): the step from one version to the next
says what an upgrade asks of you. `openim-charts diff BASE` finds what changed between two states
of a chart and says the smallest step that is honest; `openim-charts lint --base BASE` fails where
a spec declares a smaller one. `BASE` is a Git revision, the URL or folder of a published
repository, or a folder with archives.

The comparison is that of a user who upgrades and keeps the values: the default values, each values
file in the older chart's `ci/` and each preset are rendered by both versions, and the values
schemas are compared key by key. Labels that every release changes, and values that are generated
anew at each rendering, do not count.

The largest step among the changes decides. Before 1.0.0 a breaking change asks for a minor step,
and everything else for a patch. After a pre-release any newer version will do.

<!-- Generated from openim_charts/diff/kinds.py; edit that file. -->

| change | step | when | what users notice |
| --- | --- | --- | --- |
"""
_TAIL = """
Nothing changed but the version: no step is needed.

Fields that Kubernetes does not let change come with the way out, which belongs in the chart's
`notes`. `openim-charts diff BASE --changes` prints `changes` entries for the specs, `--changelog`
lines for CHANGELOG.md; edit both so that they say what a user wants to know.
"""


def versioning() -> str:
    """The document, in Markdown."""
    rows = (
        f"| {kind.heading} | {kind.step} | {kind.what} | {kind.why} |\n" for kind in KINDS.values()
    )
    return _HEAD + "".join(rows) + _TAIL
