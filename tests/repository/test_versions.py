"""Order and succession of versions."""

from __future__ import annotations

import random

import pytest

from openim_charts.repository.versions import is_version, next_version, precedence

ORDER = [  # https://semver.org/#spec-item-11, and more
    "0.9.9", "1.0.0-0", "1.0.0-2", "1.0.0-11", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
    "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0",
    "1.10.0", "2.0.0",
]  # fmt: skip


def test_versions_sort_by_precedence() -> None:
    mixed = random.Random(1).sample(ORDER, len(ORDER))
    assert sorted(mixed, key=precedence) == ORDER


def test_build_metadata_does_not_count() -> None:
    assert precedence("1.0.0+a") == precedence("1.0.0+b.7") == precedence("1.0.0")


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1.0",
        "v1.0.0",
        "1.0.0-",
        "1.0.0-01",
        "01.0.0",
        "1.0.0+",
        "1.0.0 ",
        "1.0.0-a_b",
        "١.0.0",
    ],
)
def test_other_texts_are_no_versions(text: str) -> None:
    assert not is_version(text)
    with pytest.raises(ValueError, match="is not a version"):
        precedence(text)


@pytest.mark.parametrize(
    ("wanted", "published", "following"),
    [
        ("1.0.0", [], "1.0.1"),
        ("1.0.0", ["1.0.0", "1.0.3", "1.1.0", "2.0.0"], "1.0.4"),
        ("1.1.0", ["1.0.9"], "1.1.1"),
        ("1.0.0-rc.1", ["1.0.0-rc.1", "1.0.0-rc.9"], "1.0.0-rc.10"),
        ("1.0.0-rc", ["1.0.0-rc"], "1.0.0-rc.1"),
        ("1.0.0-rc.1", ["1.0.0"], "1.0.1"),
        ("1.0.0+build.1", ["1.0.0+build.1"], "1.0.1"),
    ],
)
def test_the_next_version_is_free_and_newer(
    wanted: str, published: list[str], following: str
) -> None:
    assert next_version(wanted, published) == following
    line = [v for v in published if precedence(v)[:2] == precedence(wanted)[:2]]
    assert all(precedence(following) > precedence(v) for v in [wanted, *line])
