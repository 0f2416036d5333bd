"""One generation: the records and both signals over the same papers, written once, then only read."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ingest.errors import DamageError
from ingest.paper import Paper

from . import acronyms, dense, late, lexical, manifest, records, spelling
from .conditions import Names
from .encoder import Encoder, Progress
from .words import joined, terms

_FORMAT = 2  # of the files; a generation of another format is rebuilt from its records


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


def _terms(paper: Paper, text: str) -> tuple[list[str], list[str]]:
    """Return the terms of a paper's running text, and those that stand alone."""
    return terms(text), joined(text) + terms(_listed(paper))


def _names(papers: Sequence[Paper]) -> dict[str, Any]:
    """Return what papers can be asked for by name."""
    return {
        "venues": list(dict.fromkeys(paper.venue for paper in papers if paper.venue)),
        "topics": list(dict.fromkeys(paper.topic for paper in papers if paper.topic)),
        "has_years": any(paper.year for paper in papers),
        "sections": list(dict.fromkeys(heading for paper in papers for heading in paper.section)),
    }


def write(
    folder: Path,
    papers: Sequence[Paper],
    encoder: Encoder,
    facts: Mapping[str, Any],
    progress: Progress | None = None,
) -> int:
    """Write a generation of these papers into `folder`; return how many texts were embedded."""
    texts = [full_text(paper) for paper in papers]
    keep_tokens = late.fits(len(texts), encoder.dimension)
    encoded, computed = encoder.encode(texts, keep_tokens, progress)
    vectors = np.array([one.sentence for one in encoded], np.float32).reshape(-1, encoder.dimension)
    dense.write(folder, vectors)
    if tokens := [one.tokens for one in encoded if one.tokens is not None]:
        late.write(folder, tokens)
    lexical.write(folder, (_terms(paper, text) for paper, text in zip(papers, texts, strict=True)))
    spelling.write(folder, texts)
    acronyms.write(folder, texts)
    records.write(folder, papers, {**facts, "model": encoder.spec, "model_id": encoder.id, "names": _names(papers)})
    manifest.write(folder, {"format": _FORMAT, "papers": len(papers)})
    return computed


class Generation:
    """A generation, opened."""

    def __init__(self, folder: Path) -> None:
        """Open the generation in `folder`.

        Raises:
            DamageError: a file is missing or not as it was written, or of another format.
        """
        found = manifest.read(folder).get("format")
        if found != _FORMAT:
            raise DamageError(f"{folder} has format {found}, this program reads {_FORMAT}")
        self.folder, self.name = folder, folder.name
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
    """A file that is read when it is first needed, held open until then: its generation may be removed."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open(encoding="utf-8")
        except FileNotFoundError as error:
            raise DamageError(f"{path} is missing") from error

    def read(self) -> str:
        with self._file:
            return self._file.read()
