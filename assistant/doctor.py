"""`examine`: which model plays each role, where it runs, what leaves the machine, and whether it works."""

import time
from dataclasses import asdict, dataclass
from importlib import metadata
from platform import python_version
from typing import Any, Literal, get_args

from index.encoder import Encoder
from index.home import collection_folder, collection_names, home
from ingest.errors import FootnoteError

from .checking.judge import Judge
from .models import Address, Model, Role, complete, open_model
from .settings import Settings

_DEADLINE = 30.0  # seconds for a word from an LLM, loading it included
_SYSTEM = "You are being tried out."
_PROMPT = "Reply with the one word: ready"
_ENTAILED = ("A small model answers first, and a large one only where it is unsure.", "A small model answers first.")
_LIBRARIES = (
    "footnote",
    "faiss-cpu",
    "onnxruntime",
    "tokenizers",
    "sentence-transformers",
    "torch",
    "llama-index-core",
    "gradio",
    "xllamacpp",
)


Examined = Literal["encoder", "judge"] | Role


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one role.

    Attributes:
        model: None where none is configured, or its address cannot be read.
        where: "this process", "this machine" or the server's name; None where there is no model.
        leaves: what leaves the machine when it is used; None where nothing does.
        works: whether it answered just now; None where there is no model.
        detail: what it answered, or what is wrong and what to do.
    """

    role: Examined
    model: str | None
    where: str | None
    leaves: str | None
    works: bool | None
    detail: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The findings for all roles, and where things lie.

    Attributes:
        collections: each with its size on disk, in bytes.
        versions: of Python and the main libraries; None where one is not installed.
    """

    findings: tuple[Finding, ...]
    home: str
    local_only: bool
    collections: dict[str, int]
    versions: dict[str, str | None]

    @property
    def is_well(self) -> bool:
        """Whether everything that is configured works."""
        return all(finding.works is not False for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        return {
            "well": self.is_well,
            "roles": [asdict(finding) for finding in self.findings],
            "local_only": self.local_only,
            "home": self.home,
            "collections": [{"name": name, "bytes": size} for name, size in self.collections.items()],
            "versions": self.versions,
        }


def examine(settings: Settings) -> Report:
    """Try every model that is configured; an LLM is asked for one word.

    The encoder is exported if that has not been done yet.
    """
    return Report(
        findings=(
            _encoder(settings.model),
            _judge(settings.judge),
            *(_llm(role, settings) for role in get_args(Role)),
        ),
        home=str(home()),
        local_only=settings.local_only,
        collections={name: _size(name) for name in collection_names()},
        versions={"python": python_version(), **{library: _version(library) for library in _LIBRARIES}},
    )


def _encoder(spec: str | None) -> Finding:
    name = spec or "all-MiniLM-L6-v2"
    started = time.perf_counter()
    try:
        encoder = Encoder.open(spec)
        length = len(encoder.encode_query("ready").sentence)
    except FootnoteError as error:
        return Finding("encoder", name, "this process", None, False, str(error))
    taken = time.perf_counter() - started
    return Finding("encoder", name, "this process", None, True, f"vectors of {length} numbers", taken)


def examine_role(role: Examined, settings: Settings) -> Finding:
    """Try the model of one role (see `examine`)."""
    if role == "encoder":
        return _encoder(settings.model)
    return _judge(settings.judge) if role == "judge" else _llm(role, settings)


def _judge(spec: str | None) -> Finding:
    if spec is None:
        return Finding("judge", "the encoder, with rules", "this process", None, True, "needs nothing of its own")
    started = time.perf_counter()
    try:
        (entails,) = Judge(spec)([_ENTAILED])
    except FootnoteError as error:
        return Finding("judge", spec, "this process", None, False, str(error))
    taken = time.perf_counter() - started
    return Finding("judge", spec, "this process", None, True, f"gave an entailed sentence {entails:.2f}", taken)


def _llm(role: Role, settings: Settings) -> Finding:
    name = None
    try:
        if text := getattr(settings, role):
            name = str(Address.parse(text))  # what cannot be read is not shown: it may hold a key
        model = open_model(role, settings)
    except FootnoteError as error:
        return Finding(role, name, None, None, False, str(error))
    if model is None:
        return Finding(role, None, None, None, None, f"none; to have one: footnote config {role} ADDRESS")
    where = _where(model)
    leaves = None if model.is_local else "the question and the texts of the papers found"
    started = time.perf_counter()
    try:
        said = complete(model, _SYSTEM, _PROMPT, _DEADLINE).text
    except FootnoteError as error:
        return Finding(role, name, where, leaves, False, str(error))
    word = said if len(said) <= 40 else f"{said[:39]}…"
    return Finding(role, name, where, leaves, True, f"said {word!r}", time.perf_counter() - started)


def _where(model: Model) -> str:
    address = model.address
    if address is None or address.url is None:
        return "this process"
    return "this machine" if address.is_local else address.host


def _size(collection: str) -> int:
    """Return how many bytes a collection's files take."""
    return sum(path.stat().st_size for path in collection_folder(collection).rglob("*") if path.is_file())


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None
