"""One generation: the records and both signals over the same papers, written once, then only read."""

import json
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ingest.errors import DamageError, FootnoteError
from ingest.paper import Paper

from . import acronyms, dense, late, lexical, manifest, records, spelling, twins
from .conditions import Names
from .encoder import Encoder, Progress
from .ledger import Ledger
from .words import parts, token_joined, token_terms
from .words import tokens as split

FORMAT = 4  # of the files; a generation of an earlier format is made anew from its records
_BATCH = 512  # papers that are in memory at once while a generation is written


class Outdated(FootnoteError):
    """A generation is of an earlier format."""


def heading_text(paper: Paper) -> str:
    """Return what both signals read before a paper's text: title, topic, headings.

    The outermost heading is left out: it is the same for nearly every paper of a list.
    """
    parts = [paper.title, paper.topic or "", *paper.section[1:]]
    return "".join(part.rstrip(". ") + ". " for part in parts if part)


def full_text(paper: Paper) -> str:
    """Return the text that both signals read: the heading text, then the abstract or summary."""
    return heading_text(paper) + paper.text


def _listed(paper: Paper) -> str:
    """Return what only BM25 reads: names and figures, which mean little to a sentence encoder."""
    return " ".join([*paper.authors, paper.venue or "", str(paper.year or "")])


class _Names:
    """Gathers what papers can be asked for by name."""

    def __init__(self) -> None:
        self._venues: dict[str, None] = {}
        self._topics: dict[str, None] = {}
        self._sections: dict[str, None] = {}
        self._has_years = False

    def add(self, paper: Paper) -> None:
        self._venues.update(dict.fromkeys([paper.venue] if paper.venue else []))
        self._topics.update(dict.fromkeys([paper.topic] if paper.topic else []))
        self._sections.update(dict.fromkeys(paper.section))
        self._has_years = self._has_years or bool(paper.year)

    def to_dict(self) -> dict[str, Any]:
        venues, topics, sections = map(list, (self._venues, self._topics, self._sections))
        return {"venues": venues, "topics": topics, "has_years": self._has_years, "sections": sections}


def write(ledger: Ledger, encoder: Encoder, progress: Progress | None = None) -> int:
    """Write the generation of the papers in a ledger's draft; return how many texts were embedded.

    The papers go through in batches, so that memory does not grow with their number.
    """
    folder = ledger.draft
    ledger.order()
    count = int(ledger.value("SELECT count(*) FROM papers"))
    computed = done = 0
    names, vocabulary, explained = _Names(), set[str](), Counter[tuple[str, str]]()
    words = lexical.LexicalWriter(folder)
    with ExitStack() as files:
        vectors = files.enter_context(dense.DenseWriter(folder, encoder.dimension))
        tokens = None
        if count and late.fits(count, encoder.dimension):
            tokens = files.enter_context(late.LateWriter(folder, encoder.dimension))
        papers = ledger.rows("SELECT record FROM papers ORDER BY position")
        while batch := [records.from_json(record) for (record,) in islice(papers, _BATCH)]:
            texts = [full_text(paper) for paper in batch]
            encoded, fresh = encoder.encode(texts, tokens is not None, _within(progress, done, len(batch), count))
            computed += fresh
            done += len(batch)
            vectors.append(np.array([one.sentence for one in encoded], np.float32))
            for paper, text, one in zip(batch, texts, encoded, strict=True):
                if tokens and one.tokens is not None:
                    tokens.append(one.tokens)
                found, listed = split(text), split(_listed(paper))
                words.append(token_terms(found), token_joined(found) + token_terms(listed))
                vocabulary.update(found)
                explained.update((short, long.lower()) for short, long in acronyms.explained(text))
                names.add(paper)
    words.write()
    spelling.write(folder, (word for token in vocabulary for word in parts(token)))
    acronyms.write(folder, explained)
    twins.seek(ledger, dense.Dense(folder))
    ledger.note({"model": encoder.spec, "model_id": encoder.id, "names": names.to_dict()})
    ledger.finish()
    manifest.write(folder, {"format": FORMAT, "papers": count})
    return computed


def _within(progress: Progress | None, before: int, size: int, total: int) -> Progress | None:
    """Return the progress of one batch of a job."""
    return None if progress is None else lambda done, of: progress(before + done * size // of, total)


class Generation:
    """A generation, opened."""

    def __init__(self, folder: Path, read_only: bool = False) -> None:
        """Open the generation in `folder`; nothing is written there if it is `read_only`.

        Raises:
            DamageError: a file is missing or not as it was written.
            Outdated: all is whole, and of an earlier format.
            FootnoteError: all is whole, and of a later format.
        """
        found = manifest.read(folder, note=not read_only).get("format")
        if not isinstance(found, int) or found < FORMAT:
            raise Outdated(f"{folder} was made by an earlier version of Footnote")
        if found > FORMAT:
            raise FootnoteError(
                f"{folder} was made by a later version of Footnote (format {found}; this one reads up to {FORMAT}); "
                "update Footnote, or set FOOTNOTE_HOME to another folder"
            )
        self.name = folder.name
        self.folder = folder
        self.records = records.Records(folder)
        self.lexical = lexical.Lexical(folder, self.records.count)
        self.dense = dense.Dense(folder)
        self._acronyms, self._words = _Held(folder / acronyms.FILE), _Held(folder / spelling.FILE)
        self.late = late.Late(folder) if late.Late.stored_in(folder) else None

    @cached_property
    def names(self) -> Names:
        """What its papers can be asked for by name."""
        return Names(**self.records.fact("names"), has_author=self.records.has_author)

    @cached_property
    def acronyms(self) -> Mapping[str, str]:
        """The acronyms that its papers explain, with their long forms."""
        meanings: dict[str, str] = json.loads(self._acronyms.read())
        return meanings

    @cached_property
    def vocabulary(self) -> list[str]:
        """The words of its papers, by which slips are mended."""
        return self._words.read().split("\n")


class _Held:
    """A file that is read when it is needed, held open until then: its generation may be removed."""

    def __init__(self, path: Path) -> None:
        self._turn = threading.Lock()
        try:
            self._file = path.open(encoding="utf-8")
        except FileNotFoundError as error:
            raise DamageError(f"{path} is missing") from error

    def read(self) -> str:
        with self._turn:  # two threads may need it first
            self._file.seek(0)
            return self._file.read()
