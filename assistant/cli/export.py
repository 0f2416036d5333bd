"""`footnote export`."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.archive import SUFFIX
from index.corpus import Corpus
from index.filters import Filters
from index.hits import Hit
from ingest.errors import InputError
from ingest.paper import Paper

from ..copies import export_archive
from ..export import export
from ..export.file import write_file
from ..terminal import Terminal
from .common import export_format, filter_arguments, filters, format_argument, open_assistant

_ARCHIVE = "archive"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--query", metavar="TEXT", help="the papers that a search finds; default: all papers")
    parser.add_argument("-k", type=int, default=10, metavar="N", help="how many a search finds; default: %(default)s")
    format_argument(parser, _ARCHIVE)
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    parser.add_argument("--force", action="store_true", help="replace FILE if it is there")
    filter_arguments(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    chosen = filters(options)
    by_suffix = options.format is None and options.out is not None and options.out.suffix.lower() == SUFFIX
    if options.format == _ARCHIVE or by_suffix:
        return _export_archive(options, chosen, terminal)
    format = export_format(options.format, options.out)
    assistant = open_assistant(options, terminal)
    items: _Papers | Sequence[Hit] = _Papers(assistant.collection, chosen)
    if options.query is not None:
        items = assistant.search(options.query, options.k, chosen).hits
    if next(iter(items), None) is None:
        raise InputError(
            f"no paper to export{f' passes the filters ({chosen})' if chosen else ''}; `footnote status` lists "
            "sections, topics and venues"
        )
    text = export(items, format, options.query)
    if options.out is None:
        terminal.write(text)
    else:
        write_file(text, options.out, options.force)
        terminal.line(f"Wrote {len(items)} papers to {options.out}.")
    return 0


def _export_archive(options: argparse.Namespace, chosen: Filters, terminal: Terminal) -> int:
    """Write the collection as one file, which `footnote import` reads."""
    if options.query is not None or chosen:
        raise InputError("an archive holds a whole collection; leave the query and the filters out, or choose a format")
    if options.out is None:
        raise InputError(f"an archive needs a file; add --out {options.collection}{SUFFIX}")
    count = export_archive(options.collection, options.out, options.force)
    terminal.line(f"Wrote {count} papers to {options.out}. Elsewhere: footnote import {options.out.name}")
    return 0


class _Papers:
    """The papers of a collection that pass the filters, read from disk each time they are walked through."""

    def __init__(self, collection: Corpus, filters: Filters) -> None:
        self._collection = collection
        self._filters = filters
        self._count = 0

    def __iter__(self) -> Iterator[Paper]:
        self._count = 0
        for paper in self._collection.papers(self._filters):
            self._count += 1
            yield paper

    def __len__(self) -> int:
        """How many there were when they were last walked through."""
        return self._count
