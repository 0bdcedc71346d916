"""Small charts with what Helm engines could disagree about."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping


def pack(name: str, files: Mapping[str, str]) -> bytes:
    """A chart archive of ``files`` (paths inside the chart)."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for path, text in files.items():
            data = text.encode()
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def chart_yaml(name: str, **more: object) -> str:
    """A Chart.yaml in JSON, which is YAML."""
    return json.dumps({"apiVersion": "v2", "name": name, "version": "1.2.3", **more})


HELPERS = """\
{{- define "app.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
"""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels:
    {{- include "app.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      {{- include "app.labels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "app.labels" . | nindent 8 }}
    spec:
      containers:
        - name: main
          image: {{ .Values.image | quote }}
          env:
            {{- range $k, $v := .Values.env }}
            - {name: {{ $k }}, value: {{ $v | quote }}}
            {{- end }}
"""

MANY = """\
{{- range $i := until 3 }}
---
apiVersion: v1
kind: Service
metadata: {name: s{{ $i }}}
spec: {ports: [{port: {{ add 80 $i }}}]}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: c{{ $i }}
data:
  text: |
    --- not a separator
    # Source: neither/is/this.yaml
  capabilities: {{ $.Capabilities.KubeVersion.Version }}
  has: {{ $.Capabilities.APIVersions.Has "example.org/v1" | quote }}
{{- end }}
"""

HOOK = """\
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    "helm.sh/hook": test
    "helm.sh/hook-weight": "2"
spec:
  containers: [{name: t, image: busybox, command: ["true"]}]
"""

HARD = """\
apiVersion: example.org/v1
kind: Widget
metadata:
  name: w
spec:
  big: {{ .Values.big }}
  float: {{ .Values.float }}
  values: {{ .Values | toJson }}
  yaml:
    {{- toYaml .Values.tree | nindent 4 }}
  upgrade: {{ .Release.IsUpgrade }}
  install: {{ .Release.IsInstall }}
  revision: {{ .Release.Revision }}
  namespace: {{ .Release.Namespace }}
  lookup: {{ lookup "v1" "Secret" "a" "b" | toJson }}
"""

PLAIN_VALUES = """\
replicas: 2
image: docker.io/library/busybox:1.37
env: {A: "1e3", B: "yes", C: "007"}
"""

FULL = {
    "Chart.yaml": chart_yaml("app", kubeVersion=">=1.31.0-0"),
    "values.yaml": PLAIN_VALUES
    + "big: 12345678\nfloat: 0.25\ntree: {a: [1, two, {b: null}], c: {d: 'y'}}\n",
    "templates/_helpers.tpl": HELPERS,
    "templates/deployment.yaml": DEPLOYMENT,
    "templates/many.yaml": MANY,
    "templates/hard.yaml": HARD,
    "templates/empty.yaml": "{{- if false }}\nkind: Never\n{{- end }}\n",
    "templates/tests/test.yaml": HOOK,
    "templates/NOTES.txt": 'Installed "{{ .Release.Name }}" in {{ .Release.Namespace }}:\n'
    "\n  run é\n",
}

PARENT = {
    "Chart.yaml": chart_yaml(
        "parent",
        dependencies=[
            {"name": "child", "version": "1.2.3", "condition": "child.enabled", "repository": ""},
            {"name": "child", "version": "1.2.3", "alias": "twin", "repository": ""},
        ],
    ),
    "values.yaml": "global: {image: one}\nchild: {enabled: true, replicas: 3}\n"
    "twin: {replicas: 4}\n",
    "templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\n"
    "data: {v: {{ .Values.global.image }}}\n",
    "charts/child/Chart.yaml": chart_yaml("child"),
    "charts/child/values.yaml": PLAIN_VALUES,
    "charts/child/templates/_helpers.tpl": HELPERS,
    "charts/child/templates/deployment.yaml": DEPLOYMENT.replace(
        "name: {{ .Release.Name }}", "name: {{ .Release.Name }}-{{ .Chart.Name }}"
    ),
    "charts/child/templates/NOTES.txt": "a child's notes are not printed\n",
}

SCHEMA = {
    "Chart.yaml": chart_yaml("strict"),
    "values.yaml": "a: 1\n",
    "values.schema.json": json.dumps(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "additionalProperties": False,
            "properties": {"a": {"type": "integer"}, "global": {"type": "object"}},
        }
    ),
    "templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\n"
    "data: {a: {{ .Values.a | quote }}}\n",
}
