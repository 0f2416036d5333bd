"""`Assistant`: questions -> cited answers. The pipeline: retrieve -> route -> write -> check."""

import time
from collections.abc import Generator
from dataclasses import replace
from typing import Self, get_args

from index.conditions import merged
from index.corpus import Corpus
from index.encoder import Progress
from index.filters import Filters
from index.hits import Hit, Results
from ingest.errors import InputError
from ingest.invisible import visible

from .answer import Answer, Step
from .conversation import Conversation, Resolved
from .extract import relevant
from .facts import Fact, fact_sought, pictured, told
from .library import open_corpus
from .models import Model, Role, Stop, open_model
from .route import Wish, plan
from .settings import SURVEY, Settings
from .writer import Writer

_CANDIDATES = 30  # hits looked at for an answer
_NAMED = 10  # hits among which a paper that the question names is looked for
_NEAREST = 3  # papers shown with a refusal


class Assistant:
    """Answers questions about one collection, or several as one."""

    def __init__(
        self, collection: Corpus, small: Model | None = None, large: Model | None = None, cap: float | None = None
    ) -> None:
        """Answer from `collection`; without models by quotation alone. `Model.of` takes any llama-index LLM.

        Args:
            cap: of `spent`, above which no model with a price is asked.

        Attributes:
            unavailable: why a model that the settings name is not asked (see `configure`).
        """
        self.collection = collection
        self.unavailable: dict[Role, str] = {}
        self._writer = Writer(collection, small, large, cap)

    @property
    def spent(self) -> float:
        """What the models have cost since it was opened, as far as their prices are known."""
        return self._writer.spent

    @property
    def models(self) -> tuple[Model, ...]:
        """The models that may be asked, the small one first."""
        return tuple(filter(None, [self._writer.small, self._writer.large]))

    @classmethod
    def open(cls, name: str = SURVEY, progress: Progress | None = None, lenient: bool = False) -> Self:
        """Open a collection by name, or several ("survey,mine"), with the LLMs that are configured.

        Args:
            progress: of indexing the survey.
            lenient: leave out a model that cannot be used; `unavailable` says why.

        Raises:
            InputError: there is no such collection, or a model that is configured cannot be used.
        """
        settings = Settings.load()
        if lenient:
            assistant = cls(open_corpus(name, progress))
            assistant.configure(settings)
            return assistant
        small, large = open_model("small", settings), open_model("large", settings)
        return cls(open_corpus(name, progress), small, large, settings.cap)

    def configure(self, settings: Settings) -> None:
        """Take the models that the settings name, from the next question on.

        One that cannot be used, or that `local_only` forbids, is not asked; `unavailable` says why.
        """
        opened: dict[Role, Model | None] = {}
        refused: dict[Role, str] = {}
        for role in get_args(Role):
            try:
                opened[role] = open_model(role, settings)
            except InputError as error:
                refused[role] = str(error)
        writer = Writer(self.collection, opened.get("small"), opened.get("large"), settings.cap)
        writer.spent = self.spent
        self._writer, self.unavailable = writer, refused

    def search(self, query: str, k: int = 10, filters: Filters = Filters()) -> Results:
        """Search the collection (see `Collection.search`)."""
        return self.collection.search(query, k, filters)

    def ask(
        self,
        question: str,
        filters: Filters = Filters(),
        route: Wish = "auto",
        strict: bool = False,
        conversation: Conversation = Conversation(),
        sourceless: bool = False,
    ) -> Answer:
        """Answer a question, or refuse: the collection may not hold the answer.

        Args:
            route: "extract" quotes, "local" and "hosted" ask a model there; "auto" chooses.
            strict: leave out sentences of a model that no source bears out.
            conversation: what was asked before, and the papers of the answers: the question may refer to them,
                and they keep their numbers.
            sourceless: where the collection does not hold the answer, let a model say what it knows, marked so.

        Raises:
            InputError: the question is empty or too long.
        """
        *_, answer = self.stream(question, filters, route, strict, conversation, sourceless)
        return answer

    def stream(
        self,
        question: str,
        filters: Filters = Filters(),
        route: Wish = "auto",
        strict: bool = False,
        conversation: Conversation = Conversation(),
        sourceless: bool = False,
        stop: Stop | None = None,
    ) -> Generator[Answer]:
        """Yield the answer while it is written; the last is the whole, checked (see `ask`).

        A model's sentences are "unchecked" until then. `stop` ends a model's writing from any thread: the last
        answer is then what stood by that time, checked, and says so.
        """
        started = time.perf_counter()
        resolved = self._writer.resolved(visible(question), conversation, self.collection.names)
        steps = [Step("resolve", resolved.because, 0.0, {"query": resolved.query})] if resolved.because else []
        answer: Answer | None = told(resolved, self.collection) or pictured(resolved, self.collection)
        if answer is None:
            narrowed = merged(resolved.filters, filters)
            answer = yield from self._found(resolved, narrowed, route, strict, steps, started, stop or Stop())
        else:
            steps.append(Step("write", f"read off the list: {answer.lead}", time.perf_counter() - started))
        if sourceless and answer.refused:
            answer = self._writer.sourceless(answer, steps)
        answer.cost["seconds"] = round(time.perf_counter() - started, 4)
        yield replace(answer.numbered(conversation), question=question, because=resolved.because, steps=tuple(steps))

    def _found(
        self,
        resolved: Resolved,
        filters: Filters,
        route: Wish,
        strict: bool,
        steps: list[Step],
        started: float,
        stop: Stop,
    ) -> Generator[Answer, None, Answer]:
        """Search, and answer from what is found; yield what is written meanwhile, return the answer."""
        results = self.search(resolved.query, _CANDIDATES, filters)
        calibration = self.collection.calibration
        sources = relevant(results.hits, calibration.relevance_cut)
        steps.append(_retrieved(results, sources, started))
        fact = self._fact(resolved, results)
        if fact and fact.missing:
            steps.append(Step("route", f"refused: {fact.said}", 0.0, fact.to_dict()))
            return _unsaid(results, fact)
        if not sources or results.confidence < calibration.confidence_cut:
            answer = _refusal(results)
            steps.append(Step("route", f"refused: {answer.reason}", 0.0))
            return answer
        chosen = plan(results, self._writer.small, self._writer.large, route)
        steps.append(Step("route", chosen.because, 0.0, {"models": [role for role, _ in chosen.models]}))
        answer = yield from self._writer.answer(results, sources, chosen, strict, steps, stop)
        answer = replace(answer, hits=tuple(sources))
        if results.asked.asks_for_all:  # a list may be cut short, and its length is what was asked for
            count = self.collection.count(results.filters)
            shown = "" if count <= len(answer.references) else f" The first {len(answer.references)}:"
            papers = "1 paper" if count == 1 else f"{count} papers"
            answer = replace(answer, lead=f"{papers} here: {results.filters}.{shown}")
        return answer

    def _fact(self, resolved: Resolved, results: Results) -> Fact | None:
        """Return the particular fact that the question asks of one paper, if it does."""
        about = self.collection.get(resolved.about) if resolved.about else None
        return fact_sought(resolved.query, [hit.paper for hit in results.hits[:_NAMED]], about)


