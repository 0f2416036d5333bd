"""`Desk`: the collections that the page has open, each once, at its newest generation."""

from threading import Lock

from ..pipeline import Assistant


class Desk:
    """What the tabs read from. A browser says which collection it looks at; the page itself holds no choice."""

    def __init__(self, first: Assistant) -> None:
        """Begin with one assistant; its collection is what a browser sees that names none."""
        self.first = first.collection.name
        self._open = {self.first: first}
        self._opening = Lock()

    def current(self, name: str = "") -> Assistant:
        """Return the assistant of a collection, which sees what other processes and tabs have added meanwhile.

        Raises:
            InputError: there is no such collection.
        """
        name = name or self.first
        assistant = self._open.get(name)
        if assistant is None:
            with self._opening:
                assistant = self._open.get(name) or self._open.setdefault(name, Assistant.open(name, lenient=True))
        assistant.collection.refresh()
        return assistant
