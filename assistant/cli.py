"""`footnote`: the terminal's shell. It computes nothing; it asks the assistant and shows the result."""

import argparse
import difflib
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from index.filters import Filters
from ingest.errors import FootnoteError, InputError

from . import settings
from .library import SURVEY, add_file, open_collection
from .models import ModelAddress
from .pipeline import Assistant
from .terminal import Terminal

VERBS = ("ask", "search", "add", "status", "config", "rebuild", "serve")
_NOT_HERE = 3  # exit code of `ask` when the collection does not hold the answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 our fault, 2 the user's, 3 not in the collection."""
    logging.basicConfig(format="footnote: %(message)s", level=logging.WARNING)
    for library in ("huggingface_hub", "transformers", "sentence_transformers", "httpx"):
        logging.getLogger(library).setLevel(logging.ERROR)  # what matters of it comes back as an error
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        options = _parser().parse_args(_with_verb(given))
        run: Callable[[argparse.Namespace, Terminal], int] = options.run
        return run(options, Terminal(sys.stdout))
    except FootnoteError as error:
        print(f"footnote: {error}", file=sys.stderr)
        return 2 if isinstance(error, InputError) else 1
    except BrokenPipeError:  # the reader of our output has left, as `head` does
        sys.stderr.close()
        return 0
    except OSError as error:
        print(f"footnote: {error.filename or 'the disk'}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("footnote: stopped; what was committed before stays", file=sys.stderr)
        return 130


def _with_verb(given: list[str]) -> list[str]:
    """Put `ask` before a bare question."""
    if given == ["help"]:
        return ["--help"]
    if not given or given[0] in VERBS or given[0] in ("-h", "--help", "--version"):
        return given
    first = given[0]
    if " " not in first and not first.startswith("-"):
        close = difflib.get_close_matches(first, VERBS, n=1, cutoff=0.75)
        if close:
            raise InputError(f"no verb {first!r}; did you mean: footnote {close[0]}? (quote a question to ask it)")
    return ["ask", *given]


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="footnote",
        description="Ask a reading list; every sentence of the answer has a footnote.",
        epilog='footnote "QUESTION" alone asks it. FOOTNOTE_HOME says where collections and settings lie.',
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    def verb(
        name: str, run: Callable[[argparse.Namespace, Terminal], int], help: str, json: bool = True
    ) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help, description=help)
        sub.set_defaults(run=run)
        sub.add_argument("--collection", metavar="NAME", default=SURVEY, help="default: %(default)s")
        if json:
            sub.add_argument("--json", action="store_true", help="print JSON")
        return sub

    ask = verb("ask", _ask, "Answer a question, with a footnote for every sentence.")
    ask.add_argument("question", nargs="*", help="the question")
    search = verb("search", _search, "Find papers.")
    search.add_argument("query", nargs="*", help="key words, a question or a passage")
    search.add_argument("-k", type=int, default=10, metavar="N", help="how many papers; default: %(default)s")
    for sub in (ask, search):
        sub.add_argument("--batch", type=Path, metavar="FILE", help="one query a line, or JSON lines with _id and text")
        group = sub.add_argument_group("filters")
        group.add_argument("--section", help="part of a heading")
        group.add_argument("--topic", help="part of a topic")
        group.add_argument("--venue", help="a venue, or: findings, workshop, preprint, journal")
        group.add_argument("--year", help="2024, 2021-2023, 2023- or -2020")
        group.add_argument("--has-code", action="store_true", default=None, help="only papers with a code link")

    add = verb("add", _add, "Read a reading list and add its papers to a collection.")
    add.add_argument("file", type=Path)
    verb("status", _status, "Show what a collection holds and where it lies.")
    verb("rebuild", _rebuild, "Embed a collection again, with the model that is configured.")
    config = verb("config", _config, "Show the settings, or change one.")
    config.add_argument("name", nargs="?", choices=settings.NAMES)
    config.add_argument("value", nargs="?", help="leave it out to remove the setting")
    serve = verb("serve", _serve, "Open the page.", json=False)
    serve.add_argument("--port", type=int, default=7860, help="default: %(default)s")
    return parser


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see: {self.prog} --help")


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: the look-up reads every installed package."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        parser.exit(message=f"footnote {version('footnote')}\n")


