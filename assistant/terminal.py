"""How answers, hits and reports look in a terminal: quiet, one accent, no colour when piped."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from index.encoder import Progress
from index.hits import Change, Hit, Results
from index.query import Query
from ingest.paper import Paper
from ingest.reading import Reading

from .answer import Answer, marks
from .checking.check import Check
from .reference import links, reference, venue, whose_sentences, whose_words

_MOST_REMARKS = 50  # of a kind that are shown
_WIDEST_COLUMN = 30  # of a table
_WIDEST = 110  # columns; longer lines are hard to read


class Terminal:
    """Writes to one stream."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._colour = out.isatty() and "NO_COLOR" not in os.environ
        self._width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)

    def line(self, text: str = "") -> None:
        print(text, file=self._out)

    def write(self, text: Iterable[str]) -> None:
        """Write a text that comes in pieces, as it stands."""
        self._out.writelines(text)

    def quiet(self, text: str) -> str:
        return f"\033[2m{text}\033[0m" if self._colour else text

    def strong(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self._colour else text

    def wrapped(self, text: str, indent: str = "", later: str | None = None) -> None:
        lines = textwrap.wrap(
            text,
            self._width,
            initial_indent=indent,
            subsequent_indent=indent if later is None else later,
            break_long_words=False,
            break_on_hyphens=False,
        )
        self.line("\n".join(lines))

    def answer(self, answer: Answer) -> None:
        if answer.refused:
            self.wrapped(f"{answer.lead} {answer.reason}")
            self.line(self.quiet(answer.status))
            self._read(answer)
            if answer.nearest:
                self.line("\nNearest:")
            for hit in answer.nearest:
                self.wrapped(f"{hit.paper.title} ({venue(hit.paper)})", "  ", "    ")
            return
        if answer.lead:
            self.line(answer.lead)
        self.line(self.quiet(answer.status))
        self._read(answer)
        if answer.reason:
            self.wrapped(f"Note: {answer.reason}")
        self._table(answer)
        for group, sentences in answer.groups:
            self.line()
            if group:
                self.line(self.strong(group))
            for sentence in sentences:
                self.wrapped(f"{sentence.text} {marks(sentence.citations)}".rstrip(), "  ", "    ")
                if sentence.reason:
                    self.wrapped(self.quiet(f"({sentence.verdict}: {sentence.reason})"), "    ")
        self.line()
        for citation in answer.references:
            self.wrapped(f"[{citation.n}] {reference(citation.paper)}", "", "    ")
            self.line("    " + self.quiet("   ".join(filter(None, [links(citation.paper), _caveat(citation.paper)]))))
        if answer.route == "extractive":
            self.line()
            self.line(self.quiet(whose_sentences([citation.paper for citation in answer.references])))

    def _table(self, answer: Answer) -> None:
        """Show the papers of a comparison or an overview in columns; what each does follows as sentences."""
        if answer.table is None:
            return
        numbers = {citation.paper.id: f"[{citation.n}]" for citation in answer.references}
        rows = [
            (numbers.get(p.id, ""), p.title.partition(":")[0], p.topic or "", venue(p), "code" if p.has_code else "")
            for p in answer.table.papers_shown
        ]
        widths = [min(max(len(row[i]) for row in rows), _WIDEST_COLUMN) for i in range(5)] if rows else []
        self.line()
        for row in rows:
            cells = [
                textwrap.shorten(cell, width, placeholder="…").ljust(width) if width else ""
                for cell, width in zip(row, widths, strict=True)
            ]
            self.line("  ".join(cells).rstrip())

    def steps(self, answer: Answer) -> None:
        """Say how an answer came about, step by step."""
        self.line()
        for step in answer.steps:
            self.wrapped(f"{step.name:8} {step.said}   {step.seconds * 1000:.0f} ms", "", " " * 9)

    def results(self, results: Results) -> None:
        if results.filters and not results.asked.conditions:
            self.line(self.quiet(f"only: {results.filters}"))
        self._note(results.asked)
        if not results.hits:
            self.line("No paper passes these filters; `footnote status` lists sections, topics and venues.")
        for hit in results.hits:
            self._hit(hit)
        if results.hits:
            self.line(self.quiet(whose_sentences([hit.paper for hit in results.hits])))

    def _read(self, answer: Answer) -> None:
        """Say how the question was read."""
        if answer.because:
            self.wrapped(self.quiet(answer.because))
        self._note(answer.asked)

    def _note(self, asked: Query | None) -> None:
        """Say what was read into the words, and how to have them taken as they stand."""
        if asked and asked.note:
            self.wrapped(self.quiet(f"{asked.note} Quotation marks around the whole take it word for word."))

    def _hit(self, hit: Hit) -> None:
        paper = hit.paper
        self.wrapped(f"{hit.rank:2}  {hit.score:.2f}  {self.strong(paper.title)}", "", " " * 10)
        where = " · ".join(filter(None, [venue(paper), paper.topic, paper.section[-1] if paper.section else ""]))
        self.wrapped(self.quiet(where), " " * 10)
        if hit.passage:
            self.wrapped(hit.passage.text, " " * 10)
            if _caveat(paper):
                self.line(" " * 10 + self.quiet(_caveat(paper)))
        self.line()

    def check(self, check: Check, another: Check | None) -> None:
        """Say whether a paper supports a sentence, with the evidence; `another` is a paper that does instead."""
        self.line(f"{self.strong(check.verdict.capitalize())} · {check.support:.2f}: {check.reason}")
        self.wrapped(reference(check.paper), "  ", "    ")
        if check.evidence:
            self.wrapped(self.quiet(f"“{check.evidence.text}”"), "  ", "    ")
        if another:
            self.line("Another paper here supports it:")
            self.wrapped(reference(another.paper), "  ", "    ")
            if another.evidence:
                self.wrapped(self.quiet(f"“{another.evidence.text}”"), "  ", "    ")

    def report(self, reading: Reading, change: Change, file: str) -> None:
        """Say what was read from a file and what came of it."""
        self.line(
            f"{file}: {reading.rows_read} rows read, {reading.papers_read} papers, {reading.refused.total} refused"
        )
        for kind, remarks in (("refused", reading.refused), ("warning", reading.warnings)):
            for remark in remarks[:_MOST_REMARKS]:
                self.wrapped(f"line {remark.line}  {kind}: {remark.reason}", "  ", "    ")
            if remarks.total > _MOST_REMARKS:
                self.line(f"  and {remarks.total - _MOST_REMARKS:,} more {kind}; --json lists the first 1,000")
        self.line(
            f"Added {change.added}, updated {change.updated}, already here {change.unchanged}. "
            f"Encoded {change.encoded}."
        )

    def status(self, status: dict[str, Any]) -> None:
        self.line(self.strong(status["title"] or status["collection"]))
        if status["by"]:
            self.line(f"by {status['by']}")
        self.line(f"collection {status['collection']} · {status['papers']} papers · {status['generation']}")
        self.line(f"model {status['model_id']}")
        llms = [f"{role} LLM {status[role]}" for role in ("small", "large") if status[role]]
        self.line(" · ".join(llms) or "no LLM (answers are quoted from the papers)")
        size, budget = (status["token_vectors"][name] for name in ("bytes", "budget"))
        kept = f"{size / 2**20:.0f} of at most" if size is not None else "not kept: more than"
        self.line(f"token vectors {kept} {budget / 2**20:.0f} MiB")
        self.line(f"in {status['folder']}")
        if status["sections"]:
            self.line("\nSections")
        for depth, section in _walk(status["sections"], 1):
            self.line(f"{section['papers'] or '–':>5}{'  ' * depth}{section['name']}")
        for field in ("topic", "venue", "year"):
            values = ", ".join(f"{value} {n}" for value, n in status[field])
            if values:
                self.line()
                self.wrapped(f"{field.capitalize()}s: {values}", "", "  ")

    @contextmanager
    def progress(self, what: str, unit: str = " papers", patience: float = 0) -> Iterator[Progress]:
        """Show a bar while a long job goes on; nothing appears when there is nothing to do.

        Args:
            unit: of what is counted; bytes, "B", are shown as MB.
            patience: seconds that a job may take without a bar.
        """
        from tqdm import tqdm

        bar: tqdm[Any] | None = None

        def show(done: int, total: int) -> None:
            nonlocal bar
            if bar is None:
                bar = tqdm(
                    total=total,
                    desc=what,
                    unit=unit,
                    unit_scale=unit == "B",
                    delay=patience,
                    file=sys.stderr,
                    bar_format="{desc}  {bar:30} {n_fmt}/{total_fmt}  {elapsed}",
                )
            bar.update(done - bar.n)
            if done >= total:
                bar.close()

        try:
            yield show
        finally:
            if bar is not None:
                bar.close()


def _caveat(paper: Paper) -> str:
    """Return what to know of a summary that was not written from a whole abstract."""
    return whose_words(paper) if paper.text_basis not in (None, "abstract") else ""


def _walk(sections: Sequence[dict[str, Any]], depth: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for section in sections:
        yield depth, section
        yield from _walk(section["children"], depth + 1)
