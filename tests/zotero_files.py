"""Zotero libraries for tests: the tables of Zotero 7, as far as papers are in them, filled by hand."""

import sqlite3
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE version (schema TEXT PRIMARY KEY, version INT NOT NULL);
CREATE TABLE libraries (libraryID INTEGER PRIMARY KEY, type TEXT NOT NULL, editable INT NOT NULL,
    filesEditable INT NOT NULL, version INT NOT NULL DEFAULT 0, storageVersion INT NOT NULL DEFAULT 0,
    lastSync INT NOT NULL DEFAULT 0, archived INT NOT NULL DEFAULT 0);
CREATE TABLE groups (groupID INTEGER PRIMARY KEY, libraryID INT NOT NULL UNIQUE, name TEXT NOT NULL,
    description TEXT NOT NULL, version INT NOT NULL);
CREATE TABLE feeds (libraryID INTEGER PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL UNIQUE);
CREATE TABLE itemTypes (itemTypeID INTEGER PRIMARY KEY, typeName TEXT, templateItemTypeID INT, display INT DEFAULT 1);
CREATE TABLE fields (fieldID INTEGER PRIMARY KEY, fieldName TEXT, fieldFormatID INT);
CREATE TABLE creatorTypes (creatorTypeID INTEGER PRIMARY KEY, creatorType TEXT);
CREATE TABLE items (itemID INTEGER PRIMARY KEY, itemTypeID INT NOT NULL,
    dateAdded TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, libraryID INT NOT NULL, key TEXT NOT NULL,
    version INT NOT NULL DEFAULT 0, synced INT NOT NULL DEFAULT 0, UNIQUE (libraryID, key));
CREATE TABLE itemDataValues (valueID INTEGER PRIMARY KEY, value UNIQUE);
CREATE TABLE itemData (itemID INT, fieldID INT, valueID, PRIMARY KEY (itemID, fieldID));
CREATE TABLE creators (creatorID INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT, fieldMode INT,
    UNIQUE (lastName, firstName, fieldMode));
CREATE TABLE itemCreators (itemID INT NOT NULL, creatorID INT NOT NULL, creatorTypeID INT NOT NULL DEFAULT 1,
    orderIndex INT NOT NULL DEFAULT 0, PRIMARY KEY (itemID, creatorID, creatorTypeID, orderIndex));
CREATE TABLE collections (collectionID INTEGER PRIMARY KEY, collectionName TEXT NOT NULL,
    parentCollectionID INT DEFAULT NULL, libraryID INT NOT NULL, key TEXT NOT NULL);
CREATE TABLE collectionItems (collectionID INT NOT NULL, itemID INT NOT NULL, orderIndex INT NOT NULL DEFAULT 0,
    PRIMARY KEY (collectionID, itemID));
