"""What one entry of a list is made of: its words, and its links with what each is called and leads to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..labels import Kind, badge, is_paper_link, label, leads_to, words
from ..links import is_web_link
from ..markup import Span, Spans
from ..text import fold
from .wording import is_title, untagged

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]{}\"'|]+[^\s<>()\[\]{}\"'|.,;:!?]")
_MOST_SPANS = 300  # of an entry that are looked at; long ones have 50
_BRACKETED = 3  # words; a link in brackets of its own that has no more is a label


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an entry: what it is called, where it leads, and what kind of thing that is."""

    text: str
    url: str
    kind: Kind
    titled: bool  # its text may be a title
    at: int  # the position of its span


@dataclass(slots=True)
class Content:
    """What one entry is made of."""

    spans: Spans
    links: list[Link] = field(default_factory=list)

    @classmethod
    def of(cls, spans: Sequence[Span]) -> "Content":
        """Take an entry apart; addresses that stand in its text are links too."""
        content = cls(tuple(piece for span in spans[:_MOST_SPANS] for piece in _linked(span))[:_MOST_SPANS])
        groups: list[tuple[str, int]] = []
        for at, span in enumerate(content.spans):
            if not is_web_link(span.link):
                continue
            text = badge(span.image, span.text) if span.image else span.text
            if groups and not span.image and groups[-1][1] == at - 1 and content.spans[at - 1].link == span.link:
                last = content.links.pop()
                text = f"{last.text} {text}"
            groups.append((text, at))
            content.links.append(content._link(text, span, at))
        return content

    def _link(self, text: str, span: Span, at: int) -> Link:
        said = label(text)
        short = said is None and len(words(text)) <= _BRACKETED and self._bracketed(at)
        titled = said is None and not short and not span.image and is_title(text)
        goes = leads_to(span.link)
        if goes == "paper":
            kind: Kind = "other" if said == "other" and not is_paper_link(span.link) else "paper"
        else:
            kind = "code" if said == "code" or goes == "code" else said or goes
        return Link(fold(text), span.link, kind, titled, at)

    def _bracketed(self, at: int) -> bool:
        before = self.spans[at - 1].text.rstrip(" ") if at else ""
        after = self.spans[at + 1].text.lstrip(" ") if at + 1 < len(self.spans) else ""
        return before.endswith(("[", "(", "|", "【")) and after.startswith(("]", ")", "|", "】"))

    def text(self, begin: int = 0, end: int | None = None) -> str:
        """Return the words from one span to another, without links and images, on one line."""
        return fold("".join(s.text for s in self.spans[begin:end] if not s.image and not is_web_link(s.link)))

    @property
    def paper_links(self) -> list[Link]:
        return [link for link in self.links if link.kind == "paper"]

    def is_detail(self) -> bool:
        """Tell whether this only adds to an entry before it: labelled links, names, a venue, a remark."""
        if any(link.titled for link in self.links):
            return False
        strong = "".join(span.text for span in self.spans if span.strong and not span.link)
        return len(words(strong)) < 4 and not (self.links and len(words(untagged(self.text()))) >= 8)

    def has_words(self) -> bool:
        """Tell whether this has words beside labels, of which a title could be made."""
        return bool(words(untagged(self.text()))) and label(self.text()) is None


def _linked(span: Span) -> list[Span]:
    """Cut the addresses out of a span's text as links of their own."""
    if span.link or span.image or "://" not in span.text:
        return [span]
    pieces: list[Span] = []
    at = 0
    for found in _ADDRESS.finditer(span.text):
        pieces += [
            replace(span, text=span.text[at : found.start()]),
            replace(span, text=found.group(), link=found.group()),
        ]
        at = found.end()
    return [piece for piece in [*pieces, replace(span, text=span.text[at:])] if piece.text]
