"""Text in a paper that talks to a language model rather than to a reader.

A warning, never a verdict: papers about such attacks quote them. What keeps an answer clean is not this.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from .paper import Paper

_LONGEST_SHOWN = 60  # characters of the text in a reason
_LONGEST_WORD = 48  # characters without a blank; what is longer may be code

# Patterns, each with pieces of which it cannot do without one: those are looked for first, which is fast.
_SIGNS = (
    # what came before is to be forgotten
    (
        "ignor|disregard|forget|overrid|bypass",
        r"\b(?:ignore|disregard|forget|override|bypass)\b(?: \w+){0,4}? (?:instructions?|prompts?|directives?|"
        r"guidelines|"
        r"(?:previous|above|prior|preceding|earlier|given)(?: (?:text|context|sources|messages?|papers|rules)))\b|"
        r"\b(?:ignore|disregard|forget) (?:everything|all) (?:of )?(?:the (?:above|previous)|above|before|you)|"
        r"\bforget (?:all )?your (?:previous |prior )?(?:instr|prompt|rules|training|guid)",
    ),
    # the prompt is to be told
    (
        "prompt|instruc|developer mode",
        r"\b(?:reveal|print|repeat|output|show|leak|ignore|recite|append|your|the above) (?:\w+ ){0,3}?"
        r"(?:system|hidden|initial) (?:prompt|message|instructions)|\bsystem prompt ?:|\bdeveloper mode|"
        r"\b(?:reveal|print|repeat|output|show|leak|ignore|recite|follow) (?:\w+ )?your (?:\w+ )?(?:prompt|"
        r"instructions)",
    ),
    # another part to play
    (
        "you ",
        r"\byou are (?:now|no longer) (?!able|ready|reading)|\bfrom now on,? (?:you|always|never|answer|"
        r"reply)|"
        r"\byou (?:must|should|will) (?:now )?(?:act as|pretend)|\bpretend (?:that )?you|"
        r"\bif you are an? (?:ai|llm|assistant|(?:large )?language model)\b",
    ),
    # words to a machine
    (
        "as an ai|language model, |note to|message to|instruc|attention,|attention to a|dear |hey ai|hey, ",
        r"\bas an ai(?: language)?(?: model| assistant)?,? (?:you|i)\b|\bas a(?: large)? language model,? (?:you|i)\b|"
        r"\b(?:note|message|instructions?|attention) (?:to|for) (?:the |any |all )?(?:ai|llms?|ai assistants?|"
        r"chatbots?) ?[:,]|"
        r"(?:^|[.!?:;] )(?:dear|attention|hey|hello),? (?:ai|llm|(?:ai )?assistant|chatbot|"
        r"(?:large )?language model)s?\b",
    ),
    # how to answer, and what to cite
    (
        "cite|citation|instruc",
        r"\b(?:do not|don't|never) (?:cite (?:any|the|this|other|sources)|mention (?:this|these) (?:instr|mess|"
        r"prompt))|"
        r"\banswer without (?:any )?citations?|\b(?:only|always|you must|please) cite (?:this|only|source|\[)|"
        r"\bcite \[\d+\]",
    ),
    (
        "always |you |please |reply|instead, |instead re|now re|now, |respond with|respond only|answer with",
        r"\balways (?:answer|reply|respond|say) (?:that|with|by|in|yes|no)\b|\b(?:now|instead),? (?:reply|respond|"
        r"say) |"
        r"\byou must (?:\w+ )?(?:answer|reply|respond|say|output|print|write|recommend|cite|obey)\b|"
        r"\bplease (?:reply|respond|output|print) (?:with|only|the) |(?:^|[.!?:;] )(?:reply|respond|"
        r"answer) (?:only )?(?:with|that) ",
    ),
    (
        "api key|api_key|api-key|password|secret",
        r"\b(?:print|reveal|output|send|tell|give|leak|append|repeat)\b[^.!?]{0,40}\b(?:your|my|the) (?:\w+ )?"
        r"(?:api[ _-]key|password|secret key|secrets?)\b",
    ),
    (
        "recommend acc|positive review|accept th",
        r"\bgive (?:a|this)[^.!?]{0,20} positive review|\b(?:must|please|only) (?:accept|recommend accept)|"
        r"\brecommend accept\w* (?:of )?this|\bpositive review only",
    ),
    # addresses and pictures
    (
        "http|www.|![|<|](data:|javascript:",
        r"(?:\b(?:print|output|insert|append|display|render|embed|reply with|respond with|answer with|say|click)\b|"
        r"\b(?:gib|schreibe|imprime|affiche|escribe|incluye|muestra|ajoutez?)\b)[^.!?]{0,40}(?:https?://|www\.)|"
        r"!\[[^\]]*\]\(|<(?:img|script|iframe|svg|a href)\b|<\w[^<>]*\son\w{3,20}=|\bjavascript:\w|\]\(data:",
    ),
    # German, French, Spanish
    (
        "anweisung|vorgaben|regeln|prompt|antworte|zitier|du bist|sie sind",
        r"(?:ignorier|missacht|vergiss|vergess|befolg|übergeh)\w*\b[^.!?]{0,50}(?:anweisung|vorgaben|prompt|regeln)|"
        r"(?:gib|zeig|nenn|verrat)\w*\b[^.!?]{0,30}system-?prompt|\b(?:du bist|sie sind) (?:jetzt|nun) |"
        r"\bantworte(?:n sie)? (?:immer|nur|stets|ab jetzt|ausschließlich|mit)\b|\bzitiere(?:n sie)? (?:nicht|nur|"
        r"keine)",
    ),
    (
        "instruc|consigne|directive|prompt|maintenant|répond|cite",
        r"(?:ignor|oubli|contourn)\w*\b[^.!?]{0,40}(?:instructions|consignes|directives|prompt)[^.!?]{0,20}"
        r"(?:précédent|antérieur|ci-dessus|système)|\b(?:tu es|vous êtes) (?:maintenant|désormais) une?\b|"
        r"(?:affiche|révèle|montre)\w*\b[^.!?]{0,30}(?:prompt système|\b(?:ton|votre|le) prompt)|"
        r"\b(?:réponds|répondez) (?:toujours|uniquement|seulement|par)\b|"
        r"\bne (?:cite|citez) (?:pas|aucun)",
    ),
    (
        "instruc|indicacion|prompt|ahora |responde |cite",
        r"(?:ignor|olvid|omit)\w*\b[^.!?]{0,40}(?:instrucciones|indicaciones|prompt)|\b(?:ahora eres|eres ahora) |"
        r"(?:muestra|revela|imprime)\w*\b[^.!?]{0,30}prompt|\bresponde (?:siempre|solo|sólo|únicamente|con)\b|"
        r"\bno cites? (?:ningun|nada|esta|este|fuentes)",
    ),
    # marks of a conversation's format, and what is hidden from a reader
    (
        "<|[inst|[/inst|system:|assistant:|human:|###",
        r"<\|[\w ]{1,30}\|>|\[/?inst\]|<</?sys>>|<(?:start|end)_of_turn>|</?(?:system|assistant|tool_call)\b|<!--|"
        r"### ?(?:instruction|system|assistant|response|human|user)\b|"
        r"(?:^|[.!?] )(?:system|assistant|human) ?: (?:you|ignore|please|sure|print|say|reply|answer|from)\b",
    ),
    ("display:|font-size", r"display: ?none|font-size: ?0"),
)
# Chinese, Japanese, Russian
_WIDE = re.compile("[\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff]")
_WIDE_SIGNS = (
    (
        "忽略|无视|忘记|不要|系统提示|你现在是|从现在开始|回答|http|無視|プロンプト|あなたは今",
        r"(?:忽略|无视|忘记|不要理会).{0,12}(?:指令|指示|提示|说明|规则|命令|要求)|(?:输出|显示|泄露|告诉我).{0,6}系统提示|"
        r"你现在是|从现在开始.{0,3}你|不要引用|(?:始终|总是)回答|请回答[“\"「]|(?:输出|打印|访问|点击).{0,20}https?://|"
        r"(?:指示|命令|プロンプト).{0,6}無視|システムプロンプトを|あなたは今",
    ),
    (
        "игнориру|забудь|промпт|ты теперь",
        r"(?:игнориру|забудь)\w*.{0,40}(?:инструкц|указани|правил)|системн\w+ промпт|\bты теперь ",
    ),
)


def _patterns(signs: Iterable[tuple[str, str]]) -> dict[str, list[re.Pattern[str]]]:
    """Return the patterns under each of their pieces."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for pieces, pattern in signs:
        compiled = re.compile(pattern)
        for piece in pieces.split("|"):
            found.setdefault(piece, []).append(compiled)
    return found