CREATE TABLE deletedCollections (collectionID INTEGER PRIMARY KEY, dateDeleted DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE deletedItems (itemID INTEGER PRIMARY KEY, dateDeleted DEFAULT CURRENT_TIMESTAMP NOT NULL);
CREATE TABLE tags (tagID INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE itemTags (itemID INT NOT NULL, tagID INT NOT NULL, type INT NOT NULL, PRIMARY KEY (itemID, tagID));
"""
MINE, GROUP, FEED = 1, 2, 3  # libraries


class Zotero:
    """A library being filled; `connection` is open, as Zotero's is while it runs."""

    def __init__(self, path: Path, new: bool = True) -> None:
        self.path = path
        self.connection = sqlite3.connect(path)
        if not new:
            return
        self.connection.executescript(_SCHEMA)
        for library, kind in ((MINE, "user"), (GROUP, "group"), (FEED, "feed")):
            self.connection.execute("INSERT INTO libraries VALUES (?, ?, 1, 1, 0, 0, 0, 0)", [library, kind])
        self.connection.execute("INSERT INTO groups VALUES (77, ?, 'Reading group', '', 1)", [GROUP])
        self.connection.execute("INSERT INTO feeds VALUES (?, 'arXiv', 'https://rss.arxiv.org/rss/cs.CL')", [FEED])
        self.connection.commit()

    def item(
        self,
        kind: str,
        creators: list[tuple[str, str, str]] | None = None,
        tags: dict[str, int] | None = None,
        collections: tuple[int, ...] = (),
        library: int = MINE,
        deleted: bool = False,
        **fields: Any,
    ) -> int:
        """Add an item; creators are (type, first name, last name), tags have the type 0 (own) or 1 (automatic)."""
        execute = self.connection.execute
        item = execute("SELECT ifnull(max(itemID), 0) + 1 FROM items").fetchone()[0]
        kinds = self._id("itemTypes", "itemTypeID", "typeName", kind)
        execute(
            "INSERT INTO items (itemID, itemTypeID, libraryID, key) VALUES (?, ?, ?, ?)", [item, kinds, library, item]
        )
        for name, value in fields.items():
            ids = (
                self._id("fields", "fieldID", "fieldName", name),
                self._id("itemDataValues", "valueID", "value", value),
            )
            execute("INSERT INTO itemData VALUES (?, ?, ?)", [item, *ids])
        for at, (role, first, last) in enumerate(creators or []):
            execute(
                "INSERT OR IGNORE INTO creators (firstName, lastName, fieldMode) VALUES (?, ?, ?)", [first, last, 0]
            )
            query = "SELECT creatorID FROM creators WHERE firstName = ? AND lastName = ?"
            creator = execute(query, [first, last]).fetchone()[0]
            role_id = self._id("creatorTypes", "creatorTypeID", "creatorType", role)
            execute("INSERT INTO itemCreators VALUES (?, ?, ?, ?)", [item, creator, role_id, at])
        for tag, how in (tags or {}).items():
            execute("INSERT INTO itemTags VALUES (?, ?, ?)", [item, self._id("tags", "tagID", "name", tag), how])
        for collection in collections:
            execute("INSERT INTO collectionItems (collectionID, itemID) VALUES (?, ?)", [collection, item])
        if deleted:
            execute("INSERT INTO deletedItems (itemID) VALUES (?)", [item])
        return int(item)

    def collection(self, id: int, name: str, parent: int | None = None, library: int = MINE) -> int:
        self.connection.execute("INSERT INTO collections VALUES (?, ?, ?, ?, ?)", [id, name, parent, library, str(id)])
        return id

    def _id(self, table: str, id: str, column: str, value: Any) -> int:
        self.connection.execute(
            f"INSERT INTO {table} ({column}) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {column} = ?)",
            [value, value],
        )
        return int(self.connection.execute(f"SELECT {id} FROM {table} WHERE {column} = ?", [value]).fetchone()[0])

    def done(self) -> Path:
        self.connection.commit()
        self.connection.close()
        return self.path


def small_library(path: Path) -> Path:
    """A library with two papers that share a collection, a book, and some of what is no paper."""
    made = Zotero(path)
    made.collection(1, "Rivers")
    made.collection(2, "Deltas", parent=1)
    made.item(
        "journalArticle",
        [("author", "Ann", "Author"), ("author", "Ben", "van Other"), ("editor", "Ed", "Itor")],
        {"water": 0, "Physics": 1},
        (1, 2),
        title="Rivers and <i>their</i> deltas",
        date="2021-05-00 May 2021",
        publicationTitle="Journal of Water",
        DOI="10.1234/RIVERS.1",
        url="https://example.org/rivers",
        abstractNote="We measure rivers. They flow.",
        extra="Citation Key: author2021\nPMID: 123",
    )
    made.item(
        "preprint",
        [("author", "", "The River Project")],
        {"water": 0, "to read": 0},
        (1,),
        title="Learning to flow",
        date="2023-01-28 2023-01-28",
        repository="arXiv",
        archiveID="arXiv:2301.12345",
        extra="arXiv:2301.12345 [cs]",
        url="http://arxiv.org/abs/2301.12345",
    )
    made.item("book", [("editor", "Ed", "Itor")], title="All the water", date="1999", publisher="Springer")
    made.item("computerProgram", title="FlowKit")
    made.item("attachment", title="Full Text PDF")
    made.item("note")
    made.item("annotation")
    made.item("conferencePaper", title="Thrown away", deleted=True)
    return made.done()
