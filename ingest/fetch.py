"""A list at an http or https address, fetched once and asked for again only if it has changed.

Bytes and time are bounded. Packed content is kept packed; `Document` unpacks it within bounds of its own.
"""

import hashlib
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import httpcore

from .call import Answer, Call, checked, quoted
from .errors import FootnoteError, InputError
from .text import fold

_LARGEST = 256 * 2**20  # bytes
_SECONDS = 120.0  # for one address, redirects and all
_READMES = ("README.md", "readme.md", "Readme.md", "README.markdown")
_RAW = "https://raw.githubusercontent.com"
_GITHUB = re.compile(
    r"https?://(?:www\.)?github\.com/(?P<owner>[^/?]+)/(?P<name>[^/?]+?)(?:\.git)?"
    r"(?:/(?P<kind>blob|raw|tree)/(?P<rest>[^?]+?))?/?(?:\?.*)?"
)
_SUFFIX = re.compile(r"\.[a-z0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched: where it lies, and whether it is another than the last time."""

    path: Path
    changed: bool


class Fetcher:
    """Fetches into one folder. Of a host it asks for the one file, and nothing else."""

    def __init__(
        self, folder: Path, loopback: bool = False, seconds: float = _SECONDS, largest: int = _LARGEST
    ) -> None:
        """Keep what is fetched in `folder`.

        Args:
            loopback: whether servers on this machine may be asked, as only tests do.
            seconds: that one address may take in all.
            largest: bytes that it may send.
        """
        self._folder = folder
        self._loopback = loopback
        self._seconds = seconds
        self._largest = largest

    def fetch(self, url: str) -> Fetched:
        """Fetch what is at an address; a repository on GitHub means its README.

        Raises:
            InputError: the address is none, leads to a private network, or has no such file, or too large a one.
            FootnoteError: its host cannot be reached, or does not answer as it should.
        """
        checked(url)
        stem = self._folder / hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:32]
        known = _known(stem.with_suffix(".json"))
        ends = time.monotonic() + self._seconds
        candidates = addresses(url)
        if known.get("asked") in candidates:
            candidates = [known["asked"]]
        for asked in candidates:
            try:
                with Call(self._loopback, ends, self._seconds) as call:
                    answer = call.get(asked, _conditions(known))
                    if answer.status == 304 and known:
                        return Fetched(self._folder / known["file"], changed=False)
                    if answer.status == 200:
                        return self._keep(stem, url, asked, answer, known)
                    if answer.status != 404:
                        raise _refused(url, answer.status)
            except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
                raise FootnoteError(
                    f"{url} cannot be fetched ({_said(error)}); check the address, or try again"
                ) from error
            except OSError as error:
                raise FootnoteError(f"{url} cannot be fetched ({error.strerror or error}); try again") from error
        raise _refused(url, 404)

    def _keep(self, stem: Path, url: str, asked: str, answer: Answer, known: Mapping[str, str]) -> Fetched:
        """Store the content, and by what to ask for it the next time."""
        coding = answer.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip", ""):
            raise FootnoteError(
                f"{url} comes packed as {fold(coding)[:40]!r}, which was not asked for; fetch it by hand"
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        file = stem.with_name(stem.name + _suffix(asked))
        draft = stem.with_name(f"draft-{secrets.token_hex(8)}")
        digest, size = hashlib.sha256(), 0
        try:
            with draft.open("xb") as target:
                for piece in answer.pieces:
                    size += len(piece)
                    if size > self._largest:
                        raise InputError(
                            f"{url} has more than {self._largest / 2**20:,.0f} MiB; fetch it by hand, and add the file"
                        )
                    digest.update(piece)
                    target.write(piece)
            draft.replace(file)
            note = {"url": url, "asked": asked, "file": file.name, "sha256": digest.hexdigest()}
            validators = {name: answer.headers.get(name, "") for name in ("etag", "last-modified")}
            note |= {name: said for name, said in validators.items() if said and said.isascii()}
            draft.write_text(json.dumps(note, indent=1), "utf-8")
            draft.replace(stem.with_suffix(".json"))
        finally:
            draft.unlink(missing_ok=True)
        return Fetched(file, changed=note["sha256"] != known.get("sha256"))


def addresses(url: str) -> list[str]:
    """Return where the file itself may lie that an address means: of a page of GitHub, the raw file.

    >>> addresses("https://github.com/a/b/blob/main/docs/list.md")
    ['https://raw.githubusercontent.com/a/b/main/docs/list.md']
    """
    parts = urlsplit(url)
    found = _GITHUB.fullmatch(quoted(url))
    if not found or parts.port:
        return [quoted(url)]
    repository = f"{_RAW}/{found['owner']}/{found['name']}"
    if found["kind"] in ("blob", "raw"):
        return [f"{repository}/{found['rest']}"]
    return [f"{repository}/{found['rest'] or 'HEAD'}/{readme}" for readme in _READMES]


def _known(note: Path) -> dict[str, str]:
    """Return what is noted of the last time; nothing where the file is not as it was then."""
    try:
        known: dict[str, str] = json.loads(note.read_text("utf-8"))
        with (note.parent / known["file"]).open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest() == known["sha256"]
        return known if whole else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _conditions(known: Mapping[str, str]) -> dict[bytes | str, bytes | str]:
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {header: known[name] for name, header in names.items() if name in known}


def _suffix(url: str) -> str:
    """Return the suffix by which a reader knows the file: ".md", ".jsonl.gz"."""
    suffixes = [suffix.lower() for suffix in PurePosixPath(urlsplit(url).path).suffixes]
    kept = suffixes[-2:] if suffixes[-1:] == [".gz"] else suffixes[-1:]
    return "".join(kept) if all(map(_SUFFIX.fullmatch, kept)) else ""


def _refused(url: str, status: int) -> FootnoteError:
    if status in (401, 403, 404, 410, 451):
        return InputError(f"{url} has no file for us (status {status}); check the address in a browser")
    return FootnoteError(f"{url} answers with status {status}; try again later")


def _said(error: Exception) -> str:
    return fold(str(error)) or {"ReadTimeout": "it does not answer"}.get(type(error).__name__, type(error).__name__)
