"""Write tiny models of the llama architecture in GGUF, with a vocabulary of bytes and printable characters.

No weights are fetched: they are random, or made so that the model says one text over and over.
"""

from pathlib import Path

import gguf
import numpy as np

_CONTROL, _NORMAL, _BYTE = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL, gguf.TokenType.BYTE
_PRINTABLE = "".join(map(chr, range(32, 127)))
_FIRST = 3 + 256  # the id of the first printable character


def write(
    path: Path, seed: int = 0, repeats: str | None = None, width: int = 64, layers: int = 1, context: int = 8192
) -> Path:
    """Write a model of 354 tokens and return its path.

    Args:
        seed: of the weights.
        repeats: printable characters, each different: the model, at temperature 0, says them in turn without
            end, at the full cost of its layers.
        width: of its vectors; a multiple of 64.
    """
    random = np.random.default_rng(seed)
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *_PRINTABLE.replace(" ", "▁")]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(2 * width)
    writer.add_head_count(width // 16)
    writer.add_head_count_kv(width // 16)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(16)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * _FIRST + [-1.0] * len(_PRINTABLE))
    writer.add_token_types([_CONTROL] * 3 + [_BYTE] * 256 + [_NORMAL] * len(_PRINTABLE))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)

    def drawn(*shape: int) -> np.ndarray:
        return (random.standard_normal(shape) * 0.3).astype(np.float32)

    embedding, output = drawn(len(tokens), width), drawn(len(tokens), width)
    if repeats:
        said = [_FIRST + _PRINTABLE.index(c) for c in repeats]
        output[:] = 0
        for before, after in zip([said[-1], *said], said, strict=False):
            output[after] = embedding[before]  # whatever was last said makes the next one likeliest
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    writer.add_tensor("output.weight", output)
    for layer in range(layers):
        shapes = dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output"), (width, width))
        shapes |= {"ffn_gate": (2 * width, width), "ffn_up": (2 * width, width), "ffn_down": (width, 2 * width)}
        for name, shape in shapes.items():
            silent = repeats and name in ("attn_output", "ffn_down")  # computed, and adds nothing
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.zeros(shape, np.float32) if silent else drawn(*shape))
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.ones(width, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
