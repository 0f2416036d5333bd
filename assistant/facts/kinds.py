"""The kinds of facts that a question may ask of a paper, each with what a sentence that has it looks like."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from index.words import stems, words
from ingest.paper import Paper

_WORDS = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|dozens?|hundreds?|thousands?)"
_NUMBER = rf"(?:(?<![\w.-])\d[\d,]*(?:\.\d+)?|\b{_WORDS}\b)"
_NEAR = 5  # words after a number among which the thing counted is named
_PART = (
    r"(?:learning\s+rates?|batch\s+sizes?|epochs?|drop-?out|warm-?up|weight\s+decay|optimi[sz]ers?|beam\s+(?:size|width)"
    r"|temperatures?|lora\s+ranks?|(?:random\s+)?seeds?|gradient\s+accumulation|context\s+(?:length|window)"
    r"|hyper-?parameters?|training\s+steps|momentum|schedulers?)"
)
_METRIC = (
    r"(?:accuracy|f1|f-?score|bleu|rouge|score|win\s+rate|perplexity|auc\S*|auroc|precision|recall|exact\s+match"
    r"|pass@\d+|fid|cider|error\s+rate|rmse|latency|speed-?up|throughput|correlation)"
)
_GET = r"(?:get|gets|got|reach\w*|achiev\w*|attain\w*|obtain\w*|report\w*|scor\w*|have|has|on|in|of|for|with)"
_METRIC_ASKED = re.compile(
    rf"\b(?:what|which|how\s+(?:high|good))\b[\w\s]*?\b(?P<metric>{_METRIC})s?\b(?=.*\b{_GET}\b)", re.I
)
_BENCHMARK = re.compile(r"\b(?:on|in|for)\s+(?:the\s+)?([A-Z][\w-]*[A-Z0-9][\w-]*)")
_HOW_MANY = re.compile(
    r"\bhow\s+many\s+(?!times\b)(?:(?:different|distinct|human|new|training|more|fewer|extra|[\w-]+ed)\s+)*(?P<thing>[\w-]+)",
    re.I,
)
_PROCESSOR = re.compile(r"\b([gtcn]pu|a100|h100|v100)s?\b", re.I)
_ANY_PROCESSOR = r"\b(?:[gt]pus?|a100|h100|v100|t4|rtx|nvidia)\b"
_HARDWARE = rf"{_ANY_PROCESSOR}|\b(?:cpus?|micro-?controllers?|raspberry|phones?|edge\s+devices?|\d+\s*gb)\b"
_DATA_COUNTED = re.compile(
    rf"{_NUMBER}\s[\w\s-]{{0,30}}?"
    r"\b(?:data\s?sets?|data|benchmarks?|tasks?|corpora|corpus|collections?)\b",
    re.I,
)
# Capitals within a sentence name things; these name models and fields, not data.
_CAPITAL = re.compile(r"(?<=[\w,;:()] )[(\"]?([A-Z][\w-]*)")
_NO_DATA = re.compile(
    r"(?:S|P|V)?L?LMs?|\w*GPT\S*|\w*BERT\S*|NLP|AI|APIs?|SMs?|T5\S*|PaLM\S*|L(?:la|LA)MA\S*|RL|KD|CoT|KBs?", re.I
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact.

    Attributes:
        asked: how a question asks for it.
        wanted: the question -> what is asked for, in words that follow "does not say".
        present: the question, a sentence and its paper -> whether the sentence has such a thing.
    """

    name: str
    asked: re.Pattern[str]
    wanted: Callable[[str], str]
    present: Callable[[str, str, Paper], bool]


def _kind(name: str, asked: str, wanted: str, present: str) -> Kind:
    pattern = re.compile(present, re.I)
    return Kind(
        name, re.compile(asked, re.I), lambda _: wanted, lambda _question, text, _paper: bool(pattern.search(text))
    )


def _has_hardware(question: str, text: str, _paper: Paper) -> bool:
    """Whether a sentence names hardware, or a processor if one is asked for."""
    return bool(re.search(_ANY_PROCESSOR if _PROCESSOR.search(question) else _HARDWARE, text, re.I))


def _part(question: str) -> str:
    found = re.search(_PART, question, re.I)
    return found[0] if found else "hyper-parameter"


