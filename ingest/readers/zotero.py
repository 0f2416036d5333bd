"""A local Zotero library: zotero.sqlite, copied before it is opened, so that a running Zotero is not disturbed.

The tables are those of Zotero 5 and later (resource/schema/userdata.sql in github.com/zotero/zotero). What is
in the bin, in a feed, or an attachment, note or annotation is counted and not read.
"""

import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ..document import Document
from ..errors import InputError
from ..fields import row as make_row
from ..reading import Event, Reading, Refusal, Warning
from ..text import fold
from .formats import Format

FILE = "zotero.sqlite"  # its name in Zotero's data folder
_MAGIC = b"SQLite format 3\0"
BESIDE = ("-wal", "-journal")  # what Zotero has written and not yet put into the file
_SUPER_JOURNAL = bytes.fromhex("d9d505f920a163d7")  # a journal that ends so names another file, which SQLite may remove
_TRIES = 3  # copies made while Zotero writes
_TABLES = frozenset("items itemTypes itemData itemDataValues fields creators itemCreators creatorTypes".split())
_OPTIONAL = frozenset(
    "deletedItems libraries groups collections collectionItems deletedCollections tags itemTags".split()
)
_LONGEST = 16 * 2**20  # bytes of one value
_STEPS = 100_000  # of SQLite's machine, between two looks at how long a query takes
_MOST_LOOKS = 300  # for one query; those of an ordinary library take one
_DEEPEST = 30  # collections within collections
_BESIDES = {"attachment": "attachments", "note": "notes", "annotation": "annotations"}
_NO_PAPERS = frozenset(
    """artwork audioRecording bill case computerProgram dataset dictionaryEntry email encyclopediaArticle film forumPost
    hearing instantMessage interview letter map podcast radioBroadcast standard statute tvBroadcast
    videoRecording""".split()
)
_VENUES = (
    *("publicationTitle", "proceedingsTitle", "conferenceName", "bookTitle", "repository", "websiteTitle", "blogTitle"),
    *("meetingName", "university", "institution", "publisher"),
)
_EXTRA_DOI = re.compile(r"^\s*DOI\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def recognises(head: bytes) -> bool:
    return head.startswith(_MAGIC)


def read(document: Document) -> Reading:
    """Read every item that is a paper, under its library's and collection's names.

    An item's topic is its own tag that most items have; automatic tags are left out.
    """
    return Reading(document.name, _events(document), title="Zotero library", expected="items of Zotero with a title")


FORMAT = Format("Zotero", (".sqlite",), recognises, read)


def _events(document: Document) -> Iterator[Event]:
    with _copy(document) as copy:
        try:
            with closing(sqlite3.connect(copy)) as connection:
                yield from _Library(connection, document).events()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter of SQLite's own message
            raise InputError(
                f"{document.name} cannot be read as a Zotero library ({fold(str(error))}); expected the {FILE} of "
                "Zotero 5 or later: close Zotero and try again"
            ) from error


@contextmanager
def _copy(document: Document) -> Iterator[Path]:
    """Copy the database, with what lies beside it, to where nobody else writes."""
    with tempfile.TemporaryDirectory(prefix="footnote-") as folder:
        copy = Path(folder) / FILE
        try:
            if document.zipped:
                with copy.open("wb") as target:
                    target.writelines(document.pieces())
            else:
                _copy_still(document.path, copy)
        except OSError as error:
            raise InputError(f"{document.name} cannot be copied ({error.strerror}); check the disk") from error
        yield copy


def _copy_still(path: Path, copy: Path) -> None:
    """Copy the files as they stand together: again, if one changed meanwhile."""
    for _ in range(_TRIES):
        before = _stamps(path)
        shutil.copyfile(path, copy)
        for end in BESIDE:
            beside, target = path.with_name(path.name + end), copy.with_name(copy.name + end)
            target.unlink(missing_ok=True)
            if beside.is_file() and not beside.is_symlink():
                content = beside.read_bytes()
                if not content.endswith(_SUPER_JOURNAL):
                    target.write_bytes(content)
        if _stamps(path) == before:
            return


def _stamps(path: Path) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for end in ("", *BESIDE):
        file = path.with_name(path.name + end)
        found.append((file.stat().st_mtime_ns, file.stat().st_size) if file.is_file() else None)
    return found


class _Library:
    """One open database."""

    def __init__(self, connection: sqlite3.Connection, document: Document) -> None:
        self._connection = connection
        self._document = document
        self._looks = 0
        self._lacking: frozenset[str] = frozenset()
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        connection.set_progress_handler(self._is_slow, _STEPS)
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON"):
            connection.execute(f"PRAGMA {pragma}")
        # Views and the like are left alone: their queries are somebody else's.
        tables = {name for (name,) in self._rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if lacking := sorted(_TABLES - tables):
            raise InputError(
                f"{document.name} is an SQLite database, but no Zotero library (it lacks {', '.join(lacking)}); "
                f"expected the {FILE} of Zotero 5 or later"
            )
        self._lacking = _OPTIONAL.difference(tables)
        self._libraries = self._library_names()
        self._collections = {
            id: (fold(str(name)), parent)
            for id, name, parent in self._rows(
                "SELECT collectionID, collectionName, parentCollectionID FROM collections", "collections"
            )
        }
        for (gone,) in self._rows("SELECT collectionID FROM deletedCollections", "deletedCollections"):
            self._collections.pop(gone, None)
        self._deleted = {id for (id,) in self._rows("SELECT itemID FROM deletedItems", "deletedItems")}
        counted = "SELECT tagID, count(*) FROM itemTags WHERE type = 0 GROUP BY tagID"
        self._tagged = dict(self._rows(counted, "itemTags"))

    def events(self) -> Iterator[Event]:
        besides: Counter[str] = Counter()
        total = next(self._rows("SELECT count(*) FROM items"))[0]
        every = """SELECT itemID, typeName, libraryID FROM items LEFT JOIN itemTypes USING (itemTypeID)
                   ORDER BY itemID"""
        line = 0
        for done, (item, named, library) in enumerate(self._rows(every), 1):
            self._document.tell(done, total)
            kind = fold(str(named))
            if item in self._deleted:
                besides["items in the bin"] += 1
            elif kind in _BESIDES:
                besides[_BESIDES[kind]] += 1
            elif self._libraries.get(library, "") is None:
                besides["items of feeds"] += 1
            else:
                line += 1
                yield self._event(line, item, kind, self._libraries.get(library) or "My Library")
        if besides:
            yield Warning(1, "not read: " + ", ".join(f"{n:,} {what}" for what, n in sorted(besides.items())))

    def _event(self, line: int, item: int, kind: str, library: str) -> Event:
        every = """SELECT fieldName, value FROM itemData JOIN fields USING (fieldID) JOIN itemDataValues USING (valueID)
                   WHERE itemID = ? LIMIT 500"""
        said: dict[str, Any] = dict(self._rows(every, values=[item]))
        if kind in _NO_PAPERS:
            title = fold(str(said.get("title") or said.get("subject") or ""))[:80]
            return Refusal(line, f"an item of type {kind} ({title!r}); expected a paper")
        venue = next((said[name] for name in _VENUES if said.get(name)), None)
        extra = said.get("extra") if isinstance(said.get("extra"), str) else ""
        hints = [*str(extra).splitlines(), *(said.get(name) for name in ("archiveID", "reportNumber", "url", "DOI"))]
        arxiv = next((hint for hint in hints if isinstance(hint, str) and "arxiv" in hint.casefold()), None)
        doi = _EXTRA_DOI.search(str(extra))
        return make_row(
            line,
            title=said.get("title"),
            authors=self._authors(item),
            year=None if str(said.get("date") or "").startswith("0000") else said.get("date"),
            venue=venue,
            venue_type="journal" if kind == "journalArticle" and said.get("publicationTitle") else None,
            topic=self._topic(item),
            abstract=said.get("abstractNote"),
            url=said.get("url"),
            doi=said.get("DOI") or (doi[1] if doi else None),
            arxiv_id=arxiv,
            section=(library, *self._path(item)),
        )

    def _authors(self, item: int) -> list[str]:
        """Return the authors; where there is none, those who made it: its presenters, contributors and the like."""
        every = """SELECT creatorType, firstName, lastName FROM itemCreators JOIN creators USING (creatorID)
                   LEFT JOIN creatorTypes USING (creatorTypeID) WHERE itemID = ? ORDER BY orderIndex LIMIT 10000"""
        creators = list(self._rows(every, values=[item]))
        kinds = [kind for kind, _, _ in creators]
        chosen = "author" if "author" in kinds else next(iter(kinds), None)
        names = (f"{first or ''} {last or ''}" for kind, first, last in creators if kind == chosen)
        return [name for name in map(fold, names) if name]

    def _topic(self, item: int) -> str | None:
        every = "SELECT name, tagID FROM itemTags JOIN tags USING (tagID) WHERE itemID = ? AND type = 0 LIMIT 1000"
        tags = [
            (-self._tagged.get(tag, 0), fold(str(name))) for name, tag in self._rows(every, "itemTags", values=[item])
        ]
        return min(tags)[1] if tags else None

    def _path(self, item: int) -> tuple[str, ...]:
        """Return the names of the collections that an item stands in, from outside in: the deepest, if in several."""
        every = "SELECT collectionID FROM collectionItems WHERE itemID = ? LIMIT 1000"
        paths = []
        for (innermost,) in self._rows(every, "collectionItems", values=[item]):
            path: list[str] = []
            at = innermost
            while at in self._collections and len(path) < _DEEPEST:
                name, at = self._collections[at]
                path.insert(0, name)
            paths.append(tuple(path))
        return min(paths, key=lambda path: (-len(path), path), default=())

    def _library_names(self) -> dict[int, str | None]:
        """Return the name of each library; None for feeds."""
        names = {"user": "My Library", "publications": "My Publications"}
        kinds = dict(self._rows("SELECT libraryID, type FROM libraries", "libraries"))
        groups = dict(self._rows("SELECT libraryID, name FROM groups", "groups"))
        return {
            id: None if kind == "feed" else fold(str(groups.get(id) or names.get(kind) or "My Library"))
            for id, kind in kinds.items()
        }

    def _rows(self, query: str, table: str = "", values: list[int] | None = None) -> Iterator[tuple[Any, ...]]:
        """Yield a query's rows; none if the table, which not every version has, is not there."""
        if table in self._lacking:
            return
        self._looks = 0
        for row in self._connection.execute(query, values or []):
            yield row
            self._looks = 0

    def _is_slow(self) -> bool:
        """Tell SQLite to stop a query that an ordinary library would have answered long ago."""
        self._looks += 1
        return self._looks > _MOST_LOOKS
