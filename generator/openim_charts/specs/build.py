"""Checked documents to the catalog's immutable values. Nothing here can fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openim_charts.findings import Location
from openim_charts.specs.layers import Layered
from openim_charts.specs.layout import SPECS, Source
from openim_charts.specs.model import (
    ArtifactHub,
    ConfigFile,
    Credential,
    Dependency,
    ImageLayout,
    Key,
    Library,
    Maintainer,
    ReleaseLine,
    Repository,
)
from openim_charts.yamlio.document import Document


def build_repository(data: Mapping[str, Any]) -> Repository:
    """chart-specs/repository.yaml."""
    return Repository(
        name=data["name"],
        url=data["url"],
        home=data["home"],
        description=data["description"],
        license=data["license"],
        sources=tuple(data["sources"]),
        keywords=tuple(data.get("keywords", ())),
        maintainers=tuple(
            Maintainer(m["name"], m.get("email", ""), m.get("url", "")) for m in data["maintainers"]
        ),
        icon=data.get("icon", ""),
        kubernetes=tuple(data["kubernetes"]),
        registries=tuple(data["registries"]),
        refused_images=tuple(data.get("refusedImages", ())),
        artifact_hub=_artifact_hub(data, data.get("artifactHub", {})),
    )


def _artifact_hub(data: Mapping[str, Any], hub: Mapping[str, Any]) -> ArtifactHub:
    # 'publish --sign' puts the public keys beside the index, in a file of this name.
    keyring = {"url": f"{data['url'].rstrip('/')}/{data['name']}.gpg"}
    return ArtifactHub(
        repository_id=hub.get("repositoryID", ""),
        registry_ids=hub.get("registryIDs", {}),
        owners=tuple(hub.get("owners", ())),
        ignore=tuple(hub.get("ignore", ())),
        sign_key={**keyring, **hub["signKey"]} if "signKey" in hub else {},
    )


def _keys(data: Mapping[str, Any]) -> dict[str, Key]:
    return {
        name: Key(
            name,
            key["description"],
            key.get("generate"),
            key.get("value", ""),
            key.get("optional", False),
        )
        for name, key in data.items()
    }


def build_credential(name: str, document: Document) -> Credential:
    """chart-specs/credentials/NAME.yaml."""
    data = document.data
    return Credential(
        name=name,
        description=data["description"],
        owner=data.get("owner", ""),
        keys=_keys(data["keys"]),
        optional=data.get("optional", False),
        location=Location(document.path),
        values=data.get("values", {}),
        positions=document.keys,
    )


def build_dependency(name: str, document: Document, component: Layered) -> Dependency:
    """chart-specs/dependencies/NAME.yaml; the chart ``component`` owns its port and credential."""
    data = document.data
    login = data.get("credential")
    credential = login and Credential(
        name=name,
        description=login.get("description", f"Login of {data['title']}."),
        owner=data["component"],
        keys=_keys(login["keys"]),
        optional=login.get("optional", False),
        location=document.key(("credential",)),
    )
    return Dependency(
        name=name,
        title=data["title"],
        description=data["description"],
        component=data["component"],
        port=component.data["ports"][data["portName"]],
        port_name=data["portName"],
        scheme=data.get("scheme", ""),
        values=data.get("values", {}),
        kubeblocks=data.get("kubeblocks", {}),
        credential=credential,
        location=Location(document.path),
        positions=document.keys,
    )


def build_config_file(name: str, document: Document) -> ConfigFile:
    """chart-specs/lines/LINE/config/NAME.yaml."""
    data = document.data
    schema = {key: data[key] for key in ("properties", "definitions") if key in data}
    return ConfigFile(
        name=name,
        filename=data["filename"],
        description=data["description"],
        schema=schema,
        location=Location(document.path),
        positions=document.keys,
    )


def build_line(
    source: Source,
    document: Document,
    config: Mapping[str, ConfigFile],
    images: Mapping[str, ImageLayout],
) -> ReleaseLine:
    """chart-specs/lines/LINE/line.yaml with its config files."""
    data = document.data
    return ReleaseLine(
        name=source.name,
        product=data["product"],
        app_version=data["appVersion"],
        environment_prefix=data.get("environmentPrefix", ""),
        unprefixed_files=tuple(data.get("unprefixedFiles", ())),
        config_directory=data.get("configDirectory", "/config"),
        discovery=tuple(data.get("discovery", ())),
        refused_discovery=data.get("refusedDiscovery", {}),
        images=images,
        config=config,
        location=Location(f"{SPECS}/lines/{source.name}/line.yaml"),
        library=Library(**data["library"]) if "library" in data else None,
    )
