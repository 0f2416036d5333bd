"""Papers as they stand -> a ledger: those of a collection from elsewhere, or of an earlier format."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ingest.paper import Paper

from . import records
from .history import History, put
from .ledger import Ledger, create
from .statements import REMOVED, Origin


def upgraded(folder: Path, draft: Path) -> Ledger:
    """Return the ledger in `folder`, copied to `draft`; of an earlier format's records, one is made there."""
    ledger = Ledger(folder, draft)
    if ledger.has("statements"):
        ledger.change(REMOVED)
        return ledger
    facts = {name: json.loads(value) for name, value in ledger.rows("SELECT name, value FROM facts")}
    papers = (records.from_json(said) for (said,) in ledger.rows("SELECT record FROM papers ORDER BY position"))
    made = filled(draft, papers, facts)
    ledger.close()
    return made


def filled(draft: Path, papers: Iterable[Paper], facts: Mapping[str, Any], history: History | None = None) -> Ledger:
    """Return a ledger in `draft` of papers; without their history each is what the source that it names says."""
    create(draft, facts)
    made = Ledger(draft, draft)
    if history is not None:
        put(made, papers, history)
        return made
    for paper in papers:
        made.state(made.origin(Origin(paper.source.file)), paper, records.to_json(paper))
    return made
