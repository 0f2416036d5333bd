"""A draft as a browser sends it: one file, several that belong together, or a .zip of them."""

import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from gradio.utils import get_upload_folder

from ingest.errors import InputError
from ingest.text import fold

from ..drafts import Draft, read
from ..drafts.folder import LARGEST_FILE, LARGEST_TEXT

_TEXTS = (".tex", ".ltx", ".latex", ".md", ".markdown", ".txt", ".text")
_PAGES = (".docx", ".pdf")
_BESIDE = (".bib", ".bbl")
ACCEPTED = (*_TEXTS, *_PAGES, *_BESIDE, ".zip")
"""The suffixes that a file may have; others that come with it are left aside."""

_EXPECTED = ".tex, .md, .txt, .docx or .pdf"
_MOST_FILES = 300  # of one draft
_MOST_BYTES = 8 * 2**20  # of its text files together
_MOST_MEMBERS = 20_000  # of an archive, pictures and all
_LONGEST_PART = 100  # bytes of a folder's or a file's name
_DEEPEST = 8  # folders

Parcel = list[tuple[str, bytes]]
"""Files by their names, which may be paths with folders and come from anywhere."""


def taken(files: Sequence[tuple[str, str]]) -> Parcel:
    """Return the uploads, given as (path, name), and remove them from the disk, whatever comes of them.

    Raises:
        InputError: one is no upload, they are too many, or too large.
    """
    folder = Path(get_upload_folder()).resolve()
    paths = [(Path(path).resolve(), name) for path, name in files]
    if not all(path.is_relative_to(folder) and path.is_file() for path, _ in paths):
        raise InputError("the file is not among the uploads any more; choose it again")
    try:
        size = sum(path.stat().st_size for path, _ in paths)
        if size > LARGEST_FILE or len(paths) > _MOST_FILES:
            raise InputError(
                f"{len(paths):,} files with {size / 2**20:,.1f} MiB; a draft has at most {_MOST_FILES} files, and "
                f"{LARGEST_FILE // 2**20} MiB"
            )
        return [(name or path.name, path.read_bytes()) for path, name in paths]
    finally:
        for path, _ in paths:
            path.unlink(missing_ok=True)


def opened(parcel: Parcel) -> Draft:
    """Read a draft. Several files lie in one folder while they are read, and are gone afterwards.

    Raises:
        InputError: it cannot be read; see `assistant.drafts.read`.
    """
    if not parcel:
        raise InputError("no file came; choose the draft again")
    if len(parcel) == 1 and not _ends(parcel[0][0], (".zip",)):
        name, content = safe(parcel[0][0]).name, parcel[0][1]
        if Path(name).suffix and not _ends(name, (*_TEXTS, *_PAGES)):
            raise InputError(f"{name} is no draft; expected {_EXPECTED}")
        return read(content, name)
    files: dict[PurePosixPath, bytes] = {}
    for name, content in _unpacked(parcel):
        if _ends(name, (*_TEXTS, *_PAGES, *_BESIDE)):
            files.setdefault(safe(name), content)
    main = _main(files, len(parcel))
    if _ends(main.name, _PAGES):
        return read(files[main], main.name)
    with tempfile.TemporaryDirectory(prefix="footnote-draft-") as folder:
        for path, content in files.items():
            if not _ends(path.name, _PAGES):
                file = Path(folder, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                if not file.exists():  # some file systems take names in capitals and without for one
                    file.write_bytes(content)
        return read(Path(folder, main))


def safe(name: str) -> PurePosixPath:
    """Return a path below a folder: no step up, no root, no drive, nothing hidden or invisible, of bounded length."""
    parts = [_safe(part) for part in fold(name).replace("\\", "/").split("/")]
    kept = [part for part in parts if part][-_DEEPEST:]
    return PurePosixPath(*kept) if kept else PurePosixPath("draft")


def _safe(part: str) -> str:
    part = "".join("_" if c in '<>:"|?*' or not c.isprintable() else c for c in part).strip(" .")
    suffix = Path(part).suffix[-12:]
    stem = part.removesuffix(suffix)
    return stem.encode("utf-8", "replace")[: _LONGEST_PART - len(suffix.encode())].decode(errors="ignore") + suffix


def _ends(name: str, suffixes: Sequence[str]) -> bool:
    return name.lower().endswith(tuple(suffixes))


def _unpacked(parcel: Parcel) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a parcel, those of archives too.

    Raises:
        InputError: an archive is damaged or encrypted, or the files are too many or too large.
    """
    count = size = 0
    for name, content in parcel:
        members = _members(name, content) if _ends(name, (".zip",)) else [(name, content)]
        for member, data in members:
            count += 1
            size += 0 if _ends(member, _PAGES) else len(data)
            if count > _MOST_FILES or size > _MOST_BYTES:
                raise InputError(
                    f"the draft has more than {_MOST_FILES} files or {_MOST_BYTES // 2**20} MiB of text; expected a "
                    "paper or a book"
                )
            yield member, data


def _members(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield an archive's text files; its pictures, and whatever else it holds, are never unpacked."""
    shown = safe(name).name
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                raise InputError(f"{shown} holds {len(members):,} files; a draft has at most {_MOST_FILES}")
            for member in members:
                if member.is_dir() or not _ends(member.filename, (*_TEXTS, *_BESIDE)):
                    continue
                if member.flag_bits & 1:
                    raise InputError(f"{shown} is encrypted; expected an archive without a password")
                with archive.open(member) as file:
                    # One byte more than may be: the reader says what is wrong with it.
                    yield member.filename, file.read(LARGEST_TEXT + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise InputError(
            f"{shown} is no .zip archive that can be read ({type(error).__name__}); make it again"
        ) from error


def _main(files: dict[PurePosixPath, bytes], sent: int) -> PurePosixPath:
    """Return the file that the draft begins with: the one that says it is a document, is called so, or is large.

    Raises:
        InputError: none is a draft.
    """
    for kind in (_TEXTS, _PAGES):
        drafts = [path for path in files if _ends(path.name, kind)]
        if drafts:
            return min(drafts, key=lambda path: _rank(path, files[path]))
    what = "the archive holds no draft" if sent == 1 else f"none of the {sent} files is a draft"
    raise InputError(f"{what}; expected {_EXPECTED}")


def _rank(path: PurePosixPath, content: bytes) -> tuple[bool, bool, bool, int, int]:
    is_notice = path.stem.lower() in ("readme", "license", "licence", "notes")
    is_tex = _ends(path.name, _TEXTS[:3])
    has_class = b"\\documentclass" in content and b"\\documentclass[tikz" not in content
    is_called = path.stem.lower() in ("main", "paper", "article", "thesis", "draft", "manuscript", "ms")
    return is_notice, not (is_tex and has_class), not is_called, len(path.parts), -len(content)
