"""`Entry`: a paper as it stands in an export, with its key, its kind and its rank in a search or for a draft."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from index.hits import Hit
from ingest.paper import Paper
from ingest.text import fold

from .keys import citation_keys

Kind = Literal["journal", "conference", "preprint", "other"]

_JOURNAL = re.compile(
    r"""\b(?:journal|transactions|trans\.|letters|reviews?|magazine|annals|bulletin|quarterly|communications\ of)\b
    | ^(?:nature|science|cell|pnas|plos|pvldb|jmlr|tmlr|tacl|tois|tkde|tpami|ieee\ access|neural\ networks
    | artificial\ intelligence | computational\ linguistics | neural\ computation | bioinformatics)\b""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper at its place in a list that no search made: an answer's references, the papers that a draft wants.

    Attributes:
        rank: from 1.
        wanted_by: the places of the draft that want it.
    """

    paper: Paper
    rank: int
    score: float | None = None
    wanted_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper of an export, with a key if its format needs one.

    Attributes:
        rank, score: those of its search, or of the list that it stands in.
        query: what it was found for.
        wanted_by: the places of a draft that want it.
    """

    paper: Paper
    key: str
    rank: int | None = None
    score: float | None = None
    query: str | None = None
    wanted_by: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """Where the paper appeared, as far as its venue and identifiers tell."""
        paper = self.paper
        if paper.venue_type == "preprint" or (paper.venue is None and paper.arxiv_id):
            return "preprint"
        if paper.venue is None:
            return "other"
        if paper.venue_type == "journal" or (paper.venue_type is None and _JOURNAL.search(paper.venue)):
            return "journal"
        return "conference"

    @property
    def container(self) -> str:
        """The name of the journal or proceedings; empty for what stands in none."""
        if self.kind in ("preprint", "other") or not self.paper.venue:
            return ""
        return f"Findings of {self.paper.venue}" if self.paper.venue_type == "findings" else self.paper.venue

    @property
    def abstract(self) -> str:
        """The authors' published abstract; a summary by somebody else is not exported as theirs."""
        return self.paper.text if self.paper.text_kind == "abstract" else ""

    @property
    def note(self) -> str:
        """The paper's place in its search or list, and who wants it; empty where it comes from none."""
        if self.rank is None:
            return ""
        search = f" for “{fold(self.query)}”" if self.query else ""
        score = f", score {self.score:.4f}" if self.score is not None else ""
        wanted = f", wanted by {fold(', '.join(self.wanted_by))}" if self.wanted_by else ""
        return f"Footnote: rank {self.rank}{search}{score}{wanted}"


def entries(
    items: Iterable[Paper | Hit | Ranked], query: str | None, keyed: bool, keys: Mapping[str, str] | None = None
) -> Iterator[Entry]:
    """Yield an entry for each paper, a paper that comes twice once.

    Args:
        keyed: whether the entries need keys; where none are given, `items` is then walked through twice.
        keys: each paper's key by its id.
    """
    if keys is None:
        keys = citation_keys(item if isinstance(item, Paper) else item.paper for item in items) if keyed else {}
    seen: set[str] = set()
    for item in items:
        paper = item if isinstance(item, Paper) else item.paper
        if paper.id in seen:
            continue
        seen.add(paper.id)
        key = keys[paper.id] if keyed else ""
        if isinstance(item, Paper):
            yield Entry(paper, key)
        else:
            wanted_by = item.wanted_by if isinstance(item, Ranked) else ()
            yield Entry(paper, key, item.rank, item.score, query, wanted_by)
