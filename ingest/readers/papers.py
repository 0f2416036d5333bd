"""The papers of one list: each once, under an id of its own."""

from dataclasses import replace

from ..paper import Paper, title_id


class Papers:
    """Keeps the ids of a list's papers apart."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[Paper, int]] = {}  # id -> the paper that has it, and its line

    def settle(self, paper: Paper, line: int) -> tuple[Paper | None, str]:
        """Return the paper with an id of its own, None if the list has it already, and what to say of it.

        Another title under the same id is a slip of the list.
        """
        warning = ""
        if paper.id in self._first:
            first, seen = self._first[paper.id]
            if first.normalised_title == paper.normalised_title:
                return None, self._again(paper.id, paper)
            apart = title_id(paper.title)
            if apart in self._first:
                return None, self._again(apart, paper)
            warning = f"{paper.title!r} has the same {paper.id} as line {seen}, under another title ({first.title!r})"
            paper = replace(paper, id=apart)
        self._first[paper.id] = paper, line
        return paper, warning

    def _again(self, known: str, paper: Paper) -> str:
        first, line = self._first[known]
        said = f"the same paper as line {line}: {paper.title!r}"
        if first.section == paper.section:
            return said
        return f"{said}; it stays in its section there, not in {' > '.join(paper.section)!r}"
