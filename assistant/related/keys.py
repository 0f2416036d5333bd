"""The keys by which a draft cites, or can cite, the papers that were found for it."""

import re
from pathlib import PurePath

from ingest.paper import Paper

from ..drafts import Draft
from ..export import citation_keys
from .result import Related

# Entries of these files have keys that TeX or Pandoc know; a numbered list in Word has none.
_KEYED = frozenset({".bib", ".bbl", ".tex", ".ltx", ".latex"})
_WRITABLE = re.compile(r"[^\s,{}\\%#~\"]+")


def own_keys(related: Related) -> dict[str, str]:
    """Return the draft's own key of each paper that its bibliography names, by the paper's id."""
    return {paper.id: key for key, paper in reversed(related.cited.items()) if _is_key(key, related.draft)}


def all_keys(related: Related) -> dict[str, str]:
    """Return a key for every paper that may be cited, by its id.

    The draft's own keys are kept; the others are like those of any export, and clash with none of the draft's.
    """
    own = own_keys(related)
    papers = {paper.id: paper for paper in _papers(related) if paper.id not in own}
    return {**citation_keys(papers.values(), _taken(related.draft)), **own}


def _papers(related: Related) -> list[Paper]:
    better = [doubt.better for doubt in related.doubtful if doubt.better]
    return [
        *related.cited.values(),
        *(suggestion.paper for suggestion in (*related.papers, *related.missing)),
        *(check.paper for check in [*better, *(check for claim in related.claims for check in claim.checks)]),
    ]


def _taken(draft: Draft) -> set[str]:
    return {*draft.bibliography, *draft.uncited, *(key for one in draft.sentences for key in one.citations)}


def _is_key(key: str, draft: Draft) -> bool:
    suffix = PurePath(draft.bibliography[key].place.file).suffix.lower()
    return suffix in _KEYED and bool(_WRITABLE.fullmatch(key))
