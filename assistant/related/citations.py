"""A draft's citations, checked: sentences that lack one and have a good one here, and those that look wrong."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ingest.paper import Paper

from ..checking.check import Check
from ..checking.checker import Checker
from ..drafts import DraftSentence
from .result import Claim, Doubt, Found

_CANDIDATES = 2  # papers that may support a sentence
_MOST_CLAIMS = 30  # sentences without a citation that are looked at, the surest of a long draft
_WEAKLY = 0.3  # support under which a citation is looked at again, beside papers that may be meant
_MOST_WEAK = 30  # citations, the weakest of a long draft
_SURE = 0.5  # confidence with which a paragraph must want a paper
_HARDLY = 0.05  # support under which a citation looks wrong; of 150 right ones none does (benchmarks/RESULTS.md)
_SHORTEST = 6  # words of a sentence that claims something
_MOST_OTHERS = 3  # papers that a sentence may have been meant to cite instead
# What a draft says of itself, of its parts and of the tools it uses is no claim about another work.
_OWN = re.compile(
    r"\b(?:(?i:we|our|ours|us|my|(?:this|the present) (?:paper|work|study|article|thesis|survey|section|chapter))|I)\b"
    r"|^(?:In )?(?:Section|Figure|Table|Appendix|Chapter|Equation)\b",
)


def claims(paragraphs: Sequence[Found], checker: Checker) -> list[Claim]:
    """Return the sentences that cite nothing, claim something, and are supported by a paper that they want."""
    wanting = sorted(_wanting(paragraphs), key=lambda found: -found[0])[:_MOST_CLAIMS]
    pairs = [(sentence.text, paper) for _, sentence, papers in wanting for paper in papers]
    checks = iter(checker.check_all(pairs))
    supported: list[Claim] = []
    for _, sentence, papers in wanting:
        holding = [check for check in (next(checks) for _ in papers) if check.verdict == "supported"]
        if holding:
            supported.append(Claim(sentence, tuple(sorted(holding, key=lambda check: -check.support))))
    order = {id(sentence): i for i, sentence in enumerate(s for found in paragraphs for s in found.paragraph.sentences)}
    return sorted(supported, key=lambda claim: order[id(claim.sentence)])


def _wanting(paragraphs: Sequence[Found]) -> Iterator[tuple[float, DraftSentence, list[Paper]]]:
    """Yield the sentences without a citation that want papers surely, with the surest, and how sure that is."""
    for found in paragraphs:
        near = {key for sentence in found.paragraph.sentences for key in sentence.citations}
        wants: dict[int, list[tuple[float, Paper]]] = {}
        for suggestion in found.suggestions:
            if suggestion.cited_as not in near:  # a paper that the paragraph cites is given credit there
                for wanted in suggestion.wanted_by if suggestion.confidence >= _SURE else ():
                    wants.setdefault(id(wanted.sentence), []).append((wanted.confidence, suggestion.paper))
        for sentence in found.paragraph.sentences:
            if id(sentence) in wants and not sentence.citations and _claims_something(sentence):
                surest = sorted(wants[id(sentence)], key=lambda pair: -pair[0])[:_CANDIDATES]
                yield surest[0][0], sentence, [paper for _, paper in surest]


def doubts(paragraphs: Sequence[Found], cited: Mapping[str, Paper], checker: Checker) -> list[Doubt]:
    """Return the citations of papers here whose text hardly supports their sentence, the most doubtful first.

    A sentence that another paper here bears out much better is more doubtful for that.
    """
    looked_at = [
        (found, sentence, key)
        for found in paragraphs
        for sentence in found.paragraph.sentences
        if _claims_something(sentence)
        for key in sentence.citations
        if key in cited and cited[key].text
    ]
    checks = checker.check_all([(sentence.text, cited[key]) for _, sentence, key in looked_at])
    weak = sorted(
        (pair for pair in zip(looked_at, checks, strict=True) if _is_weak(pair[1], _WEAKLY)),
        key=lambda pair: pair[1].support,
    )[:_MOST_WEAK]
    others = [_meant(found, sentence) for (found, sentence, _), _ in weak]
    checker.read([paper for papers in others for paper in papers])
    found_doubts = []
    for ((_, sentence, key), _), papers in zip(weak, others, strict=True):
        check = checker.check(sentence.text, cited[key], papers)
        if _is_weak(check, _HARDLY):
            better = checker.repoint(sentence.text, cited[key], papers)
            better_check = checker.check(sentence.text, better, papers) if better else None
            found_doubts.append(Doubt(sentence, key, check, better_check))
    return sorted(found_doubts, key=lambda doubt: doubt.check.support)


def _is_weak(check: Check, least: float) -> bool:
    return check.verdict == "not supported" and check.support < least


def _meant(found: Found, sentence: DraftSentence) -> list[Paper]:
    """Return the papers that a sentence may have been meant to cite: those that it wants most."""
    wants = [
        (wanted.confidence, suggestion.paper)
        for suggestion in found.suggestions
        for wanted in suggestion.wanted_by
        if wanted.sentence is sentence
    ]
    return [paper for _, paper in sorted(wants, key=lambda pair: -pair[0])[:_MOST_OTHERS]]


def _claims_something(sentence: DraftSentence) -> bool:
    return len(sentence.text.split()) >= _SHORTEST and not _OWN.search(sentence.text)
