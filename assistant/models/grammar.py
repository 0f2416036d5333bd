"""A grammar that lets a model cite only what was retrieved."""

from collections.abc import Iterable

from ..prompts import REFUSAL

_SENTENCES = 8
_WORDS = 36  # in a sentence
_LETTERS = 24  # in a word
_CITATIONS = 3  # of a sentence
_BLANK = r"\x00-\x20\x7F-\xA0\u1680\u2000-\u200F\u2028-\u202F\u205F-\u206F\u3000\uFEFF"


def citation_grammar(numbers: Iterable[int]) -> str:
    """Return a grammar in GBNF: sentences that each end in citations, or the refusal phrase and nothing else.

    A sentence is words and then one to three of `[n]` and a period: "Small models draft [2][5]." Inside
    a sentence no brackets stand, and no word ends in . ! or ?, so that nothing reads as the end of another
    sentence. Its length is bounded: any weights whatever come to an end.

    Args:
        numbers: the numbers of the sources, at least one.

    GBNF is described in llama.cpp's grammars/README.md.
    """
    known = sorted(set(numbers))
    if not known:
        raise ValueError("a grammar of citations needs at least one source")
    alternatives = " | ".join(f'"[{n}]"' for n in known)
    return "\n".join(
        [
            f'root ::= "{REFUSAL}" | sentence (" " sentence){{0,{_SENTENCES - 1}}}',
            f'sentence ::= first word? (" " word){{0,{_WORDS - 1}}} " " cite{{1,{_CITATIONS}}} "."',
            r"first ::= [0-9A-Z\u00C0-\u1FFF]",
            # A stop inside a word, as in 3.5, is followed by more of the word.
            f"word ::= (letter | [.!?] [0-9A-Za-z]){{1,{_LETTERS}}}",
            rf"letter ::= [^.!?\[\]{_BLANK}]",
            f"cite ::= {alternatives}",
        ]
    )


def whole_sentences(text: str) -> str:
    """Return what `citation_grammar` allowed, without a last sentence that a limit has cut."""
    end = text.rfind("].")
    return text if text == REFUSAL else text[: end + 2] if end >= 0 else ""