def _has_part(question: str, text: str, _paper: Paper) -> bool:
    """Whether a sentence speaks of the hyper-parameter that is asked for."""
    # Not by stems: "optimize" is no optimizer.
    named = re.escape(_part(question).removesuffix("s")).replace("z", "[sz]")
    return bool(re.search(rf"\b{named}s?\b", text, re.I))


def _has_figure(question: str, text: str, _paper: Paper) -> bool:
    """Whether a sentence gives a figure for the benchmark that is asked about; where none is, for the metric."""
    if not re.search(r"\d", text):
        return False
    if benchmark := _BENCHMARK.search(question):
        return benchmark[1].casefold() in text.casefold()
    found = _METRIC_ASKED.search(question)
    metric = found["metric"] if found else "score"
    return metric.casefold() == "score" or set(stems(words(metric))) <= set(stems(words(text)))


def _figure(question: str) -> str:
    found, benchmark = _METRIC_ASKED.search(question), _BENCHMARK.search(question)
    return f"what {found['metric'] if found else 'figure'} it reached" + (f" on {benchmark[1]}" if benchmark else "")


def _counted(question: str) -> str:
    found = _HOW_MANY.search(question)
    return found["thing"] if found else ""


def _has_count(question: str, text: str, _paper: Paper) -> bool:
    """Whether a sentence has a number, and shortly after it the thing that is asked for."""
    wanted = stems([_counted(question).casefold()])[0]
    for match in re.finditer(_NUMBER, text, re.I):
        after = re.findall(r"[^\W\d]+", text[match.end() :])[:_NEAR]
        if wanted in stems([word.casefold() for word in after]):
            return True
    return False


def _has_data(_question: str, text: str, paper: Paper) -> bool:
    """Whether a sentence names data, or says of how many sets it speaks."""
    own = paper.title.casefold()
    names = [name for name in _CAPITAL.findall(text) if name.casefold() not in own and not _NO_DATA.fullmatch(name)]
    return bool(names) or bool(_DATA_COUNTED.search(text))


