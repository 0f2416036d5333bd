"""An outline -> prose by a model: a plan of themes first, then a paragraph for each, every sentence checked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.encoder import Progress
from ingest.paper import Paper
from ingest.text import fold

from ..answer import Sentence
from ..checking.checker import Checker
from ..leaks import Secrets
from ..models import Model, ModelFailed, complete
from ..plain import plain
from ..prompts import PLAN, REFUSAL, SECTION, plan_prompt, section_prompt
from ..verification import verify
from ..writing import numbered_sentences
from .section import Part, Section, Source, part_of
from .themes import Theme, is_honest, named

_MOST_SOURCES = 12  # of one paragraph; a theme that has more gets several
_MOST_THEMES = 12
_LONGEST_NAME = 80  # characters
_ENOUGH = 0.5  # of its sentences a paragraph must have borne out, or its theme stays an outline
_DEADLINE = 180.0  # seconds for one paragraph; a model on this machine may be slow, and nobody waits at a prompt
_LINE = re.compile(r"[#> -]*(?:\d{1,2}[.)] )?(?P<name>[^:]{2,120}): ?(?P<numbers>[\d,; \[\]and]{1,400})\.?")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is sent: the exact bytes of both messages."""

    system: str
    text: str


@dataclass(slots=True)
class SectionWriter:
    """A model that writes a section, within a cap on what it may cost.

    Attributes:
        cap: of `spent`, above which it is not asked, where its price is known.
        remarks: what a person should know of how it went.
    """

    model: Model
    checker: Checker
    cap: float | None = None
    strict: bool = False
    spent: float = 0.0
    remarks: list[str] = field(default_factory=list)

    def write(self, section: Section, progress: Progress | None = None) -> Section:
        """Return the section in prose; where the model fails, or is not borne out, themes stay an outline.

        Of a sentence's citations those stay that hold; where none does, it is moved to the source that bears the
        sentence out, or the sentence is marked, or left out where only good ones may stay.

        Args:
            progress: called as themes are done.
        """
        parts = list(section.parts)
        try:
            parts = self._planned(section)
            for i, part in enumerate(parts):
                parts[i] = self._written(part)
                if progress:
                    progress(i + 1, len(parts))
        except ModelFailed as error:
            self.remarks.append(f"{error}; what it did not write is an outline")
        return replace(section, parts=tuple(parts))

    def _planned(self, section: Section) -> list[Part]:
        """Return the model's themes; the rules' themes, where it puts in papers that were not given, or none.

        Raises:
            ModelFailed: it gave no answer, or was not asked.
        """
        plan = _plan(section)
        groups = _groups(self._said(plan), len(section.sources))
        if not groups:
            self.remarks.append(f"{self.model.name} made no plan of the papers it was given; the list's themes stand")
            return list(section.parts)
        by_id = {source.paper.id: source for source in section.sources}
        papers = [source.paper for source in section.sources]
        planned = [Theme(name, tuple(papers[n - 1] for n in numbers)) for name, numbers in groups]
        parts = [part_of(_named(theme, papers), by_id) for theme in planned]
        placed = {paper.id for part in parts for paper in part.papers}
        for part in section.parts:  # what the plan leaves out stands where it stood
            if left := tuple(source for source in part.sources if source.paper.id not in placed):
                parts.append(replace(part, sources=left))
        return parts

    def _written(self, part: Part) -> Part:
        """Return a theme in prose, or as it is where its sources do not bear out what the model wrote.

        Raises:
            ModelFailed: it gave no answer, or was not asked.
        """
        prose: list[Sentence] = []
        for sources in _paragraphs(part):
            papers = [source.paper for source in sources]
            text = self._said(_prompt(part.name, papers))
            written = numbered_sentences(text, dict(enumerate(papers, 1)))
            if text.startswith(REFUSAL.rstrip(".")) or not any(one.cited for one in written):
                self.remarks.append(f"“{part.name}” is an outline: {self.model.name} cited nothing for it")
                return part
            found = verify(written, papers, self.checker, self.strict)
            if found.good < _ENOUGH:
                self.remarks.append(
                    f"“{part.name}” is an outline: the papers bear out {found.good:.0%} of what {self.model.name} wrote"
                )
                return part
            if found.removed:
                self.remarks.append(f"“{part.name}”: {found.removed} sentences that no paper bears out were left out")
            prose += found.sentences
        return replace(part, prose=tuple(prose), model=self.model.name)

    def _said(self, prompt: Prompt) -> str:
        """Return what the model says.

        Raises:
            ModelFailed: nothing, what it must not say, or it was not asked.
        """
        if self.cap is not None and self.model.price is not None and self.spent >= self.cap:
            raise ModelFailed(f"{self.model.name} was not asked further: the spend cap of {self.cap:g} is reached")
        completion = complete(self.model, prompt.system, prompt.text, _DEADLINE)
        self.spent += completion.money or 0.0
        if told := Secrets(prompt.text, self.model.key, prompt.system).told_by(completion.text):
            raise ModelFailed(f"{self.model.name} gave away {told}")
        if completion.is_whole:
            return completion.text
        return completion.text[: max(map(completion.text.rfind, ".!?\n")) + 1]  # the last sentence was cut


def prompts(section: Section) -> list[Prompt]:
    """Return what a model will be sent for a section: first for its plan, then for each theme of the outline.

    The plan's prompt alone holds anything of the draft, and is sent as it is here. The others hold what the collection
    has of the papers; where the plan groups these otherwise, they come in other prompts.
    """
    themes = [(part.name, [one.paper for one in some]) for part in section.parts for some in _paragraphs(part)]
    return [_plan(section), *(_prompt(name, papers) for name, papers in themes)]


def draft_text(section: Section) -> list[str]:
    """Return the sentences of the draft that a model is sent: for each paper the one that wants it most, each once."""
    surest = [
        max(source.wanted_by, key=lambda wanted: wanted.confidence) for source in section.sources if source.wanted_by
    ]
    return list(dict.fromkeys(wanted.sentence.text for wanted in surest))


def _plan(section: Section) -> Prompt:
    return Prompt(PLAN, plan_prompt([(source.paper, source.words) for source in section.sources], draft_text(section)))


def _prompt(theme: str, papers: Sequence[Paper]) -> Prompt:
    return Prompt(SECTION, section_prompt(theme, papers))


def _paragraphs(part: Part) -> list[tuple[Source, ...]]:
    return [part.sources[at : at + _MOST_SOURCES] for at in range(0, len(part.sources), _MOST_SOURCES)]


def _groups(said: str, count: int) -> list[tuple[str, tuple[int, ...]]]:
    """Read a plan: names with the numbers of their papers; nothing where one was not given, or is said twice."""
    groups: list[tuple[str, tuple[int, ...]]] = []
    for line in plain(said).splitlines():
        if found := _LINE.fullmatch(fold(line).replace("*", "")):
            numbers = tuple(dict.fromkeys(map(int, re.findall(r"\d+", found["numbers"]))))
            groups.append((fold(found["name"].strip(' *#"“”')), numbers))
    every = [n for _, numbers in groups for n in numbers]
    is_sound = len(groups) <= _MOST_THEMES and len(every) == len(set(every)) and set(every) <= set(range(1, count + 1))
    return [(name, numbers) for name, numbers in groups if numbers] if is_sound else []


def _named(theme: Theme, every: Sequence[Paper]) -> Theme:
    """Return a theme of a model's, called by its papers' words where its name is none of theirs."""
    if len(theme.name) <= _LONGEST_NAME and is_honest(theme.name, theme.papers):
        return theme
    return named(theme.papers, every)
