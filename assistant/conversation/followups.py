"""A follow-up question -> one that stands by itself, by rule, against the papers of the conversation.

A rule fires only where the whole question has the form of a follow-up: the word that refers back
("it", "those", "the second one") stands where nothing in the question itself could be meant by it.
Everything else is left as it was typed.
"""

import re
from collections.abc import Callable

from index import conditions
from index.conditions import Names
from index.filters import Filters
from index.words import words

from . import references
from .memory import Conversation, Known, Resolved
from .references import AUX, FEW, MANY, ONE, PAPERS, PREPOSITION
from .references import ONE_OF_SEVERAL as ROW
from .topicshift import shifted

_LEAD = re.compile(
    r"^(?:(?:and|but|ok(?:ay)?|so|then|now|also|please|thanks|thank you|great|good|well|hm+|no|yes)\b[,.!]?\s+)+", re.I
)
_WHAT = rf"(?:what|which|how\s+(?:many|much|long|big|large|small|fast|well))(?:\s+[\w-]+){{0,3}}?\s+{AUX}"
_ASK = rf"(?:{_WHAT}|(?:what|how|why|where|when|who)(?:['’]s|\s+{AUX})|{AUX})"
# "Is it possible to ...", "does it matter whether ...": this "it" stands for nothing above.
_EXPLETIVE = re.compile(r"^(?!compare)(?:\S+\s+){0,3}?(?:to|that|if|whether|which|how|when|why|for)\b", re.I)
_POSTMODIFIER = re.compile(r"^(?:to|of|on|in|for|that|which|who|about|with|by|from|at|where|when)\b", re.I)
_MORE = (
    r"(?:(?:can|could|would)\s+you\s+)?(?:tell\s+(?:me|us)\s+(?:(?:some\s+)?more|something)?\s*(?:about|on)"
    r"|(?:some\s+)?(?:more|details|something)\s+(?:about|on|of)|(?:explain|describe|summari[sz]e|show|open|read|give)"
    r"(?:\s+(?:me|us))?|expand(?:\s+on)?|elaborate\s+on|(?:what|how)\s+about|go\s+(?:on\s+)?with)"
)
_AFTER_MORE = r"(?:\s+(?:in\s+(?:more\s+|greater\s+|some\s+)?detail|please|to\s+me|further|again|more|a\s+bit\s+more))*"
_WHO_WROTE = r"who\s+(?:wrote|published|made|authored|(?:is|are)\s+(?:the\s+)?authors?\s+of|(?:is|was)\s+behind)"
_CODE_OF = (
    r"(?:(?:where\s+is|is\s+there|show\s+me|link\s+to|where\s+can\s+i\s+find)\s+)?(?:the\s+|any\s+)?code\s+(?:of|for)"
)
_NOUN_OF = r"(?:what|where|who|when|how\s+\w+)(?:['’]s|\s+(?:is|are|was|were))\s+(?:its|their)\s+(?P<of>[\w\s-]{2,60})"
_FIELDS = {
    "authors": r"\bwho\s+(?:wrote|published|made|authored|is\s+behind)|\b(?:its|their)\s+authors?\b|\bauthors?\s+of\b",
    "published": r"\b(?:when|where|(?:what|which)\s+(?:year|venue))\b.*"
    r"\b(?:published?|presented|appear\w*|come\s+out|from)\b",
    "code": r"\b(?:have|has|release\w*|provide\w*|come\s+with|there|is|of|any|the|its|their)\b[\w\s]*"
    r"\bcode\b(?!\s+\w+(?:ing|ion)\b)",
    "link": r"\b(?:link|url|pdf|doi)\b",
}
_NO_CODE = re.compile(r"\b(?:no|without|not|lack\w*|cannot|\w+n['’]t)\b(?:\s+\w+){0,3}?\s+code\b", re.I)
# After "these" or "those" a verb shows that papers are meant; a noun would be what is asked about.
_VERB = (
    r"(?:(?:is|was|are|were|has|have|had|do|does|did|can|could|also|actually|only|not|really|come|came|comes"
    r"|(?:use|train|study|studie|report|compare|propose|show|work|run|need|require|release|say|mention|cover|evaluate"
    r"|test|apply|applie|distil|distill|route|reduce|improve|give|make|get|reach|beat|find|handle|deal|concern|involve"
    r"|look|speak|talk|treat|build|measure|provide|publish|rely|relie|combine|focu|discu|addres|solve|detect|generate"
    r"|fine-?tune|appear|cite|consider|target|keep|quantize|quantise|save|lower|cut|help|offer|claim|argue)(?:s|es|d|ed)?)\b)"
)
_ELLIPTIC = (
    r"(?:have|use|used|come|were|release|provide|need|do\s+not|don['’]t|did|report|mention|train"
    r"|are\s+(?:from|in|by|about|on))\b"
)
_NEWER = re.compile(
    r"(?:(?:are|is)\s+there|do\s+you\s+have|show(?:\s+me)?|what\s+about|how\s+about|find|list)?\s*"
    r"(?:any|some|the)?(?:thing)?\s*(?P<way>newer|more\s+recent|later|older|earlier)"
    r"(?:\s+(?:ones?|papers?|works?|articles?))?(?:\s+than\s+(?:those|these|that|them|it))?(?:\s+(?:here|too))?",
    re.I,
)


