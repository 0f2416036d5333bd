"""A folder's manifest: what files it holds and their SHA-256, so that damage is found, not served.

Hashing a large folder at every start would cost more than opening it. Once a folder has been
found whole, `verified.json` notes each file's size, inode and change time as the system keeps
them; as long as these stand, the bytes are those that were hashed.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.errors import DamageError

_MANIFEST = "manifest.json"
_VERIFIED = "verified.json"


def write(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the manifest over all files now in `folder`, with `facts` beside them, and sync all."""
    files = {}
    for path in sorted(p for p in folder.iterdir() if p.name not in (_MANIFEST, _VERIFIED)):
        files[path.name] = _sha256(path)
        sync(path)
    path = folder / _MANIFEST
    content = {**facts, "files": files}
    path.write_text(json.dumps({**content, "sha256": _digest(content)}, indent=1), "utf-8")
    sync(path)
    sync(folder)


def read(folder: Path, note: bool = True) -> dict[str, Any]:
    """Check `folder` against its manifest and return the manifest's facts.

    Args:
        note: whether to note in the folder that it was found whole.

    Raises:
        DamageError: the manifest cannot be read, or a file is missing or not as it was written.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text("utf-8"))
        whole = manifest.pop("sha256") == _digest(manifest)
        files: dict[str, str] = manifest.pop("files")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamageError(f"{folder / _MANIFEST} cannot be read ({error})") from error
    if not whole:
        raise DamageError(f"{folder / _MANIFEST} is damaged (its SHA-256 is not the one noted in it)")
    stamps = {name: _stamp(folder / name) for name in [_MANIFEST, *files]}
    if stamps != _read_stamps(folder):
        for name, expected in files.items():
            if stamps[name] is None:
                raise DamageError(f"{folder / name} is missing")
            if _sha256(folder / name) != expected:
                raise DamageError(f"{folder / name} is damaged (its SHA-256 is not the one in {_MANIFEST})")
        if note:
            _note_stamps(folder, stamps)
    return manifest


def is_whole(folder: Path, name: str) -> bool:
    """Tell whether one file of a folder, damaged elsewhere perhaps, is as it was written."""
    try:
        expected = json.loads((folder / _MANIFEST).read_text("utf-8"))["files"][name]
        return bool(_sha256(folder / name) == expected)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(path: Path) -> list[int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return [stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]


def _read_stamps(folder: Path) -> Any:
    try:
        return json.loads((folder / _VERIFIED).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _note_stamps(folder: Path, stamps: Mapping[str, list[int] | None]) -> None:
    temporary = folder / f"{_VERIFIED}.{os.getpid()}"
    try:
        temporary.write_text(json.dumps(stamps), "utf-8")
        temporary.replace(folder / _VERIFIED)
    except OSError:  # a read-only folder: it is hashed at each start
        return


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    """Wait until a file, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
