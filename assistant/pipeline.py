"""`Assistant`: questions -> cited answers. The pipeline: retrieve -> route -> write -> check."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

from index.collection import Collection
from index.conditions import merged
from index.encoder import Progress
from index.filters import Filters
from index.hits import Hit, Results
from ingest.invisible import visible

from .answer import Answer, Citation, Route, Sentence, Step
from .checking.desk import Desk
from .conversation import Conversation, Resolved
from .extract import extract, relevant
from .followups import resolve
from .leaks import Secrets
from .library import SURVEY, open_collection
from .listed import pictured, told
from .missing import Fact, fact_sought
from .models import Model, ModelFailed, citation_grammar, open_model, stream
from .prompts import REFUSAL, SYSTEM, question_prompt
from .route import Plan, Wish, plan
from .settings import Settings
from .verification import Verification, verify
from .writing import written_sentences

_CANDIDATES = 30  # hits looked at for an answer
_NAMED = 10  # hits among which a paper that the question names is looked for
_NEAREST = 3  # papers shown with a refusal
_DEADLINE = 60.0  # seconds for all models together
_ENOUGH = 0.5  # of its sentences a model's answer must have borne out, or the next route is taken


class Assistant:
    """Answers questions about one collection.

    Attributes:
        spent: what the models have cost since it was opened, as far as their prices are known.
    """

    def __init__(
        self, collection: Collection, small: Model | None = None, large: Model | None = None, cap: float | None = None
    ) -> None:
        """Answer from `collection`; without models by quotation alone. `Model.of` takes any llama-index LLM.

        Args:
            cap: of `spent`, above which no model with a price is asked.
        """
        self.collection = collection
        self.spent = 0.0
        self._small = small
        self._large = large
        self._cap = cap

    @classmethod
    def open(cls, name: str = SURVEY, progress: Progress | None = None) -> Self:
        """Open a collection by name, with the LLMs that are configured; `progress` of indexing the survey."""
        settings = Settings.load()
        small, large = open_model("small", settings), open_model("large", settings)
        return cls(open_collection(name, progress), small, large, settings.cap)

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
    ) -> Answer:
        """Answer a question, or refuse: the collection may not hold the answer.

        Args:
            route: "extract" quotes, "local" and "hosted" ask a model there; "auto" chooses.
            strict: leave out sentences of a model that no source bears out.
            conversation: what was asked before, and the papers of the answers: the question may refer to them,
                and they keep their numbers.

        Raises:
            InputError: the question is empty or too long.
        """
        *_, answer = self.stream(question, filters, route, strict, conversation)
        return answer

    def stream(
        self,
        question: str,
        filters: Filters = Filters(),
        route: Wish = "auto",
        strict: bool = False,
        conversation: Conversation = Conversation(),
    ) -> Iterator[Answer]:
        """Yield the answer while it is written; the last is the whole, checked (see `ask`).

        A model's sentences are "unchecked" until then.
        """
        started = time.perf_counter()
        resolved = resolve(visible(question), conversation, self.collection.names)
        steps = [Step("resolve", resolved.because, 0.0, {"query": resolved.query})] if resolved.because else []
        answer: Answer | None = told(resolved, self.collection) or pictured(resolved, self.collection)
        if answer is None:
            answer = yield from self._found(resolved, merged(resolved.filters, filters), route, strict, steps, started)
        else:
            steps.append(Step("write", f"read off the list: {answer.lead}", time.perf_counter() - started))
        answer.cost["seconds"] = round(time.perf_counter() - started, 4)
        yield replace(answer.numbered(conversation), question=question, because=resolved.because, steps=tuple(steps))

    def _found(
        self, resolved: Resolved, filters: Filters, route: Wish, strict: bool, steps: list[Step], started: float
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
        chosen = plan(results, self._small, self._large, route)
        steps.append(Step("route", chosen.because, 0.0, {"models": [role for role, _ in chosen.models]}))
        return (yield from self._answer(results, sources, chosen, strict, steps))

    def _fact(self, resolved: Resolved, results: Results) -> Fact | None:
        """Return the particular fact that the question asks of one paper, if it does."""
        about = self.collection.get(resolved.about) if resolved.about else None
        return fact_sought(resolved.query, [hit.paper for hit in results.hits[:_NAMED]], about)

    def _answer(
        self, results: Results, sources: list[Hit], chosen: Plan, strict: bool, steps: list[Step]
    ) -> Generator[Answer, None, Answer]:
        """Ask the models in turn, and quote where none holds; yield what is written meanwhile, return the answer."""
        deadline = time.perf_counter() + _DEADLINE
        failures = []
        for role, model in chosen.models:
            if self._cap is not None and model.price is not None and self.spent >= self._cap:
                failures.append(f"the {role} model was not asked: the spend cap of {self._cap:g} is reached")
                steps.append(Step("write", failures[-1], 0.0))
                continue
            try:
                answer = yield from self._written(results, sources, role, model, deadline, strict, steps)
            except ModelFailed as error:
                failures.append(str(error))
                steps.append(Step("write", f"the {role} model failed: {error}", 0.0))
                continue
            return replace(answer, reason="; ".join(failures) or None)
        reason = "; ".join(failures) + "; this answer is quoted from the papers." if failures else None
        began = time.perf_counter()
        answer = _quotation(results, sources, reason)
        steps.append(Step("write", f"quoted {len(answer.sentences)} sentences", time.perf_counter() - began))
        return answer

    def _written(
        self,
        results: Results,
        sources: list[Hit],
        role: Route,
        model: Model,
        deadline: float,
        strict: bool,
        steps: list[Step],
    ) -> Generator[Answer, None, Answer]:
        """Let a model write, and check it; yield what is written meanwhile, return the answer.

        Raises:
            ModelFailed: it gave no answer, or one that the sources do not bear out.
        """
        began = time.perf_counter()
        grammar = citation_grammar(hit.rank for hit in sources) if model.takes_grammar else None
        prompt = question_prompt(results.query, sources)
        secrets = Secrets(prompt, model.key)
        text, shown = "", 0
        with closing(stream(model, SYSTEM, prompt, max(deadline - began, 0.1), grammar)) as pieces:
            for piece in pieces:
                text += piece
                if told := secrets.told_by(text):
                    raise ModelFailed(f"the {role} model gave away {told}")
                written = written_sentences(text, sources)[:-1]  # the last may go on
                if len(written) > shown:
                    shown = len(written)
                    yield _base(results, role, sentences=_unchecked(text, sources, shown))
            completion = pieces.completion
        self.spent += completion.money or 0.0
        cost = completion.cost()
        took = time.perf_counter() - began
        steps.append(Step("write", f"the {role} model, {completion.model}, wrote {shown + 1} sentences", took, cost))
        if told := secrets.told_by(completion.text):
            raise ModelFailed(f"the {role} model gave away {told}")
        if completion.text.startswith(REFUSAL.rstrip(".")):
            raise ModelFailed(f"the {role} model found no answer in these papers")
        written = written_sentences(completion.text, sources)
        if not any(one.cited for one in written):
            raise ModelFailed(f"the {role} model cited no source")
        began = time.perf_counter()
        found = verify(written, [hit.paper for hit in sources], self._desk.checker, strict)
        steps.append(Step("check", _checked(found), time.perf_counter() - began, found.to_dict()))
        if found.good < _ENOUGH:
            raise ModelFailed(f"of the {role} model's sentences the sources bear out {found.good:.0%}")
        return _base(results, role, sentences=found.sentences, cost=cost)

    @cached_property
    def _desk(self) -> Desk:
        return Desk.beside(self.collection)


def _retrieved(results: Results, sources: list[Hit], started: float) -> Step:
    found = [
        {"paper": hit.paper.id, "relevance": round(hit.relevance, 3), "signals": dict(hit.signals)} for hit in sources
    ]
    said = f"{len(results.hits)} papers found, {len(sources)} of them relevant; confidence {results.confidence:.2f}"
    return Step("retrieve", said, time.perf_counter() - started, {"sources": found})


def _checked(found: Verification) -> str:
    said = f"{found.good:.0%} of the sentences are borne out"
    for count, what in (
        (found.invented, "citations of no source taken off"),
        (found.dropped, "citations dropped"),
        (found.moved, "moved to another paper"),
        (found.removed, "sentences removed"),
    ):
        said += f"; {count} {what}" if count else ""
    return said


def _unchecked(text: str, sources: list[Hit], count: int) -> tuple[Sentence, ...]:
    """Return the first sentences of a text that is being written."""
    numbers: dict[str, int] = {}
    return tuple(
        Sentence(
            one.text,
            tuple(Citation(numbers.setdefault(paper.id, len(numbers) + 1), paper) for paper in one.cited),
            "unchecked",
        )
        for one in written_sentences(text, sources)[:count]
    )


def _base(results: Results, route: Route, **fields: Any) -> Answer:
    return Answer(
        question=results.query,
        asked=results.asked,
        route=route,
        refused=False,
        confidence=results.confidence,
        **{"lead": "", **fields},
    )


def _quotation(results: Results, sources: list[Hit], reason: str | None) -> Answer:
    lead, quoted = extract(results.query, sources)
    return _base(results, "extractive", lead=lead, reason=reason, sentences=quoted)


def _unsaid(results: Results, fact: Fact) -> Answer:
    """Return the answer to a question whose paper is here, and whose fact is not."""
    nearest = tuple(hit for hit in results.hits if hit.paper.id == fact.paper.id)
    lead = f"“{fact.paper.title}” is here, but what is asked is not."
    return replace(_base(results, "none", lead=lead, reason=fact.said, nearest=nearest), refused=True)


def _refusal(results: Results) -> Answer:
    if not results.hits:
        reason = f"No paper passes the filters ({results.filters})." if results.filters else "It holds no papers."
    elif results.unknown_words:
        words = ", ".join(f"“{word}”" for word in results.unknown_words)
        reason = f"No paper here has {'the word' if len(results.unknown_words) == 1 else 'the words'} {words}."
    else:
        reason = "No paper here covers the question as a whole."
    nearest = results.hits[:_NEAREST]
    answer = _base(results, "none", lead="Not in this collection.", reason=reason, nearest=nearest)
    return replace(answer, refused=True)
