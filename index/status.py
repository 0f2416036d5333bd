"""What a collection is, holds and lies in, as JSON shows it."""

from pathlib import Path
from typing import Any

from . import taxonomy
from .generation import Generation
from .late import BUDGET
from .merges import suggestions
from .statements import Statements


def of(generation: Generation, name: str, folder: Path) -> dict[str, Any]:
    """Return the status of the collection called `name` in `folder`, whose generation this is."""
    records, late = generation.records, generation.late
    facts = records.facts()
    return {
        "collection": name,
        "title": facts.get("title"),
        "by": facts.get("by"),
        "papers": records.count,
        "model_id": facts["model_id"],
        "generation": generation.name,
        "last_change": facts.get("last_change"),
        "suggestions": suggestions(Statements(records.connection)),
        "folder": str(folder),
        "token_vectors": {"bytes": late.size if late else None, "budget": BUDGET},
        "sections": taxonomy.counted(facts.get("sections", []), records.sections()),
        **{field: records.counts(field) for field in ("topic", "venue", "year")},
    }
