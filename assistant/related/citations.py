"""A draft's citations, checked: sentences that lack one and have a good one here, and those that look wrong."""

import re
from collections.abc import Mapping, Sequence

from ingest.paper import Paper

from ..checking.check import Check
from ..checking.checker import Checker
from ..drafts import DraftSentence
from .result import Claim, Doubt, Found

_CANDIDATES = 3  # papers that may support a sentence
_SURE = 0.5  # confidence with which a sentence must want a paper
_HARDLY = 0.05  # support under which a citation looks wrong; of 150 right ones none does (benchmarks/RESULTS.md)
_SHORTEST = 6  # words of a sentence that claims something
_MOST_OTHERS = 10  # papers that a sentence may have been meant to cite instead
# What a draft says of itself, of its parts and of the tools it uses is no claim about another work.
_OWN = re.compile(
    r"\b(?:we|our|ours|us|I|my|(?:this|the present|our) (?:paper|work|study|article|thesis|survey|section|chapter))\b"
    r"|^(?:In )?(?:Section|Figure|Table|Appendix|Chapter|Equation)\b",
)


def claims(paragraphs: Sequence[Found], checker: Checker) -> list[Claim]:
    """Return the sentences that cite nothing, claim something, and are supported by a paper that they want."""
    wanting: list[tuple[DraftSentence, list[Paper]]] = []
    for found in paragraphs:
        near = {key for sentence in found.paragraph.sentences for key in sentence.citations}
        for sentence in found.paragraph.sentences:
            if sentence.citations or not _claims_something(sentence):
                continue
            surest = sorted(
                (
                    (wanted.confidence, suggestion.paper)
                    for suggestion in found.suggestions
                    for wanted in suggestion.wanted_by
                    # A paper that the paragraph cites is given credit there.
                    if wanted.sentence is sentence and wanted.confidence >= _SURE and suggestion.cited_as not in near
                ),
                key=lambda pair: -pair[0],
            )
            if surest:
                wanting.append((sentence, [paper for _, paper in surest[:_CANDIDATES]]))
    checks = iter(checker.check_all([(sentence.text, paper) for sentence, papers in wanting for paper in papers]))
    supported: list[Claim] = []
    for sentence, papers in wanting:
        holding = [check for check in (next(checks) for _ in papers) if check.verdict == "supported"]
        if holding:
            supported.append(Claim(sentence, tuple(sorted(holding, key=lambda check: -check.support))))
    return supported


def doubts(paragraphs: Sequence[Found], cited: Mapping[str, Paper], checker: Checker) -> list[Doubt]:
    """Return the citations of papers here whose text hardly supports their sentence, the most doubtful first."""
    looked_at = [
        (found, sentence, key)
        for found in paragraphs
        for sentence in found.paragraph.sentences
        if _claims_something(sentence)
        for key in sentence.citations
        if key in cited and cited[key].text
    ]
    found_doubts = []
    checks = checker.check_all([(sentence.text, cited[key]) for _, sentence, key in looked_at])
    for (found, sentence, key), check in zip(looked_at, checks, strict=True):
        if check.verdict == "not supported" and check.support < _HARDLY:
            others = [suggestion.paper for suggestion in found.suggestions[:_MOST_OTHERS]]
            found_doubts.append(Doubt(sentence, key, check, _better(sentence, cited[key], others, checker)))
    return sorted(found_doubts, key=lambda doubt: doubt.check.support)


def _better(sentence: DraftSentence, cited: Paper, others: Sequence[Paper], checker: Checker) -> Check | None:
    better = checker.repoint(sentence.text, cited, others)
    return checker.check(sentence.text, better, others) if better else None


def _claims_something(sentence: DraftSentence) -> bool:
    return len(sentence.text.split()) >= _SHORTEST and not _OWN.search(sentence.text)
