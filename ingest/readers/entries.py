"""One entry of a list -> a paper's title, link and what else it says, or why it is none.

Lists mark up a paper in many ways: a linked title; a bold or quoted one with links called "paper"
and "code" after it; plain words up to the authors or the venue. A paper is told by a title together
with a link to it, or with the venue where it appeared; prose that mentions one is not an entry.
"""

import re
from dataclasses import dataclass
from typing import Any

from ..fields import year_in
from ..labels import badge, date_in, is_date, is_paper_link, words
from ..links import is_web_link
from ..markup import BREAK, Span
from ..text import fold
from ..venue import label_in, parse_venue
from .content import Content, Link
from .wording import authors_in, cut_title, is_prose, is_title, names_only, untagged

_QUOTED = re.compile(r"[“\"«](?P<title>[^“”\"«»]{8,300}?)[.,]?[”\"»]")
_GROUP = re.compile(r"[\[(（【`]([^\[\]()（）【】|`]{2,80})[\])）】`]")
_VENUE_IS = re.compile(r"\b(?:venue|conference|journal|published(?:\s+in)?)\s*[:：]", re.IGNORECASE)
_MENTION = 6  # words after a title in a paragraph, from which on it is prose


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper as one entry has it."""

    title: str
    url: str | None
    code_url: str | None = None
    authors: tuple[str, ...] = ()
    venue: str = ""  # with the year, if one is said
    year: int | None = None
    topic: str | None = None

    def fields(self) -> dict[str, Any]:
        """Return what `Paper.create` takes."""
        where = parse_venue(self.venue)
        return {
            "title": self.title,
            "url": self.url,
            "code_url": self.code_url,
            "authors": self.authors,
            "venue": where.name,
            "venue_type": where.type,
            "year": where.year or self.year,
            "topic": self.topic,
        }


def judge(content: Content, listed: bool = True, strict: bool = False, placed: bool = False) -> Entry | str:
    """Return the paper of one entry, or why it is none, in a few words.

    Args:
        listed: whether it stands in a list or table; a paragraph is likelier to be prose.
        strict: take only what links to a publisher or archive, as in a section of tools or blogs.
        placed: whether it stands under a heading that is a venue.
    """
    title, link = _title(content, listed)
    if not title:
        return "no title beside its links" if content.links else "no title"
    url = _paper_url(content, link)
    venue, year = where_of(content, title)
    if not listed and not venue and _is_mention(content, title):
        return "prose that mentions a paper"
    authors = authors_of(content, title)
    known = url is not None and is_paper_link(url)
    if strict and not known:
        return "it links to no publisher or archive, in a section of something else"
    if url is None and not (label_in(venue) and (year or authors)) and not (placed and authors):
        return _why_not(content)
    if not known and not venue and not authors and link is not None and url == link.url and link.kind != "paper":
        return _why_not(content)
    if url is None:
        url = next((one.url for one in content.links if one.titled), None)
    code = next((one.url for one in content.links if one.kind == "code" and one.url != url), None)
    return Entry(title, url, code, authors, venue, year)


def _why_not(content: Content) -> str:
    said = ", ".join(dict.fromkeys(one.text[:40] if not one.titled else "its title" for one in content.links[:4]))
    return f"no link to a paper and no venue (links: {said})" if said else "no link to a paper and no venue"


def _title(content: Content, listed: bool) -> tuple[str, Link | None]:
    """Return the title, and the link whose text it is."""
    titled = [link for link in content.links if link.titled and not is_prose(content.text(0, link.at))]
    if _is_lead(content):
        return "", None
    if not listed:
        titled = [link for link in titled if len(words(untagged(content.text(0, link.at)))) <= 6]
    for link in titled:
        if link.kind == "paper" and len(words(link.text)) >= 3:
            return link.text, link
    if strong := _strong(content):
        return strong, None
    for link in titled:
        if len(words(link.text)) >= 3 or link.kind == "paper":
            return link.text, link
    quoted = _QUOTED.search(content.text())
    if quoted and ((len(words(quoted["title"])) >= 2 and content.links) or label_in(content.text()[quoted.end() :])):
        return fold(quoted["title"]).rstrip(".,"), None
    return _plain(content, listed), None


def _is_lead(content: Content) -> bool:
    """Tell whether an entry begins with bold words to the reader: "**If you are new here:** see ..."."""
    first = next((span for span in content.spans if _says(span)), BREAK)
    return first.strong and first.text.rstrip(" \"”'").endswith(":") and is_prose(first.text)


def _is_mention(content: Content, title: str) -> bool:
    """Tell whether a paragraph is prose that mentions papers: several in one line, or much said after one."""
    links = [link for link in content.links if link.titled and link.kind == "paper"]
    if not links or BREAK in content.spans:
        return False
    after = untagged(content.text(links[0].at + 1))
    return len(links) > 1 or (len(words(after)) >= _MENTION and not authors_of(content, title))


def _strong(content: Content) -> str:
    """Return the bold or slanted words that an entry begins with, if they make a title."""
    for slanted in (False, True):
        begin = next((at for at, s in enumerate(content.spans) if _says(s)), None)
        if begin is None:
            return ""
        end = begin
        while (
            end < len(content.spans)
            and (content.spans[end].slanted if slanted else content.spans[end].strong)
            and not content.spans[end].link
        ):
            end += 1
        text = untagged(fold("".join(span.text for span in content.spans[begin:end]))).strip(" .,:;")
        if len(words(text)) >= 3 and is_title(text) and not (slanted and authors_in(text)) and not label_in(text):
            return text
    return ""


def _says(span: Span) -> bool:
    """Tell whether a span says more than a date, a venue or a number."""
    return not span.image and not span.link and bool(untagged(span.text)) and span is not BREAK


def _plain(content: Content, listed: bool) -> str:
    """Return the title among the plain words of an entry, before its first link or after its first ones."""
    labelled = [link.at for link in content.links if not link.titled]
    if not labelled and not listed:
        return ""
    sure = listed and any(is_paper_link(link.url) for link in content.links)
    # A venue in bold before the title is a tag.
    begin = next((at for at, s in enumerate(content.spans) if not (s.strong and label_in(s.text)) and fold(s.text)), 0)
    for at in [*labelled, len(content.spans)]:
        least = 4 if any(link.titled and link.at < at for link in content.links) else 1 if sure else 3
        text = content.text(begin, at)
        if len(words(untagged(text))) >= least:
            lines = "".join(s.text for s in content.spans[begin:at] if not s.image and not is_web_link(s.link))
            title = cut_title(lines)
            after = text.partition(title)[2].strip(" .") if title else ""
            # "... Smarter than You?. EMNLP 2022." is a title, though it speaks to somebody.
            placed = sure and bool(year_in(after)) and bool(label_in(after))
            wordy = not placed and (is_prose(title) or is_prose(untagged(text), strict=not listed))
            return title if is_title(title) and not wordy else ""
        begin = at + 1
    return ""


def _paper_url(content: Content, link: Link | None) -> str | None:
    """Return the link to the paper itself: the title's, else the first to an archive, else one called paper."""
    if link is not None and link.kind == "paper":
        return link.url
    papers = [one.url for one in content.paper_links]
    return next((url for url in papers if is_paper_link(url)), papers[0] if papers else None)


