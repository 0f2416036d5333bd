"""Which route an answer takes: quoting, the small model, or the large one (model cascading and routing).

Quoting suffices for questions that ask for papers, and costs nothing; FrugalGPT's cascade
(arXiv 2305.05176) is what comes after: the small model first, its answer checked, and the large one where
the small one's does not hold.
"""

import re
from dataclasses import dataclass
from typing import Literal

from index.hits import Results

from .extract import asks_for_one
from .models import Model

Wish = Literal["auto", "extract", "local", "hosted"]
"""What a person asks for: `local` and `hosted` are models on this machine and elsewhere."""

WISHES: tuple[Wish, ...] = ("auto", "extract", "local", "hosted")

# "which papers ...", "who ...", "papers about ...", "find ...": a list of papers is the answer.
_ASKS_FOR_PAPERS = re.compile(
    r"^\W*(?:which|what)\s+(?:\w+\s+){0,2}(?:papers?|works?|articles?|methods?|approaches|datasets?)\b|^\W*who\b"
    r"|^\W*(?:papers?|works?|articles?|find|list|show)\b",
    re.I,
)
_ASKS = re.compile(r"\?|^\W*(?:how|why|what|when|where|does|do|is|are|can|should|explain|describe|compare)\b", re.I)
# All development questions that ask for papers and lie above this have a relevant paper among the first
# three quoted; they are but five (benchmarks/RESULTS.md).
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """The models to ask, in this order, and why; none: the answer is quoted."""

    models: tuple[tuple[Literal["small", "large"], Model], ...]
    because: str


def asks_for_papers(question: str) -> bool:
    """Tell whether a list of papers, or one paper, is the answer."""
    return bool(_ASKS_FOR_PAPERS.search(question)) or asks_for_one(question)


def plan(results: Results, small: Model | None, large: Model | None, wish: Wish = "auto") -> Plan:
    """Choose the route of a question that the collection covers."""
    configured: list[tuple[Literal["small", "large"], Model]] = []
    if small:
        configured.append(("small", small))
    if large:
        configured.append(("large", large))
    if wish == "extract":
        return Plan((), "quotation was asked for")
    if not configured:
        return Plan((), "no LLM is configured")
    if wish != "auto":
        chosen = tuple(one for one in configured if one[1].is_local == (wish == "local"))
        where = "on this machine" if wish == "local" else "hosted elsewhere"
        return Plan(chosen, f"a model {where} was asked for" + ("" if chosen else ", and none is configured"))
    question = results.query
    if results.asked.asks_for_all:
        return Plan((), "the question asks for the list's own fields")
    if not _ASKS.search(question):
        return Plan((), "key words ask for papers, which quotation lists")
    if asks_for_papers(question) and results.confidence >= _SURE:
        return Plan((), f"the question asks for papers, and confidence is {results.confidence:.2f}")
    return Plan(tuple(configured), f"the question asks for prose: the {configured[0][0]} model first")
