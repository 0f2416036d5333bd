"""Pairs of a sentence and a paper: does the paper's text support it?

Sentences written by hand about the bundled papers lie in `citations.jsonl`: true paraphrases, false ones (negated,
with another number or entity, reversed, half true, claiming too much) and some of other fields. Others are made by
rule from the bundled summaries and, where they are at hand, from the papers' published abstracts.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from index.passages import sentences
from ingest.paper import Paper

WRITTEN = Path(__file__).with_name("citations.jsonl")

_VERBS = {  # third person -> infinitive, for negation by rule
    verb: verb[:-2] if verb.endswith(("ches", "shes")) else verb[:-3] + "y" if verb.endswith("ies") else verb[:-1]
    for verb in """trains improves beats outperforms reduces uses learns needs lets picks keeps cuts raises selects
    applies replaces reaches surpasses predicts detects combines retrieves finds treats works gives generates
    depends relies adapts routes gains scales helps matches performs lowers lifts yields chooses""".split()
}
_TERMS = (  # of a kind, so that one may be put for another
    "question answering", "machine translation", "summarization", "text classification", "image captioning",
    "sentiment analysis", "code generation", "speech recognition", "dialogue state tracking", "commonsense reasoning",
), (
    "reinforcement learning", "contrastive learning", "knowledge distillation", "active learning",
    "quantization", "pruning", "few-shot prompting", "data augmentation", "speculative decoding",
), (
    "law", "medicine", "finance", "chemistry", "biology", "news", "chess",
), (
    "perplexity", "accuracy", "latency", "toxicity", "diversity", "privacy", "factuality", "fluency",
), (
    "GPT-3", "GPT-4", "ChatGPT", "BERT", "LLaMA", "PaLM", "T5", "Vicuna", "Mistral", "Claude", "OPT", "CLIP",
    "Wikipedia", "GSM8K", "ImageNet", "TruthfulQA", "SST-2", "HotpotQA", "MS-COCO", "Common Crawl", "The Pile",
)  # fmt: skip
_REMOVED = (
    (r"\bwithout\b", "with"),
    (r"\bno (?=\w)", "some "),
    (r"\b(is|are|was|were|can) not\b", r"\1"),
    (r"\bcannot\b", "can"),
    (r"\b(?:do|does|did) not ", ""),
)
_NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty".split()


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, the paper it is said of, and whether the paper's text supports it.

    Attributes:
        made: "written" by hand or by "rule".
        about: the id of the paper it was made from, by which it falls into a half.
    """

    sentence: str
    source: Paper
    kind: str
    supported: bool
    made: str
    about: str


def pairs(papers: list[Paper], abstracts: dict[str, Paper]) -> list[Pair]:
    """Return all pairs: a function of these texts alone."""
    return list(_pairs(papers, abstracts))


def in_fit_half(papers: list[Paper]) -> set[str]:
    """Return the ids of the papers to fit on: every second one of the list, so that both halves have all its topics."""
    return {paper.id for paper in papers[::2]}


def _pairs(papers: list[Paper], abstracts: dict[str, Paper]) -> Iterator[Pair]:
    by_id = {paper.id: paper for paper in papers}
    fit = in_fit_half(papers)
    true: dict[str, list[str]] = {}
    for record in map(json.loads, WRITTEN.read_text("utf-8").splitlines()):
        sentence, about, supported = record["sentence"], record["paper"], record["supported"]
        yield Pair(sentence, by_id[about], record["kind"], supported, "written", about)
        if supported:
            true.setdefault(about, []).append(sentence)
    for paper in papers:
        chance = random.Random(paper.id)
        half = [other for other in papers if (other.id in fit) == (paper.id in fit) and other.id != paper.id]
        own = [passage.text for passage in sentences(paper.text)]
        sources = [paper, *([abstracts[paper.id]] if paper.id in abstracts else [])]
        written = true[paper.id]
        for source in sources:
            told = [passage.text for passage in sentences(source.text)]
            quoted = chance.choice(told)

            made = partial(_by_rule, source, paper.id)
            yield made(quoted, "quotation", True)
            if source is not paper:
                for sentence in own[1:]:
                    yield made(sentence, "summary of abstract", True)
            base = [*written, *own[1:]] if source is paper else own[1:]
            for change, kind, most in (
                (_other_number, "changed number", 2),
                (_negated, "negation", 2),
                (_other_entity, "swapped entity", 2),
            ):
                changed = [other for one in base if (other := change(one, source, chance))]
                for sentence in chance.sample(changed, min(most, len(changed))):
                    yield made(sentence, kind)
            near = [other for other in half if other.section == paper.section] or [
                other for other in half if other.section[:-1] == paper.section[:-1]
            ]
            far = [other for other in half if other.section[:3] != paper.section[:3]]
            for group, kind in ((near, "swapped citation, same section"), (far, "swapped citation, any")):
                if group:
                    other = chance.choice(group)
                    for sentence in [*true[other.id][:1], chance.choice(list(_told(other)))]:
                        yield made(sentence, kind)
            other = chance.choice(near or far)
            yield made(_joined(chance.choice(base), chance.choice(list(_told(other)))), "half-true")