def resolve(question: str, conversation: Conversation, names: Names) -> Resolved:
    """Return the question as it is to be searched for; untouched where it stands on its own.

    Args:
        names: what the collection can be asked for by name, by which conditions are read.
    """
    if not conversation.last:
        return Resolved(question)
    folded = " ".join(question.split())
    plain = _LEAD.sub("", folded).rstrip(" ?!.")
    led = len(plain) < len(folded.rstrip(" ?!."))
    if not plain or len(plain) > 160 or ":" in plain:
        return Resolved(question)
    rules: tuple[Callable[[], Resolved | None], ...] = (
        lambda: _compare(plain, conversation),
        lambda: _one(plain, conversation),
        lambda: _newer(plain, conversation),
        lambda: _some(plain, conversation, names),
        lambda: _only(plain, led, conversation, names),
        lambda: _they(plain, conversation),
        lambda: shifted(plain, led and folded.endswith("?"), conversation, names),
    )
    return next((found for rule in rules if (found := rule())), Resolved(question))


def _matches(pattern: str, text: str) -> re.Match[str] | None:
    return re.fullmatch(pattern, text, re.I)


def _compare(plain: str, conversation: Conversation) -> Resolved | None:
    several = rf"(?P<refs>{MANY}|{FEW}|{ROW}(?:\s*(?:,|,?\s+and|with|to|vs\.?|versus|&)\s*{ROW})+)"
    forms = (
        rf"(?:compare|contrast)\s+(?:between\s+)?{several}",
        rf"how\s+(?:do|does|are|is)\s+{several}\s+(?:differ|different|compare|relate)(?:\s+(?:in|on|by|from)\s+.{{1,40}})?",
        rf"(?:what(?:['’]s|\s+is|\s+are)\s+)?(?:the\s+)?(?:main\s+|key\s+)?"
        rf"(?:differences?|similarities|comparison)\s+(?:between|of|among)\s+{several}",
        rf"what\s+do\s+{several}\s+(?:have\s+in\s+common|share)",
    )
    for form in forms:
        if found := _matches(form, plain):
            papers = references.several(found["refs"], conversation)
            if len(papers) > 1:
                said = " and ".join(f"[{paper.n}]" for paper in papers)
                query = "compare " + " and ".join(paper.title for paper in papers)
                because = f"Read as: compare {said}."
                return Resolved(query, compare=tuple(paper.id for paper in papers), because=because)
    # One of them is called by name.
    if found := _matches(
        rf"(?P<a>(?:compare|contrast)\s+)(?P<one>{ONE})(?P<b>\s+(?:and|with|to|vs\.?|versus)\s+.+)", plain
    ):
        paper = references.one(found["one"], conversation)
        if paper:
            return Resolved(
                found["a"] + paper.title + found["b"], because=f"Read as: {found['a']}[{paper.n}]{found['b']}."
            )
    return None


