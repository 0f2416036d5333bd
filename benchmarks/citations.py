"""Measure whether the checker knows which sentences a paper supports.

    python -m benchmarks.citations [ABSTRACTS.jsonl] [--fit]

Pairs come from `benchmarks/citation_pairs.py`; those with published abstracts are made only where a file of them is
named (lines with row, abstract, truncated). Every second paper belongs to the fit half, the others to the report half.
`--fit` fits the checker's weights and cut on the fit half and writes assistant/checking/weights.json; the tables are
of the report half. Intervals are 95 %, from resampling papers.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from assistant.checking import checker as checking
from assistant.checking.checker import Check, Checker
from assistant.checking.support import log_odds
from index.confidence import Logistic
from index.encoder import Encoder
from ingest import catalogue

from .citation_pairs import Pair, in_fit_half, pairs, read_abstracts

CONTRADICTED = {"changed number", "number", "negation", "reversed", "overclaim"}  # of others the source does not speak
FALSE_ALARMS = 0.05  # of the fit half's true sentences that are no quotations
RESAMPLES = 1_000
SENTENCES = 15  # of a long answer
MINICHECK = 0.747  # 770M parameters, on LLM-AggreFact (Tang et al. 2024, arXiv 2404.10774): other, harder sets

Rows = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("abstracts", type=Path, nargs="?", help="published abstracts, a JSON line each")
    parser.add_argument("--fit", action="store_true", help="fit the weights on the fit half first")
    options = parser.parse_args()
    papers = list(catalogue.load().papers)
    every = pairs(papers, read_abstracts(options.abstracts, papers))
    fit_half = in_fit_half(papers)
    fitting = np.array([pair.about in fit_half for pair in every])
    checker = Checker(Encoder.open())
    if options.fit:
        fit(every, check(checker, every, fit_half, rivals=True), fitting)
        checker = Checker(Encoder.open())
    for title, rivals in (("by the paper alone", False), ("beside the other papers of its half", True)):
        print(f"\n### Judged {title}: {len(every)} pairs, those of the report half below\n")
        report(every, check(checker, every, fit_half, rivals), ~fitting)
    milliseconds = [1000 * seconds for seconds in answers(checker, every)]
    print(f"\n{SENTENCES} sentences with two citations each, beside the {SENTENCES} papers cited: "
          f"{np.median(milliseconds):.0f} ms (median), {np.quantile(milliseconds, 0.95):.0f} ms (95 %)")  # fmt: skip
    print(
        f"Published: MiniCheck (770M parameters) {MINICHECK} balanced accuracy on LLM-AggreFact, other and harder sets."
    )


def check(checker: Checker, every: Sequence[Pair], fit_half: set[str], rivals: bool) -> list[Check]:
    """Check every pair; with `rivals`, beside the other papers of its half that have the same kind of text."""
    found: dict[int, Check] = {}
    groups: dict[tuple[bool, str | None], list[int]] = {}
    for i, pair in enumerate(every):
        groups.setdefault((pair.about in fit_half, pair.source.text_kind), []).append(i)
    for members in groups.values():
        others = list({every[i].source.id: every[i].source for i in members}.values()) if rivals else []
        checks = checker.check_all([(every[i].sentence, every[i].source) for i in members], others)
        found.update(zip(members, checks, strict=True))
    return [found[i] for i in range(len(every))]


def answers(checker: Checker, every: Sequence[Pair]) -> Iterator[float]:
    """Yield the seconds that it takes to check an answer whose papers have been read before, for several answers."""
    written = [pair for pair in every if pair.made == "written" and pair.supported]
    for start in range(0, len(written) - SENTENCES, SENTENCES):
        some = written[start : start + SENTENCES]
        claims = [(one.sentence, other.source) for one, after in zip(some, some[1:] + some[:1], strict=True)
                  for other in (one, after)]  # fmt: skip
        started = time.perf_counter()
        checker.check_all(claims, [pair.source for pair in some])
        yield time.perf_counter() - started


def fit(every: Sequence[Pair], checks: Sequence[Check], fitting: Flags) -> None:
    """Fit the two models, the scale of their product, and the cut; write them down."""
    usable = fitting & np.array([check.signals is not None for check in checks])
    chosen = [
        (pair, check.signals) for pair, check, use in zip(every, checks, usable, strict=True) if use and check.signals
    ]
    labels = np.array([pair.supported for pair, _ in chosen])
    against = np.array([pair.kind in CONTRADICTED for pair, _ in chosen])
    weights = balance([pair for pair, _ in chosen])
    models = {}
    for name, rows, among, towards in (
        ("there", [signals.there() for _, signals in chosen], ~against, (1, -1, -1, -1, -1)),
        ("agrees", [signals.agrees() for _, signals in chosen], labels | against, (-1,) * 5),
    ):
        models[name] = logistic(np.array(rows)[among], labels[among], weights[among], towards)
    product = [log_odds(models["there"](s.there()) * models["agrees"](s.agrees())) for _, s in chosen]
    scale = logistic(np.array(product)[:, None], labels, weights, (1,))
    paraphrases = [scale((p,)) for p, (pair, _) in zip(product, chosen, strict=True) if pair.supported]
    cut = float(np.quantile(paraphrases, FALSE_ALARMS))
    target = Path(checking.__file__).with_name("weights.json")
    stored = {name: asdict(model) for name, model in {**models, "scale": scale}.items()}
    target.write_text(json.dumps({**stored, "cut": round(cut, 4)}, indent=1) + "\n", "utf-8")


def balance(chosen: Sequence[Pair]) -> np.ndarray:
    """Weigh pairs: true and false ones alike; within these a kind counts by the root of its number."""
    kinds = Counter((pair.kind, pair.made) for pair in chosen)
    weights = np.array([kinds[pair.kind, pair.made] ** -0.5 for pair in chosen])
    labels = np.array([pair.supported for pair in chosen])
    for label in (True, False):
        weights[labels == label] *= len(chosen) / 2 / weights[labels == label].sum()
    return weights


def logistic(rows: Rows, labels: Flags, weights: np.ndarray, towards: Sequence[int]) -> Logistic:
    """Fit a logistic model whose every weight has the sign that its signal means, or is zero."""
    spread = rows.std(axis=0) + 1e-9
    scaled, truth = (rows - rows.mean(axis=0)) / spread * towards, np.where(labels, 1, -1)
    weights = weights * len(labels) / weights.sum()

    def loss(v: np.ndarray) -> tuple[float, np.ndarray]:
        margin = truth * (scaled @ v[:-1] + v[-1])
        slope = -weights * truth / (1 + np.exp(margin))
        value = float(weights @ np.logaddexp(0, -margin) + 0.5 * v[:-1] @ v[:-1])
        return value, np.append(scaled.T @ slope + v[:-1], slope.sum())

    count = rows.shape[1]
    found = minimize(loss, np.zeros(count + 1), jac=True, bounds=[(0, None)] * count + [(None, None)]).x
    coefficients = found[:-1] * towards / spread
    bias = float(found[-1] - coefficients @ rows.mean(axis=0))
    return Logistic(tuple(round(float(c), 4) for c in coefficients), round(bias, 4))


def report(every: Sequence[Pair], checks: Sequence[Check], reporting: Flags) -> None:
    """Print the share judged rightly of each kind, at the cut and where 5 % of the true sentences are refused."""
    rows = [(pair, check) for pair, check, use in zip(every, checks, reporting, strict=True) if use]
    at_five = float(np.quantile([check.support for pair, check in rows if pair.supported], FALSE_ALARMS))

    def by_cut(pair: Pair, check: Check) -> bool:
        return (check.verdict == "supported") == pair.supported

    def at_five_percent(pair: Pair, check: Check) -> bool:
        return (check.support >= at_five) == pair.supported

    print("| kind | made | pairs | judged rightly | at 5 % false alarms |\n|---|---|---|---|---|")
    kinds = sorted({(not pair.supported, pair.made, pair.kind) for pair, _ in rows})
    for unsupported, made, kind in kinds:
        own = [(p, c) for p, c in rows if (p.kind, p.made, p.supported) == (kind, made, not unsupported)]
        print(f"| {'false' if unsupported else 'true'}: {kind} | {made} | {len(own)} | {share(own, by_cut)} |"
              f" {share(own, at_five_percent)} |")  # fmt: skip
    for name, chosen in (
        ("swapped citation, both", [r for r in rows if r[0].kind.startswith("swapped citation")]),
        ("number, both", [r for r in rows if "number" in r[0].kind]),
        ("negation, both", [r for r in rows if r[0].kind == "negation"]),
    ):
        print(f"| false: {name} | | {len(chosen)} | {share(chosen, by_cut)} | {share(chosen, at_five_percent)} |")
    for name, chosen in (
        ("all", rows),
        ("by rule", [r for r in rows if r[0].made == "rule"]),
        ("written", [r for r in rows if r[0].made == "written"]),
    ):
        for measure, right in (("balanced accuracy", by_cut), ("balanced accuracy, 5 %", at_five_percent)):
            print(f"{measure}, {name}: {interval(chosen, right)}")


def share(rows: Sequence[tuple[Pair, Check]], right: Callable[[Pair, Check], bool]) -> str:
    return interval(rows, right, lambda r: float(np.mean([right(*row) for row in r])))


def interval(
    rows: Sequence[tuple[Pair, Check]],
    right: Callable[[Pair, Check], bool],
    measure: Callable[[Sequence[tuple[Pair, Check]]], float] | None = None,
) -> str:
    """Return a measure, balanced accuracy by default, with its interval from resampling papers."""

    def balanced(some: Sequence[tuple[Pair, Check]]) -> float:
        return float(
            np.mean([np.mean([right(*r) for r in some if r[0].supported == label]) for label in (True, False)])
        )

    measured = measure or balanced
    by_paper: dict[str, list[tuple[Pair, Check]]] = {}
    for row in rows:
        by_paper.setdefault(row[0].about, []).append(row)
    groups, random = list(by_paper.values()), np.random.default_rng(0)
    values = [
        measured([row for i in random.integers(0, len(groups), len(groups)) for row in groups[i]])
        for _ in range(RESAMPLES)
    ]
    low, high = np.nanquantile(values, [0.025, 0.975])
    return f"{measured(rows):.3f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    main()
