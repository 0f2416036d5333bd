"""`footnote related`."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from ..drafts import Draft, read
from ..drafts.folder import LARGEST_FILE
from ..reference import venue
from ..related import Claim, Doubt, Found, Related, Suggestion, related
from ..related.find import BREADTH
from ..terminal import Terminal
from .common import counted, filter_arguments, filters, json_argument, open_assistant, print_json
from .drafting import check_drafting, drafting_arguments, is_drafting, run_drafting

_PLACES = 3  # of a paper's wanting sentences that are named
_FEW = 6  # paragraphs of a draft that is shown paragraph by paragraph
_OF_A_PARAGRAPH = 3  # papers shown of each
_MOST_WARNINGS = 10
_LONGEST_QUOTATION = 120  # characters


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("draft", help=".tex, .md, .txt, .docx or .pdf; - for text on standard input")
    parser.add_argument("--breadth", type=int, default=BREADTH, metavar="N", help="papers; default: %(default)s")
    parser.add_argument(
        "--diversity", type=float, default=0.0, metavar="0..1", help="keep papers that are alike apart; default: 0"
    )
    json_argument(parser)
    drafting_arguments(parser)
    filter_arguments(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    chosen = filters(options)
    draft = _draft(options.draft)
    check_drafting(options, draft)
    assistant = open_assistant(options, terminal)
    with terminal.progress(f"Reading {draft.name}", " paragraphs", 1) as progress:
        found = related(assistant.collection, draft, options.breadth, options.diversity, chosen, progress)
    if not options.json and not options.show_prompt:
        _read(found, terminal)
    if is_drafting(options):
        run_drafting(options, terminal, found, assistant.collection)
    if options.json:
        print_json(terminal, found.to_dict())
    elif not is_drafting(options):
        _show(found, options, terminal)
    return 0


def _draft(name: str) -> Draft:
    return read(sys.stdin.buffer.read(LARGEST_FILE + 1)) if name == "-" else read(Path(name))


def _read(found: Related, terminal: Terminal) -> None:
    """Say what was read, and what of it could not be."""
    terminal.wrapped(_what_was_read(found))
    for remark in found.draft.warnings[:_MOST_WARNINGS]:
        terminal.wrapped(f"{remark.place}: {remark.reason}", "  ", "    ")
    if len(found.draft.warnings) > _MOST_WARNINGS:
        terminal.line(f"  and {len(found.draft.warnings) - _MOST_WARNINGS:,} more; --json lists them")


def _show(found: Related, options: argparse.Namespace, terminal: Terminal) -> None:
    breadth = options.breadth
    heading = "Missing from your references" if found.draft.bibliography else "Papers to cite"
    _papers(f"{heading}, most wanted first", found.missing[:breadth], terminal)
    if len(found.missing) > breadth:
        terminal.line(terminal.quiet(f"  and {len(found.missing) - breadth:,} more; --breadth shows them"))
    if not found.missing:
        nearest = [suggestion for suggestion in found.papers if suggestion.cited_as is None][:_OF_A_PARAGRAPH]
        _papers("No paper here is surely missing. Nearest", nearest, terminal)
    _cited(found.papers, terminal)
    _doubts(found.doubtful, terminal)
    _claims(found.claims, terminal)
    if 1 < len(found.paragraphs) <= _FEW:
        _paragraphs(found.paragraphs, terminal)
    if len(found.paragraphs) > _FEW:
        terminal.line()
        terminal.line(f"The papers of each of {len(found.paragraphs):,} paragraphs: --json")
    if options.draft != "-":
        terminal.line()
        again = shlex.quote(options.draft)
        terminal.wrapped(
            f"Write the section: footnote related {again} --write related.tex --bib footnote.bib", "", "  "
        )


def _what_was_read(found: Related) -> str:
    draft = found.draft
    sentences = list(draft.sentences)
    citations = sum(len(sentence.citations) for sentence in sentences)
    others = len(draft.files) - 1
    files = f" and {counted(others, 'more file')}" if others > 0 else ""
    here = f", {len(found.cited)} of them here" if draft.bibliography else ""
    return (
        f"Read {draft.name}{files}: {counted(len(sentences), 'sentence')}, {counted(citations, 'citation')}, "
        f"{counted(len(draft.bibliography), 'reference')}{here}."
    )


def _papers(heading: str, papers: Sequence[Suggestion], terminal: Terminal) -> None:
    if not papers:
        return
    terminal.line()
    terminal.line(terminal.strong(heading))
    for suggestion in papers:
        terminal.wrapped(f"{suggestion.confidence:.2f}  {suggestion.paper.title}", "  ", " " * 8)
        if suggestion.passage:
            terminal.wrapped(suggestion.passage.text, " " * 8)
        said = [venue(suggestion.paper), _wanting(suggestion) if suggestion.wanted_by else ""]
        if any(said):
            terminal.wrapped(terminal.quiet(" · ".join(filter(None, said))), " " * 8)


def _cited(papers: Sequence[Suggestion], terminal: Terminal) -> None:
    cited = [f"{one.paper.title} [{one.cited_as}]" for one in papers if one.cited_as]
    if cited:
        terminal.line()
        terminal.line(terminal.strong("Cited already, and wanted"))
        terminal.wrapped("; ".join(cited), "  ")


def _wanting(suggestion: Suggestion) -> str:
    places = list(dict.fromkeys(str(wanted.sentence.place) for wanted in suggestion.wanted_by))
    more = " ..." if len(places) > _PLACES else ""
    return f"wanted by {counted(len(suggestion.wanted_by), 'sentence')}: {', '.join(places[:_PLACES])}{more}"


def _doubts(doubts: Sequence[Doubt], terminal: Terminal) -> None:
    if not doubts:
        return
    terminal.line()
    terminal.line(terminal.strong("Citations to look at"))
    for doubt in doubts:
        sentence, said = doubt.sentence, _quotation(doubt.sentence.text)
        terminal.wrapped(f"{sentence.place} cites [{doubt.key}] for {said}: {doubt.check.reason}", "  ", "    ")
        if doubt.better:
            terminal.wrapped(terminal.quiet(f"this does say so: {doubt.better.paper.title}"), "    ")


def _claims(claims: Sequence[Claim], terminal: Terminal) -> None:
    if not claims:
        return
    terminal.line()
    terminal.line(terminal.strong("Claims with no citation"))
    for claim in claims:
        titles = "; ".join(check.paper.title for check in claim.checks)
        terminal.wrapped(f"{claim.sentence.place}  {_quotation(claim.sentence.text)}", "  ", "    ")
        terminal.wrapped(terminal.quiet(titles), "    ")


def _paragraphs(paragraphs: Sequence[Found], terminal: Terminal) -> None:
    terminal.line()
    terminal.line(terminal.strong("Paragraph by paragraph"))
    for found in paragraphs:
        terminal.wrapped(f"{found.paragraph.place}  {_quotation(found.paragraph.text)}", "  ", "    ")
        for suggestion in found.suggestions[:_OF_A_PARAGRAPH]:
            cited = f" (cited as {suggestion.cited_as})" if suggestion.cited_as else ""
            terminal.wrapped(f"{suggestion.confidence:.2f}  {suggestion.paper.title}{cited}", "    ", " " * 10)


def _quotation(text: str) -> str:
    return f"“{text if len(text) <= _LONGEST_QUOTATION else text[:_LONGEST_QUOTATION].rstrip() + ' …'}”"
