"""An NLI cross-encoder as the judge, for those who have one: a sentence-transformers name or folder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest.errors import InputError


class Judge:
    """A cross-encoder that says how surely a source entails a sentence. Importing its library costs seconds."""

    def __init__(self, spec: str) -> None:
        """Load the cross-encoder that `spec`, a folder or a name on the hub, names; a hub is asked only for a name.

        Raises:
            InputError: there is no such model, or none of its labels is entailment.
        """
        from sentence_transformers import CrossEncoder

        path = Path(spec).expanduser()
        if not path.is_dir() and (path.is_absolute() or spec.startswith((".", "~"))):
            raise InputError(
                f"no cross-encoder in {spec}; expected a sentence-transformers folder, or a name on the hub"
            )
        try:
            self._model = CrossEncoder(str(path) if path.is_dir() else spec, device="cpu")
        except (OSError, ValueError) as error:
            raise InputError(f"the cross-encoder {spec} cannot be used ({str(error).splitlines()[0]})") from error
        labels = {int(i): str(label).lower() for i, label in (self._model.model.config.id2label or {}).items()}
        self._entailment = next((i for i, label in labels.items() if label.startswith("entail")), None)
        if len(labels) > 1 and self._entailment is None:
            raise InputError(
                f"the cross-encoder {spec} has the labels {', '.join(labels.values())}; expected entailment"
            )
        self.name = path.name

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return the probability, 0 to 1, that each (source, sentence) is an entailment."""
        import torch

        logits = np.asarray(
            self._model.predict(list(pairs), activation_fn=torch.nn.Identity(), convert_to_numpy=True), np.float64
        ).reshape(len(pairs), -1)
        if self._entailment is None:
            return [float(p) for p in 1 / (1 + np.exp(-logits[:, 0]))]
        scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
        return [float(p) for p in (scaled / scaled.sum(axis=1, keepdims=True))[:, self._entailment]]
