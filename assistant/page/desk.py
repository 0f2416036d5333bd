"""`Desk`: the collections that the page has open, each once, at its newest generation."""

from threading import Lock

from index.home import collection_names
from ingest.errors import InputError

from ..pipeline import Assistant
from ..settings import Settings


class Desk:
    """What the tabs read from. A browser says which collection it looks at; the page itself holds no choice."""

    def __init__(self, first: Assistant) -> None:
        """Begin with one assistant; its collection is what a browser sees that names none."""
        self.first = first.collection.name
        self._open = {self.first: first}
        self._opening = Lock()

    def has(self, name: str) -> bool:
        """Tell whether there is a collection of this name; a folder is opened by who starts the server alone."""
        return not name or name in self._open or name in collection_names()

    def current(self, name: str = "") -> Assistant:
        """Return the assistant of a collection, which sees what other processes and tabs have added meanwhile.

        Raises:
            InputError: there is no such collection.
        """
        name = name or self.first
        assistant = self._open.get(name)
        if assistant is None:
            if not self.has(name):
                raise InputError(f"no collection {name!r} here; those here: {', '.join(collection_names())}")
            with self._opening:
                assistant = self._open.get(name) or self._open.setdefault(name, Assistant.open(name, lenient=True))
        assistant.collection.refresh()
        return assistant

    def configure(self, settings: Settings) -> None:
        """Let changed settings hold for every assistant that is open."""
        for assistant in list(self._open.values()):
            assistant.configure(settings)

    @property
    def spent(self) -> float:
        """What the models of all assistants have cost since they were opened."""
        return sum(assistant.spent for assistant in list(self._open.values()))
