"""What rules say of one rendering with the values of a user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openim_charts.checks.release import Release
from openim_charts.checks.rendered import Parser, RenderedObject
from openim_charts.checks.rule import ObjectRule, Problem, ReleaseRule, Rule, all_rules
from openim_charts.checks.rules.kubernetes_schema import KubernetesSchema
from openim_charts.helm.adapter import Rendering


def objects_of(rendering: Rendering) -> tuple[RenderedObject, ...]:
    """All objects of a rendering, hooks last. Raises FindingsError for one that is no YAML."""
    parser = Parser()
    found = [
        parser.parse(file, "", hook)
        for hook, files in ((False, rendering.manifests), (True, rendering.hooks))
        for file in files
    ]
    return tuple(obj for obj in found if obj)


def held(release: Release) -> Iterator[tuple[Rule, Problem]]:
    """What the rules that hold for values of users say of a release, each with its problem.

    As in a build, an object that breaks its schema is judged by nothing else, and neither is the
    release, since others may refer to what is wrong.
    """
    rules = [rule for rule in all_rules() if rule.of_values]
    broken = False
    for obj in release.objects:
        problems = list(_of_object(obj, release, rules))
        wrong = [pair for pair in problems if isinstance(pair[0], KubernetesSchema)]
        broken = broken or bool(wrong)
        yield from wrong or problems
    if not broken:
        for rule in rules:
            if isinstance(rule, ReleaseRule):
                yield from ((rule, problem) for problem in rule.check(release))


def _of_object(
    obj: RenderedObject, release: Release, rules: Sequence[Rule]
) -> Iterator[tuple[Rule, Problem]]:
    for rule in rules:
        if isinstance(rule, ObjectRule):
            for problem in rule.check(obj, release.catalog):
                yield rule, problem if problem.obj else Problem(problem.message, obj)
