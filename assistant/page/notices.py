"""Notices: what is not as it should be, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ..pipeline import Assistant
from ..route import Wish
from .talk import Turn


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that is not as it should be; `do` is empty where what is found says it already."""

    found: str
    do: str = ""


def notices(assistant: Assistant, turns: Sequence[Turn] = (), route: Wish = "auto") -> list[Notice]:
    """Return what is degraded now."""
    collection, found = assistant.collection, []
    if not len(collection):
        found.append(
            Notice("This collection holds no papers.", f"Add some: footnote add FILE --collection {collection.name}")
        )
    if collection.mended:
        found.append(
            Notice(
                f"A damaged part of this collection was rebuilt from its records ({collection.mended}).",
                "Its papers are whole. If this comes again, look after the disk.",
            )
        )
    found += [Notice(f"Not asked: {why}.") for why in assistant.unavailable.values()]
    if route in ("local", "hosted") and not any(model.is_local == (route == "local") for model in assistant.models):
        where = "on this machine" if route == "local" else "elsewhere"
        found.append(
            Notice(f"No model {where} is configured, so answers are quoted from the papers.", "Settings takes one.")
        )
    if (failed := _failed(turns)) is not None:
        found.append(Notice(f"The {failed} model did not answer.", "Settings shows it, with a button that tries it."))
    return found


def html(found: Sequence[Notice]) -> str:
    """Return notices as HTML, empty where there are none."""
    return "".join(f'<p class="notice">{escape(f"{one.found} {one.do}".strip())}</p>' for one in found)


def _failed(turns: Sequence[Turn]) -> str | None:
    """Return the role of a model that failed at the latest question."""
    answer = turns[-1].answer if turns else None
    roles = (str(step.detail["failed"]) for step in (answer.steps if answer else ()) if "failed" in step.detail)
    return next(roles, None)
