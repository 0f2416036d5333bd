"""Measure `related`: the papers that drafts should cite, citations that look wrong, and a long draft's time.

    python -m benchmarks.drafts FOLDER [--abstracts ABSTRACTS.jsonl] [--long COLLECTION]

FOLDER holds drafts.jsonl and drafts_qrels.tsv over the bundled survey, whose papers have their published abstracts in
place of the summaries where a file of them is named (lines with row and abstract). COLLECTION is a folder with a
corpus.jsonl of some thousand documents: a draft of 30 pages is put together from its texts.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.drafts import Draft, DraftSentence, Paragraph, Place, Reference, read
from assistant.evaluation import beir
from assistant.library import open_collection
from assistant.related import related
from index.collection import Collection
from ingest import catalogue

WORDS = 15_000  # of a draft of 30 pages
CITED = 60  # references of the long draft
PAIRS = Path(__file__).with_name("citations.jsonl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--abstracts", type=Path)
    parser.add_argument("--long", type=Path)
    options = parser.parse_args()
    drafts = beir.queries(options.folder, "drafts.jsonl", "drafts_qrels.tsv")
    print("| papers' texts | method | nDCG@10 | recall@10 |\n|---|---|---|---|")
    report("this project's summaries", open_collection(), drafts)
    if options.abstracts:
        with tempfile.TemporaryDirectory() as folder:
            report("published abstracts", with_abstracts(options.abstracts, Path(folder) / "abstracts"), drafts)
    citations(open_collection())
    if options.long:
        long_draft(options.long)


def report(texts: str, collection: Collection, drafts: Sequence[beir.Query]) -> None:
    """Print nDCG@10 (gain 2^grade - 1) and recall@10 of the whole paragraph as one query, and of `related`."""
    whole = [[str(hit.paper.source.row) for hit in collection.search(draft.text, 10).hits] for draft in drafts]
    read_drafts = [read(draft.text.encode(), "draft.txt") for draft in drafts]
    found = [[str(one.paper.source.row) for one in related(collection, draft, 10).papers] for draft in read_drafts]
    for method, runs in (("search with the paragraph", whole), ("related", found)):
        gained = np.mean([ndcg(draft, run) for draft, run in zip(drafts, runs, strict=True)])
        recalled = np.mean(
            [len(set(run) & set(d.relevant)) / len(d.relevant) for d, run in zip(drafts, runs, strict=True)]
        )
        print(f"| {texts} | {method} | {gained:.3f} | {recalled:.3f} |")


def ndcg(draft: beir.Query, run: Sequence[str]) -> float:
    gains = [2.0 ** draft.relevant.get(row, 0) - 1 for row in run]
    ideal = sorted((2.0**grade - 1 for grade in draft.relevant.values()), reverse=True)[:10]
    return discounted(gains) / discounted(ideal)


def discounted(gains: Sequence[float]) -> float:
    return float(sum(gain / np.log2(rank + 2) for rank, gain in enumerate(gains)))


def with_abstracts(file: Path, folder: Path) -> Collection:
    records = [json.loads(line) for line in file.open(encoding="utf-8")]
    texts = {record["row"]: " ".join((record.get("abstract") or "").split()) for record in records}
    collection = Collection.create_in(folder)
    collection.add(
        replace(paper, text=text, text_kind="abstract" if text else None, text_basis=None)
        for paper in catalogue.load().papers
        for text in [texts.get(paper.source.row, "")]
    )
    return collection


def citations(collection: Collection) -> None:
    """Print the share of right, and of swapped, citations that `related` calls doubtful."""
    pairs = [json.loads(line) for line in PAIRS.open(encoding="utf-8")]
    true = [(pair["sentence"], pair["paper"]) for pair in pairs if pair["supported"] and collection.get(pair["paper"])]
    papers = sorted({paper for _, paper in true})
    random.seed(0)
    swapped = [(sentence, random.choice([p for p in papers if p != paper])) for sentence, paper in true]
    for name, cited in (("right", true), ("swapped", swapped)):
        # A few at a time, as a draft has them: of a long one only the weakest are looked at.
        parts = [cited[start : start + 10] for start in range(0, len(cited), 10)]
        doubtful = sum(len(related(collection, citing(part, collection)).doubtful) for part in parts)
        print(f"\n{name} citations called doubtful: {doubtful} of {len(cited)}", end="")
    print()


def citing(cited: Sequence[tuple[str, str]], collection: Collection) -> Draft:
    """Return a draft with a paragraph for each sentence, which cites its paper."""
    paragraphs = [
        Paragraph((), (DraftSentence(sentence, Place("draft", i), Place("draft", i), (paper,)),))
        for i, (sentence, paper) in enumerate(cited, 1)
    ]
    titles = {id: paper.title for _, id in cited if (paper := collection.get(id))}
    return Draft(
        "draft",
        tuple(paragraphs),
        {
            id: Reference(id, Place("draft", 1), title, arxiv_id=id.partition("arxiv:")[2])
            for id, title in titles.items()
        },
    )


def long_draft(folder: Path) -> None:
    """Print the seconds that a draft of 30 pages takes, the first time and again."""
    collection = beir.collection(folder)
    collection.search("first")
    documents = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    random.seed(0)
    random.shuffle(documents)
    text, words = "", 0
    for document in documents[CITED:]:
        if words > WORDS:
            break
        text += document["text"].replace(". ", f" [@k{random.randrange(CITED)}]. ", 1) + "\n\n"
        words += len(document["text"].split())
    with tempfile.TemporaryDirectory() as name:
        titles = [document["title"].translate(dict.fromkeys(map(ord, "{}"))) for document in documents[:CITED]]
        entries = "".join(f"@misc{{k{i}, title={{{title}}}}}\n" for i, title in enumerate(titles))
        (Path(name) / "refs.bib").write_text(entries, "utf-8")
        (Path(name) / "draft.md").write_text(f"---\nbibliography: refs.bib\n---\n\n{text}", "utf-8")
        for time_of in ("first", "second"):
            started = time.perf_counter()
            draft = read(Path(name) / "draft.md")
            found = related(collection, draft)
            seconds = time.perf_counter() - started
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"\n{time_of} time: {len(list(draft.sentences))} sentences against {len(collection):,} papers in "
                f"{seconds:.1f} s, at most {peak:.0f} MiB; {len(found.missing)} missing, {len(found.doubtful)} doubtful"
            )


if __name__ == "__main__":
    main()
