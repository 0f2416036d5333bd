"""Collections for measuring, in the BEIR layout: corpus.jsonl, queries.jsonl, qrels.tsv."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.collection import Collection
from index.home import collection_names
from ingest.errors import NotAPaper
from ingest.paper import Paper, Source


@dataclass(frozen=True, slots=True)
class Query:
    """A query, its graded relevant documents by id, and the document it was made from, if any."""

    id: str
    text: str
    kind: str
    relevant: dict[str, int]
    own_document: str | None


def queries(folder: Path) -> list[Query]:
    """Read the queries with their judgements."""
    judged: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")[:3]
        judged.setdefault(query, {})[document] = int(float(grade))
    return [
        Query(q["_id"], q["text"], q.get("kind", ""), judged.get(q["_id"], {}), q.get("self"))
        for q in _lines(folder / "queries.jsonl")
    ]


def collection(folder: Path) -> Collection:
    """Open the folder's corpus as a collection, indexing it the first time."""
    name = "eval-" + folder.name.replace("_", "-").lower()
    if name in collection_names():
        return Collection.open(name)
    opened = Collection.create(name)
    opened.add(_papers(folder))
    return opened


def _papers(folder: Path) -> Iterator[Paper]:
    for row, document in enumerate(_lines(folder / "corpus.jsonl"), 1):
        text = document["text"].strip()
        fields: dict[str, Any] = {"text": text, "text_kind": "abstract"} if text else {}
        source = Source(folder.name, row)
        try:
            yield Paper.create(id=document["_id"], title=document["title"], source=source, **fields)
        except NotAPaper:  # a document without a usable title is still one to find
            yield Paper.create(id=document["_id"], title="untitled", source=source, **fields)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
