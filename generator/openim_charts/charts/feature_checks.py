"""Checks that features, config files and folders beside specs get what they take from others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from openim_charts.charts.config import leaves
from openim_charts.charts.features import Feature, hooks_asked, place_in
from openim_charts.findings import Finding, Location
from openim_charts.specs.features import lacking
from openim_charts.specs.model import ChartSpec
from openim_charts.specs.suggest import hint


def check_features(
    spec: ChartSpec, active: Iterable[Feature], givers: Mapping[str, Collection[str]]
) -> list[Finding]:
    """Findings about a chart whose features ``active`` give something; ``givers`` are the features
    that give each key of ``global``."""
    features = list(active)
    present = [feature.name for feature in features]
    return [*_check_needs(spec, features, present), *_check_given(spec, present, givers)]


def _check_needs(
    spec: ChartSpec, features: Iterable[Feature], present: Collection[str]
) -> Iterator[Finding]:
    """One finding for each that is missing, at the first that needs it. A chart's own folder may
    hold what one of several features would give."""
    for choices, names in lacking(features, present).items():
        if not spec.folder or len(choices) == 1:
            first = min(names, key=spec.features.index)
            place = spec.origin("features", spec.features.index(first))
            message = f"the feature '{first}' needs {_advice(spec, choices)}"
            yield Finding(place, "missing-feature", message)


def _check_given(
    spec: ChartSpec, present: Collection[str], givers: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """The chart has the features whose values its config files take."""
    for index, file in enumerate(spec.config):
        paths = {leaf.get("bind", {}).get("global", "") for _, leaf in leaves(file)}
        for section in sorted({path.partition(".")[0] for path in paths} & givers.keys()):
            if not set(givers[section]) & {*present, spec.name}:
                message = (
                    f"the config file '{file.name}' takes values of global.{section}, so the chart "
                    f"needs {_advice(spec, sorted(givers[section]))}"
                )
                yield Finding(spec.origin("config", index), "missing-feature", message)


def _advice(spec: ChartSpec, choices: Iterable[str]) -> str:
    """The features, and what to do: those that the spec names already give the chart nothing."""
    idle = [f"'{name}'" for name in choices if name in spec.features]
    if idle:
        return f"{' or '.join(idle)}, which gives this chart nothing"
    names = [f"'{name}'" for name in choices]
    return f"{' or '.join(names)}; add {'it' if len(names) == 1 else 'one'} to features"


RULE = "feature-interface"
_DEFINED = re.compile(r'\bdefine +"\[\[ prefix \]\]\.([^"]+)"')
_USED = re.compile(r'\b(?:include|template) +"(\[\[ prefix \]\]|[a-z][a-z0-9-]*)\.([^"]+)"')
_OPTIONAL = re.compile(r"""\bprovided\(["']([^"']+)["']""")  # asked before it is used
_COMPUTED = re.compile(r"\[\[.*?\]\]")

Uses = Iterator[tuple[str, Location]]


def defined(feature: Feature) -> frozenset[str]:
    """Named templates that a feature defines, without the chart's name; ``*`` is computed."""
    return frozenset(name for name, _ in _found(feature, _DEFINED))


def check_interfaces(features: Mapping[str, Feature]) -> Iterator[Finding]:
    """What features provide and do not have, have and do not provide, or use unasked."""
    for feature in features.values():
        yield from _check_hooks(feature)
        yield from _check_templates(feature)
    yield from _unasked_hooks(features.values())
    for feature in features.values():
        near = {name: features[name] for name in _reached(feature, features)}
        yield from _check_uses(feature, near, features.values())


def check_own(own: Feature, active: Collection[Feature], prefix: str) -> Iterator[Finding]:
    """What the folder beside the spec of the chart ``prefix`` uses of ``active`` features unasked.
    A name that nobody defines is found when the chart is rendered."""
    features = {feature.name: feature for feature in active if not feature.own}
    yield from _check_uses(own, features, features.values(), prefix)


def _found(feature: Feature, pattern: re.Pattern[str], prefix: str = "") -> Uses:
    """Last groups of what the pattern finds, with places; of a chart ``prefix`` names too."""
    for part in feature.parts:
        for match in pattern.finditer(part.text):
            name = _COMPUTED.sub("*", match[match.lastindex or 0])
            ours = len(match.groups()) == 1 or match[1] in ("[[ prefix ]]", prefix)
            if ours and "[[" not in name:
                yield name, place_in(part, match.start())


def _check_hooks(feature: Feature) -> Iterator[Finding]:
    asked = {name: place for part in feature.parts for name, place in hooks_asked(part)}
    for name, place in asked.items():
        if name not in feature.provides.hooks:
            message = (
                f"the hook '{name}' is no part of the interface; describe it in feature.yaml, "
                "below provides.hooks"
            )
            yield Finding(place, RULE, message)
    for name, (_, place) in feature.provides.hooks.items():
        if name not in asked:
            message = f"no template of the feature has the hook '{name}'{hint(name, asked)}"
            yield Finding(place, RULE, message)


def _check_templates(feature: Feature) -> Iterator[Finding]:
    names = defined(feature)
    for name, (_, place) in feature.provides.templates.items():
        if name not in names:
            message = f"the feature defines no template '{name}'{hint(name, names)}"
            yield Finding(place, RULE, message)


def _unasked_hooks(features: Collection[Feature]) -> Iterator[Finding]:
    """Hooks that no template of any feature asks for."""
    asked = {name for f in features for part in f.parts for name, _ in hooks_asked(part)}
    for feature in features:
        for name, template in feature.hooks.items():
            if name not in asked:
                message = f"no template asks for the hook '{name}'{hint(name, asked)}"
                yield Finding(Location(template.source), "unknown-hook", message)


def _reached(feature: Feature, features: Mapping[str, Feature]) -> set[str]:
    """All features that one requires, and those that these require."""
    reached: set[str] = set()
    ahead = [feature]
    while ahead:
        for choices, _ in ahead.pop().requires:
            fresh = {name for name in choices if name in features} - reached
            reached |= fresh
            ahead += [features[name] for name in fresh]
    return reached


def _check_uses(
    user: Feature, near: Mapping[str, Feature], everyone: Iterable[Feature], prefix: str = ""
) -> Iterator[Finding]:
    """Templates that ``user`` takes from features, of which it has a right to those of ``near``."""
    own = defined(user) | {name for name, _ in _found(user, _own_names(prefix))}
    own |= {name for part in user.parts for name in _OPTIONAL.findall(part.text)}
    others = [feature for feature in everyone if feature.name != user.name]
    for name, place in _found(user, _USED, prefix):
        if name in own:
            continue
        givers = [f for f in others if _gives(f.provides.templates, name)]
        holder = None if givers else next((f for f in others if name in defined(f)), None)
        if holder:
            message = (
                f"the template '{name}' is no part of what the feature '{holder.name}' "
                "provides; use another, or describe it there below provides.templates"
            )
            yield Finding(place, RULE, message)
        elif givers and not any(giver.name in near for giver in givers):
            message = (
                f"the template '{name}' is one of the feature '{givers[0].name}', which "
                f"'{user.name}' does not require; add it to requires"
            )
            yield Finding(place, RULE, message)


def _own_names(prefix: str) -> re.Pattern[str]:
    """Definitions of a folder beside a spec, which may write the chart's name."""
    return re.compile(rf'\bdefine +"{re.escape(prefix)}\.([^"]+)"') if prefix else _DEFINED


def _gives(templates: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, given) for given in templates)
