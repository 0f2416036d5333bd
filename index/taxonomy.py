"""The tree of sections: as the lists have it, with empty branches, and counted over today's papers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Tree = list[dict[str, Any]]
"""Sections as JSON: name, papers (in the whole branch), children."""


def counted(known: Sequence[Mapping[str, Any]], paths: Iterable[tuple[Sequence[str], int]]) -> Tree:
    """Return `known`, and after it whatever sections papers stand in besides, with their counts.

    Args:
        known: the tree as the lists had it when they were read; its counts are not looked at.
        paths: section paths with the number of papers that stand right under each.
    """
    tree = [_emptied(section) for section in known]
    for path, papers in paths:
        level = tree
        for name in path:
            section = next((s for s in level if s["name"] == name), None)
            if section is None:
                section = {"name": name, "papers": 0, "children": []}
                level.append(section)
            section["papers"] += papers
            level = section["children"]
    return tree


def _emptied(section: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": section["name"], "papers": 0, "children": [_emptied(child) for child in section["children"]]}
