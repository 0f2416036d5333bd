"""LLMs, through llama-index. Nothing is imported until a model is configured and asked.

    Address    which model, and where: a text that a person writes
    Model      an address with its key, its price, and the engine that is connected at the first question
    stream     ask, and read the answer while it is written; `complete` waits for the whole
    Completion what came, with its tokens, seconds and money; a `ModelFailed` says why none came

`Stop` ends an answer from another thread. `citation_grammar` is for the engine that can be held to one:
llama.cpp in this process.
"""

from .address import Address
from .asking import Completion, Stream, complete, stream
from .failure import ModelFailed
from .grammar import citation_grammar
from .model import Model, Price, Role, open_model
from .stopping import Stop

__all__ = [
    "Address",
    "Completion",
    "Model",
    "ModelFailed",
    "Price",
    "Role",
    "Stop",
    "Stream",
    "citation_grammar",
    "complete",
    "open_model",
    "stream",
]
