"""The papers of one list: each once, under an id of its own."""

from dataclasses import replace

from ..paper import Paper, title_id
from ..text import normalised_title


class Papers:
    """Keeps the ids of a list's papers apart."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, int]] = {}  # id -> title and line of the paper that has it

    def settle(self, paper: Paper, line: int) -> tuple[Paper | None, str]:
        """Return the paper with an id of its own, None if the list has it already, and what to say of it.

        Another title under the same id is a slip of the list.
        """
        warning = ""
        if paper.id in self._first:
            title, seen = self._first[paper.id]
            if normalised_title(title) == normalised_title(paper.title):
                return None, f"the same paper as line {seen}: {paper.title!r}"
            apart = title_id(paper.title)
            if apart in self._first:
                return None, f"the same paper as line {self._first[apart][1]}: {paper.title!r}"
            warning = (
                f"{paper.title!r} has the same {paper.id} as line {seen} ({title!r}); "
                "both are kept, one of the two links is wrong"
            )
            paper = replace(paper, id=apart)
        self._first[paper.id] = paper.title, line
        return paper, warning
