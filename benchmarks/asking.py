"""Ask the bundled survey questions that it can and cannot answer, by quotation.

    python -m benchmarks.asking FOLDER

FOLDER has queries.jsonl and qrels.tsv (rows of the list), and unanswerable.jsonl.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from assistant import Assistant
from assistant.answer import Answer
from assistant.evaluation import beir
from assistant.route import asks_for_papers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    assistant = Assistant(Assistant.open().collection)
    assistant.ask("first")
    answerable = beir.queries(folder)
    lines = (folder / "unanswerable.jsonl").read_text("utf-8").splitlines()
    unanswerable = [json.loads(line) for line in lines]
    seconds, first, sure, answers = [], [], [], []
    for query in answerable:
        started = time.perf_counter()
        stream = assistant.stream(query.text)
        answer = next(stream)
        seconds.append(time.perf_counter() - started)
        answers.append(answer)
        cited = [str(citation.paper.source.row) for citation in answer.references]
        first.append(bool(cited) and query.relevant.get(cited[0], 0) > 0)
        if asks_for_papers(query.text) and not answer.refused:
            sure.append((answer.confidence, any(query.relevant.get(row, 0) > 0 for row in cited[:3])))
    print(f"answerable: {np.mean([a.refused for a in answers]):.3f} of {len(answers)} refused")
    kinds = sorted({u["kind"] for u in unanswerable})
    refused = {kind: [assistant.ask(u["text"]).refused for u in unanswerable if u["kind"] == kind] for kind in kinds}
    everything = [one for each in refused.values() for one in each]
    print(f"unanswerable: {np.mean(everything):.3f} of {len(everything)} refused")
    for kind, each in refused.items():
        print(f"  {kind}: {sum(each)} of {len(each)}")
    print(f"first sentence's paper relevant: {np.mean(first):.3f}; sentences not in their source: {altered(answers)}")
    for cut in (0.3, 0.5, 0.7):
        above = [right for confidence, right in sure if confidence >= cut]
        print(f"asks for papers, confidence {cut} and more: {np.mean(above):.3f} of {len(above)} have one in three")
    median, p95 = np.median(seconds) * 1000, np.quantile(seconds, 0.95) * 1000
    print(f"first words of the answer after {median:.0f} ms, p95 {p95:.0f}")


def altered(answers: list[Answer]) -> int:
    """Count quoted sentences that are not byte for byte in their paper's text or title."""
    quoted = [(s.text, s.citations[0].paper) for answer in answers for s in answer.sentences if s.verdict == "quoted"]
    return sum(text not in paper.text and text != paper.title for text, paper in quoted)


if __name__ == "__main__":
    main()