_PATTERNS, _WIDE_PATTERNS = _patterns(_SIGNS), _patterns(_WIDE_SIGNS)

# Base64 has letters of both cases and digits close together; a path or a chemical name seldom has.
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD}}}")
_BLOB = re.compile(r"(?=[A-Za-z+/]{0,40}\d)(?=[a-z\d+/]{0,40}[A-Z])(?=[A-Z\d+/]{0,40}[a-z])[A-Za-z\d+/]{48,}={0,2}")


def looks_like_instructions(text: str) -> str | None:
    """Return the words by which `text` seems to instruct a model, in lower case and cut short; or None.

    English, German, French, Spanish, Chinese, a little Japanese and Russian; marks of conversation formats;
    hidden comments; long runs that look like base64.
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    lowered = plain.lower()
    if found := _found(lowered, _PATTERNS):
        return found
    if not text.isascii() and _WIDE.search(plain) and (found := _found(lowered, _WIDE_PATTERNS)):
        return found
    for word in plain.split() if _LONG_WORD.search(plain) else ():
        if len(word) >= _LONGEST_WORD and "://" not in word and (blob := _BLOB.search(word)):
            return _short(blob.group())
    return None


def _found(lowered: str, patterns: Mapping[str, list[re.Pattern[str]]]) -> str | None:
    for piece in patterns:
        if piece in lowered:
            for pattern in patterns[piece]:
                if found := pattern.search(lowered):
                    return _short(found.group())
    return None


def suspicion(paper: Paper) -> str | None:
    """Return a line for a person about a paper of which a field seems to instruct a model, or None."""
    fields = {
        "title": paper.title,
        "text": paper.text,
        "authors": "; ".join(paper.authors),
        "venue": paper.venue or "",
        "topic": paper.topic or "",
        "section": "; ".join(paper.section),
    }
    if looks_like_instructions("\n".join(fields.values())) is None:
        return None
    for name, text in fields.items():
        if found := looks_like_instructions(text):
            return f"the {name} of {_short(paper.title)!r} seems to instruct a model (“{found}”); it is kept, as data"
    return None


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _LONGEST_SHOWN else words[: _LONGEST_SHOWN - 1].rstrip() + "…"
