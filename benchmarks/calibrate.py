"""Fit the models of index/confidence.py over all development collections; write index/calibration.json.

    python -m benchmarks.calibrate FOLDER

Relevance is learnt from the judged hits of the survey's questions. That a passage needs a paper is learnt from
the survey's drafts, its questions, and passages of another field, which need none. That a collection answers is learnt
from its own questions, against questions that it does not answer: those written to be unanswerable, and
other collections' questions. Questions that ask a listed paper for a fact its text lacks are left out.
"""

import argparse
import json
import random
from dataclasses import asdict
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.evaluation import beir
from assistant.library import open_collection
from index import confidence
from index.collection import Collection
from index.confidence import Logistic
from index.passages import sentences

FOREIGN = 40  # questions taken from each other collection
FOREIGN_FIELD = "scifact_train"  # biomedicine
SURE = 0.5
TOGETHER = (1, 2, 3, 5)  # questions that make one passage
SAMPLE = 300  # questions of a collection at most
ANSWERABLE_REFUSED = 0.08  # the share of answerable questions that the confidence cut may refuse


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the development collections")
    folder = parser.parse_args().folder
    random.seed(0)
    sets = {p.parent.name: beir.queries(p.parent) for p in sorted(folder.glob("*/qrels.tsv"))}
    collections = {name: open_collection() if name == "survey" else beir.collection(folder / name) for name in sets}
    unanswerable = [json.loads(line) for line in (folder / "survey" / "unanswerable.jsonl").open(encoding="utf-8")]

    answered: list[tuple[str, tuple[float, ...], int]] = []
    for name, collection in collections.items():
        own = [q.text for q in random.sample(sets[name], min(SAMPLE, len(sets[name])))]
        foreign = [q.text for other in sets if other != name for q in random.sample(sets[other], FOREIGN)]
        written = [u["text"] for u in unanswerable if name == "survey" and u["kind"] != "missing-fact"]
        for texts, label in ((own, 1), (foreign + written, 0)):
            answered += [(name, features(collection, text), label) for text in texts]
        print(f"{name}: {len(own)} answerable, {len(foreign)} foreign, {len(written)} written to be unanswerable")
    model = fit([a[1] for a in answered], [a[2] for a in answered], balance([(a[0], a[2]) for a in answered]))

    survey, judged = collections["survey"], sets["survey"]
    relevant, labels = [], []
    for query in judged:
        for hit, values in hit_features(survey, query.text):
            relevant.append(values)
            labels.append(int(query.relevant.get(hit, 0) > 0))
    relevance = fit(relevant, labels, None)

    foreign_passages = [query.text for query in random.sample(sets[FOREIGN_FIELD], FOREIGN)]
    foreign_passages += abstracts(folder / FOREIGN_FIELD)
    drafts = beir.queries(folder / "survey", "drafts.jsonl", "drafts_qrels.tsv")
    needed = fit_needed(survey, drafts, judged, foreign_passages)

    yes = [model(features(survey, q.text)) for q in judged]
    no = [model(features(survey, u["text"])) for u in unanswerable if u["kind"] != "missing-fact"]
    cut = float(np.quantile(yes, ANSWERABLE_REFUSED, method="lower"))
    print(f"survey: AUROC {roc_auc_score([1] * len(yes) + [0] * len(no), yes + no):.3f}; at the cut {cut:.3f}")
    refused = [float(np.mean(np.array(scores) < cut)) for scores in (yes, no)]
    print(f"  refused: {refused[0]:.3f} of the answerable, {refused[1]:.3f} of the unanswerable")
    best = max(np.linspace(0.1, 0.6, 51), key=lambda c: f1(survey, judged, relevance, c))
    print(f"  relevance cut {best:.2f}: F1 {f1(survey, judged, relevance, best):.3f}")

    target = Path(confidence.__file__).with_name("calibration.json")
    calibration = {
        "relevant": asdict(relevance),
        "needed": asdict(needed),
        "answered": asdict(model),
        "relevance_cut": round(float(best), 2),
        "confidence_cut": round(cut, 3),
    }
    target.write_text(json.dumps(calibration, indent=1) + "\n", "utf-8")


