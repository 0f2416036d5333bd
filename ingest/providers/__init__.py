"""Metadata services: one small file each. This room knows nothing of collections; it turns papers into findings.

Provider    one service: how it is asked for papers, and what its answers say
Finding     what one service says of one paper
Lookup      asks a provider for many papers: in batches, at its pace, and for no id twice
Answers     what was ever answered, on disk
Connection  one host: its gate, patience with its faults, and bounds on what it may send
"""

from .answers import Answers
from .arxiv import ArXiv
from .connection import Connection, Patience, ProviderFailed
from .crossref import Crossref
from .lookup import Lookup, Mismatch
from .openalex import OpenAlex
from .provider import TITLE, Finding, Provider
from .semantic_scholar import SemanticScholar

__all__ = [
    "TITLE",
    "Answers",
    "ArXiv",
    "Connection",
    "Crossref",
    "Finding",
    "Lookup",
    "Mismatch",
    "OpenAlex",
    "Patience",
    "Provider",
    "ProviderFailed",
    "SemanticScholar",
]
