"""How an answer was made: what was searched, each hit with its signals, what the check said of each sentence."""

from collections.abc import Iterable
from html import escape

from index.hits import Hit
from index.words import stems, words

from ..answer import Answer, Sentence, marks

SIGNALS = {
    "lexical": "words",
    "pairs": "neighbouring words",
    "dense": "meaning",
    "late": "meaning, word by word",
    "sentences": "meaning, sentence by sentence",
    "neighbours": "papers near it",
    "feedback": "nearness to the best",
}
"""What each signal compares, for a person."""

_VERDICTS = {
    "quoted": "quoted word for word",
    "listed": "read off the list",
    "supported by another": "supported; the citation was moved to the paper that says it",
}


def made(answer: Answer) -> str:
    """Return the quiet line under an answer, which opens to how it was made."""
    status = escape(" · ".join(filter(None, [answer.status, _cost(answer)])))
    parts = [_steps(answer), _hits(answer.hits), _checks(answer.sentences)]
    return (
        f'<details class="made"><summary class="quiet">{status}<span class="spoken">, how this was made</span>'
        f"</summary>{''.join(parts)}</details>"
    )


def why(hit: Hit, said: str = "") -> str:
    """Return why a paper was found: each signal's part in its score, and the words that it shares with the question.

    Args:
        said: what comes first, as text.
    """
    rows = "".join(
        f'<tr><th scope="row">{SIGNALS.get(name, escape(name))}</th><td>{part:.2f}</td>'
        f"<td>{_place(hit.places.get(name))}</td></tr>"
        for name, part in hit.signals.items()
    )
    shared = ", ".join(f"“{escape(word)}”" for word in _shared(hit))
    shares = f" It shares {shared} with the question." if shared else ""
    first = f"<p>{escape(said)}{shares}</p>" if said or shares else ""
    return (
        f"{first}<table><thead><tr><th>signal</th><th>part</th><th>place by it alone</th></tr></thead>"
        f'<tbody>{rows}</tbody><tfoot><tr><th scope="row">score</th><td>{hit.score:.2f}</td>'
        f"<td>relevance {hit.relevance:.2f}</td></tr></tfoot></table>"
    )


def verdict(sentence: Sentence) -> str:
    """Return what the check said of a sentence, as text."""
    said = _VERDICTS.get(sentence.verdict, sentence.verdict)
    return f"{said}: {sentence.reason}" if sentence.reason else said


def _cost(answer: Answer) -> str:
    """Return what a model took: tokens, and money where its price is known."""
    cost = answer.cost
    if "prompt_tokens" not in cost:
        return ""
    about = "about " if cost.get("tokens_estimated") else ""
    tokens = f"{about}{cost['prompt_tokens'] + cost['completion_tokens']:,} tokens"
    return f"{tokens} · {cost['money']:.4f} {cost['currency']}" if "money" in cost else tokens


def _steps(answer: Answer) -> str:
    asked = answer.asked
    lines = [f"searched for “{asked.text}”{f', only {asked.filters}' if asked.filters else ''}"] if asked else []
    lines += [f"{step.name}: {step.said}{_took(step.seconds)}" for step in answer.steps]
    return f"<ol>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ol>"


def _hits(hits: Iterable[Hit]) -> str:
    items = "".join(
        f'<li><span dir="auto">{escape(hit.paper.title)}</span><br>relevance {hit.relevance:.2f}, '
        f"score {hit.score:.2f}: {escape(', '.join(_parts(hit)))}</li>"
        for hit in hits
    )
    return f"<p>Found, with each signal’s part in the score:</p><ol>{items}</ol>" if items else ""


def _parts(hit: Hit) -> list[str]:
    return [f"{SIGNALS.get(name, name)} {part:.2f}" for name, part in hit.signals.items() if part >= 0.005]


def _checks(sentences: Iterable[Sentence]) -> str:
    """Return what the check said of each sentence, where there was something to check."""
    sentences = tuple(sentences)
    if all(sentence.verdict in ("quoted", "listed") for sentence in sentences):
        return "<p>Every sentence is quoted or read off the list; none had to be checked.</p>" if sentences else ""
    items = "".join(
        f"<li><span>{escape(f'{marks(s.citations)} {verdict(s)}'.strip())}</span>{_quoted(s.evidence)}</li>"
        for s in sentences
    )
    return f"<p>The check of each sentence, with the source’s words that come nearest to it:</p><ol>{items}</ol>"


def _quoted(evidence: Iterable[str]) -> str:
    words = " … ".join(filter(None, dict.fromkeys(evidence)))
    return f'<br><span class="words" dir="auto">“{escape(words)}”</span>' if words else ""


def _shared(hit: Hit) -> list[str]:
    """Return the words of the paper, as it writes them, that are terms of the question."""
    wanted = set(hit.terms)
    found: dict[str, str] = {}
    own = words(f"{hit.paper.title} {hit.paper.text}")
    for word, stem in zip(own, stems(own), strict=True):
        if stem in wanted:
            found.setdefault(stem, word)
    return [found[term] for term in hit.terms if term in found]


def _place(place: int | None) -> str:
    return "–" if place is None else str(place)


def _took(seconds: float) -> str:
    return f" ({seconds * 1000:.0f} ms)" if seconds >= 0.0005 else ""
