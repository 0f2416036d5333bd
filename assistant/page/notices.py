"""Notices: what is not as it should be, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ingest.errors import InputError

from ..pipeline import Assistant
from ..route import Wish
from .talk import Turn


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that is not as it should be.

    Attributes:
        do: what to do about it; empty where what is found says it already.
        leave: whether a link leads from here to the collection that the page began with.
        is_quiet: whether it is worth knowing, and nothing is wrong.
    """

    found: str
    do: str = ""
    leave: bool = False
    is_quiet: bool = False


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
    if not found and not assistant.models and route == "auto" and not any(turn.answer for turn in turns):
        found.append(
            Notice("No model is set, so answers are quoted from the papers.", "Settings takes one.", is_quiet=True)
        )
    return found


def refused(error: InputError) -> str:
    """Return, as HTML, what a person asked for that is not here, such as a collection, with a way back."""
    text = str(error)
    return html([Notice(f"{text[:1].upper()}{text[1:]}.", leave=True)])


def html(found: Sequence[Notice]) -> str:
    """Return notices as HTML, empty where there are none."""
    return "".join(_html(one) for one in found)


def _html(one: Notice) -> str:
    way = ' <a href="./">Open the first collection</a>' if one.leave else ""
    kind = "notice quiet" if one.is_quiet else "notice"
    return f'<p class="{kind}">{escape(f"{one.found} {one.do}".strip())}{way}</p>'


def _failed(turns: Sequence[Turn]) -> str | None:
    """Return the role of a model that failed at the latest question."""
    answer = turns[-1].answer if turns else None
    roles = (str(step.detail["failed"]) for step in (answer.steps if answer else ()) if "failed" in step.detail)
    return next(roles, None)
