"""`footnote mcp`. Standard output belongs to the protocol."""

import argparse
from typing import TYPE_CHECKING

from index.home import collection_folder, collection_names
from ingest.errors import InputError

from ..mcp import serve
from ..settings import SURVEY

if TYPE_CHECKING:
    from ..pipeline import Assistant


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none beside the collection."""


def run(options: argparse.Namespace) -> int:
    name = options.collection
    if name != SURVEY and not collection_folder(name).is_dir():
        names = ", ".join(collection_names()) or "none yet"
        raise InputError(
            f"no collection {name!r}; those there: {names} (to make it: footnote add FILE --collection {name})"
        )

    def open() -> "Assistant":
        from ..pipeline import Assistant

        return Assistant.open(name)

    serve(open)
    return 0