def _one(plain: str, conversation: Conversation) -> Resolved | None:
    """Read a question about one paper of the conversation."""
    forms = (
        rf"(?:{_MORE}\s+)(?P<one>{ONE}){_AFTER_MORE}",
        rf"(?P<one>(?!it$|this$|that$){ONE})",
        rf"(?:{_WHO_WROTE}|{_CODE_OF})\s+(?P<one>{ONE})",
        rf"{_ASK}\s+(?P<one>{ONE})(?:\s+(?P<rest>\S.*))?",
        rf"{_ASK}\s+(?P<one>they|the\s+authors?)(?:\s+(?P<rest>\S.*))?",
        rf"{_NOUN_OF}",
        r"(?:its|their)\s+(?P<of>[\w\s-]{2,40})",
    )
    for form in forms:
        found = _matches(form, plain)
        if not found:
            continue
        groups = found.groupdict()
        said, rest = groups.get("one") or "it", groups.get("rest") or ""
        if said.casefold() in ("it", "this", "that") and _EXPLETIVE.match(rest):
            continue
        # "The second stage is ...", "the first paper to ...": described by what follows, not counted above.
        bare = re.fullmatch(r"the\s+(?!paper$|authors?$)\S+", said, re.I)
        if rest and (bare or (re.match(r"the\s", said, re.I) and _POSTMODIFIER.match(rest))):
            continue
        paper = references.one(said, conversation)
        if paper:
            return _about(plain, found, paper)
        if references.is_number(said):
            return Resolved(plain, because=f"No paper above has the number {references.is_number(said)}.")
    return None


def _about(plain: str, found: re.Match[str], paper: Known) -> Resolved:
    if "of" in found.groupdict() and found["of"]:
        query = f"{found['of']} of {paper.title}"
    elif re.fullmatch(r"they|the\s+authors?", found["one"], re.I):
        query = f"{plain} in {paper.title}"
    else:
        query = plain[: found.start("one")] + paper.title + plain[found.end("one") :]
    field = next((name for name, pattern in _FIELDS.items() if re.search(pattern, plain, re.I)), None)
    return Resolved(query, about=paper.id, asks_for=field, because=f"Read as: about [{paper.n}] {paper.title}.")


def _newer(plain: str, conversation: Conversation) -> Resolved | None:
    found = _NEWER.fullmatch(plain)
    years = [paper.year for paper in conversation.last if paper.year]
    if not found or not years:
        return None
    newer = not re.match("older|earlier", found["way"], re.I)
    year = max(years) if newer else min(years)
    before = conversation.last_question
    limit = Filters(year_from=year + 1) if newer else Filters(year_to=year - 1)
    because = f"Read as: the earlier question, for papers {'after' if newer else 'before'} {year}."
    return Resolved(before, limit, because=because)


def _some(plain: str, conversation: Conversation, names: Names) -> Resolved | None:
    """Read a question for some of the papers above: "which of those have code", "which use GPT-4"."""
    sure = rf"(?:them|the\s+above|(?:those|these|the)\s+(?:{FEW}\s+)?(?:papers|ones|articles|works)(?:\s+above)?)"
    quantity = rf"(?:which|how\s+many|{AUX}\s+(?:any|some|all|most|one|none)|any|only|list|show\s+me)(?:\s+ones?)?"
    forms = (
        rf"{quantity}\s+of\s+{sure}\s+(?P<rest>.+)",
        rf"{quantity}\s+of\s+(?:those|these)\s+(?P<rest>(?:{_VERB}|{PREPOSITION.pattern[1:]}|[a-z]+\s+about\b).*)",
        r"(?:which|how\s+many)\s+ones\s+(?P<rest>.+)",
        rf"which\s+(?P<rest>{_ELLIPTIC}.*)",
        rf"{AUX}\s+any\s+(?P<rest>(?:{PREPOSITION.pattern[1:]}|{_VERB}).*)",
        r"how\s+many\s+(?P<rest>(?:have|use|come\s+with|are\s+from|were)\b.*)",
        r"which\s+(?:papers|ones)\s+(?:above|you\s+\w+)\s+(?P<rest>.+)",
    )
    for form in forms:
        found = _matches(form, plain)
        if found and not re.search(r",.*\bor\b", plain):
            return _narrowed(found["rest"], conversation)
    return None


