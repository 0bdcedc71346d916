"""Profiles: each resolved once, over the chain of those that it extends."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from generator.findings import Finding
from generator.specs.layers import Layered, layer, merge
from generator.specs.suggest import hint
from generator.yamlio.document import Document


def resolve_profiles(
    documents: Mapping[str, Document], names: Collection[str]
) -> tuple[dict[str, Layered], list[Finding]]:
    """Every profile over its bases. Those that are broken or extend a broken one are left out.

    ``names`` are all profiles that exist, also those that could not be read.
    """
    resolved: dict[str, Layered] = {}
    findings = [finding for name in documents for finding in _bad_base(name, documents, names)]

    def resolve(name: str, chain: tuple[str, ...]) -> Layered | None:
        if name in resolved or name not in documents or name in chain:
            return resolved.get(name)
        document = documents[name]
        own = layer(document, f"profile {name}")
        base = document.data.get("extends")
        if base is not None:
            below = resolve(base, (*chain, name))
            if below is None:
                return None
            own = merge(below, own)
        resolved[name] = own
        return own

    for name in documents:
        resolve(name, ())
    return resolved, findings


def _bad_base(
    name: str, documents: Mapping[str, Document], names: Collection[str]
) -> list[Finding]:
    document = documents[name]
    base = document.data.get("extends")
    if base is None:
        return []
    if base not in names:
        message = f"unknown profile '{base}' in extends{hint(base, names)}"
        return [Finding(document.value(("extends",)), "unknown-profile", message)]
    chain = [name]
    while base in documents and base not in chain:
        chain.append(base)
        base = documents[base].data.get("extends")
    # A cycle is reported once, in the profile of it that comes first by name.
    if base == name and name == min(chain):
        message = f"the profiles extend one another in a circle: {' -> '.join([*chain, name])}"
        return [Finding(document.value(("extends",)), "profile-cycle", message)]
    return []
