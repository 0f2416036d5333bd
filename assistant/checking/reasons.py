"""A verdict's reason in plain words: the one signal that decided, with the words and numbers concerned."""

from .numbers import Disagreement
from .signals import Signals, Source

_SHOWN = 3  # words of a list


def whose(source: Source) -> str:
    """Return how a reason calls the source's text."""
    return f"its {source.paper.text_kind or 'title'}"


def why_not(signals: Signals, source: Source) -> str:
    """Say what speaks most against the claim."""
    found = signals.contrary
    if signals.figures:
        wrong = next(one for one in signals.wrong if not one.claimed.counted or one.instead is not None)
        return _number(wrong, source)
    if signals.names:
        return f"{whose(source)} does not mention {_listed(signals.names)}"
    if found.negated_word and found.negated >= max(found.opposed * 0.5, found.exchanged, 0.3):
        word = found.negated_word
        if word.sign < 0:
            return f"{whose(source)} says nothing against “{word.text}”, which this sentence denies"
        return f"{whose(source)} denies “{word.text}”, which this sentence affirms"
    if found.opposed:
        return f"{whose(source)} says the opposite of “{found.opposed_words}”"
    if found.exchanged > 0.3:
        return f"{whose(source)} has the two sides of the comparison the other way round"
    if signals.rival > 0:
        return f"another paper here is nearer to this sentence than {whose(source)}"
    if signals.absent:
        words = tuple(dict.fromkeys(word.text for word in signals.absent))
        return f"{whose(source)} does not speak of {_listed(words)}"
    if found.denied:
        return f"{whose(source)} does not deny what this sentence denies"
    return f"{whose(source)} says something else of this"


def _number(wrong: Disagreement, source: Source) -> str:
    claimed = wrong.claimed.text
    if wrong.instead is None:
        return f"{whose(source)} has no “{claimed}”"
    return f"{whose(source)} says {wrong.instead.text}, not {claimed}"


def _listed(words: tuple[str, ...]) -> str:
    shown = [f"“{word}”" for word in words[:_SHOWN]]
    return ", ".join(shown[:-1]) + (" or " if len(shown) > 1 else "") + shown[-1]
