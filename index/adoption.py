"""A collection from elsewhere, an archive or a folder, becomes one of ours."""

import logging
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from ingest.errors import DamageError, InputError, NotAPaper

from . import archive, history, manifest, records
from .archive import Contents
from .encoder import Encoded, Encoder, Progress
from .filling import filled
from .generation import Generation, Outdated, full_text, write
from .home import collection_folder
from .statements import Statements
from .store import Store

_log = logging.getLogger(__name__)
_BATCH = 4_096  # papers whose vectors are looked at together
_SAMPLE = 4  # of a batch, whose vectors are computed again
_STEPS = 12  # of 127, by which a value of a token vector may differ
_NOT_OURS = (ValueError, KeyError, TypeError, AttributeError, RecursionError)  # what reading strange records raises
_ALIKE = 0.995  # cosine of one text's vector here and there; processors differ in the last digits


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in: the collection's name here, its papers, and how many texts had to be embedded."""

    name: str
    papers: int
    encoded: int


def take_in(
    source: Path,
    name: str | None = None,
    model: str | None = None,
    replace: bool = False,
    reserved: Sequence[str] = (),
    progress: Progress | None = None,
) -> Taken:
    """Make a collection of what an archive, or another collection's folder, holds; in one step or not at all.

    Vectors come along where they were made by the same model, and so does what each source said.

    Args:
        name: what to call it here; else what it was called there.
        model: that will embed it (see `Encoder.open`). What the source says of its model is not followed.
        replace: whether a collection of this name may be replaced.
        reserved: names that no collection from elsewhere may have.

    Raises:
        InputError: the source is nothing that can be taken in, or the name is taken.
    """
    with _opened(source) as contents:
        called = name or contents.name
        folder = collection_folder(called)
        if called in reserved:
            raise InputError(f"{called!r} is the bundled list's name, which it keeps; name another with --as NAME")
        store = Store(folder)
        if store.exists and not replace:
            raise InputError(
                f"there is a collection {called!r} here; name another with --as NAME, or add --force to replace it"
            )
        encoder = Encoder.open(model)
        if contents.encoded is not None and contents.model_id == encoder.id:
            _keep(encoder, contents, contents.encoded())
        with store.writing(), store.draft() as draft:
            encoded = write(filled(draft, contents.papers, contents.facts, contents.history), encoder, progress)
            store.publish(draft)
    return Taken(called, len(contents.papers), encoded)


@contextmanager
def _opened(source: Path) -> Iterator[Contents]:
    """Open an archive or a collection's folder."""
    if source.is_dir():
        yield _of_folder(source)
    elif source.is_file():
        with archive.opened(source) as contents:
            yield contents
    else:
        raise InputError(
            f"no file or folder {source} here; expected an archive that footnote export --out NAME{archive.SUFFIX} "
            "wrote, or a collection's folder"
        )


def _of_folder(folder: Path) -> Contents:
    """Return what the collection in a folder holds; of a damaged one the newest records that are whole."""
    store, name = Store(folder, read_only=True), folder.resolve().name
    if not store.exists:
        raise InputError(f"{folder} is no collection's folder; expected one with a file CURRENT and its generations")
    try:
        return _whole(store, name)
    except (sqlite3.DatabaseError, NotAPaper, *_NOT_OURS) as error:
        raise InputError(f"{folder} is no collection of ours ({error}); expected one that footnote made") from error


def _whole(store: Store, name: str) -> Contents:
    try:
        return archive.of_generation(Generation(store.current(), read_only=True), name)
    except (DamageError, Outdated, FileNotFoundError) as damage:
        for generation in store.generations():
            if manifest.is_whole(generation, records.FILE):
                _log.warning("%s; its papers are taken from the records of %s", damage, generation.name)
                whole = records.Records(generation)
                papers, ledger = list(whole.all()), Statements(whole.connection)
                said = history.read(history.lines(ledger), papers) if ledger.has("statements") else None
                return Contents(name, archive.known_facts(whole.facts()), papers, said, "", None)
        raise


def _keep(encoder: Encoder, contents: Contents, encoded: Iterator[Encoded]) -> None:
    """Put the vectors that came along into the cache, as long as samples of them are what the model gives here."""
    every = zip(contents.papers, encoded, strict=True)
    while pairs := list(islice(every, _BATCH)):
        texts, vectors = [full_text(paper) for paper, _ in pairs], [one for _, one in pairs]
        if not _are_true(encoder, texts, vectors):
            _log.warning("the vectors that came along are not those of %s; they are computed again", encoder.id)
            return
        encoder.keep(texts, vectors)


def _are_true(encoder: Encoder, texts: Sequence[str], encoded: Sequence[Encoded]) -> bool:
    sentences = np.array([one.sentence for one in encoded], np.float32)
    if sentences.shape[1] != encoder.dimension or not np.allclose(np.linalg.norm(sentences, axis=1), 1, atol=1e-3):
        return False
    chosen = random.SystemRandom().sample(range(len(texts)), min(_SAMPLE, len(texts)))
    own = encoder.computed([texts[i] for i in chosen])
    for i, one in zip(chosen, own, strict=True):
        tokens = encoded[i].tokens
        if float(sentences[i] @ one.sentence) < _ALIKE:
            return False
        if tokens is not None and (one.tokens is None or tokens.shape != one.tokens.shape):
            return False
        if (
            tokens is not None
            and one.tokens is not None
            and np.abs(tokens - one.tokens.astype(np.int16)).max(initial=0) > _STEPS
        ):
            return False
    return True
