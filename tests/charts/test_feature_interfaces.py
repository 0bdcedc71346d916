"""What features, and folders beside specs, may use of one another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from openim_charts.charts.api import Compiler
from openim_charts.findings import FindingsError
from openim_charts.specs.api import load_catalog

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "features/pod/feature.yaml",
            "    pod.volumes: Volumes of the pods.\n",
            "",
            "features/pod/templates/_podtemplate.tpl:156:4: the hook 'pod.volumes' is no part of "
            "the interface; describe it in feature.yaml, below provides.hooks",
        ),
        (
            "features/pod/feature.yaml",
            "pod.volumes: V",
            "pod.volume: V",
            "features/pod/feature.yaml:15:5: no template of the feature has the hook "
            "'pod.volume'; did you mean 'pod.volumes'?",
        ),
        (
            "features/pod/feature.yaml",
            "podTemplate: T",
            "podTemplates: T",
            "features/pod/feature.yaml:22:5: the feature defines no template 'podTemplates'; "
            "did you mean 'podTemplate'?",
        ),
        (
            "features/workload/templates/deployment.yaml",
            ".podTemplate",
            ".podSpec",
            "features/workload/templates/deployment.yaml:27:9: the template 'podSpec' is no part "
            "of what the feature 'pod' provides; use another, or describe it there below "
            "provides.templates",
        ),
        (
            "features/tests/feature.yaml",
            "requires: [naming, pod, tools]",
            "requires: [naming]",
            "features/tests/templates/tests/test.yaml:21:17: the template 'imageReference' is "
            "one of the feature 'image', which 'tests' does not require; add it to requires",
        ),
        (
            "infrastructure/zookeeper/hooks/container.env.yaml",
            "- name",
            '# {{ include "zookeeper.podSpec" . }}\n- name',
            "infrastructure/zookeeper/hooks/container.env.yaml:1:6: the template 'podSpec' is no "
            "part of what the feature 'pod' provides; use another, or describe it there below "
            "provides.templates",
        ),
    ],
)
def test_what_is_not_provided_is_refused(
    tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    for folder in ("chart-specs", "presets"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / "chart-specs" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(FindingsError) as error:
        Compiler(load_catalog(tmp_path)).compile("zookeeper")
    where, message = said.split(": ", 1)
    wanted = f"chart-specs/{where}: feature-interface: {message}"
    assert wanted in [str(finding) for finding in error.value.findings]


def test_a_project_brings_features_of_its_own(tmp_path: Path) -> None:
    """Without Python: a folder, and a word in a spec."""
    for folder in ("chart-specs", "presets"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    greeting = tmp_path / "chart-specs" / "features" / "greeting"
    for path, text in {
        "feature.yaml": "description: A greeting.\norder: 500\nrequires: [naming]\n",
        "values.yaml": "greeting: {type: string, default: hello, description: What is said.}\n",
        "templates/greeting.yaml": (
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n"
            '  name: {{ include "[[ prefix ]].fullname" . }}-greeting\n'
            'data:\n  greeting.sh: |\n    [[ file("greeting.sh") ]]\n'
            "  text: {{ quote .Values.greeting }}\n"
        ),
        "files/greeting.sh": "#!/bin/sh\necho '{{ hello }}'\n",
        "hooks/container.env.yaml": "- name: GREETING\n  value: {{ quote .Values.greeting }}\n",
    }.items():
        (greeting / path).parent.mkdir(parents=True, exist_ok=True)
        (greeting / path).write_text(text)
    spec = tmp_path / "chart-specs" / "infrastructure" / "zookeeper.yaml"
    spec.write_text(spec.read_text() + "features: [greeting]\n")
    chart = Compiler(load_catalog(tmp_path)).compile("zookeeper")
    assert chart.values["greeting"] == "hello"
    made = chart.files["templates/greeting.yaml"].decode()
    assert """    #!/bin/sh\n    echo '{{ "{{" }} hello }}'\n""" in made
    assert "- name: GREETING\n" in chart.files["templates/_podtemplate.tpl"].decode()
