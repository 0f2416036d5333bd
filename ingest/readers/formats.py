"""The formats that can be read: how each is told, and which one fits a file.

Another package adds one by an entry point in the group `footnote.readers` that names a `Format`:

    [project.entry-points."footnote.readers"]
    endnote = "my_package.endnote:FORMAT"
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

from ..document import Document
from ..errors import InputError
from ..reading import Reading

GROUP = "footnote.readers"


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        name: what people call it, such as "BibTeX".
        suffixes: of files that should be of this format, such as ".bib".
        recognises: tells by the first 64 KiB of a file, unpacked, whether it is of this format;
            must be sure of it, for it also decides over files whose suffix says nothing.
        read: reads a file; raises InputError where nothing can be made of it.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    read: Callable[[Document], Reading]


def formats() -> list[Format]:
    """Return this package's formats, then those that other packages add.

    Raises:
        InputError: a format of another package cannot be loaded.
    """
    from . import bibtex, delimited, jsons, lists, ris, xlsx, zotero

    own = [module.FORMAT for module in (bibtex, ris, jsons, xlsx, zotero, delimited, lists)]
    return own + list(_others())


def _others() -> Iterator[Format]:
    for entry in metadata.entry_points(group=GROUP):
        whose = entry.dist.name if entry.dist else "a package"
        try:
            found = entry.load()
        except (ImportError, AttributeError) as error:
            raise InputError(
                f"the reader {entry.name!r} of {whose} cannot be loaded ({error}); mend it, or: pip uninstall {whose}"
            ) from error
        if not isinstance(found, Format):
            raise InputError(
                f"the reader {entry.name!r} of {whose} is a {type(found).__name__}; expected an ingest Format"
            )
        yield found


def choose(document: Document, known: list[Format]) -> Format:
    """Return the format of a file: the one its suffix names, unless its content shows that it is another.

    Raises:
        InputError: neither suffix nor content is of a known format.
    """
    named = [one for one in known if document.suffix in one.suffixes]
    for one in (*named, *known):
        if one.recognises(document.head):
            return one
    if not named:
        raise InputError(
            f"{document.name} ends in {document.suffix or 'no suffix'!r}, and its content is of no known format; "
            f"expected one of {suffixes(known)}"
        )
    return named[0]


def suffixes(known: list[Format]) -> str:
    """Return all suffixes of these formats, for a message."""
    return ", ".join(dict.fromkeys(suffix for one in known for suffix in one.suffixes))
