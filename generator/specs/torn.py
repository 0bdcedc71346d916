"""Names in specs that cannot be resolved, since they or what they extend have mistakes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from generator.findings import Finding, Location
from generator.specs.known import Known
from generator.specs.references import unknown
from generator.yamlio.document import Document


def check_names(document: Document, known: Known, said: Collection[Location]) -> Iterator[Finding]:
    """Words of a chart's or profile's own lists that stand for nothing, but where something is
    ``said`` already. The data may be of any shape."""
    data = document.data if isinstance(document.data, Mapping) else {}
    line = data.get("line")
    lists = dict(known.listed)
    if isinstance(line, str) and line in known.config_names:
        lists["config"] = ("config file", known.config_names[line])
    for key, (what, names) in lists.items():
        listed = data.get(key)
        for index, word in enumerate(listed if isinstance(listed, list) else ()):
            place = document.value((key, index))
            if isinstance(word, str) and word not in names and place not in said:
                yield unknown(place, key, what, word, names)
