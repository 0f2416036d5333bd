"""What several verbs take and do alike: filters, files of queries, JSON, opening the assistant."""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from index.filters import Filters
from index.hits import Results
from ingest.errors import InputError

from ..answer import Answer
from ..export import FORMATS, SUFFIXES
from ..pipeline import Assistant
from ..terminal import Terminal

_FORMATS = {f".{suffix}": format for format, suffix in SUFFIXES.items()}  # of .json the later: plain records


def json_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def batch_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--batch", type=Path, metavar="FILE", help="one query a line, or JSON lines with _id and text")


def format_argument(parser: "argparse._ActionsContainer", *others: str) -> None:
    choices = (*FORMATS, *others)
    parser.add_argument("--format", choices=choices, help="of the list; default: by the suffix of FILE, else bibtex")


def export_format(chosen: str | None, file: Path | None) -> str:
    """Return the format that was chosen, or the one that a file's suffix says."""
    return chosen or _FORMATS.get(file.suffix.lower() if file else "", "bibtex")


def filter_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("filters")
    group.add_argument("--section", help="part of a heading")
    group.add_argument("--topic", help="part of a topic")
    group.add_argument("--venue", help="a venue, or: findings, workshop, preprint, journal")
    group.add_argument("--author", help="a name, or part of one")
    group.add_argument("--year", help="2024, 2021-2023, 2023- or -2020")
    group.add_argument("--has-code", action="store_true", default=None, help="only papers with a code link")


def filters(options: argparse.Namespace) -> Filters:
    """Return the filters that `filter_arguments` took."""
    return Filters.create(
        section=options.section,
        topic=options.topic,
        venue=options.venue,
        author=options.author,
        year=options.year,
        has_code=options.has_code,
    )


def open_assistant(options: argparse.Namespace, terminal: Terminal, lenient: bool = False) -> Assistant:
    with terminal.progress("Indexing the survey") as progress:
        return Assistant.open(options.collection, progress, lenient)


def counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def one_of(words: list[str], batch: Path | None) -> None:
    """Raise InputError where both a query and a file of queries are given."""
    if words and batch:
        raise InputError(f"both a query and --batch {batch}; expected one of them")


def queries(file: Path) -> Iterator[tuple[dict[str, str], str]]:
    """Yield each query of a file with its id, if it has one."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read ({error}); expected a text file with one query a line") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if not line.lstrip().startswith("{"):
            yield {}, line
            continue
        try:
            record = json.loads(line)
            yield ({"_id": str(record["_id"])} if "_id" in record else {}), str(record["text"])
        except (ValueError, KeyError) as error:
            raise InputError(f"{file} line {number} is no query ({error}); expected an object with text") from error


def print_batch(terminal: Terminal, file: Path, answer: Callable[[str], Answer | Results]) -> None:
    """Print what `answer` makes of each query of a file, one JSON object a line, under the query's id if it has one."""
    for id, text in queries(file):
        print_json(terminal, {**id, **answer(text).to_dict()}, indent=None)


def print_json(terminal: Terminal, value: dict[str, Any], indent: int | None = 1) -> None:
    terminal.line(json.dumps(value, ensure_ascii=False, indent=indent))
