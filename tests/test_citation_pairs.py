"""The pairs that the checker is measured on, and what must hold on those made from the bundled summaries."""

import json
from collections import Counter
from pathlib import Path

from assistant.checking.checker import Checker
from benchmarks.citation_pairs import WRITTEN, in_fit_half, pairs
from benchmarks.citations import check
from index.encoder import Encoder
from index.passages import sentences
from ingest import catalogue

PAPERS = list(catalogue.load().papers)
PAIRS = pairs(PAPERS, {})


def test_there_are_enough_pairs_of_every_kind() -> None:
    assert len(PAIRS) >= 400
    kinds = Counter(pair.kind for pair in PAIRS)
    for kind in ("paraphrase", "quotation", "changed number", "negation", "swapped entity", "half-true"):
        assert kinds[kind] >= 80, kind
    assert kinds["off-topic"] >= 20 and kinds["swapped citation, same section"] >= 80


def test_every_paper_is_paraphrased_by_hand_in_words_of_its_own() -> None:
    written = [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]
    assert {record["paper"] for record in written if record["supported"]} == {paper.id for paper in PAPERS}
    told = {passage.text for paper in PAPERS for passage in sentences(paper.text)}
    assert not {record["sentence"] for record in written} & told
    assert len([record for record in written if not record["supported"]]) >= 60


def test_halves_share_no_paper_and_pairs_are_the_same_each_time() -> None:
    fit = in_fit_half(PAPERS)
    for pair in PAIRS:
        if pair.kind != "off-topic":
            assert (pair.about in fit) == (pair.source.id in fit)
    assert pairs(PAPERS, {}) == PAIRS


def test_the_bars_hold_on_the_papers_that_nothing_was_fitted_on(use_survey: Path) -> None:
    fit = in_fit_half(PAPERS)
    held_out = [pair for pair in PAIRS if pair.about not in fit]
    checks = check(Checker(Encoder.open()), held_out, fit, rivals=True)

    def judged_rightly(*kinds: str, made: str | None = None) -> float:
        chosen = [(p, c) for p, c in zip(held_out, checks, strict=True) if p.kind in kinds and made in (None, p.made)]
        return sum((c.verdict == "supported") == p.supported for p, c in chosen) / len(chosen)

    assert judged_rightly("quotation") == 1
    assert judged_rightly("paraphrase", "quotation") >= 0.9
    assert judged_rightly("swapped citation, any", "swapped citation, same section") >= 0.95
    assert judged_rightly("changed number", "number") >= 0.95
    assert judged_rightly("negation", made="rule") >= 0.85
    right = [judged_rightly(*{p.kind for p in held_out if p.supported == label}) for label in (True, False)]
    assert sum(right) / 2 >= 0.85
