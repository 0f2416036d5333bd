"""`footnote watch`."""

import argparse
import time
from datetime import datetime
from pathlib import Path

from index.hits import Change
from index.home import collection_folder
from ingest.errors import InputError
from ingest.reading import Reading

from ..library import add_file
from ..terminal import Terminal
from ..watching import LOOK, News, Watch


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sources", nargs="+", metavar="FILE", help="files, folders or web addresses, as add takes them")
    parser.add_argument(
        "--every",
        type=float,
        default=60.0,
        metavar="MINUTES",
        help="how often to ask web addresses; default: %(default)g",
    )
    parser.add_argument(
        "--sync", action="store_true", help="remove papers that came from these and are no longer in them"
    )


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    if not options.every >= 1:
        raise InputError(f"--every {options.every:g}; expected at least 1 minute, as a courtesy to the host")
    collection_folder(options.collection)  # says what is wrong with the name before anything is watched

    def add(source: Path | str) -> tuple[Reading, Change]:
        return add_file(source, options.collection, sync=options.sync)

    watch = Watch(options.sources, add, options.every * 60)
    terminal.line(f"Watching {', '.join(options.sources)} for the collection {options.collection}. Ctrl-C ends it.")
    try:
        while True:
            for news in watch.look():
                terminal.line(_line(news))
            terminal.flush()
            time.sleep(LOOK)
    except KeyboardInterrupt:
        return 0


def _line(news: News) -> str:
    name = news.source if "://" in news.source else Path(news.source).name
    change, reading = news.change, news.reading
    if change is None or reading is None:
        return f"{datetime.now():%H:%M}  {news.trouble}; it is tried again"
    done = [("added", change.added), ("updated", change.updated), ("removed", change.removed)]
    remarks = [
        ("refused", reading.refused.total),
        ("listed again", reading.repeated.total),
        ("warnings", reading.warnings.total),
        ("left out", change.left_out_total),
    ]
    said = ", ".join(f"{what} {count}" for what, count in [*done, *remarks] if count)
    if not any(count for _, count in done):
        told = [f"line {one.line}: {one.reason}" for one in (*reading.refused, *reading.repeated, *reading.warnings)]
        told += [f"{paper.title}, which you removed" for paper in change.left_out]
        said = f"{said} ({told[0]})"
    return f"{datetime.now():%H:%M}  {name}: {said}"
