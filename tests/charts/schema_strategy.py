"""Values that a chart's schema accepts, for hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from hypothesis import strategies as st

Schema = Mapping[str, Any]
_DEPTH = 6
_WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)


class SchemaStrategy:
    """Makes strategies for the parts of one schema; conditions are left to the caller to check."""

    def __init__(self, schema: Schema) -> None:
        self._definitions = schema.get("definitions", {})
        self._kept: list[Any] = []  # so that no id of a part is used again
        self._made: dict[tuple[int, bool], st.SearchStrategy[Any]] = {}

    def resolve(self, schema: Schema) -> dict[str, Any]:
        """One flat schema: references followed and ``allOf`` merged."""
        parts = [dict(schema)]
        if "$ref" in schema:
            return self.resolve(self._definitions[schema["$ref"].rsplit("/", 1)[-1]])
        parts += [self.resolve(part) for part in schema.get("allOf", ())]
        return reduce(_merged, parts)

    def of(self, schema: Schema, depth: int = 0) -> st.SearchStrategy[Any]:
        """Values of one schema; a strategy is made once for each part and remembered."""
        key = (id(schema), depth > _DEPTH)
        if key not in self._made:
            self._made[key] = st.deferred(lambda: self._new(schema, depth))
        return self._made[key]

    def _new(self, schema: Schema, depth: int) -> st.SearchStrategy[Any]:
        flat = self.resolve(schema)
        self._kept.append(flat)
        for keyword in ("anyOf", "oneOf"):
            options = flat.pop(keyword, None)
            if options and all("required" not in o and "not" not in o for o in options):
                return st.one_of([self.of({**flat, **self.resolve(o)}, depth) for o in options])
        if "enum" in flat:
            return st.sampled_from(flat["enum"])
        if "const" in flat:
            return st.just(flat["const"])
        kinds = flat.get("type", "object")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        return st.one_of([getattr(self, f"_{kind}")(flat, depth) for kind in kinds])

    def _string(self, schema: Schema, _depth: int) -> st.SearchStrategy[str]:
        least, most = schema.get("minLength", 0), schema.get("maxLength", 300)
        if "pattern" in schema:
            made: st.SearchStrategy[str] = st.from_regex(schema["pattern"], fullmatch=True)
        else:
            made = _WORDS if least else st.one_of(st.just(""), _WORDS)
        return made.filter(lambda s: least <= len(s) <= most and "\n" not in s)

    def _integer(self, schema: Schema, _depth: int) -> st.SearchStrategy[int]:
        return st.integers(schema.get("minimum", 0), schema.get("maximum", 100000))

    def _number(self, schema: Schema, _depth: int) -> st.SearchStrategy[int]:
        return st.integers(int(schema.get("minimum", 0)), int(schema.get("maximum", 100)))

    def _boolean(self, _schema: Schema, _depth: int) -> st.SearchStrategy[bool]:
        return st.booleans()

    def _null(self, _schema: Schema, _depth: int) -> st.SearchStrategy[None]:
        return st.none()

    def _array(self, schema: Schema, depth: int) -> st.SearchStrategy[list[Any]]:
        if depth > _DEPTH and not schema.get("minItems"):
            return st.just([])
        items = self.of(schema.get("items", {"type": "string"}), depth + 1)
        least = schema.get("minItems", 0)
        return st.lists(items, min_size=least, max_size=max(least, 2))

    def _object(self, schema: Schema, depth: int) -> st.SearchStrategy[dict[str, Any]]:
        properties = schema.get("properties", {})
        if not properties:
            return self._map(schema, depth)
        required = [name for name in schema.get("required", ()) if name in properties]
        optional = [name for name in properties if name not in required]

        @st.composite
        def build(draw: st.DrawFn) -> dict[str, Any]:
            most = 2 if depth <= _DEPTH and optional else 0
            picked = (
                draw(st.lists(st.sampled_from(optional), max_size=most, unique=True))
                if most
                else []
            )
            return {n: draw(self.of(properties[n], depth + 1)) for n in [*required, *picked]}

        return build()

    def _map(self, schema: Schema, depth: int) -> st.SearchStrategy[dict[str, Any]]:
        values = schema.get("additionalProperties")
        if not isinstance(values, Mapping):
            return st.just({})
        names = schema.get("propertyNames", {"pattern": "^[a-z][a-z0-9]{0,7}$"})
        keys = self.of({"type": "string", **self.resolve(names)}, depth)
        return st.dictionaries(keys, self.of(values, depth + 1), max_size=2)


def _merged(left: dict[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    result = {**left, **right}
    result["properties"] = {**left.get("properties", {}), **right.get("properties", {})}
    result["required"] = [*left.get("required", ()), *right.get("required", ())]
    result.pop("allOf", None)
    return result
