"""Judged collections in the BEIR layout: corpus.jsonl, queries.jsonl, qrels.tsv."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.collection import Collection
from index.encoder import Progress
from index.home import home
from ingest.errors import InputError, NotAPaper
from ingest.paper import Paper, Source

_LISTED = ("authors", "year", "venue", "topic", "section", "url", "code_url")  # what BEIR does not ask for


@dataclass(frozen=True, slots=True)
class Query:
    """A query, its graded relevant documents by id, and the document it was made from, if any."""

    id: str
    text: str
    kind: str
    relevant: dict[str, int]
    own_document: str | None


def queries(folder: Path, name: str = "queries.jsonl", judgements: str = "qrels.tsv") -> list[Query]:
    """Read the queries with their judgements; those without any are left out.

    Raises:
        InputError: a file is missing or not in this layout.
    """
    judged: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_read(folder / judgements).split("\n")[1:], 2):
        if not line.strip():
            continue
        try:
            query, document, grade = line.rstrip("\r").split("\t")[:3]
            judged.setdefault(query, {})[document] = int(float(grade))
        except (ValueError, OverflowError) as error:
            raise InputError(
                f"{folder / judgements} line {number}: {line[:60]!r}; expected query, document and score, tab separated"
            ) from error
    return [
        Query(q["_id"], q["text"], q.get("kind", ""), judged[q["_id"]], q.get("self"))
        for q in _records(folder / name, ("_id", "text"))
        if q["_id"] in judged
    ]


def has_corpus(folder: Path) -> bool:
    """Whether the folder brings its own documents."""
    return (folder / "corpus.jsonl").is_file()


def collection(folder: Path, model: str | None = None, progress: Progress | None = None) -> Collection:
    """Open the folder's corpus as a collection; it is indexed the first time, and kept by its content's hash.

    Raises:
        InputError: the corpus is missing or not in this layout.
    """
    corpus = folder / "corpus.jsonl"
    digest = hashlib.sha256(_read(corpus).encode() + (model or "").encode()).hexdigest()[:16]
    kept = home() / "cache" / "eval" / f"{folder.name}-{digest}"
    opened = Collection(kept) if (kept / "CURRENT").is_file() else Collection.create_in(kept, model)
    if not len(opened):
        opened.add(_papers(corpus), {"title": folder.name}, progress)
    return opened


def _papers(corpus: Path) -> Iterator[Paper]:
    for row, document in enumerate(_records(corpus, ("_id", "title", "text")), 1):
        text = document["text"].strip()
        fields: dict[str, Any] = {"text": text, "text_kind": "abstract"} if text else {}
        fields |= {name: document[name] for name in _LISTED if document.get(name)}
        source = Source(corpus.parent.name, row)
        try:
            yield Paper.create(id=document["_id"], title=document["title"], source=source, **fields)
        except NotAPaper:  # a document without a usable title is still one to find
            yield Paper.create(id=document["_id"], title="untitled", source=source, **fields)


def _records(path: Path, needed: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_read(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if all(isinstance(record[name], str) for name in needed):
                yield record
                continue
        except (ValueError, KeyError, TypeError):
            pass
        raise InputError(f"{path} line {number}: expected a JSON object with the texts {', '.join(needed)}")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read ({error}); expected a folder with corpus.jsonl, queries.jsonl and qrels.tsv"
        ) from error
