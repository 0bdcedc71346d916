"""A key of a file is one field of a type: its schema and its reader come from it."""

from typing import Annotated

import pytest
from msgspec import field

from openim_charts.specs.keys.base import Keys, about, json_schema, read, written
from openim_charts.specs.keys.words import Name, Word
from openim_charts.specs.schema import KINDS


class Harbour(Keys, frozen=True):
    """Where a ship is
    at home."""

    name: Annotated[Name, about("Its name.")]
    depth: Annotated[int | None, about("In metres.", minimum=1)] = None


class Ship(Keys, frozen=True, kw_only=True):
    """A ship."""

    home_port: Annotated[Harbour | None, about("Where it is at home.")] = None
    flags: Annotated[tuple[Word, ...], about("Its flags.", uniqueItems=True)] = ()
    colour: Annotated[str, about("Its colour.", enum=("red", "blue"))] = "red"
    from_: Annotated[str | int, about("Where it was built.")] = field(name="from")


def test_the_schema_comes_from_the_fields() -> None:
    schema = json_schema(Ship, "Ship")
    assert (schema["title"], schema["description"]) == ("Ship", "A ship.")
    assert (schema["required"], schema["additionalProperties"]) == (["from"], False)
    properties = schema["properties"]
    assert list(properties) == ["from", "homePort", "flags", "colour"], "those that must be first"
    assert properties["from"] == {
        "description": "Where it was built.",
        "type": ["string", "integer"],
    }
    assert properties["homePort"] == {
        "description": "Where it is at home.",
        "$ref": "#/$defs/Harbour",
    }
    assert properties["colour"]["enum"] == ["red", "blue"], "as they are written"
    assert properties["colour"]["default"] == "red"
    assert "default" not in properties["flags"], "an empty one says nothing"
    harbour = schema["$defs"]["Harbour"]
    assert harbour["description"] == "Where a ship is at home."
    assert harbour["properties"]["depth"] == {
        "description": "In metres.",
        "minimum": 1,
        "type": "integer",
    }


def test_a_file_is_read_and_written_by_them() -> None:
    data = {"homePort": {"name": "kiel"}, "flags": ["a"], "from": 1990}
    ship = read(Ship, data)
    assert ship == Ship(home_port=Harbour(name="kiel"), flags=("a",), from_=1990)
    assert written(ship) == data
    assert read(Ship, {"from": "x"}).home_port is None


@pytest.mark.parametrize("name", KINDS)
def test_keys_are_written_like_those_of_kubernetes(name: str) -> None:
    _, kind = KINDS[name]
    properties = json_schema(kind, "")["properties"]
    assert [key for key in properties if "_" in key or not key[0].islower()] == []
