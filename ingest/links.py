"""What a paper's link says about the paper: identifiers, and whether its host is one we know."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from .text import fold

_ARXIV = re.compile(r"(?:^|/)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")

# Hosts that publish or archive papers. A link elsewhere is kept, and pointed out to the person.
_PAPER_HOSTS = frozenset(
    """aaai.org acm.org aclanthology.org aclweb.org aps.org arxiv.org biorxiv.org cambridge.org
    cell.com ceur-ws.org cvf.com doi.org elifesciences.org frontiersin.org hal.science iclr.cc
    icml.cc ieee.org ieeexplore.ieee.org ijcai.org isca-archive.org isca-speech.org iop.org
    jmlr.org mdpi.com medrxiv.org mlr.press mlsys.org nature.com neurips.cc nih.gov nips.cc
    openaccess.thecvf.com openreview.net osf.io oup.com plos.org pnas.org sagepub.com science.org
    sciencedirect.com semanticscholar.org springer.com ssrn.com tandfonline.com thecvf.com
    usenix.org vldb.org wiley.com zenodo.org""".split()
)


@dataclass(frozen=True, slots=True)
class Identifiers:
    """The identifiers that a link carries; None where it carries none of that kind."""

    arxiv_id: str | None = None
    doi: str | None = None
    acl_id: str | None = None
    openreview_id: str | None = None


def identify(url: str) -> Identifiers:
    """Read the identifiers out of a link to a paper.

    >>> identify("https://arxiv.org/pdf/2302.03169v2.pdf").arxiv_id
    '2302.03169'
    """
    parts = urlsplit(url)
    host, path = (parts.hostname or "").removeprefix("www."), unquote(parts.path)
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        found = _ARXIV.search(path)
        return Identifiers(arxiv_id=found.group(1).lower() if found else None)
    if host == "aclanthology.org":
        return Identifiers(acl_id=path.strip("/").removesuffix(".pdf") or None)
    if host == "openreview.net":
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return Identifiers(openreview_id=query.get("id"))
    found = _DOI.search(path)
    return identify_doi(found.group()) if found else Identifiers()


def identify_doi(doi: str) -> Identifiers:
    """Return what a DOI says: arXiv registers one for each paper, whose own id is the one that people cite.

    >>> identify_doi("10.48550/arXiv.2302.03169v2").arxiv_id
    '2302.03169'
    """
    doi = clean_doi(doi)
    arxiv = doi.removeprefix("10.48550/arxiv.")
    return Identifiers(doi=doi or None) if arxiv == doi else Identifiers(arxiv_id=clean_arxiv_id(arxiv))


def clean_arxiv_id(id: str) -> str:
    """Return an arXiv id without its version and the prefix "arXiv:"; what is none stays as it is."""
    id = fold(id)
    found = _ARXIV.fullmatch(id[6:].strip() if id[:6].lower() == "arxiv:" else id)
    return found.group(1).lower() if found else id


def clean_doi(doi: str) -> str:
    """Return a DOI in lower case without trailing punctuation (DOIs are case-insensitive)."""
    return fold(doi).rstrip("/.,; ").lower()


def is_web_link(url: str) -> bool:
    """Tell whether `url` is an absolute http or https link with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def is_paper_host(url: str) -> bool:
    """Tell whether the link's host, or a domain above it, is a known publisher or archive."""
    labels = (urlsplit(url).hostname or "").split(".")
    return any(".".join(labels[i:]) in _PAPER_HOSTS for i in range(len(labels)))
