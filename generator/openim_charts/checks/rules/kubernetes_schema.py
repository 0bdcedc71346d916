"""Objects satisfy the schemas of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.rendered import RenderedObject, get
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.findings import Severity
from openim_charts.kubernetes.schemas import KubernetesSchemas
from openim_charts.specs.model import Catalog


class KubernetesSchema(ObjectRule):
    """Strict schemas of all supported minors, and of custom kinds where they are known."""

    id = "kubernetes-schema"
    of_values = Severity.ERROR
    summary = "Every object satisfies the strict schema of its kind in each supported Kubernetes."
    rationale = (
        "An unknown field is dropped by the API server without a word, and a wrong type stops an "
        "installation half-way. Beyond the published schemas this checks quantities, enums such "
        "as imagePullPolicy, ports, and the syntax of names and labels."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:
        schemas = KubernetesSchemas.load()
        versions = [v for v in catalog.repository.kubernetes if v in schemas.minors]
        found = schemas.validate_all(versions, obj.data)
        if found is None:
            if _is_builtin(obj.api_version):
                message = f"there is no kind {obj.kind!r} in {obj.api_version!r}"
                yield Problem(message, obj, ("kind",))
            return
        for version, (path, message) in found:
            if path and get(obj.data, *path) is None:
                continue  # a null, which the rule zero-values reports
            since = "" if version == versions[0] else f" (from Kubernetes {version})"
            yield Problem(message + since, obj, path)


def _is_builtin(api_version: str) -> bool:
    group = api_version.rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")
