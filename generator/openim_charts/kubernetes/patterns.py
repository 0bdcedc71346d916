"""Syntax that the API server checks and the published schemas leave out, as JSON Schema.

Sources: k8s.io/apimachinery pkg/util/validation, pkg/api/resource and pkg/apis/core/validation.
Patterns keep to the syntax that Go, Python and Rust read alike (no look-around).
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_NAME = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"

DNS_LABEL: Schema = {"pattern": f"^{_LABEL}$", "maxLength": 63}
SUBDOMAIN: Schema = {"pattern": f"^{_SUBDOMAIN}$", "maxLength": 253}
PATH_SEGMENT: Schema = {"pattern": "^[^/%]+$", "not": {"enum": [".", ".."]}}
LABEL_KEY: Schema = {"pattern": f"^({_SUBDOMAIN}/)?{_NAME}$", "maxLength": 317}
LABEL_VALUE: Schema = {"pattern": f"^({_NAME})?$"}
CONFIG_KEY: Schema = {
    "pattern": "^[-._a-zA-Z0-9]+$",
    "maxLength": 253,
    "not": {"pattern": r"^\.\.?$|^\.\."},
}
ENV_NAME: Schema = {"pattern": r"^[-._a-zA-Z][-._a-zA-Z0-9]*$", "not": {"pattern": r"^\.\."}}
RELATIVE_PATH: Schema = {"not": {"pattern": r"^/|(^|/)\.\.(/|$)"}}
ABSOLUTE_PATH: Schema = {"pattern": "^/"}
BASE64: Schema = {
    "pattern": r"^([A-Za-z0-9+/]{4}|\r|\n)*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?[\r\n]*$"
}
CIDR: Schema = {
    "pattern": r"^([0-9]{1,3}(\.[0-9]{1,3}){3}/([12]?[0-9]|3[0-2])|[0-9a-fA-F:.]+/[0-9]{1,3})$"
}
IP: Schema = {"pattern": r"^([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+)$"}

PORT: Schema = {"minimum": 1, "maximum": 65535}
PORT_NAME: Schema = {
    "maxLength": 15,
    "allOf": [{"pattern": "^[a-z0-9](-?[a-z0-9])*$"}, {"pattern": "[a-z]"}],
}
PORT_OR_NAME: Schema = {
    "anyOf": [{"type": "integer", **PORT}, {"type": "string", **PORT_NAME}],
}
COUNT_OR_PERCENT: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": "^(100|[1-9]?[0-9])%$"},
    ],
}
ROLLOUT_SHARE: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": "^[0-9]+%$"},
    ],
}
_NUMBER = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)(([KMGTPE]i)|[numkMGTPE]|([eE][+-]?[0-9]+))?"
QUANTITY: Schema = {
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^[+-]?{_NUMBER}$"}],
}
AMOUNT: Schema = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": f"^[+]?{_NUMBER}$"},
    ],
}
INT_OR_STRING: Schema = {"type": ["integer", "string"]}
ID: Schema = {"minimum": 0, "maximum": 2147483647}
NATURAL: Schema = {"minimum": 0}
POSITIVE: Schema = {"minimum": 1}
FILE_MODE: Schema = {"minimum": 0, "maximum": 511}
FILLED: Schema = {"minLength": 1}
SOME: Schema = {"minItems": 1}


def one_of(*values: str) -> Schema:
    """One of these strings."""
    return {"enum": list(values)}


def exactly_one(*keys: str) -> Schema:
    """An object with exactly one of these keys."""
    return {"oneOf": [{"required": [key]} for key in keys]}


def at_most_one(*keys: str) -> Schema:
    """An object with at most one of two or three keys."""
    pairs = [[a, b] for i, a in enumerate(keys) for b in keys[i + 1 :]]
    return {"not": {"anyOf": [{"required": pair} for pair in pairs]}}


def map_of(keys: Schema, values: Schema) -> Schema:
    """A map of strings with this syntax of keys and values."""
    return {"propertyNames": keys, "additionalProperties": {"type": "string", **values}}


def when(key: str, values: list[Any], then: Schema) -> Schema:
    """``then`` holds where ``key`` is set to one of the values."""
    return {"if": {"required": [key], "properties": {key: {"enum": values}}}, "then": then}


def without(*keys: str) -> Schema:
    """None of these keys."""
    return {"not": {"anyOf": [{"required": [key]} for key in keys]}}


OPERATOR_VALUES: list[Schema] = [
    when("operator", ["In", "NotIn"], {"required": ["values"], "properties": {"values": SOME}}),
    when(
        "operator",
        ["Exists", "DoesNotExist"],
        {"properties": {"values": {"maxItems": 0}}},
    ),
]
