"""The Related work tab: a draft in; beside each paragraph the papers that it wants; what it lacks, to take away."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import gradio as gr

from ingest.errors import InputError
from ingest.paper import Paper

from ..drafts import read
from ..export import SUFFIXES, citation_keys, export
from ..related import Related
from ..related.keys import all_keys
from ..related.layout import latex, pandoc
from ..related.section import outline
from . import suggested
from .calls import Asked, Reply, answer, number, texts, words
from .desk import Desk
from .manuscript import manuscript, spots
from .parcels import ACCEPTED, opened, taken
from .readings import Reading, Readings

_PASTED = "Your text"  # what pasted text is called
_PATIENCE = 0.3  # seconds that a call waits for the end
_LAYOUTS = {"latex": (latex, "related.tex"), "markdown": (pandoc, "related.md")}


def tab(desk: Desk) -> None:
    """Build the tab inside the gr.Tab that is open; related.js does the rest."""
    html = Path(__file__).with_name("related.html").read_text("utf-8")
    gr.HTML(html.replace("ACCEPTED", ",".join(ACCEPTED)), apply_default_css=False)
    readings = Readings()
    answer("related", lambda asked: begin(readings, desk, asked))
    answer("related_state", lambda asked: state(readings.of(words(asked, "draft"))))
    answer("related_beside", lambda asked: beside(readings.of(words(asked, "draft")), asked))
    answer("related_export", lambda asked: exported(readings.of(words(asked, "draft")), asked))
    answer("related_section", lambda asked: section(readings.of(words(asked, "draft")), asked))
    answer("related_stop", lambda asked: stop(readings, asked))


def begin(readings: Readings, desk: Desk, asked: Asked) -> Reply:
    """Begin to read a draft, pasted as {"text"} or uploaded as {"paths", "names"}; return its token."""
    collection = desk.current(words(asked, "collection")).collection
    text, paths, names = words(asked, "text"), texts(asked, "paths"), texts(asked, "names")
    if paths:
        if len(paths) != len(names):
            raise InputError(f"{len(paths)} files with {len(names)} names; choose them again")
        parcel = taken(list(zip(paths, names, strict=True)))
        return {"draft": readings.begin(collection, lambda: opened(parcel), is_pasted=False)}
    if not text.strip():
        raise InputError("no text; paste a paragraph, or choose a file")
    content = text.encode("utf-8", "replace")
    return {"draft": readings.begin(collection, lambda: read(content, _PASTED), is_pasted=True)}


def state(reading: Reading) -> Reply:
    """Return how far a draft is; when it is over, all that was found but the papers beside each paragraph."""
    job = reading.job
    if not job.is_over(_PATIENCE):
        return {"stage": job.stage, "done": job.done, "total": job.total}
    found = job.result()
    at = spots(found)
    return {
        "head": suggested.head(found, reading.is_pasted),
        "summary": suggested.summary(found, at),
        "text": manuscript(found, at),
        "paragraphs": len(found.paragraphs),
    }


def beside(reading: Reading, asked: Asked) -> Reply:
    """Return the papers of one paragraph."""
    found = reading.job.result()
    one = found.paragraphs[number(asked, "paragraph", 0, len(found.paragraphs) - 1)]
    return {"html": suggested.beside(one, spots(found))}


def exported(reading: Reading, asked: Asked) -> Reply:
    """Return papers, in the order of their ids, in a format of `assistant.export`, and a name for the file."""
    found = reading.job.result()
    format = words(asked, "format")
    known = _papers(found)
    papers = [known[id] for id in texts(asked, "ids") if id in known]
    if not papers:
        raise InputError("no paper to export; tick some")
    text = "".join(export(papers, format, keys=_keys(found, papers)))
    return {"text": text, "name": f"missing.{SUFFIXES[format]}"}


def section(reading: Reading, asked: Asked) -> Reply:
    """Return the related-work section, and the references that it cites and the draft lacks."""
    layout = words(asked, "layout")
    if layout not in _LAYOUTS:
        raise InputError(f"no layout {layout!r}; expected one of {', '.join(_LAYOUTS)}")
    found = reading.job.result()
    lay, name = _LAYOUTS[layout]
    written = outline(found, reading.collection.encoder)  # without a model: no word of the draft goes anywhere
    bib = "".join(export(written.new, "bibtex", keys=written.keys)) if written.new else ""
    return {"text": "".join(lay(written)), "name": name, "bib": bib, "papers": len(written.sources)}


def stop(readings: Readings, asked: Asked) -> Reply:
    """Stop a draft, and forget it."""
    readings.stop(words(asked, "draft"))
    return {}


def _papers(found: Related) -> Mapping[str, Paper]:
    """Return every paper that is shown for a draft, by its id."""
    shown = [suggestion.paper for one in found.paragraphs for suggestion in one.suggestions]
    shown += [suggestion.paper for suggestion in (*found.papers, *found.missing)]
    shown += [check.paper for claim in found.claims for check in claim.checks]
    shown += [doubt.better.paper for doubt in found.doubtful if doubt.better]
    return {paper.id: paper for paper in shown}


def _keys(found: Related, papers: Sequence[Paper]) -> dict[str, str]:
    """Return the papers' keys: the draft's own, those of its section, and others that clash with none."""
    keys = all_keys(found)
    others = [paper for paper in papers if paper.id not in keys]
    return {**citation_keys(others, {*keys.values(), *found.draft.bibliography}), **keys}
