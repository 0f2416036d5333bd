"""A collection as one file, to be copied and moved: its records and vectors in a zip, and back.

    footnote.json   name, facts, model, and of every other member its bytes and SHA-256
    papers.jsonl    one `Paper.to_dict()` a line
    history.jsonl   what each source says of them, and what a person said (see `history`)
    vectors.f32     the papers' sentence vectors, float32, little-endian, shape (papers, dimension)
    lengths.u32     how many tokens each paper has, where token vectors are kept
    tokens.i8       the token vectors, shape (tokens of all papers, dimension)

An archive comes from anywhere: nothing in it is unpacked to disk, names are compared and never followed,
sizes are bounded, and papers are made anew. Vectors spare their being computed; a sample of
them is computed all the same, and where it differs they are left.
"""

import hashlib
import io
import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.errors import InputError, NotAPaper
from ingest.paper import Paper

from . import history
from .encoder import Encoded
from .generation import Generation, full_text
from .history import History
from .statements import Statements

SUFFIX = ".footnote"
_FORMAT = 2
_HEAD, _PAPERS, _HISTORY, _VECTORS, _LENGTHS, _TOKENS = (
    "footnote.json",
    "papers.jsonl",
    "history.jsonl",
    "vectors.f32",
    "lengths.u32",
    "tokens.i8",
)
_FACTS = ("title", "by", "sections")  # of the collection as a whole; the rest is its maker's own business
_BATCH = 1_000  # papers whose vectors are in memory at once
_PIECE = 2**20  # bytes
_LONGEST_HEAD = 16 * 2**20  # bytes
_LONGEST_LINE = 16 * 2**20  # bytes of one paper, or of one line of its history
_LARGEST = 16 * 2**30  # bytes of one member
_INFLATED = 64 * 2**20  # bytes that may come out of a member before its ratio is looked at
_RATIO = 200  # text has 3 to 20
_DEEPEST = 20  # levels of sections
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, TypeError, struct.error),
    *(NotImplementedError, RuntimeError, OverflowError, AttributeError, IndexError, OSError),
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a collection from elsewhere holds.

    Attributes:
        name: what it was called there.
        facts: its title, who made it, and its sections, as far as they are noted.
        history: None where none is kept, as in early formats.
        encoded: yields the vectors of the papers, in their order; None where there are none.
    """

    name: str
    facts: Mapping[str, Any]
    papers: list[Paper]
    history: History | None
    model_id: str
    encoded: Callable[[], Iterator[Encoded]] | None


def write(generation: Generation, name: str, file: Path) -> None:
    """Write a generation of the collection called `name` into a new file."""
    count, late = generation.records.count, generation.late
    ranges = [np.arange(start, min(start + _BATCH, count)) for start in range(0, count, _BATCH)]
    texts = hashlib.sha256()

    def papers() -> Iterator[bytes]:
        for paper in generation.records.all():
            texts.update(full_text(paper).encode() + b"\0")
            yield json.dumps(paper.to_dict(), ensure_ascii=False).encode() + b"\n"

    members: dict[str, Iterable[bytes]] = {
        _PAPERS: papers(),
        _HISTORY: history.lines(Statements(generation.records.connection)),
        _VECTORS: (generation.dense.vectors(some).astype("<f4").tobytes() for some in ranges),
    }
    if late is not None:
        lengths = np.array([len(late.tokens(i)) for i in range(count)], "<u4")
        members[_LENGTHS] = [lengths.tobytes()]
        members[_TOKENS] = (late.tokens(i).tobytes() for i in range(count))
    facts = generation.records.facts()
    files = {}
    with zipfile.ZipFile(file, "x") as archive:
        for member, pieces in members.items():
            # Vectors do not shrink; only the records are worth the time.
            how = zipfile.ZIP_DEFLATED if member in (_PAPERS, _HISTORY) else zipfile.ZIP_STORED
            files[member] = _put(archive, member, how, pieces)
        head = {
            "format": _FORMAT,
            "name": name,
            "papers": count,
            "model_id": facts["model_id"],
            "facts": {fact: facts[fact] for fact in _FACTS if facts.get(fact)},
            "texts": texts.hexdigest(),
            "files": files,
        }
        archive.writestr(_HEAD, json.dumps(head, ensure_ascii=False, indent=1))


def _put(archive: zipfile.ZipFile, name: str, how: int, pieces: Iterable[bytes]) -> dict[str, Any]:
    info = zipfile.ZipInfo(name)
    info.compress_type = how
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as member:
        for piece in pieces:
            member.write(piece)
            digest.update(piece)
            size += len(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}


@contextmanager
def opened(file: Path) -> Iterator[Contents]:
    """Open an archive, checked from end to end.

    Raises:
        InputError: it is no archive, damaged, made to hurt, or of another format than this one.
    """
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN as error:
        raise InputError(
            f"{file.name} is no archive of a collection; expected one that footnote export --out NAME{SUFFIX} wrote, "
            "or a collection's folder"
        ) from error
    with archive:
        try:
            contents = _Reader(archive, file.name).contents()
        except (*_BROKEN, NotAPaper) as error:
            raise InputError(f"{file.name} is damaged ({_line(error)}); copy or export it again") from error
        yield contents


class _Reader:
    """Reads one archive."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name

    def contents(self) -> Contents:
        self._check_members()
        head = json.loads(self._archive.read(_HEAD))
        if head["format"] != _FORMAT:
            raise InputError(
                f"{self._name} has format {head['format']!r}, this program reads {_FORMAT}; export it with this version"
            )
        if set(head["files"]) != {info.filename for info in self._archive.infolist()} - {_HEAD}:
            raise InputError(f"{self._name} does not hold the files that it lists; copy or export it again")
        for member, noted in head["files"].items():
            if self._digest(member) != (noted["bytes"], noted["sha256"]):
                raise InputError(
                    f"{self._name}: {member} is not as it was written (its SHA-256 is another); copy or export it again"
                )
        papers, texts = self._papers()
        if len(papers) != head["papers"]:
            raise InputError(f"{self._name} has {len(papers)} papers and lists {head['papers']}; export it again")
        encoded = self._vectors(len(papers)) if texts == head["texts"] and papers else None
        said = history.read(self._lines(_HISTORY), papers)
        return Contents(str(head["name"]), known_facts(head["facts"]), papers, said, str(head["model_id"]), encoded)

    def _check_members(self) -> None:
        """Refuse what no archive of ours has, before anything is read."""
        known = {_HEAD, _PAPERS, _HISTORY, _VECTORS, _LENGTHS, _TOKENS}
        seen: set[str] = set()
        for info in self._archive.infolist():
            said = repr(info.filename[:80])
            if info.filename not in known or info.filename in seen or info.is_dir():
                raise InputError(f"{self._name} holds {said}, which no archive of a collection does; it is not read")
            if stat.S_ISLNK(info.external_attr >> 16) or info.flag_bits & 1:
                raise InputError(f"{self._name}: {said} is a link or encrypted; expected a plain file")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise InputError(f"{self._name}: {said} is packed in an unusual way; expected deflate")
            most = _LONGEST_HEAD if info.filename == _HEAD else _LARGEST
            if info.file_size > min(most, max(_INFLATED, _RATIO * info.compress_size)):
                raise InputError(
                    f"{self._name}: {said} would grow to {info.file_size:,} bytes, as no collection does; it is left"
                )
            seen.add(info.filename)
        if not {_HEAD, _PAPERS, _HISTORY, _VECTORS} <= seen or (_LENGTHS in seen) != (_TOKENS in seen):
            raise InputError(
                f"{self._name} lacks files that an archive of a collection has; expected one that footnote export wrote"
            )

    def _digest(self, member: str) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        with self._archive.open(member) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
        return size, digest.hexdigest()

    def _papers(self) -> tuple[list[Paper], str]:
        """Return the papers, and the digest of the texts that were embedded."""
        papers: dict[str, Paper] = {}
        texts = hashlib.sha256()
        for number, line in enumerate(self._lines(_PAPERS), 1):
            try:
                paper = Paper.from_dict(json.loads(line))
            except NotAPaper as error:
                raise InputError(f"{self._name}: paper {number}: {error}") from error
            json.dumps(paper.to_dict(), ensure_ascii=False).encode()  # halves of signs cannot be kept
            if paper.id in papers:
                raise InputError(f"{self._name}: paper {number} has the id {paper.id} of another; export it again")
            papers[paper.id] = paper
            texts.update(full_text(paper).encode() + b"\0")
        return list(papers.values()), texts.hexdigest()

    def _lines(self, member: str) -> Iterator[bytes]:
        with io.BufferedReader(self._archive.open(member), _PIECE) as lines:  # type: ignore[type-var]
            while line := lines.readline(_LONGEST_LINE + 1):
                if len(line) > _LONGEST_LINE:
                    raise InputError(f"{self._name}: a line of {member} has more than {_LONGEST_LINE // 2**20} MiB")
                yield line

    def _vectors(self, papers: int) -> Callable[[], Iterator[Encoded]]:
        """Return what yields the vectors; their shapes are checked against the files' sizes first."""
        sizes = {info.filename: info.file_size for info in self._archive.infolist()}
        dimension, rest = divmod(sizes[_VECTORS], 4 * papers)
        lengths = np.frombuffer(self._archive.read(_LENGTHS), "<u4") if _LENGTHS in sizes else None
        if rest or not dimension:
            raise InputError(f"{self._name}: {_VECTORS} has no whole vector for each paper; export it again")
        if lengths is not None and (len(lengths) != papers or int(lengths.sum()) * dimension != sizes[_TOKENS]):
            raise InputError(f"{self._name}: {_TOKENS} does not fit {_LENGTHS}; export it again")

        def encoded() -> Iterator[Encoded]:
            with self._archive.open(_VECTORS) as vectors:
                tokens = self._archive.open(_TOKENS) if lengths is not None else None
                for i in range(papers):
                    own = None
                    if tokens is not None and lengths is not None:
                        own = np.frombuffer(tokens.read(int(lengths[i]) * dimension), np.int8).reshape(-1, dimension)
                    yield Encoded(np.frombuffer(vectors.read(4 * dimension), "<f4"), own)

        return encoded