def abstracts(folder: Path) -> list[str]:
    """Return the texts of as many documents of a collection as questions are taken."""
    documents = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    return [document["text"] for document in random.sample(documents, FOREIGN)]


def fit_needed(
    survey: Collection, drafts: list[beir.Query], questions: list[beir.Query], foreign: list[str]
) -> Logistic:
    """Fit the need of a paper; drafts, questions, several together, and foreign passages count the same.

    Prints how the model judges each draft when it is left out.
    """
    rows, labels, groups, drawn_from = [], [], [], []
    made = [("draft", cut(query.text), query.relevant) for query in drafts]
    for size in TOGETHER:
        for _ in range(len(questions) // 2):
            some = random.sample(questions, size)
            judged = {row: grade for query in some for row, grade in query.relevant.items() if grade > 0}
            made.append((f"{size} questions", [query.text for query in some], judged))
    made += [("foreign", cut(text), {}) for text in foreign]
    passages = survey.related([passage for _, passage, _ in made])
    for n, ((kind, _, judged), found) in enumerate(zip(made, passages, strict=True)):
        for one in found:
            rows.append(one.need.features())
            labels.append(int(judged.get(str(one.paper.source.row), 0) > 0))
            groups.append((kind, 0))
            drawn_from.append(n)
    own = np.array(drawn_from)
    chosen: list[tuple[float, int]] = []
    for n in range(len(drafts)):
        rest = np.flatnonzero(own != n)
        model = fit([rows[i] for i in rest], [labels[i] for i in rest], balance([groups[i] for i in rest]))
        chosen += [(model(rows[i]), labels[i]) for i in np.flatnonzero(own == n)]
    sure = [label for probability, label in chosen if probability >= SURE]
    print(f"drafts, each left out: of the papers needed by {SURE} or more {np.mean(sure):.2f} are relevant, "
          f"which are {sum(sure) / sum(label for _, label in chosen):.2f} of the relevant")  # fmt: skip
    return fit(rows, labels, balance(groups))


def cut(text: str) -> list[str]:
    return [part.text for part in sentences(text)]


def features(collection: Collection, text: str) -> tuple[float, ...]:
    return collection.search(text, 1).evidence.features()


def hit_features(collection: Collection, text: str) -> list[tuple[str, tuple[float, ...]]]:
    """Return the list row of each of the 30 best papers, with what its relevance is judged by."""
    results = collection.search(text, 30)
    return [(str(hit.paper.source.row), hit.grounds.features()) for hit in results.hits]


def balance(groups: list[tuple[str, int]]) -> list[float]:
    """Weigh examples so that every collection, and in it both labels, count the same."""
    return [1 / groups.count(group) for group in groups]


def fit(rows: list[tuple[float, ...]], labels: list[int], weights: list[float] | None) -> Logistic:
    """Fit a logistic model to standardised features, and return it for the features as they are."""
    matrix = np.array(rows)
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0)
    scaled = None if weights is None else np.array(weights) * len(labels) / sum(weights)
    model = LogisticRegression(C=10).fit((matrix - mean) / spread, labels, sample_weight=scaled)
    coefficients = model.coef_[0] / spread
    bias = float(model.intercept_[0] - coefficients @ mean)
    return Logistic(tuple(round(float(c), 4) for c in coefficients), round(bias, 4))


def f1(survey: Collection, judged: list[beir.Query], relevance: Logistic, cut: float) -> float:
    """Return the mean F1 over questions of the papers whose relevance reaches the cut."""
    scores = []
    for query in judged:
        found = hit_features(survey, query.text)
        chosen = {row for row, values in found if relevance(values) >= cut} or {found[0][0]}
        hit = sum(query.relevant.get(row, 0) > 0 for row in chosen)
        precision, recall = hit / len(chosen), hit / max(len(query.relevant), 1)
        scores.append(2 * precision * recall / max(precision + recall, 1e-9))
    return float(np.mean(scores))


if __name__ == "__main__":
    main()