def _retrieved(results: Results, sources: list[Hit], started: float) -> Step:
    found = [
        {"paper": hit.paper.id, "relevance": round(hit.relevance, 3), "signals": dict(hit.signals)} for hit in sources
    ]
    said = f"{len(results.hits)} papers found, {len(sources)} of them relevant; confidence {results.confidence:.2f}"
    return Step("retrieve", said, time.perf_counter() - started, {"sources": found})


def _unsaid(results: Results, fact: Fact) -> Answer:
    """Return the answer to a question whose paper is here, and whose fact is not."""
    nearest = tuple(hit for hit in results.hits if hit.paper.id == fact.paper.id)
    lead = f"“{fact.paper.title}” is here, but what is asked is not."
    return replace(Answer.of(results, "none", lead=lead, reason=fact.said, nearest=nearest), refused=True)


def _refusal(results: Results) -> Answer:
    if not results.hits:
        reason = f"No paper passes the filters ({results.filters})." if results.filters else "It holds no papers."
    elif results.unknown_words:
        words = ", ".join(f"“{word}”" for word in results.unknown_words)
        reason = f"No paper here has {'the word' if len(results.unknown_words) == 1 else 'the words'} {words}."
    else:
        reason = "No paper here covers the question as a whole."
    nearest = results.hits[:_NEAREST]
    answer = Answer.of(results, "none", lead="Not in this collection.", reason=reason, nearest=nearest)
    return replace(answer, refused=True)
