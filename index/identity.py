"""When two records are of one paper: by an identifier, else by title, first author and year.

An identifier is a DOI, an arXiv id in any version, an ACL Anthology or OpenReview id. Under one
identifier two titles that have nothing in common are a slip of somebody's: a conflict, and two
papers. Two identifiers of one kind are two papers, whatever their titles. For the rest a title
that is the same, letter by letter, a first author who may be the same, and years at most
two apart, as those of a preprint and its publication, make one paper.
"""

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from ingest.paper import Paper

_YEARS_APART = 2
_TELLING = 3  # words of a title that tells papers apart without an author's name
_ALIKE = 80  # of 100: titles at least so alike are one title, corrected between two versions
_SCHEMES = {"arxiv": "arXiv id", "doi": "DOI", "acl": "ACL Anthology id", "openreview": "OpenReview id", "id": "id"}
_ACL_DOI = re.compile(r"10\.(?:18653|3115)/v1/(.+)")
_PREPRINT_DOI = re.compile(r"10\.(?:1101|2139|20944|21203|26434|31219|31222|31234|36227|48550|64898)/")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two records are to each other, and why.

    `identifier` and `title` say that they are one paper, and by what; `conflict` that they share an
    identifier and nothing else; `apart` that they are two papers; `alike` that they are two papers
    which a person may know to be one; `unlike` that nothing speaks for one paper. `accepted` and `undone` are a
    person's own word, that they are one or two.
    """

    kind: Literal["identifier", "title", "conflict", "apart", "alike", "unlike", "accepted", "undone"]
    reason: str = ""


def identifiers(paper: Paper) -> dict[str, str]:
    """Return the paper's identifiers by kind."""
    scheme, _, value = paper.id.partition(":")
    found = {}
    if paper.arxiv_id:
        found["arxiv"] = paper.arxiv_id.casefold()
    if paper.doi:
        found["doi"] = paper.doi.casefold()
        if acl := _ACL_DOI.fullmatch(paper.doi):
            found["acl"] = acl.group(1).casefold()
    if scheme in _SCHEMES and value:
        found.setdefault(scheme, value.casefold())
    elif scheme != "title":
        found["id"] = paper.id
    return found


def keys(paper: Paper) -> list[int]:
    """Return hashes, of which records of one paper share some: of its identifiers, and last of its title."""
    title = paper.normalised_title
    if len(title.split()) < _TELLING:
        title += "\0" + " ".join(sorted(_names(paper))[:1])
    return [_hash(f"{kind}\0{value}") for kind, value in [*identifiers(paper).items(), ("title", title)]]


def judge(a: Paper, b: Paper) -> Verdict:
    """Tell whether two records are of one paper; it does not matter which is which."""
    ours, theirs = identifiers(a), identifiers(b)
    both = ours.keys() & theirs.keys()
    same = [_SCHEMES[kind] for kind in _SCHEMES if kind in both and ours[kind] == theirs[kind]]
    if same:
        if _one_title(a, b):
            return Verdict("identifier", f"the same {same[0]}")
        return Verdict("conflict", f"the same {same[0]}, another title")
    if a.normalised_title != b.normalised_title:
        return Verdict("unlike")
    agree = _one_author(a, b)
    if agree is False:
        return Verdict("apart")
    if agree is None and len(a.normalised_title.split()) < _TELLING:
        return Verdict("apart")
    other = [kind for kind in both if kind != "doi" or _is_preprint_doi(ours["doi"]) == _is_preprint_doi(theirs["doi"])]
    if other:
        said = f"the same title{' and first author' if agree else ''}, another {_SCHEMES[min(other)]}"
        return Verdict("alike", said)
    if a.year and b.year and abs(a.year - b.year) > _YEARS_APART:
        return Verdict("apart")
    years = " and ".join(map(str, sorted({year for year in (a.year, b.year) if year})))
    return Verdict("title", f"the same title{' and first author' if agree else ''}{', ' if years else ''}{years}")


def share_an_author(a: Paper, b: Paper) -> bool:
    """Whether some author may be of both papers; so where one of them names none."""
    if not a.authors or not b.authors:
        return True
    ours, theirs = ({_words(name)[-1] for name in paper.authors if _words(name)} for paper in (a, b))
    return bool(ours & theirs)


def _one_title(a: Paper, b: Paper) -> bool:
    """Whether two titles under one identifier are one, as first given or corrected."""
    one, other = a.normalised_title, b.normalised_title
    if one == other or f"{one} ".startswith(f"{other} ") or f"{other} ".startswith(f"{one} "):
        return True
    leads = [" ".join(_words(paper.title.partition(":")[0])) for paper in (a, b)]
    if leads[0] and leads[0] == leads[1]:  # "SelfCheckGPT: ..." whatever follows
        return True
    from rapidfuzz import fuzz  # only where titles differ

    return fuzz.ratio(one, other) >= _ALIKE


def _one_author(a: Paper, b: Paper) -> bool | None:
    """Whether the first authors may be one person; None where a record names none."""
    ours, theirs = _names(a), _names(b)
    return bool(ours & theirs) if ours and theirs else None


def _names(paper: Paper) -> set[str]:
    """Return the words of the first author's name, without initials; in what order they come differs."""
    return {word for word in _words(paper.authors[0]) if len(word) > 1} if paper.authors else set()


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", kept)


def _is_preprint_doi(doi: str) -> bool:
    return bool(_PREPRINT_DOI.match(doi))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little", signed=True)
