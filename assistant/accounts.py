"""What a collection holds and what was done to it, as a terminal shows it."""

from collections.abc import Iterator, Sequence
from typing import Any

from index.hits import Change
from index.listing import Listed
from index.merges import Merge, Side
from ingest.reading import Reading

from .reference import venue
from .terminal import Terminal

_MOST_REMARKS = 50  # of a kind that are shown
_MERGES = (
    ("merged", "Taken for one paper"),
    ("suggested", "Perhaps one paper (footnote merges --accept N, or --undo N if they are two)"),
    ("undone", "Kept apart (footnote merges --accept N to take them for one)"),
)


def report(terminal: Terminal, reading: Reading, change: Change, file: str) -> None:
    """Say what was read from a file and what came of it."""
    again = f", {reading.repeated.total} listed again" if reading.repeated.total else ""
    terminal.line(
        f"{file}: {reading.rows_read} rows read, {reading.papers_read} papers{again}, {reading.refused.total} refused"
    )
    kinds = (("refused", reading.refused), ("listed again", reading.repeated), ("warning", reading.warnings))
    for kind, remarks in kinds:
        for remark in remarks[:_MOST_REMARKS]:
            terminal.wrapped(f"line {remark.line}  {kind}: {remark.reason}", "  ", "    ")
        if remarks.total > _MOST_REMARKS:
            terminal.line(f"  and {remarks.total - _MOST_REMARKS:,} more {kind}; --json lists the first 1,000")
    for conflict in change.conflicts[:_MOST_REMARKS]:
        terminal.wrapped(f"row {conflict.record.source.row}  warning: {conflict}", "  ", "    ")
    if len(change.conflicts) > _MOST_REMARKS:
        terminal.line(f"  and {len(change.conflicts) - _MOST_REMARKS:,} more; --json lists the first 1,000")
    terminal.line(
        f"{_counted(change.added, change.updated, change.unchanged, change.removed)} Encoded {change.encoded}."
    )
    if change.left_out:
        count = change.left_out_total
        terminal.line(f"Left out {count:,} that you removed; `footnote remove --undo ID` brings one back:")
        for paper in change.left_out[:_MOST_REMARKS]:
            terminal.wrapped(f"{paper.title} ({paper.id})", "  ", "    ")
        if count > _MOST_REMARKS:
            terminal.line(f"  and {count - _MOST_REMARKS:,} more; --json lists the first 1,000")
    if change.merged:
        terminal.line(f"Taken for papers here: {change.merged}. `footnote merges` shows and undoes it.")


def _counted(added: int, updated: int, unchanged: int, removed: int) -> str:
    gone = f", removed {removed}" if removed else ""
    return f"Added {added}, updated {updated}, already here {unchanged}{gone}."


def status(terminal: Terminal, status: dict[str, Any]) -> None:
    """Say what a collection is and holds, given as `Collection.status` and the settings say it."""
    terminal.line(terminal.strong(status["title"] or status["collection"]))
    if status["by"]:
        terminal.line(f"by {status['by']}")
    terminal.line(f"collection {status['collection']} · {status['papers']} papers · {status['generation']}")
    terminal.line(f"model {status['model_id']}")
    llms = [f"{role} LLM {status[role]}" for role in ("small", "large") if status[role]]
    terminal.line(" · ".join(llms) or "no LLM (answers are quoted from the papers)")
    size, budget = (status["token_vectors"][name] for name in ("bytes", "budget"))
    kept = f"{size / 2**20:.0f} of at most" if size is not None else "not kept: more than"
    terminal.line(f"token vectors {kept} {budget / 2**20:.0f} MiB")
    terminal.line(f"in {status['folder']}")
    if last := status["last_change"]:
        source = f", from {last['source']}" if last["source"] else ""
        when = last["when"].replace("T", " ").removesuffix("+00:00")
        counted = _counted(last["added"], last["updated"], last["unchanged"], last["removed"])
        terminal.line(f"last changed {when} UTC{source}: {counted[0].lower()}{counted[1:]}")
    if status["suggestions"]:
        terminal.line(f"{status['suggestions']} pairs may be one paper: footnote merges")
    if status["sections"]:
        terminal.line("\nSections")
    for depth, section in _walk(status["sections"], 1):
        terminal.line(f"{section['papers'] or '–':>5}{'  ' * depth}{section['name']}")
    for field in ("topic", "venue", "year"):
        values = ", ".join(f"{value} {n}" for value, n in status[field])
        if values:
            terminal.line()
            terminal.wrapped(f"{field.capitalize()}s: {values}", "", "  ")


def collections(terminal: Terminal, found: Sequence[Listed]) -> None:
    """List collections, one a line."""
    if not found:
        terminal.line("No collection yet; the bundled list is made by the first question, others by footnote add FILE.")
    width = max((len(one.name) for one in found), default=0)
    for one in found:
        papers = "damaged" if one.papers is None else f"{one.papers:,} papers"
        size, changed = f"{one.bytes / 1e6:,.1f} MB", f"{one.changed.astimezone():%Y-%m-%d %H:%M}"
        name = terminal.strong(one.name.ljust(width))
        terminal.line(f"{name}  {papers:>14}  {size:>12}  {changed}  {one.model_id or ''}")


def merges(terminal: Terminal, found: Sequence[Merge]) -> None:
    """Show merges, suggestions, and what is kept apart, each with the number by which it is changed.

    Of several, those that nobody need look at are counted only.
    """
    if not found:
        terminal.line("No two records here were taken for one paper, and none look like it.")
    plain = {merge.number for merge in found if merge.is_plain and len(found) > 1}
    for state, heading in _MERGES:
        these = [merge for merge in found if merge.state == state and merge.number not in plain]
        if these:
            terminal.line(terminal.strong(f"{heading}: {len(these):,}"))
        for merge in these[:_MOST_REMARKS]:
            terminal.wrapped(f"{merge.number:4}  {merge.reason}", "", " " * 6)
            for side in (merge.one, merge.other):
                terminal.wrapped(_side(side), " " * 6, " " * 10)
        if len(these) > _MOST_REMARKS:
            terminal.line(f"  and {len(these) - _MOST_REMARKS:,} more; --json lists all")
    if plain:
        terminal.line(f"And {len(plain):,} by one identifier under one title; --json lists them, --undo N parts them")


def _side(side: Side) -> str:
    gives = f"; the paper has its {', '.join(side.gives)}" if side.gives else ""
    file = side.record.source.file
    where = f"{side.source}{f', {file}' if file != side.source else ''}, row {side.record.source.row}"
    appeared = f"{said}; " if (said := venue(side.record)) else ""
    return f"{side.record.title} ({appeared}{where}{gives})"


def _walk(sections: Sequence[dict[str, Any]], depth: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for section in sections:
        yield depth, section
        yield from _walk(section["children"], depth + 1)