def where_of(content: Content, title: str) -> tuple[str, int | None]:
    """Return the venue and the year that an entry's badges, brackets and words after the title name."""
    said: list[str] = []
    rest = ""
    for span in content.spans:
        if span.image:
            said.append(badge(span.image, span.text))
        elif is_web_link(span.link):
            said.append(span.text if fold(span.text) != title else "")
            rest += " | "
        else:
            rest += span.text if span is not BREAK else " | "
    rest = _VENUE_IS.sub(" | ", fold(rest).replace(title, " | ", 1))
    groups = _GROUP.findall(rest)
    said += [piece for group in groups for piece in (group, *re.split(r"[,;|]|\.\s", group))]
    said += re.split(r"\s\|\s|[,;]|\.\s|\s[-–—]\s|[\[\]()]", rest)
    venues = [found for text in said if (found := label_in(text))]
    # "arXiv" says least: a conference that is named too is where the paper appeared.
    venue = min(venues, key=lambda name: name.casefold().startswith("arxiv"), default="")
    dates = [
        date for text in [*said, rest] if (date := date_in(text)) and (is_date(text) or text is rest or len(text) < 60)
    ]
    return venue, year_in(dates[0]) if dates else None


def authors_of(content: Content, title: str) -> tuple[str, ...]:
    """Return the names after the title, where they stand in italics or between marks."""
    for span in content.spans:
        if span.slanted and not span.link and (names := authors_in(span.text)):
            return names
    if not title:
        return ()
    text = "".join(" | " if s is BREAK or s.image or is_web_link(s.link) else s.text for s in content.spans)
    _, found, after = fold(text).partition(title)
    for piece in re.split(r"\s\|\s?|(?<!\bal)\.\s(?=[A-Z])|[\[\]]|\s[-–—]\s", after if found else fold(text)):
        if names := authors_in(names_only(piece.strip(" .,:;*|"))):
            return names
    return ()
