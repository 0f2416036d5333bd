"""`footnote`: the terminal's shell. It computes nothing; it asks the assistant and shows the result.

A verb is a module of this package with `arguments(parser)`, which declares what it takes, and
`run(options, terminal)`, which does it and returns the exit code. Only the verb that is called is imported.
"""

import argparse
import difflib
import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from keyword import iskeyword
from types import TracebackType
from typing import Any, NoReturn

from ingest.errors import FootnoteError, InputError

from ..settings import SURVEY

VERBS = {
    "ask": "Answer a question, with a footnote for every sentence.",
    "search": "Find papers.",
    "related": "Find the papers that a draft should cite, where, and why.",
    "check": "Say whether a paper supports a sentence, and where.",
    "export": "Write papers as BibTeX, RIS, CSL-JSON, Markdown, CSV or JSON, or a whole collection as one file.",
    "import": "Take in a collection from such a file, or from another machine's folder.",
    "collections": "List the collections.",
    "add": "Read a reading list and add its papers to a collection.",
    "remove": "Remove papers from a collection.",
    "watch": "Keep a collection current with files and addresses.",
    "enrich": "Fetch published abstracts and the like from metadata services.",
    "merges": "Show which records were taken for one paper; undo a merge, accept a suggestion.",
    "status": "Show what a collection holds and where it lies.",
    "rebuild": "Embed a collection again, with the model that is configured.",
    "config": "Show the settings, or change one.",
    "doctor": "Try every model that is configured, and say what leaves this machine.",
    "serve": "Open the page.",
    "mcp": "Serve the tools to an editor or an agent, over standard input and output.",
    "eval": "Measure retrieval on a judged collection.",
}

_OF_NO_COLLECTION = ("collections", "import")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 our fault, 2 the user's, 3 not in the collection."""
    logging.basicConfig(format="footnote: %(message)s", level=logging.WARNING)
    for library in ("huggingface_hub", "transformers", "sentence_transformers", "httpx"):
        logging.getLogger(library).setLevel(logging.ERROR)  # what matters of it comes back as an error
    sys.excepthook = _bug
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        options = _parser(given := _with_verb(given)).parse_args(given)
        run: Callable[..., int] = options.run
        if given[0] == "mcp":  # it has no terminal, and is up sooner without what one needs
            return run(options)
        from ..terminal import Terminal

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


def _bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say in one line that the program itself is wrong; the traceback is for those who ask for it."""
    if "FOOTNOTE_DEBUG" in os.environ:
        sys.__excepthook__(kind, error, trace)
        return
    place = traceback.extract_tb(trace)[-1]
    print(
        f"footnote: a fault of ours in {place.filename}:{place.lineno} ({kind.__name__}: {error}); nothing that was "
        "committed is lost. FOOTNOTE_DEBUG=1 shows the whole trace, which a report needs",
        file=sys.stderr,
    )


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


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser that lists all verbs and knows the arguments of the one that is given."""
    parser = _Parser(
        prog="footnote",
        description="Ask a reading list; every sentence of the answer has a footnote.",
        epilog='footnote "QUESTION" alone asks it. FOOTNOTE_HOME says where collections and settings lie.',
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for name, help in VERBS.items():
        sub = verbs.add_parser(name, help=help, description=help)
        if name in given[:1]:
            module = import_module(f".{name}{'_' * iskeyword(name)}", __name__)
            sub.set_defaults(run=module.run)
            if name not in _OF_NO_COLLECTION:
                sub.add_argument(
                    "--collection", metavar="NAME", default=SURVEY, help="default: %(default)s; see docs/collections.md"
                )
            module.arguments(sub)
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