KINDS: tuple[Kind, ...] = (
    _kind(
        "time",
        r"\bhow\s+(?:long|many\s+(?:[gt]pu[\s-]?)?(?:hours?|days?|minutes?|seconds?|weeks?))\b.*"
        r"\b(?:take|takes|took|train\w*|run|runs|ran|last\w*|need\w*|spen[dt]\w*|us(?:e|ed)|require\w*)\b"
        r"|\b(?:training|wall[\s-]clock)\s+time\b",
        "how long it took",
        rf"(?:{_NUMBER})\s*(?:-|\s)?(?:[gt]pu[\s-])?(?:hours?|hrs?|h|days?|minutes?|mins?|seconds?|ms|weeks?|months?)\b",
    ),
    Kind(
        "hardware",
        re.compile(
            r"\b(?:which|what|how\s+many|on\s+what|type\s+of|kind\s+of)\b[\w\s]*?"
            r"\b(?:[gtcn]pus?|hardware|machines?|accelerators?|graphics\s+cards?|a100s?|h100s?|v100s?|cluster|server)\b"
            r"|\bhow\s+much\s+(?:gpu\s+)?(?:memory|vram|ram)\b",
            re.I,
        ),
        lambda _: "which hardware was used",
        _has_hardware,
    ),
    _kind(
        "licence",
        r"\b(?:licen[cs]e[ds]?|licensing|terms\s+of\s+use)\b",
        "under which licence it is released",
        r"\b(?:licen[cs]e[ds]?|apache|cc[\s-]by|creative\s+commons|gpl)\b",
    ),
    _kind(
        "funding",
        r"\b(?:fund(?:ed|s|ing|ers?)?|grants?|sponsor\w*|financed|paid\s+for)\b",
        "who funded it",
        r"\b(?:fund(?:ed|ing)|grants?|sponsor\w*|financed)\b",
    ),
    Kind(
        "hyper-parameter",
        re.compile(rf"\b(?:what|which|how\s+(?:many|large|big|high)|value)\b[\w\s,-]*?\b{_PART}", re.I),
        lambda question: f"which {_part(question)} was used",
        _has_part,
    ),
    _kind(
        "cost",
        r"\bhow\s+much\s+(?:money\s+)?(?:did|does|do)\b(?!.*\b(?:reduc|sav|lower|cut|rais)\w*\b).*\b(?:cost|spend|pay)\b\W*$"
        r"|\bwhat\s+did\b.*\bcost\b\W*$"
        r"|\b(?:price|cost|budget)\s+(?:in\s+)?(?:dollars|usd|euros?|of\s+(?:training|the|labell?ing|annotat\w+))"
        r"|\bhow\s+(?:many|much)\s+(?:us\s+)?(?:dollars|usd|euros?)\b",
        "what it cost",
        r"[$€£]\s?\d|\d\s?(?:usd|dollars|euros?|cents)\b|\bcosts?\b.*\d+(?:\.\d+)?\s?(?:%|x\b|times)",
    ),
    _kind(
        "size",
        r"\bhow\s+many\s+(?:(?:million|billion|trainable|model)\s+)*(?:parameters|params|weights)\b|\bparameter\s+count\b"
        r"|\bhow\s+(?:big|large|small)\s+(?:is|are|was|were)\s+(?:the\s+|its\s+|their\s+)?"
        r"(?:[\w'’-]+\s+){0,3}?(?:models?|students?|teachers?|routers?|networks?|prox(?:y|ies)|experts?|adapters?)\b",
        "how many parameters it has",
        r"\d[\d,.]*\s*(?:-|\s)?(?:[MB]|million|billion)\b(?!\s+(?:tokens?|corpus|documents?|examples?|samples?|data\w*))",
    ),
    _kind(
        "place",
        r"\b(?:which|what)\s+(?:university|institutions?|labs?|laborator\w+|compan(?:y|ies)|countr(?:y|ies))\b"
        r"|\baffiliat\w+|\bwhere\s+do(?:es)?\s+(?:the\s+)?(?:authors?|they|he|she)\s+work\b"
        r"|\bwhere\s+(?:was|were)\b.*\b(?:collected|recruited|conducted|hosted)\b",
        "where that was",
        r"\b(?:universit\w+|institut\w+|laborator\w+|google|microsoft|openai|deepmind|ibm)\b",
    ),
    _kind(
        "person",
        r"\bwho\s+(?:annotated|labell?ed|evaluated|reviewed|recruited|maintains|were\s+the\s+(?:annotators|raters|judges))\b"
        r"|\b(?:corresponding|contact)\s+author\b|\be-?mail\b",
        "who that was",
        r"\b(?:annotators?|crowd-?workers?|experts?|raters?|human\s+judges)\b",
    ),
    _kind(
        "date",
        r"\bwhen\s+(?:was|were|did)\b.*\b(?:collect\w*|submitt\w*|accept\w*|crawl\w*|record\w*|annotat\w*|train\w*|start\w*)\b"
        r"|\bcut-?off\s+date\b|\bwhat\s+date\b",
        "when that was",
        r"\b(?:19|20)\d\d\b|\b(?:january|february|march|april|june|july|august|september|october|november|december)\b",
    ),
    _kind(
        "software",
        r"\b(?:which|what)\s+(?:programming\s+language|(?:deep[\s-]learning\s+)?framework|librar(?:y|ies)|toolkit|software)\s+"
        r"(?:is|was|were|did|do|does|are)\b|\b(?:pytorch|tensorflow|jax)\s+or\s+\w+",
        "which software was used",
        r"\b(?:pytorch|tensorflow|jax|hugging\s?face|python|c\+\+|deepspeed|megatron|vllm)\b",
    ),
    Kind(
        "dataset",
        re.compile(
            r"\b(?:which|what)\s+(?:[\w-]+\s+){0,2}?(?:data\s?sets?|benchmarks?|corpora|corpus|test\s+sets?)\b"
            r"|\bon\s+(?:what|which)\s+(?:[\w-]+\s+)?(?:data|tasks?)\b",
            re.I,
        ),
        lambda _: "which data sets were used",
        _has_data,
    ),
    Kind("figure", _METRIC_ASKED, _figure, _has_figure),
    Kind("number", _HOW_MANY, lambda question: f"how many {_counted(question)} there are", _has_count),
)
