"""llama.cpp in this process: its own server, which speaks the OpenAI protocol on loopback.

Through the server an in-process model takes the same way as any other, and a question that is over is
dropped when its connection ends. A random key keeps other users of the machine out.
"""

import atexit
import os
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from .failure import Failure
from .wire import hang_up_all

CONTEXT = 8192  # tokens; a model's own maximum could take more memory than there is
_BATCH = 256  # tokens read at once: between two batches it notices that nobody waits any more

# Prompt look-up: where the last tokens written stand in the text so far, what followed there is drafted, and
# the model checks the whole draft at once (Saxena, prompt-lookup-decoding, 2023; llama.cpp's ngram-simple).
# Answers repeat names and phrases of their sources, often only a few words long. On a CPU a draft of eight takes as
# long to check as some tokens to write (benchmarks/RESULTS.md), so drafts are short.
_MATCH = 4  # tokens that must agree
_DRAFT = 8  # tokens drafted at most

_lock = threading.Lock()
_servers: dict[tuple[str, bool], "Served"] = {}


@dataclass(frozen=True, slots=True)
class Served:
    """A model that is loaded: the base URL and the key of its server."""

    url: str
    key: str = field(repr=False)
    server: Any = field(repr=False)


def serve(path: str, speculative: bool = True) -> Served:
    """Load a GGUF file, once in a process.

    Args:
        speculative: whether tokens are drafted by prompt look-up; an answer drawn at temperature 0 is the same.

    Raises:
        Failure: llama.cpp cannot load it.
    """
    import xllamacpp

    with _lock:
        if (path, speculative) in _servers:
            return _servers[path, speculative]
        params = xllamacpp.CommonParams()
        params.model.path = path
        params.n_ctx = CONTEXT
        params.n_batch = params.n_ubatch = _BATCH
        params.cache_ram_mib = 0  # prompts of other questions, up to 8 GiB by default
        for threads in (params.cpuparams, params.cpuparams_batch):
            # About the number of real cores. Waiting threads that spin starve the working ones when cores are shared.
            threads.n_threads = max(1, (os.cpu_count() or 1) // 2)
            threads.poll = 0
        if speculative:
            params.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
            params.speculative.ngram_simple.size_n = _MATCH
            params.speculative.ngram_simple.size_m = _DRAFT
        key = secrets.token_urlsafe(24)
        params.api_keys = [key]
        params.ui = params.endpoint_slots = False
        params.verbosity = 0
        try:
            server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise Failure("llama.cpp cannot load it; expected a whole GGUF model that fits into memory") from error
        if not _servers:
            atexit.register(_stop)
        served = Served(f"{server.listening_address}/v1", key, server)
        _servers[path, speculative] = served
        return served


def _stop() -> None:
    """End the servers before Python takes its modules apart: one that still writes then would crash."""
    hang_up_all()
    _servers.clear()