def _assistant(options: argparse.Namespace, terminal: Terminal) -> Assistant:
    with terminal.progress("Indexing the survey") as progress:
        return Assistant.open(options.collection, progress)


def _filters(options: argparse.Namespace) -> Filters:
    return Filters.create(
        section=options.section,
        topic=options.topic,
        venue=options.venue,
        year=options.year,
        has_code=options.has_code,
    )


def _ask(options: argparse.Namespace, terminal: Terminal) -> int:
    filters = _filters(options)
    _one_of(options.question, options.batch)
    assistant = _assistant(options, terminal)
    if options.batch:
        for id, text in _batch(options.batch):
            _json(terminal, {**id, **assistant.ask(text, filters).to_dict()}, indent=None)
        return 0
    answer = assistant.ask(" ".join(options.question), filters)
    if options.json:
        _json(terminal, answer.to_dict())
    else:
        terminal.answer(answer)
    return _NOT_HERE if answer.refused else 0


def _search(options: argparse.Namespace, terminal: Terminal) -> int:
    filters = _filters(options)
    _one_of(options.query, options.batch)
    assistant = _assistant(options, terminal)
    if options.batch:
        for id, text in _batch(options.batch):
            _json(terminal, {**id, **assistant.search(text, options.k, filters).to_dict()}, indent=None)
        return 0
    results = assistant.search(" ".join(options.query), options.k, filters)
    if options.json:
        _json(terminal, results.to_dict())
    else:
        terminal.results(results)
    return 0


def _one_of(words: list[str], batch: Path | None) -> None:
    if words and batch:
        raise InputError(f"both a query and --batch {batch}; expected one of them")


def _batch(file: Path) -> Iterator[tuple[dict[str, str], str]]:
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


def _add(options: argparse.Namespace, terminal: Terminal) -> int:
    with terminal.progress(options.file.name) as progress:
        reading, change = add_file(options.file, options.collection, progress)
    if not options.json:
        terminal.report(reading, change, options.file.name)
        return 0
    _json(
        terminal,
        {
            "papers_read": len(reading.papers),
            "added": change.added,
            "updated": change.updated,
            "unchanged": change.unchanged,
            "refused": [remark.to_dict() for remark in reading.refused],
            "warnings": [remark.to_dict() for remark in reading.warnings],
        },
    )
    return 0


def _status(options: argparse.Namespace, terminal: Terminal) -> int:
    assistant = _assistant(options, terminal)
    status = {**assistant.collection.status(), "llm": settings.Settings.load().llm}
    if options.json:
        _json(terminal, status)
    else:
        terminal.status(status)
    return 0


def _rebuild(options: argparse.Namespace, terminal: Terminal) -> int:
    collection = open_collection(options.collection)
    with terminal.progress("Rebuilding") as progress:
        change = collection.rebuild(settings.Settings.load().model, progress)
    report = {"papers": len(collection), "encoded": change.encoded, "model_id": collection.fact("model_id")}
    if options.json:
        _json(terminal, report)
    else:
        terminal.line("{papers} papers stand under {model_id}. Encoded {encoded}.".format(**report))
    return 0


def _config(options: argparse.Namespace, terminal: Terminal) -> int:
    if options.name:
        value = options.value
        if options.name == "llm" and value:
            ModelAddress.parse(value)
        if options.name == "model" and value and Path(value).expanduser().is_dir():
            value = str(Path(value).expanduser().resolve())
        settings.store(options.name, value)
    current = settings.Settings.load()
    values = {name: getattr(current, name) for name in settings.NAMES}
    if options.json:
        _json(terminal, values)
    else:
        for name, value in values.items():
            where = ""
            if name == "llm" and value:
                local = ModelAddress.parse(value).is_local
                where = "   (on this machine)" if local else "   (questions and sources leave this machine)"
            terminal.line(f"{name:6} {value or 'default' if name == 'model' else value or 'none'}{where}")
    return 0


def _serve(options: argparse.Namespace, terminal: Terminal) -> int:
    from app import check_port, serve

    check_port(options.port)
    _assistant(options, terminal)
    serve(options.collection, options.port)
    return 0


def _json(terminal: Terminal, value: dict[str, Any], indent: int | None = 1) -> None:
    terminal.line(json.dumps(value, ensure_ascii=False, indent=indent))


if __name__ == "__main__":
    sys.exit(main())
