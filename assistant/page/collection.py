"""The Collection tab: what is in it, adding a file, taking papers out, other collections, rebuilding."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import gradio as gr

from index.collection import Collection
from index.corpus import Corpus
from index.hits import Change
from index.home import collection_names
from ingest.errors import InputError
from ingest.reading import Reading, Remark

from ..library import add_file
from ..settings import Settings
from . import charts, hits
from .calls import Asked, Reply, answer, texts, words
from .desk import Desk
from .doubts import doubts
from .jobs import Job, Once
from .uploads import LARGEST, accepted, named

_REMARKS = 30  # refused rows and warnings that are shown
_FOUND = 8  # papers offered for removal
_JOBS = 50  # whose ends are remembered

Jobs = OrderedDict[str, Job[str]]


def tab(desk: Desk) -> None:
    """Build the tab inside the gr.Tab that is open; collection.js does the rest."""
    gr.HTML(Path(__file__).with_name("collection.html").read_text("utf-8"), apply_default_css=False)
    looked: Once[str] = Once(lambda collection, _: doubts(collection.papers()))
    jobs: Jobs = OrderedDict()
    answer("about", lambda asked: about(desk, words(asked, "collection")))
    answer("collection", lambda asked: overview(_collection(desk, asked), desk.first))
    answer("doubts", lambda asked: doubted(looked, _collection(desk, asked)))
    answer("candidates", lambda asked: candidates(_collection(desk, asked), words(asked, "query")))
    answer("remove", lambda asked: removed(_collection(desk, asked), texts(asked, "ids")))
    answer("add", lambda asked: add(desk, jobs, asked))
    answer("rebuild", lambda asked: rebuild(desk, jobs, asked))
    answer("stop", lambda asked: stop(jobs, words(asked, "job")))
    answer("job", lambda asked: state(jobs, words(asked, "job")))


def _collection(desk: Desk, asked: Asked) -> Collection:
    collection = desk.current(words(asked, "collection")).collection
    if not isinstance(collection, Collection):
        raise InputError(f"{collection.name} is several collections side by side; choose one of them to change it")
    return collection


def about(desk: Desk, name: str) -> Reply:
    """Return a collection's title, and how many papers it holds; where there is none of the name, the others."""
    if not desk.has(name):
        return {"title": f"There is no collection “{name}” here", "others": _names(desk.first)}
    return _head(desk.current(name).collection)


def _head(collection: Corpus) -> Reply:
    return {"title": collection.fact("title") or collection.name, "papers": len(collection)}


def _names(first: str, current: str = "") -> str:
    """Return the collections as items of a list, each with a link but the one that is looked at."""
    return "".join(
        f'<li><a href="{"./" if name == first else f"?collection={escape(name)}"}#collection">{escape(name)}</a></li>'
        if name != current
        else f'<li><strong aria-current="true">{escape(name)}</strong></li>'
        for name in collection_names()
    )


def overview(collection: Collection, first: str) -> Reply:
    """Return what a collection holds, and which others there are; `first` is the one at the page's bare address."""
    status = collection.status()
    html = charts.sections(status["sections"]) + charts.years(status["year"])
    html += charts.named("Venues", status["venue"]) + charts.named("Topics", status["topic"])
    return {
        **_head(collection),
        "name": collection.name,
        "by": status["by"] or "",
        "html": html,
        "others": _names(first, collection.name),
        "made": f"Embedded with {status['model_id']} · {status['generation']}",
        "accepted": accepted(),
        "largest": LARGEST,
    }


def doubted(looked: Once[str], collection: Collection) -> Reply:
    """Return what there is to know of the papers; {"waiting"} while they are looked at."""
    job = looked.of(collection)
    return {"html": job.result()} if job.is_over(0.3) else {"waiting": True}


def candidates(collection: Collection, query: str) -> Reply:
    """Return papers that might be meant to be removed."""
    if not query.strip():
        return {"html": ""}
    return {"html": hits.short(hit.paper for hit in collection.search(query, _FOUND, brief=True).hits)}


