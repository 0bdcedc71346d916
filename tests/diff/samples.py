"""A small chart, and edits of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from openim_charts.diff.packed import PackedChart

SCHEMA: Mapping[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "port": {"type": "integer", "minimum": 1, "default": 80},
        "mode": {"type": "string", "enum": ["fast", "slow"], "default": "fast"},
        "route": {"type": "boolean", "default": True},
        "note": {"allOf": [{"$ref": "#/definitions/text"}], "default": ""},
        "global": {"type": "object", "additionalProperties": False, "properties": {}},
    },
    "definitions": {"text": {"type": "string", "maxLength": 100}},
}

BASE: Mapping[str, str] = {
    "Chart.yaml": (
        "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: v2.3.4\n"
        "kubeVersion: '>=1.31.0-0'\ndescription: A site.\n"
    ),
    "values.yaml": "port: 80\nmode: fast\nroute: true\nnote: ''\nglobal: {}\n",
    "values.schema.json": json.dumps(SCHEMA),
    "README.md": "# web\n",
    "ci/slow-values.yaml": "mode: slow\n",
    "templates/service.yaml": """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-web
  labels: {helm.sh/chart: "web-{{ .Chart.Version }}"}
spec:
  selector: {app: web}
  ports:
    - {name: http, port: {{ .Values.port }}}
    - {name: metrics, port: 9090}
""",
    "templates/deployment.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}-web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1", args: [{{ .Values.mode }}]}]}
""",
    "templates/statefulset.yaml": """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: {{ .Release.Name }}-db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "db:1"}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
""",
    "templates/configmap.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-web}
data:
  site.conf: |
    listen 80
    mode fast
""",
    "templates/secret.yaml": """\
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-web}
data: {password: {{ randAlphaNum 32 | b64enc }}}
""",
    "templates/ingress.yaml": """\
{{- if .Values.route }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: {{ .Release.Name }}-web}
spec: {rules: [{host: web.example.com}]}
{{- end }}
""",
    "templates/test.yaml": """\
apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}-test, annotations: {helm.sh/hook: test}}
spec: {containers: [{name: test, image: "busybox:1"}]}
""",
}


def edited(*edits: tuple[str, str, str]) -> dict[str, str]:
    """The chart with (path, old text, new text) edits; each must hit something."""
    files = dict(BASE)
    for path, old, new in edits:
        assert old in files.get(path, ""), f"{path} has no {old!r}"
        files[path] = files[path].replace(old, new)
    return files


def packed(files: Mapping[str, str]) -> PackedChart:
    return PackedChart({path: text.encode() for path, text in files.items()})
