"""A paper as a reference: the words that every shell shows of where it stands and what is quoted."""

from collections.abc import Sequence

from ingest.paper import Paper

_SERVICES = {
    "arxiv": "arXiv",
    "openalex": "OpenAlex",
    "semantic_scholar": "Semantic Scholar",
    "crossref": "Crossref",
}
_NAMES_SHOWN = 3  # authors; where there are more, the first "et al."


def venue(paper: Paper) -> str:
    """Return where and when a paper appeared, what the list says where that is otherwise, and a retraction."""
    kind = "Findings of " if paper.venue_type == "findings" else ""
    shown = " ".join(filter(None, [f"{kind}{paper.venue}" if paper.venue else "", str(paper.year or "")]))
    if paper.retracted:
        shown = f"{shown}, retracted" if shown else "retracted"
    listed = {c.field: c.listed for c in paper.corrections if c.field in ("venue", "year") and c.listed != c.now}
    if not listed:
        return shown
    before = " ".join(str(listed.get(name, getattr(paper, name)) or "") for name in ("venue", "year")).strip()
    return f"{shown} (listed as {before})"


def reference(paper: Paper) -> str:
    """Return a paper as a reference: title, authors, venue and year, section."""
    parts = [paper.title, short_authors(paper), venue(paper)]
    sentences = [part if part.endswith(("?", "!", ".")) else part + "." for part in parts if part]
    return " ".join([*sentences, *paper.section[-1:]])


def short_authors(paper: Paper) -> str:
    """Return family names: "Ong et al.", "Hari and Thomson", or nothing where none is known."""
    names = [name.split()[-1] for name in paper.authors]
    if len(names) > _NAMES_SHOWN:
        return f"{names[0]} et al."
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def links(paper: Paper) -> str:
    """Return the paper's address, and its code's where it has any, with what there is to say of it."""
    remark = next((f" ({c.reason})" for c in paper.corrections if c.field == "code_url"), "")
    code = f"code: {paper.code_url}{remark}" if paper.code_url else ""
    return "   ".join(filter(None, [paper.url, code]))


def whose_words(paper: Paper) -> str:
    """Return what the paper's text is: its abstract, and who gave it, or this project's summary, and of what."""
    if paper.text_kind is None:
        return ""
    if paper.text_kind == "abstract":
        service = paper.provenance.get("text", "")
        return f"Published abstract, from {_SERVICES.get(service, service)}" if service else "Abstract"
    basis = {"title": ", from the title alone", "part of the abstract": ", from part of the abstract"}
    return "Summary by this project" + basis.get(paper.text_basis or "", "")


def whose_sentences(papers: Sequence[Paper]) -> str:
    """Say in one sentence whose words are quoted from these papers, naming what was written from little."""
    kinds = {paper.text_kind for paper in papers} - {None}
    if not kinds:
        return ""
    if kinds == {"abstract"}:
        return "Quoted sentences are from the papers' published abstracts."
    if "abstract" in kinds:
        return "Quoted sentences are from published abstracts, and from summaries by this project where there is none."
    return "Quoted sentences are from this project's summaries of the papers, not from the papers themselves."