def of_generation(generation: Generation, name: str) -> Contents:
    """Return what a generation of the collection called `name` holds."""
    facts = generation.records.facts()

    def encoded() -> Iterator[Encoded]:
        for i in range(generation.records.count):
            own = generation.late.tokens(i) if generation.late else None
            yield Encoded(generation.dense.vectors(np.array([i]))[0], own)

    papers = list(generation.records.all())
    said = history.read(history.lines(Statements(generation.records.connection)), papers)
    return Contents(name, known_facts(facts), papers, said, facts["model_id"], encoded)


def known_facts(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that are what they should be; what is not is left out."""
    facts: dict[str, Any] = {name: said[name][:1_000] for name in ("title", "by") if isinstance(said.get(name), str)}
    if _are_sections(said.get("sections"), 0):
        facts["sections"] = said["sections"]
    return facts


def _are_sections(value: Any, depth: int) -> bool:
    return (
        isinstance(value, list)
        and depth <= _DEEPEST
        and all(
            isinstance(one, dict) and isinstance(one.get("name"), str) and _are_sections(one.get("children"), depth + 1)
            for one in value
        )
    )


def _line(error: BaseException) -> str:
    said = "".join(c if c.isprintable() else " " for c in f"{type(error).__name__}: {error}")
    return " ".join(said.split())[:200]
