"""`Assistant`: questions -> cited answers. The pipeline: retrieve -> route -> write."""

import re
import time
from collections.abc import Iterator
from typing import Self

from index.collection import Collection
from index.encoder import Progress
from index.filters import Filters
from index.hits import Hit, Results
from index.passages import sentences
from ingest.invisible import visible

from .answer import Answer, Citation, Sentence
from .extract import extract, relevant
from .leaks import Secrets
from .library import SURVEY, open_collection
from .models import Model, ModelFailed, citation_grammar, complete, open_model
from .plain import plain
from .prompts import REFUSAL, SYSTEM, question_prompt
from .settings import Settings

_CANDIDATES = 30  # hits looked at for an answer
_NEAREST = 3  # papers shown with a refusal
_MARK = re.compile(r"\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_MARKS_AFTER_END = re.compile(r"([.!?])((?:\s*\[[\d,\s]+\])+)")
_LIST_MARKER = re.compile(r"^\s*(?:[-*•]|#+|\d{1,2}[.)])\s+")


class Assistant:
    """Answers questions about one collection."""

    def __init__(self, collection: Collection, model: Model | None = None) -> None:
        """Answer from `collection`; without a model by quotation alone. `Model.of` takes any llama-index LLM."""
        self.collection = collection
        self._model = model

    @classmethod
    def open(cls, name: str = SURVEY, progress: Progress | None = None) -> Self:
        """Open a collection by name, with the LLM that is configured, if one is; `progress` of indexing the survey."""
        settings = Settings.load()
        model = open_model("small", settings) or open_model("large", settings)
        return cls(open_collection(name, progress), model)

    def search(self, query: str, k: int = 10, filters: Filters = Filters()) -> Results:
        """Search the collection (see `Collection.search`)."""
        return self.collection.search(query, k, filters)

    def ask(self, question: str, filters: Filters = Filters()) -> Answer:
        """Answer a question, or refuse: the collection may not hold the answer.

        Raises:
            InputError: the question is empty or too long.
        """
        started = time.perf_counter()
        results = self.search(visible(question), _CANDIDATES, filters)
        calibration = self.collection.calibration
        sources = relevant(results.hits, calibration.relevance_cut)
        if not sources or results.confidence < calibration.confidence_cut:
            answer = _refuse(results)
        elif self._model is None:
            answer = _quote(results, sources)
        else:
            answer = _write(results, sources, self._model)
        answer.cost["seconds"] = round(time.perf_counter() - started, 4)
        return answer


def _refuse(results: Results) -> Answer:
    if not results.hits:
        reason = f"No paper passes the filters ({results.filters})." if results.filters else "It holds no papers."
    elif results.unknown_words:
        words = ", ".join(f"“{word}”" for word in results.unknown_words)
        reason = f"No paper here has {'the word' if len(results.unknown_words) == 1 else 'the words'} {words}."
    else:
        reason = "No paper here covers the question as a whole."
    return Answer(
        question=results.query,
        asked=results.asked,
        route="none",
        refused=True,
        confidence=results.confidence,
        lead="Not in this collection.",
        reason=reason,
        nearest=results.hits[:_NEAREST],
    )


def _quote(results: Results, sources: list[Hit], reason: str | None = None) -> Answer:
    lead, quoted = extract(results.query, sources)
    return Answer(
        question=results.query,
        asked=results.asked,
        route="extractive",
        refused=False,
        confidence=results.confidence,
        lead=lead,
        reason=reason,
        sentences=quoted,
    )


def _write(results: Results, sources: list[Hit], model: Model) -> Answer:
    """Let the LLM write; if it fails, quote, and say why."""
    grammar = citation_grammar(hit.rank for hit in sources) if model.takes_grammar else None
    prompt = question_prompt(results.query, sources)
    try:
        completion = complete(model, SYSTEM, prompt, grammar=grammar)
    except ModelFailed as error:
        return _quote(results, sources, f"{error}; this answer is quoted from the papers.")
    if completion.text.startswith(REFUSAL.rstrip(".")):
        return _quote(results, sources, "the LLM found no answer in these papers; this answer is quoted from them.")
    if told := Secrets(prompt, model.key).told_by(completion.text):
        return _quote(results, sources, f"the LLM gave away {told}; this answer is quoted from the papers.")
    written = cited_sentences(completion.text, sources)
    if not any(sentence.citations for sentence in written):
        return _quote(results, sources, "the LLM cited no source; this answer is quoted from the papers.")
    return Answer(
        question=results.query,
        asked=results.asked,
        route="llm",
        refused=False,
        confidence=results.confidence,
        lead="",
        sentences=written,
        cost=completion.cost(),
    )


def cited_sentences(text: str, sources: list[Hit]) -> tuple[Sentence, ...]:
    """Cut an LLM's text into sentences with their citations; numbers of no source are dropped.

    Sources are numbered in the text by rank and in the answer in order of first citation.
    """
    by_rank = {hit.rank: hit.paper for hit in sources}
    numbers: dict[int, int] = {}
    cut: list[Sentence] = []
    urls = {url for paper in by_rank.values() for url in (paper.url, paper.code_url) if url}
    for words, ranks in _sentences_with_marks(plain(text, urls)):
        cited = []
        for rank in dict.fromkeys(rank for rank in ranks if rank in by_rank):
            numbers.setdefault(rank, len(numbers) + 1)
            cited.append(Citation(numbers[rank], by_rank[rank]))
        cut.append(Sentence(words, tuple(cited), "unchecked" if cited else "uncited"))
    return tuple(cut)


def _sentences_with_marks(text: str) -> Iterator[tuple[str, list[int]]]:
    """Yield each sentence without its marks, and the numbers in them; a list's items are sentences apart."""
    for line in text.splitlines():
        plain = _LIST_MARKER.sub("", line).replace("**", "")
        # "... end. [1]" becomes "... end [1].", so that a mark stays with its sentence; there it ends,
        # whatever comes next.
        for part in re.split(r"(?<=\][.!?])\s+", _MARKS_AFTER_END.sub(r"\2\1", " ".join(plain.split()))):
            for passage in sentences(part):
                ranks = [int(n) for found in _MARK.findall(passage.text) for n in found.split(",")]
                words = _MARK.sub("", passage.text).strip()
                if any(c.isalnum() for c in words):
                    yield words, ranks
