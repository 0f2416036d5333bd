"""`Writer`: what the configured models do: write answers that are then checked, and make questions stand alone."""

import re
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property

from index.conditions import Names
from index.corpus import Corpus
from index.hits import Hit, Results
from ingest.text import fold

from .answer import Answer, Citation, Route, Sentence, Step
from .checking.desk import Desk
from .conversation import Conversation, Resolved, resolve
from .extract import extract
from .leaks import Secrets
from .models import Model, ModelFailed, Stop, citation_grammar, complete, stream
from .prompts import CONDENSE, REFUSAL, SOURCELESS, SYSTEM, condensing_prompt, question_prompt, sourceless_prompt
from .route import Plan
from .verification import Verification, verify
from .writing import Written, written_sentences

_DEADLINE = 60.0  # seconds for all models together
_ENOUGH = 0.5  # of its sentences a model's answer must have borne out, or the next route is taken
_CONDENSING = 10.0  # seconds for a model to make a follow-up stand by itself
_LONGEST_CONDENSED = 400  # characters
_REFERS = re.compile(r"\b(?:they|them|those|these|it|its|that|this|ones?|former|latter|others?)\b", re.I)


class Writer:
    """The models of one session, and what they have spent."""

    def __init__(self, collection: Corpus, small: Model | None, large: Model | None, cap: float | None) -> None:
        self.small = small
        self.large = large
        self.spent = 0.0
        self._cap = cap
        self._checking = threading.Lock()  # a checker keeps what it has read
        self._collection = collection

    def resolved(self, question: str, conversation: Conversation, names: Names) -> Resolved:
        """Return the question so that it stands by itself: by rule, else by the small model, if there is one."""
        resolved = resolve(question, conversation, names)
        refers = conversation.last and resolved.because is None and _REFERS.search(question)
        if not refers or self.small is None:
            return resolved
        try:
            prompt = condensing_prompt(question, conversation)
            said = fold(complete(self.small, CONDENSE, prompt, _CONDENSING).text)
        except ModelFailed:  # the question as it stands is what the rules made of it
            return resolved
        if not said or len(said) > _LONGEST_CONDENSED or said == question or Secrets(prompt, None).told_by(said):
            return resolved
        return Resolved(said, because=f"Read as: {said}")

    def answer(
        self, results: Results, sources: list[Hit], chosen: Plan, strict: bool, steps: list[Step], stop: Stop
    ) -> Generator[Answer, None, Answer]:
        """Ask the models in turn, and quote where none holds; yield what is written meanwhile, return the answer."""
        deadline = time.perf_counter() + _DEADLINE
        failures = []
        for role, model in chosen.models:
            if stop.pressed:
                break
            if self._cap is not None and model.price is not None and self.spent >= self._cap:
                failures.append(f"the {role} model was not asked: the spend cap of {self._cap:g} is reached")
                steps.append(Step("write", failures[-1], 0.0))
                continue
            try:
                answer = yield from self._written(results, sources, role, model, deadline, strict, steps, stop)
            except ModelFailed as error:
                failures.append(str(error))
                steps.append(Step("write", f"the {role} model failed: {error}", 0.0, {"failed": role}))
                continue
            return replace(answer, reason="; ".join(filter(None, [*failures, answer.reason])) or None)
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
        stop: Stop,
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
            stop.may_end(pieces)
            for piece in pieces:
                text += piece
                if told := secrets.told_by(text):
                    raise ModelFailed(f"the {role} model gave away {told}")
                written = written_sentences(text, sources)[:-1]  # the last may go on
                if len(written) > shown:
                    shown = len(written)
                    yield Answer.of(results, role, sentences=_unchecked(written))
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
        stopped = stop.pressed and not completion.is_whole
        if stopped:
            written = written[:shown]
            if not written:
                raise ModelFailed(f"the {role} model was stopped before it had said anything")
        if not any(one.cited for one in written):
            raise ModelFailed(f"the {role} model cited no source")
        began = time.perf_counter()
        with self._checking:
            found = verify(written, [hit.paper for hit in sources], self._desk.checker, strict)
        steps.append(Step("check", _checked(found), time.perf_counter() - began, found.to_dict()))
        if found.good < _ENOUGH:
            raise ModelFailed(f"of the {role} model's sentences the sources bear out {found.good:.0%}")
        reason = "stopped here; what stood by then was checked" if stopped else None
        return Answer.of(results, role, reason=reason, sentences=found.sentences, cost=cost)

    def sourceless(self, refusal: Answer, steps: list[Step]) -> Answer:
        """Return what a model knows of a question that was refused, or the refusal, with the reason."""
        roles: tuple[tuple[Route, Model | None], ...] = (("small", self.small), ("large", self.large))
        for role, model in roles:
            if model is None:
                continue
            try:
                prompt = sourceless_prompt(refusal.question)
                completion = complete(model, SOURCELESS, prompt)
            except ModelFailed as error:
                steps.append(Step("write", f"the {role} model failed: {error}", 0.0))
                continue
            self.spent += completion.money or 0.0
            if Secrets(prompt, model.key).told_by(completion.text):
                continue
            written = written_sentences(completion.text, [])
            said = tuple(Sentence(one.text, (), "uncited", reason="no source was given") for one in written)
            lead = "Not in this collection. Without sources, unchecked, the model says:"
            steps.append(Step("write", f"the {role} model wrote without sources", completion.seconds))
            return replace(
                refusal, route=role, refused=False, lead=lead, sentences=said, nearest=(), cost=completion.cost()
            )
        return replace(refusal, reason=f"{refusal.reason} No model answered without sources.")

    @cached_property
    def _desk(self) -> Desk:
        return Desk.beside(self._collection)


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


def _unchecked(written: Sequence[Written]) -> tuple[Sentence, ...]:
    """Return sentences of an answer that is still being written."""
    numbers: dict[str, int] = {}
    return tuple(
        Sentence(
            one.text,
            tuple(Citation(numbers.setdefault(paper.id, len(numbers) + 1), paper) for paper in one.cited),
            "unchecked",
        )
        for one in written
    )


def _quotation(results: Results, sources: list[Hit], reason: str | None) -> Answer:
    lead, quoted = extract(results.query, sources)
    return Answer.of(results, "extractive", lead=lead, reason=reason, sentences=quoted)