def removed(collection: Collection, ids: Sequence[str]) -> Reply:
    """Remove papers."""
    if not ids:
        raise InputError("no paper to remove; choose some")
    change = collection.remove(ids)
    return {"said": f"Removed {change.removed} paper{'' if change.removed == 1 else 's'}."}


def add(desk: Desk, jobs: Jobs, asked: Asked) -> Reply:
    """Begin to add an uploaded file to a collection."""
    collection = _collection(desk, asked).name
    path, name = words(asked, "path"), words(asked, "name")

    def work(job: Job[str]) -> str:
        def reading(done: int, total: int) -> None:
            job.stage = "Reading"
            job.note(done, total)

        def embedding(done: int, total: int) -> None:
            job.stage = "Embedding"
            job.note(done, total)

        with named(path, name) as file:
            return _report(file.name, *add_file(file, collection, embedding, reading))

    return _begin(jobs, work)


def rebuild(desk: Desk, jobs: Jobs, asked: Asked) -> Reply:
    """Begin to write a collection's index anew, with the model that is configured."""
    collection = _collection(desk, asked)

    def work(job: Job[str]) -> str:
        job.stage = "Rebuilding"
        change = collection.rebuild(Settings.load().model, job.note)
        return f"<p>{len(collection):,} papers stand anew. Encoded {change.encoded:,}.</p>"

    return _begin(jobs, work)


def _begin(jobs: Jobs, work: Callable[[Job[str]], str]) -> Reply:
    name = secrets.token_urlsafe(12)
    jobs[name] = Job(work)
    while len(jobs) > _JOBS:
        jobs.popitem(last=False)
    return {"job": name}


def _job(jobs: Jobs, name: str) -> Job[str]:
    job = jobs.get(name)
    if job is None:
        raise InputError("this job is not known any more; look at the collection")
    return job


def stop(jobs: Jobs, name: str) -> Reply:
    """Stop a job; its state tells whether it was in time."""
    _job(jobs, name).stop()
    return {}


def state(jobs: Jobs, name: str) -> Reply:
    """Return how far a job is; when it is over, its report."""
    job = _job(jobs, name)
    if job.is_over(0.3):
        return {"html": job.result()}
    return {"stage": job.stage, "done": job.done, "total": job.total}


def _report(name: str, reading: Reading, change: Change) -> str:
    """Return what was read from a file and what came of it."""
    html = (
        f'<p><strong dir="auto">{escape(name)}</strong>: {reading.rows_read:,} rows read, '
        f"{reading.papers_read:,} papers, {reading.refused.total:,} refused. Added {change.added:,}, updated "
        f"{change.updated:,}, already here {change.unchanged:,}.</p>"
    )
    if change.left_out:
        titles = "; ".join(escape(paper.title) for paper in change.left_out[:_REMARKS])
        html += (
            f"<p>Left out {change.left_out_total:,} that you removed (<code>footnote remove --undo</code> brings one "
            f'back): <span dir="auto">{titles}</span></p>'
        )
    return (
        html
        + _remarks("Refused", reading.refused.total, reading.refused)
        + _remarks("Listed again", reading.repeated.total, reading.repeated)
        + _remarks("To look at", reading.warnings.total, reading.warnings)
    )


def _remarks(title: str, total: int, remarks: Sequence[Remark]) -> str:
    if not total:
        return ""
    items = "".join(
        f'<li><span class="n">line {remark.line:,}</span> <span dir="auto">{escape(remark.reason)}</span></li>'
        for remark in remarks[:_REMARKS]
    )
    more = f'<li class="quiet">and {total - _REMARKS:,} more</li>' if total > _REMARKS else ""
    return (
        f"<details{' open' if total <= 5 else ''}><summary>{title}: {total:,}</summary><ul>{items}{more}</ul></details>"
    )
