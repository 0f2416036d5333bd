"""What a person should know of the papers of a collection: what is missing, corrected or odd."""

from collections.abc import Callable, Iterable
from html import escape

from ingest.instructions import suspicion
from ingest.paper import Paper

_SHOWN = 20  # papers of a kind

_KINDS: tuple[tuple[str, Callable[[Paper], str | None]], ...] = (
    ("speak to a language model rather than to a reader; they are quoted, never obeyed", suspicion),
    ("have no abstract or summary: they are found by title alone", lambda paper: None if paper.text else ""),
    ("have a summary that was written from the title alone", lambda paper: "" if paper.text_basis == "title" else None),
    ("have no year", lambda paper: None if paper.year else ""),
    ("have no link", lambda paper: None if paper.url or paper.doi or paper.arxiv_id else ""),
    (
        "were put right where the list has it otherwise",
        lambda paper: "; ".join(dict.fromkeys(c.reason for c in paper.corrections)) or None,
    ),
)


def doubts(papers: Iterable[Paper]) -> str:
    """Return each kind of doubt with its papers, as HTML; empty where there is nothing to say."""
    totals = [0] * len(_KINDS)
    shown: list[list[str]] = [[] for _ in _KINDS]
    for paper in papers:
        for kind, (_, test) in enumerate(_KINDS):
            said = test(paper)
            if said is None:
                continue
            totals[kind] += 1
            if totals[kind] <= _SHOWN:
                remark = f'<p class="quiet" dir="auto">{escape(said)}</p>' if said else ""
                shown[kind].append(f'<li><span dir="auto">{escape(paper.title)}</span>{remark}</li>')
    html = ""
    for (name, _), total, items in zip(_KINDS, totals, shown, strict=True):
        if total:
            more = f'<li class="quiet">and {total - len(items):,} more</li>' if total > len(items) else ""
            label = f"{total:,} {'paper' if total == 1 else 'papers'} {_agreed(name, total)}"
            html += f"<details><summary>{label}</summary><ul>{''.join(items)}{more}</ul></details>"
    return html


def _agreed(name: str, total: int) -> str:
    """Return the words about several papers as they are about `total` of them."""
    if total != 1:
        return name
    for several, one in (("have ", "has "), ("speak ", "speaks "), ("were ", "was "), ("they are", "it is")):
        name = name.replace(several, one)
    return name
