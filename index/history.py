"""What a collection was told, by whom, and what a person said of it: what goes with its papers when it is moved.

    ["source", name]                      numbered from 0, in this order
    ["statement", paper, source, own, record]   record is null where the paper is the same
    ["pair", state, reason, source, own, other source, other own]
    ["revision", paper, fields]
    ["removed", paper, source, own, record, fields]     of a paper that a person took out, with its revision or null

One such JSON list a line. Where on that machine a source lay is nobody's business: there it is found by its name.
"""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.paper import Paper

from . import records
from .ledger import Ledger
from .merges import PAIR_STATES
from .merging import merged, revised
from .statements import Statements

_LONGEST = 1_000  # characters of a name or a reason
_MOST = 1_000  # records of one paper, which are all compared with one another
_FIELDS = {one.name for one in dataclasses.fields(Paper)} - {"id", "source"}

Label = tuple[int, str]


@dataclass(slots=True)
class History:
    """The sources of some papers, and what is known through them, checked.

    Attributes:
        statements: of each paper at least one: its id, the source, the id there, and the record if it is another.
        pairs: each two labels, with what they are to each other and why.
        revisions: fields by paper.
        removed: what was said of papers that a person took out, in the same form as `statements`, and a revision.
    """

    sources: list[str] = field(default_factory=list)
    statements: list[tuple[str, int, str, Paper | None]] = field(default_factory=list)
    pairs: dict[tuple[Label, Label], tuple[str, str]] = field(default_factory=dict)
    revisions: dict[str, dict[str, Any]] = field(default_factory=dict)
    removed: list[tuple[str, int, str, Paper, dict[str, Any]]] = field(default_factory=list)


def lines(ledger: Statements) -> Iterator[bytes]:
    """Yield the history that a ledger keeps, as `read` reads it."""
    numbers: dict[int, int] = {}
    for at, (number, name) in enumerate(ledger.rows("SELECT number, name FROM origins ORDER BY number")):
        numbers[number] = at
        yield _line("source", name)
    for paper, origin, own, record in ledger.rows("SELECT paper, origin, own, record FROM statements ORDER BY number"):
        yield _line("statement", paper, numbers[origin], own, record and json.loads(record))
    query = "SELECT state, reason, origin, own, other_origin, other_own FROM pairs ORDER BY number"
    for state, reason, one, own, other, other_own in ledger.rows(query):
        yield _line("pair", state, reason, numbers[one], own, numbers[other], other_own)
    for paper, fields in ledger.rows("SELECT paper, fields FROM revisions"):
        yield _line("revision", paper, json.loads(fields))
    query = "SELECT paper, origin, own, record, fields FROM removed ORDER BY number"
    for paper, origin, own, record, fields in ledger.rows(query) if ledger.has("removed") else ():
        yield _line("removed", paper, numbers[origin], own, json.loads(record), fields and json.loads(fields))


def _line(*values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def read(lines: Iterable[bytes], papers: Iterable[Paper]) -> History:
    """Read and check the history of these papers, which may come from anywhere.

    Raises:
        ValueError, TypeError, KeyError: it is not what `lines` yields, or not of these papers.
        NotAPaper: a record in it is none.
    """
    found, known = History(), {paper.id: paper for paper in papers}
    said: dict[str, list[Paper]] = {}
    for line in lines:
        kind, *values = json.loads(line)
        json.dumps(values, ensure_ascii=False).encode()  # halves of signs cannot be kept
        if kind == "source":
            (name,) = values
            found.sources.append(_shown(name))
        elif kind == "statement":
            id, source, own, record = values
            stated = Paper.from_dict(record) if record is not None else None
            said.setdefault(id, []).append(stated or known[id])
            if len(said[id]) > _MOST:
                raise ValueError(f"more than {_MOST:,} records of one paper")
            found.statements.append((id, *_label(found, source, own), stated))
        elif kind == "pair":
            state, reason, *sides = values
            if state not in PAIR_STATES:
                raise ValueError(f"a pair that is {state!r}")
            one, other = sorted((_label(found, *sides[:2]), _label(found, *sides[2:])))
            found.pairs.setdefault((one, other), (state, _shown(reason)))
        elif kind == "revision":
            id, fields = values
            found.revisions[id] = _revision(fields, merged(said[id], id))
        elif kind == "removed":
            id, source, own, record, fields = values
            label, gone = _label(found, source, own), Paper.from_dict(record)
            revision = _revision(fields, gone) if fields is not None else {}
            found.removed.append((_shown(id), *label, gone, revision))
        else:
            raise ValueError(f"a line of the kind {kind!r}")
    if said.keys() != known.keys():
        raise ValueError("papers without a source, or sources without a paper")
    return found


def _label(found: History, source: object, own: object) -> Label:
    if type(source) is not int or not 0 <= source < len(found.sources):
        raise ValueError(f"a source numbered {source!r}")
    if not isinstance(own, str):
        raise TypeError(f"a {type(own).__name__} for an id")
    return source, own


def _revision(fields: Any, paper: Paper) -> dict[str, Any]:
    if not fields.keys() <= _FIELDS or not isinstance(fields.get("provenance", {}), dict):
        raise ValueError(f"a revision of {', '.join(fields)}")
    revised(paper, fields)
    return dict(fields)


def _shown(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"a {type(text).__name__} for a text")
    return "".join(c if c.isprintable() else " " for c in text[:_LONGEST])


def put(ledger: Ledger, papers: Iterable[Paper], history: History) -> None:
    """Put papers with their history into a ledger that has none; each is made anew of what its sources say."""
    known = {paper.id: paper for paper in papers}
    origins = [ledger.change("INSERT INTO origins (name) VALUES (?)", [name]) for name in history.sources]
    for id, fields in history.revisions.items():
        ledger.change("INSERT INTO revisions VALUES (?, ?)", [id, json.dumps(fields, ensure_ascii=False)])
    for paper in known.values():
        ledger.put(paper)
    for id, source, own, record in history.statements:
        said = records.to_json(record) if record else None
        ledger.enter(id, (origins[source], own), record or known[id], said)
    stated = Counter(id for id, *_ in history.statements)
    apart = {id for id, *_, record in history.statements if record} | history.revisions.keys()
    for id, count in stated.items():
        if count > 1 or id in apart:
            ledger.settle(id, ledger.statements([id]))
    for id, source, own, removed, revision in history.removed:
        ledger.remember(id, (origins[source], own), records.to_json(removed), revision)
    query = "INSERT INTO pairs (state, reason, origin, own, other_origin, other_own) VALUES (?,?,?,?,?,?)"
    for ((one, own), (other, other_own)), said_of_it in history.pairs.items():
        ledger.change(query, [*said_of_it, origins[one], own, origins[other], other_own])
