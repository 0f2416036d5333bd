"""`footnote watch`."""

import argparse
import time
from datetime import datetime
from pathlib import Path

from index.home import collection_folder
from ingest.errors import InputError

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


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    if not options.every >= 1:
        raise InputError(f"--every {options.every:g}; expected at least 1 minute, as a courtesy to the host")
    collection_folder(options.collection)  # says what is wrong with the name before anything is watched
    watch = Watch(options.sources, lambda source: add_file(source, options.collection), options.every * 60)
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
    if news.change is None or news.reading is None:
        return f"{datetime.now():%H:%M}  {news.trouble}; it is tried again"
    done = [("added", news.change.added), ("updated", news.change.updated), ("removed", news.change.removed)]
    said = [f"{what} {count}" for what, count in [*done, ("refused", news.reading.refused.total)] if count]
    return f"{datetime.now():%H:%M}  {name}: {', '.join(said)}"
