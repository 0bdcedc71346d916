"""Charts, catalogs and rendered objects made by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from msgspec.structs import replace

from openim_charts.charts.model import Chart
from openim_charts.checks.release import Release
from openim_charts.checks.rendered import RenderedObject
from openim_charts.checks.rule import ChartRule, ObjectRule, Problem, ReleaseRule, Rule, all_rules
from openim_charts.findings import Location
from openim_charts.helm.adapter import RenderedFile, Rendering
from openim_charts.specs.image_model import Base, ImageFile, Program
from openim_charts.specs.keys.image import Account, Configuration, Source
from openim_charts.specs.keys.repository import Repository
from openim_charts.specs.model import (
    Catalog,
    ChartSpec,
    ConfigFile,
    Credential,
    Dependency,
    Key,
    Origin,
)

HERE = Location("chart-specs/app/web.yaml", 1, 1)


def repository() -> Repository:
    return Repository(
        name="test",
        url="https://charts.example.org",
        home="https://example.org",
        description="Charts of the tests.",
        license="Apache-2.0",
        sources=(),
        maintainers=(),
        kubernetes=("1.31", "1.34", "1.37"),
        registries=("docker.io", "quay.io"),
        refused_images=("docker.io/bitnami*/*",),
    )


def chart_spec(name: str = "web", **changes: Any) -> ChartSpec:
    spec = ChartSpec(
        name=name,
        kind="module",
        family="app",
        version="1.0.0",
        app_version="1.0",
        line=None,
        binary=name,
        images={},
        ports={"http": 8080},
        config=(),
        uses=(),
        includes=(),
        location=HERE,
        origins={
            ("name",): Origin(Location(HERE.path, 2, 1), "spec"),
            ("ports",): Origin(Location("chart-specs/profiles/app.yaml", 7, 3), "profile app"),
        },
    )
    return replace(spec, **changes)


PASSWORD = Key(name="password", description="")
REDIS = Dependency(
    name="redis",
    title="Redis",
    description="",
    component="redis",
    ports={"redis": 6379},
    port_name="redis",
    scheme="redis",
    credential=Credential(
        name="redis",
        owner="redis",
        description="",
        secret_keys={"password": PASSWORD},
        keys={"password": PASSWORD},
        location=HERE,
    ),
    location=HERE,
)

CONFIG = ConfigFile(
    name="app",
    filename="app.yml",
    description="",
    properties={
        "url": {"type": "string"},
        "store": {
            "type": "object",
            "properties": {"code": {"secret": {"credential": "redis", "key": "password"}}},
        },
    },
    location=HERE,
    positions={},
)


BASE = Base("small", "", "/bin/sh", {}, frozenset(), False, False, False, (), HERE)


def image(name: str, tag: str = "1.0", **changes: Any) -> ImageFile:
    """An image with a shell and little else; of other programs nobody knows."""
    programs = {p: Program(p) for p in ("sh", "sleep", "timeout", "env")}
    made = ImageFile(
        name=name,
        repository=f"library/{name}",
        tag=tag,
        license="MIT",
        platforms=("linux/amd64", "linux/arm64/v8", "linux/arm64"),
        configuration=Configuration(user="1000"),
        account=Account(uid=1000, gid=1000),
        base_name=BASE.name,
        base=BASE,
        shell="/bin/sh",
        programs=programs | changes.pop("programs", {}),
        absent=("grep",),
        complete=False,
        time_zones=False,
        temporary_directory=False,
        sources=(Source(certainty="source"),),
        location=Location(f"chart-specs/images/{name}.yaml", 1, 1),
    )
    return replace(made, **changes)


IMAGES = {"web": image("web", programs={"web": Program("web")})}


def catalog(*specs: ChartSpec) -> Catalog:
    specs = (*(specs or (chart_spec(),)), chart_spec(name="redis", ports={"redis": 6379}))
    return Catalog(
        root=".",
        repository=repository(),
        charts={spec.name: spec for spec in specs},
        lines={},
        dependencies={"redis": REDIS},
        credentials={"redis": REDIS.credential} if REDIS.credential else {},
        source_date=0,
        images=IMAGES,
    )


def chart(
    files: Mapping[str, str],
    values: Mapping[str, Any] | None = None,
    schema: Mapping[str, Any] | None = None,
    spec: ChartSpec | None = None,
    origins: Mapping[str, tuple[Location | None, ...]] | None = None,
) -> Chart:
    """A chart of these files; Chart.yaml, values.yaml and the schema are added."""
    spec = spec or chart_spec()
    metadata = {
        "apiVersion": "v2",
        "name": spec.name,
        "version": spec.version,
        "icon": "https://example.org/icon.svg",
        "description": "A chart.",
    }
    texts = {"Chart.yaml": json.dumps(metadata), "values.yaml": yaml.safe_dump(values or {})}
    if schema is not None:
        texts["values.schema.json"] = json.dumps(schema)
    data = {path: text.encode() for path, text in sorted({**texts, **files}.items())}
    return Chart(spec, metadata, values or {}, schema or {}, data, origins or {})


def objects(text: str, scenario: str = "") -> tuple[RenderedObject, ...]:
    """The objects of a YAML stream."""
    found = []
    for part in text.split("\n---\n"):
        data = yaml.safe_load(part)
        metadata = data.get("metadata", {})
        found.append(
            RenderedObject(
                kind=data["kind"],
                name=metadata.get("name", ""),
                namespace=metadata.get("namespace", ""),
                data=data,
                template="templates/x.yaml",
                text=part.strip() + "\n",
                scenario=scenario,
                hook="helm.sh/hook" in metadata.get("annotations", {}),
            )
        )
    return tuple(found)


def release(text: str, spec: ChartSpec | None = None, others: Sequence[ChartSpec] = ()) -> Release:
    """A release named demo in the namespace apps that holds the objects of a YAML stream."""
    spec = spec or chart_spec()
    found = objects(text)
    rendering = Rendering(tuple(RenderedFile(f"web/{o.template}", o.text) for o in found), (), "")
    made = chart({}, spec=spec)
    return Release(made, catalog(spec, *others), "demo", "apps", "", found, rendering)


def rule(name: str) -> Rule:
    return next(r for r in all_rules() if r.id == name)


def problems(
    name: str, text: str, spec: ChartSpec | None = None, others: Sequence[ChartSpec] = ()
) -> list[Problem]:
    """What the rule sees in the objects of a YAML stream."""
    wanted = rule(name)
    if isinstance(wanted, ObjectRule):
        known = catalog(spec or chart_spec())
        return [p for obj in objects(text) for p in wanted.check(obj, known)]
    assert isinstance(wanted, ReleaseRule)
    return list(wanted.check(release(text, spec, others)))


def chart_problems(name: str, made: Chart) -> list[Problem]:
    """What a chart rule sees."""
    wanted = rule(name)
    assert isinstance(wanted, ChartRule)
    return list(wanted.check(made, catalog(made.spec)))
