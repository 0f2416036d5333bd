"""`Checker`: does this paper support this sentence?"""

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from index.encoder import Encoded, Encoder
from index.passages import Passage, sentences
from ingest.paper import Paper

from .alignment import Part, Text, joined, word_vectors
from .check import Check, Finding
from .judge import Judge
from .names import Known
from .numbers import numbers
from .quotation import altered_quotation, is_quoted
from .reasons import whose, why_not
from .signals import Source, compare, list_fields, nearest
from .support import Support
from .words import words

_KEPT = 512  # papers whose sentences are kept ready
_EVEN = 0.5  # probability from which a judge's word counts as yes
_CLAUSE = 3  # content words of the shortest clause that is judged by itself
_CLEARLY = 0.25  # by which another paper must support a sentence better to take its citation over
_MARKS = re.compile(r"\s*\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]|\s*\([A-Z][^()]{1,80},?\s(?:19|20)\d\d[a-z]?\)|\*\*")


class Checker:
    """Judges sentences by papers' texts. Papers that it has read stay ready for the next sentence."""

    def __init__(self, encoder: Encoder, judge: Judge | None = None) -> None:
        """`judge` decides in place of the fitted signals, which then only find the evidence."""
        self._encoder = encoder
        self._judge = judge
        self._support = Support.load()
        self._sources: OrderedDict[tuple[str, int], Source] = OrderedDict()

    def check(self, sentence: str, paper: Paper, others: Sequence[Paper] = ()) -> Check:
        """Say whether a paper supports a sentence (see `check_all`)."""
        return self.check_all([(sentence, paper)], others)[0]

    def check_all(self, claims: Sequence[tuple[str, Paper]], others: Sequence[Paper] = ()) -> list[Check]:
        """Say of each sentence whether its paper supports it; citation marks in it are not part of its claim.

        Args:
            others: papers that a sentence may have been meant to cite instead, such as the others that
                were found: where one of them is clearly nearer to the sentence, that speaks against its paper.
        """
        plain = [without_marks(sentence) for sentence, _ in claims]
        distinct = list(dict.fromkeys(plain))
        texts = dict(zip(distinct, self._claims(distinct), strict=True))
        self.read([*(paper for _, paper in claims), *others])
        found = []
        for sentence, (_, paper) in zip(plain, claims, strict=True):
            rivals = [self._source(other) for other in others if other.id != paper.id]
            rival = max((nearest(texts[sentence], other) for other in rivals), default=0.0)
            found.append(self._check(sentence, texts[sentence], self._source(paper), rival))
        return self._judged(found, self._judge) if self._judge else found

    def best(self, sentence: str, papers: Sequence[Paper]) -> Check | None:
        """Return the check of the paper that supports a sentence best; None of no papers."""
        found = self.check_all([(sentence, paper) for paper in papers], papers)
        return max(found, key=lambda check: check.support, default=None)

    def repoint(self, sentence: str, cited: Paper, retrieved: Sequence[Paper]) -> Paper | None:
        """Return the retrieved paper that clearly supports a sentence which the cited one does not; None if none."""
        candidates = [paper for paper in retrieved if paper.id != cited.id]
        own, *rest = self.check_all([(sentence, paper) for paper in [cited, *candidates]], [cited, *candidates])
        better = max(rest, key=lambda check: check.support, default=None)
        if own.verdict == "supported" or better is None or better.verdict != "supported":
            return None
        return better.paper if better.support >= own.support + _CLEARLY else None

    def _check(self, sentence: str, claim: Text, source: Source, rival: float) -> Check:
        paper = source.paper
        if is_quoted(sentence, paper):
            start = paper.text.find(sentence)
            evidence = Passage(sentence, start, start + len(sentence)) if start >= 0 else None
            return Check(sentence, paper, "supported", 1.0, evidence, f"{whose(source)} says it in these words")
        signals = compare(sentence, claim, source, rival)
        support = self._support(signals)
        evidence = _evidence(paper, signals.best)
        altered = altered_quotation(sentence, paper)
        if altered is not None:
            support = min(support, self._support.cut / 2)
            return Check(sentence, paper, "not supported", support, evidence,
                         f"{whose(source)} does not have the words “{altered}”", signals)  # fmt: skip
        if support >= self._support.cut:
            return Check(sentence, paper, "supported", support, evidence, f"{whose(source)} says so", signals)
        partly = len(claim.words) > 0 and any(
            self._support(compare(part, words, source, rival)) >= self._support.cut
            for part, words in _clauses(sentence, claim)
        )
        verdict: Finding = "partly" if partly else "not supported"
        return Check(sentence, paper, verdict, support, evidence, why_not(signals, source), signals)

    def _judged(self, checks: Sequence[Check], judge: Judge) -> list[Check]:
        """Let the judge decide; the evidence stays."""
        found = []
        for check, support in zip(checks, judge([(premise(c.paper), c.sentence) for c in checks]), strict=True):
            holds = support >= _EVEN
            reason = f"{judge.name} holds that it {'follows' if holds else 'does not follow'}"
            verdict: Finding = "supported" if holds else "not supported"
            found.append(replace(check, verdict=verdict, support=support, reason=reason))
        return found

    def _claims(self, plain: Sequence[str]) -> list[Text]:
        encoded = self._encoder.runtime.encode(plain)
        return [joined([self._part(text, one)]) for text, one in zip(plain, encoded, strict=True)]

    def _part(self, text: str, encoded: Encoded) -> Part:
        assert encoded.tokens is not None
        cut = words(text)
        return cut, word_vectors(cut, self._encoder.runtime.spans(text), encoded.tokens), encoded.sentence

    def _source(self, paper: Paper) -> Source:
        return self._sources[_key(paper)]

    def read(self, papers: Sequence[Paper]) -> None:
        """Make papers ready for checks to come: sentences that are new are encoded together, and kept on disk."""
        new = {_key(paper): paper for paper in papers if _key(paper) not in self._sources}
        parts = {key: [paper.title, *(s.text for s in sentences(paper.text))] for key, paper in new.items()}
        encoded, _ = self._encoder.encode([text for texts in parts.values() for text in texts])
        every = iter(encoded)
        for key, paper in new.items():
            fields = list_fields(paper)
            known = words(fields)
            nowhere = np.zeros(self._encoder.dimension, np.float32)
            text = joined([
                *(self._part(part, next(every)) for part in parts[key]),
                (known, np.zeros((len(known), self._encoder.dimension), np.float32), nowhere),
            ])  # fmt: skip
            everything = [paper.title, paper.text, fields]
            figures = tuple(number for part in everything for number in numbers(part, in_names=True))
            self._sources[key] = Source(paper, text, Known(everything), figures)
        for paper in papers:
            self._sources.move_to_end(_key(paper))
        while len(self._sources) > max(_KEPT, len(papers)):
            self._sources.popitem(last=False)


