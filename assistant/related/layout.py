"""A related-work section as LaTeX or Markdown, a fragment to be put into a draft."""

import re
from collections.abc import Iterator, Sequence

from ingest.paper import Paper
from ingest.text import fold

from ..answer import Sentence
from ..export import markdown, tex
from ..reference import whose_words
from ..verification import GOOD
from .comments import in_markdown, in_tex
from .section import Part, Section, Source

_MOST_PLACES = 6  # of sentences that want a paper
_ENDING = re.compile(r"[.!?]+$")
_PLAIN_KEY = re.compile(r"\w(?:[\w:.\x23$%&\-+?<>~/]*\w)?")
# What Markdown would read as a list's marker at the beginning of a line.
_MARKER = re.compile(r"^(\(?\w{1,9})(?=[.)]\s)|^(?=[-+=:%]\s?)")


def latex(section: Section) -> Iterator[str]:
    """Yield the section as LaTeX, which needs no package; its citations are \\cite."""
    yield from (in_tex(line) for line in _head(section))
    yield "\\section{Related Work}\n"
    for part in section.parts:
        name = tex.escaped(part.name)
        yield f"\n\\paragraph{{{name if name.endswith(('?', '!', '.')) else name + '.'}}}\n"
        if part.prose:
            for sentence in part.prose:
                yield from (in_tex(remark) for remark in _remarks(sentence))
                body, end = _split(sentence.text)
                cited = ",".join(section.keys[citation.paper.id] for citation in sentence.citations)
                yield tex.escaped(body) + (f" \\cite{{{cited}}}" if cited else "") + tex.escaped(end) + "\n"
            yield from (in_tex(remark) for remark in _left_out(part, section))
        else:
            yield "\\begin{itemize}\n"
            for source in part.sources:
                quoted = f" ``{tex.escaped(source.words)}'' ({tex.escaped(_whose(source.paper))}.)"
                title = tex.escaped(source.paper.title)
                # A bracket would be read as the item's label.
                yield f"\\item {'{}' * title.startswith('[')}{title} \\cite{{{section.keys[source.paper.id]}}}."
                yield (quoted if source.words else "") + "\n"
                yield in_tex(_why(source))
            yield "\\end{itemize}\n"


def pandoc(section: Section) -> Iterator[str]:
    """Yield the section as Markdown, with citations as Pandoc reads them."""
    yield from (in_markdown(line) for line in _head(section))
    yield "\n## Related Work\n"
    for part in section.parts:
        yield f"\n### {markdown.escaped(part.name)}\n\n"
        if part.prose:
            for sentence in part.prose:
                body, end = _split(sentence.text)
                cited = "; ".join(_at(section.keys[citation.paper.id]) for citation in sentence.citations)
                line = markdown.escaped(body) + (f" [{cited}]" if cited else "") + markdown.escaped(end)
                remarks = "".join(f" {in_markdown(remark)}".rstrip() for remark in _remarks(sentence))
                yield _MARKER.sub(r"\1\\", line) + remarks + "\n"
            left_out = "".join(in_markdown(remark) for remark in _left_out(part, section))
            yield f"\n{left_out}" if left_out else ""
        else:
            for source in part.sources:
                title = markdown.escaped(source.paper.title)
                quoted = f" “{markdown.escaped(source.words)}” ({_whose(source.paper)}.)" if source.words else ""
                yield f"- **{title}** [{_at(section.keys[source.paper.id])}].{quoted} {in_markdown(_why(source))}"


def _head(section: Section) -> Iterator[str]:
    models = sorted({part.model for part in section.parts if part.prose})
    if models:
        yield (
            f"Prose by {', '.join(models)} for {section.draft}, from papers in the collection {section.collection}. "
            "Each sentence was checked against the papers it cites; comments say where they do not bear it out."
        )
    outlined = [part for part in section.parts if not part.prose]
    if outlined:
        which = "An outline" if not models else "The themes with lists are an outline"
        yield (
            f"{which} for {section.draft}, made without an LLM from the collection {section.collection}: papers, and "
            "a sentence of each one's text, word for word. Write your own in its place."
        )
    if any(part.by_words for part in section.parts):
        yield "Themes whose name is a list of words are papers alike, named by words that they share."


def _why(source: Source) -> str:
    if source.confidence is None:
        return "cited in the draft already"
    places = [str(wanted.sentence.place) for wanted in source.wanted_by]
    more = ", ..." if len(places) > _MOST_PLACES else ""
    wanted = f", wanted by {', '.join(places[:_MOST_PLACES])}{more}" if places else ""
    return f"confidence {source.confidence:.2f}{wanted}"


def _whose(paper: Paper) -> str:
    """Say whose words a quoted sentence is: the summary's or the abstract's."""
    said = whose_words(paper)
    return said[:1].lower() + said[1:]


def _remarks(sentence: Sentence) -> Sequence[str]:
    """Return what the check found wrong with a sentence."""
    if sentence.verdict == "supported by another":
        return [f"the citation was moved here: {sentence.reason}"]
    return [] if sentence.verdict in GOOD else [f"look at this sentence: {sentence.verdict}; {sentence.reason}"]


def _left_out(part: Part, section: Section) -> list[str]:
    """Return the papers of a theme that its prose does not cite."""
    cited = {citation.paper.id for sentence in part.prose for citation in sentence.citations}
    left = [paper for paper in part.papers if paper.id not in cited]
    return [f"not cited here: {section.keys[paper.id]} ({fold(paper.title)})" for paper in left]


def _split(text: str) -> tuple[str, str]:
    """Return a sentence's words and the signs that end it."""
    found = _ENDING.search(text)
    return (text[: found.start()], found.group()) if found else (text, ".")


def _at(key: str) -> str:
    """Return a key as Pandoc cites it; braces stand round what it would cut short."""
    return f"@{key}" if _PLAIN_KEY.fullmatch(key) else f"@{{{key}}}"