def _by_rule(source: Paper, about: str, sentence: str, kind: str, supported: bool = False) -> Pair:
    return Pair(sentence, source, kind, supported, "rule", about)


def _told(paper: Paper) -> Iterable[str]:
    """Return the sentences that tell what a paper does; the first tells the background."""
    told = [passage.text for passage in sentences(paper.text)]
    return told[1:] or told


def _joined(first: str, second: str) -> str:
    """Say two things in one sentence, the second of the same subject if it can be."""
    verb = re.match(rf"\S+ ({'|'.join(_VERBS)})\b", second)
    name = second.split()[0]
    rest = f"it {second[verb.start(1) :]}" if verb else second if any(c.isupper() for c in name[1:]) else _lower(second)
    return f"{first.rstrip('.')}, and {rest}"


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _negated(sentence: str, source: Paper, chance: random.Random) -> str | None:
    """Turn what a sentence says into its contrary."""
    ways: list[str] = []
    for pattern, by in _REMOVED:
        if re.search(pattern, sentence):
            ways.append(re.sub(pattern, by, sentence, count=1))
    if found := re.search(r"\b(is|are|can|was|were|could|will)\b(?! not)", sentence):
        ways.append(f"{sentence[: found.end()]} not{sentence[found.end() :]}")
    if found := re.search(rf"\b({'|'.join(_VERBS)})\b(?! no)", sentence):
        ways.append(f"{sentence[: found.start()]}does not {_VERBS[found[1]]}{sentence[found.end() :]}")
    return chance.choice(ways) if ways else None


def _other_number(sentence: str, source: Paper, chance: random.Random) -> str | None:
    """Change one number, but none that is part of a name."""
    found = list(re.finditer(r"(?<![\w.-])\d+(?:[.,]\d+)*(?![A-Za-z]{2})", sentence))
    words = list(re.finditer(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b", sentence, re.I))
    if not found and not words:
        return None
    match = chance.choice(found or words)
    if found:
        old = match.group()
        value, decimals = float(old.replace(",", "")), len(old.partition(".")[2])
        for _ in range(50):
            new = value * chance.choice((0.1, 0.5, 0.6, 0.8, 1.2, 1.5, 2, 3, 10))
            other = f"{new:,.{decimals}f}" if "," in old else f"{new:.{decimals}f}"
            if other != old and other not in source.text and new > 0 and not (value <= 100 < new and "%" in sentence):
                return sentence[: match.start()] + other + sentence[match.end() :]
        return None
    other = chance.choice([w for w in _NUMBER_WORDS if w != match.group().lower() and w not in source.text.lower()])
    return sentence[: match.start()] + (other.capitalize() if match.start() == 0 else other) + sentence[match.end() :]


def _other_entity(sentence: str, source: Paper, chance: random.Random) -> str | None:
    """Put another name or term of the same kind for one that the sentence has."""
    ways = []
    text = f"{source.title} {source.text}".lower()
    for kind in _TERMS:
        for term in kind:
            if found := re.search(rf"(?<![\w-]){re.escape(term)}(?![\w-])", sentence, re.I):
                others = [other for other in kind if other.lower() not in text]
                if others:
                    ways.append(sentence[: found.start()] + chance.choice(others) + sentence[found.end() :])
    return chance.choice(ways) if ways else None


def read_abstracts(path: Path | None, papers: list[Paper]) -> dict[str, Paper]:
    """Return the bundled papers with their published abstracts, by id; those that have one."""
    if path is None:
        return {}
    by_row = {paper.source.row: paper for paper in papers}
    found = {}
    for record in map(json.loads, path.read_text("utf-8").splitlines()):
        paper = by_row[record["row"]]
        if record.get("abstract") and not record.get("truncated"):
            text = " ".join(record["abstract"].split())
            found[paper.id] = replace(paper, text=text, text_kind="abstract", text_basis=None)
    return found
