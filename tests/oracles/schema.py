"""Errors against the schemas of ISO/IEC 29500, where they are at hand.

The environment variable ``SHEETCRM_XSD`` names folders with ``sml.xsd`` and what it includes
(transitional, strict), separated as in PATH. They are not part of this repository.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import lru_cache
from pathlib import Path

from lxml import etree

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"  # which Excel itself puts on ``<t>``


def available() -> bool:
    """Whether there is any schema."""
    return bool(_schemas())


def new_errors(before: bytes, after: bytes) -> list[str]:
    """The errors of a part as it is that it did not have as it was."""
    if not available():
        return []
    kinds = Counter(_errors(after)) - Counter(_errors(before))
    return [f"schema: {kind}" for kind in kinds]


def _errors(data: bytes) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True)
    tree = etree.fromstring(data, parser)
    schema = _schemas().get(etree.QName(tree).namespace)
    if schema is None or len(data) > 8 << 20:
        return []
    schema.validate(tree)
    return sorted({error.message for error in schema.error_log if _SPACE not in error.message})


@lru_cache(maxsize=1)
def _schemas() -> dict[str, etree.XMLSchema]:
    found = {}
    for folder in filter(None, os.environ.get("SHEETCRM_XSD", "").split(os.pathsep)):
        tree = etree.parse(str(Path(folder) / "sml.xsd"))
        found[tree.getroot().get("targetNamespace")] = etree.XMLSchema(tree)
    return found
