"""What a collection holds, as calm bars: sections, years, venues."""

from collections.abc import Iterator, Sequence
from html import escape

from index.taxonomy import Tree

_SHOWN = 10  # bars; the rest are folded
_MOST = 300
_DEEPEST = 3  # levels of sections that are shown at once


def sections(tree: Tree) -> str:
    """Return the sections, each with a bar as long as its share of the largest."""
    rows = [row for row in _walk(tree, 0) if row[2]]
    most = max((papers for _, _, papers in rows), default=1)
    upper = [_bar(name, papers, most, depth) for depth, name, papers in rows if depth < _DEEPEST]
    deeper = [_bar(name, papers, most, depth) for depth, name, papers in rows]
    if not rows:
        return ""
    whole = _fold("All sections", deeper) if len(deeper) > len(upper) else ""
    return f'<section class="chart"><h3>Sections</h3><ul class="bars">{"".join(upper[:_MOST])}</ul>{whole}</section>'


def named(title: str, counts: Sequence[tuple[str, int]]) -> str:
    """Return values by their number of papers, the most frequent first."""
    ordered = sorted(counts, key=lambda one: -one[1])
    bars = [_bar(name, papers, ordered[0][1]) for name, papers in ordered[:_MOST]]
    if not bars:
        return ""
    shown = _SHOWN if len(bars) > _SHOWN + 2 else len(bars)
    rest = _fold(f"{len(ordered) - shown:,} more", bars[shown:]) if bars[shown:] else ""
    return f'<section class="chart"><h3>{title}</h3><ul class="bars">{"".join(bars[:shown])}</ul>{rest}</section>'


def years(counts: Sequence[tuple[str, int]]) -> str:
    """Return the years as columns, one for each year from the first to the last; of a long time, the latest."""
    known = {int(year): papers for year, papers in counts}
    if not known:
        return ""
    last = max(known)
    first = max(min(known), last - 39)
    most = max(known.values())
    columns = "".join(
        f'<li style="--share:{known.get(year, 0) / most:.3f}"><span class="n">{known.get(year, "")}</span>'
        f'<span class="column"></span><span class="year">{year}</span></li>'
        for year in range(first, last + 1)
    )
    before = sum(papers for year, papers in known.items() if year < first)
    said = f'<p class="quiet">And {before:,} from before {first}.</p>' if before else ""
    many = " many" if last - first > 12 else ""
    return f'<section class="chart"><h3>Years</h3><ol class="columns{many}">{columns}</ol>{said}</section>'


def _walk(tree: Tree, depth: int) -> Iterator[tuple[int, str, int]]:
    for section in tree:
        yield depth, section["name"], section["papers"]
        yield from _walk(section["children"], depth + 1)


def _bar(name: str, papers: int, most: int, depth: int = 0) -> str:
    return (
        f'<li style="--share:{papers / most:.3f};--depth:{depth}"><span class="name" dir="auto">{escape(name)}</span> '
        f'<span class="bar"></span><span class="n">{papers:,}</span></li>'
    )


def _fold(label: str, bars: Sequence[str]) -> str:
    return f'<details><summary>{label}</summary><ul class="bars">{"".join(bars[:_MOST])}</ul></details>'
