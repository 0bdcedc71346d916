"""First files of a feature and of a rule, valid as they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping

from openim_charts.findings import UserError

EXAMPLES = "generator/openim_charts/checks/data/findings.yaml"

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FEATURE = {
    "feature.yaml": """\
description: What charts with @NAME@ can do, in one line.
order: 700
requires: [naming]
""",
    "values.yaml": """\
@KEY@:
  type: object
  description: What @NAME@ makes.
  properties:
    enabled: {type: boolean, default: false, description: Make the ConfigMap of @NAME@.}
""",
    "ci.yaml": """\
@NAME@:
  @KEY@: {enabled: true}
""",
    "templates/@NAME@.yaml": """\
{{- if .Values.@KEY@.enabled }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "[[ prefix ]].joined" (list (include "[[ prefix ]].fullname" .) "@NAME@") }}
  namespace: {{ include "[[ prefix ]].namespace" . }}
  {{- include "[[ prefix ]].metadata" (list .) | nindent 2 }}
data:
  about: What the pods need of @NAME@.
{{- end }}
""",
}
_RULE = '''\
"""What every object must have or must not have."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.rendered import RenderedObject
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.specs.model import Catalog


class @CLASS@(ObjectRule):
    """Objects without a name."""

    id = "@NAME@"
    summary = "Every object has a name."
    rationale = "What goes wrong for users where the rule is broken, in a sentence."

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        if not obj.name:
            yield Problem("it has no name; give it one", obj, ("metadata", "name"))
'''
_EXAMPLES = """
@NAME@:
  wrong: |
    metadata: {labels: {app: web}}
  right: |
    metadata: {name: web}
"""


def feature_files(name: str) -> Mapping[str, str]:
    """Texts of a new feature by path below its folder. UserError when it cannot be called so."""
    return {_filled(path, name): _filled(text, name) for path, text in _FEATURE.items()}


def rule_files(name: str) -> tuple[str, str, str]:
    """Path and text of a new rule, and its entry of EXAMPLES. UserError for its name."""
    path = _filled(f"generator/openim_charts/checks/rules/{name.replace('-', '_')}.py", name)
    return path, _filled(_RULE, name), _filled(_EXAMPLES, name)


def _filled(text: str, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise UserError(f"'{name}' cannot be a name: write words of small letters, joined by '-'")
    first, *others = name.split("-")
    words = {
        "NAME": name,
        "KEY": first + "".join(map(str.capitalize, others)),
        "CLASS": "".join(map(str.capitalize, (first, *others))),
    }
    return re.sub("@([A-Z]+)@", lambda match: words[match[1]], text)