def premise(paper: Paper) -> str:
    """Return what a judge reads of a paper."""
    return f"{paper.title}. {paper.text}".strip()


def without_marks(sentence: str) -> str:
    """Return a sentence without its citation marks: [1], [2, 3], (Ong et al., 2024), and without bold."""
    return _MARKS.sub("", sentence).strip()


def _key(paper: Paper) -> tuple[str, int]:
    return paper.id, hash(paper)


def _evidence(paper: Paper, best: int) -> Passage | None:
    """Return the text's sentence of this number, 0 being the title; the first where it is none of the text's."""
    passages = sentences(paper.text)
    return (passages[best - 1] if 0 < best <= len(passages) else passages[0]) if passages else None


def _clauses(sentence: str, claim: Text) -> Iterator[tuple[str, Text]]:
    """Yield the clauses of a sentence that has several, each with its words."""
    starts, content = [0], 0
    for at, word in enumerate(claim.words):
        if at and word.clause != claim.words[at - 1].clause and content >= _CLAUSE:
            starts.append(at)
            content = 0
        content += word.content
    if content < _CLAUSE and len(starts) > 1:
        starts.pop()
    if len(starts) < 2:
        return
    for start, end in zip(starts, [*starts[1:], len(claim.words)], strict=True):
        part = sentence[claim.words[start].start : claim.words[end - 1].end]
        yield part, claim.among(start, end)
