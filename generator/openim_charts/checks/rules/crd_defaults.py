"""Objects of custom kinds carry what their schema defaults."""

from __future__ import annotations

import json
from collections.abc import Iterator

from openim_charts.checks.rendered import RenderedObject
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.kubernetes.schemas import KubernetesSchemas
from openim_charts.specs.model import Catalog


class CrdDefaults(ObjectRule):
    """Defaults of published CustomResourceDefinitions, where fields around them are rendered."""

    id = "crd-defaults"
    summary = "A field that a CustomResourceDefinition has a default for is rendered."
    rationale = (
        "The API server writes the default into the object, so it differs from what was applied: "
        "Argo CD shows such an object as out of sync for ever, since it knows the defaults of "
        "Kubernetes' own kinds only."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        for path, default, there in KubernetesSchemas.load().defaults(obj.data):
            if not there:
                message = f"lacks {path[-1]}, whose default is {json.dumps(default)}; render it"
                yield Problem(message, obj, path[:-1])
