"""Another topic in the frame of the question before: "what about distillation?"."""

import re

from index import conditions
from index.conditions import Names
from index.words import words

from .memory import Conversation, Resolved
from .references import AUX, PAPERS, PREPOSITION

_LONGEST, _LONGEST_BARE = 8, 3  # words of a topic, after "what about" and after "and"
_SHIFT = re.compile(
    r"(?:(?:what|how)\s+about|same\s+(?:question\s+)?(?:for|with)|(?:for|about|on))\s+(?P<topic>.+)", re.I
)
_CLAUSE = re.compile(rf"\b(?:{AUX}|how|why|which|what)\b", re.I)
_ABOUT = re.compile(r"(.*\b(?:about|on|overview\s+of|regarding|concerning)\s+)\S.*", re.I)
_FOR_PAPERS = re.compile(
    rf"(?:which|what|list|show(?:\s+me)?|find)?\s*(?:the\s+|all\s+)?(?:[\w-]+\s+)?{PAPERS}\b", re.I
)
_WITHIN = re.compile(
    r"((?:how|why|what|do|does|can|is|are)\b.*\b(?:in|for|of|with|during|from)\s+)\S.*",
    re.I,
)


def shifted(plain: str, may_be_bare: bool, conversation: Conversation, names: Names) -> Resolved | None:
    """Return the question before with the topic that `plain` names, None where it names none.

    Args:
        plain: the question without its leading "and" and its end.
        may_be_bare: whether a topic may stand alone ("and distillation?").
    """
    found = _SHIFT.fullmatch(plain)
    topic = found["topic"] if found else plain if may_be_bare else ""
    longest = _LONGEST if found else _LONGEST_BARE
    if not words(topic) or len(topic.split()) > longest or _CLAUSE.search(topic):
        return None
    before = conditions.read(conversation.last_question, names)
    kept = [phrase if PREPOSITION.match(phrase) else f"that {phrase}" for phrase in before.phrases]
    query = " ".join([_reframed(before.rest.rstrip(" ?.!"), topic), *kept])
    return Resolved(query, because=f"Read as: {query}.")


def _reframed(before: str, topic: str) -> str:
    if re.match(rf"{PAPERS}\b", topic, re.I):
        return topic
    if found := _ABOUT.fullmatch(before):
        return found[1] + topic
    if _FOR_PAPERS.match(before):
        return f"which papers are about {topic}"
    if found := _WITHIN.fullmatch(before):
        return found[1] + topic
    return topic