def _only(plain: str, led: bool, conversation: Conversation, names: Names) -> Resolved | None:
    """Read a bare condition: "only ACL", "and the ones from 2024", "those with code"."""
    found = re.fullmatch(
        r"(?P<only>(?:only|just|show(?:\s+me)?|list|give\s+me|what\s+about|how\s+about|any)\s+)*"
        rf"(?P<them>(?:only|just)?\s*(?:those|these|them|the\s+ones?|ones?|the\s+{PAPERS}|{PAPERS})\s+)?"
        r"(?:(?:that|which)\s+)?(?P<rest>.+?)(?P<after>\s+(?:ones?|only|papers\s+only))?",
        plain,
        re.I,
    )
    if not found or not (found["only"] or found["after"] or led or re.match("those|these|the ones?", plain, re.I)):
        return None
    rest = re.sub(r"^the\s+", "", found["rest"], flags=re.I)
    for said in (rest, f"in {rest}"):
        stated = conditions.read(f"papers {said}", names)
        if _NO_CODE.search(said) or (stated.phrases and not conditions.asks_more(words(stated.rest))):
            return _swapped(said, stated.filters, conversation, names) or _narrowed(said, conversation)
    return None


def _swapped(said: str, stated: Filters, conversation: Conversation, names: Names) -> Resolved | None:
    """Read a condition that takes the place of one in the question before: "and the ones from 2024"."""
    before = conditions.read(conversation.last_question, names)
    if not stated.to_dict().keys() & before.filters.to_dict().keys():
        return None
    query = f"{before.rest.rstrip(' ?.!')} {said}"
    return Resolved(query, because=f"Read as: {query}.")


def _narrowed(rest: str, conversation: Conversation) -> Resolved:
    papers = conversation.last
    has_code = False if _NO_CODE.search(rest) else None
    those = "without code" if has_code is False else rest if PREPOSITION.match(rest) else f"that {rest}"
    query = (
        "papers without code" if has_code is False else f"papers {rest}" if those == rest else f"which papers {rest}"
    )
    above = "the paper above" if len(papers) == 1 else f"the {len(papers)} papers above"
    filters = Filters(has_code=has_code, among=tuple(paper.id for paper in papers))
    return Resolved(query, filters, because=f"Read as: of {above}, those {those}.")


def _they(plain: str, conversation: Conversation) -> Resolved | None:
    """Read a question about all the papers above: "what datasets do they use"."""
    forms = (
        rf"{_ASK}\s+(?P<them>they|(?:these|those|the)\s+(?:papers|articles|works)(?:\s+above)?)(?:\s+(?P<rest>\S.*))?",
        rf"{_WHO_WROTE}\s+(?P<them>them|these|those)(?P<rest>)",
    )
    papers = conversation.last
    for form in forms:
        if (found := _matches(form, plain)) and len(papers) > 1:
            query = plain[: found.start("them")] + "the papers" + plain[found.end("them") :]
            field = next((name for name, pattern in _FIELDS.items() if re.search(pattern, plain, re.I)), None)
            among = Filters(among=tuple(paper.id for paper in papers))
            return Resolved(query, among, asks_for=field, because=f"Read as: asked of the {len(papers)} papers above.")
    return None
