"""Which metadata services are asked, with which keys, and whether a person agreed to it."""

from dataclasses import dataclass

from ingest.errors import InputError
from ingest.providers import ArXiv, Crossref, OpenAlex, Provider, SemanticScholar

from .. import settings
from ..models.keys import key_file, read_key, variable

NAMES = ("arxiv", "openalex", "semantic_scholar", "crossref")
"""All services, in the order in which they are believed."""

_WITHOUT_KEY = 3.0  # seconds between requests to Semantic Scholar, whose keyless callers share one limit


@dataclass(frozen=True, slots=True)
class Services:
    """The services to ask, in order of preference, and a line on each that is left out."""

    providers: tuple[Provider, ...]
    skipped: tuple[str, ...]

    @property
    def labels(self) -> str:
        """Their names, for a sentence."""
        return ", ".join(provider.label for provider in self.providers)


def chosen(only: str | None) -> Services:
    """Return the services to ask.

    Args:
        only: some of `NAMES`, separated by commas; None for all.

    Raises:
        InputError: a name is not among them, a key cannot be read, or none is left to ask.
    """
    wanted = [name.strip().lower().replace("-", "_") for name in (only or ",".join(NAMES)).split(",")]
    if unknown := [name for name in wanted if name not in NAMES]:
        raise InputError(f"no service {unknown[0]!r}; expected some of {', '.join(NAMES)}: --only arxiv,crossref")
    providers: list[Provider] = []
    skipped: list[str] = []
    for name in NAMES:
        if name not in wanted:
            continue
        if name == "arxiv":
            providers.append(ArXiv())
        elif name == "crossref":
            providers.append(Crossref())
        elif name == "semantic_scholar":
            key = read_key(name)
            providers.append(SemanticScholar(key) if key else SemanticScholar(pause=_WITHOUT_KEY))
        elif key := read_key(name):
            providers.append(OpenAlex(key))
        else:
            skipped.append(
                f"OpenAlex is left out: it wants a key, free at openalex.org; put it in {variable(name)} or "
                f"{key_file(name)}"
            )
    if not providers:
        raise InputError(skipped[0])
    return Services(tuple(providers), tuple(skipped))


def question(papers: int, services: Services) -> str:
    """Return what a person is asked before anything is sent for the first time."""
    return f"This sends titles and ids of {papers:,} papers to {services.labels}. Go on? [y/N] "


def is_agreed() -> bool:
    """Return whether a person has agreed that titles and ids are sent.

    Raises:
        InputError: `local_only` is on.
    """
    current = settings.Settings.load()
    if current.local_only:
        raise InputError("local_only is on, so no service is asked; to allow it: footnote config local_only off")
    return current.enrich


def agree() -> None:
    """Remember that a person has agreed."""
    settings.store("enrich", "on")
