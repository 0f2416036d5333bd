"""Words that turn a claim's meaning: negations, opposites, bounds, and the acronyms of the field.

Everything here is general English or common to the field; nothing is learnt from any collection.
"""

from functools import cache

from index.words import stems

NEGATIONS = frozenset(
    """not no never none nor neither without cannot nobody nothing nowhere hardly barely scarcely lack lacks
    lacked lacking unable fail fails failed failing absent refuse refuses n't forgo forgoes forgoing avoid avoids
    avoiding avoided prevent prevents prevented obviate obviates sacrifice sacrifices sacrificing sacrificed
    lose loses losing lost compromise compromises compromising absence devoid
    independent independently irrespective regardless""".split()
)
# "not only", "no less than": what follows is affirmed.
AFFIRMED_AFTER = frozenset("only just merely simply less more fewer later longer".split())

# Words that tell nothing of what a claim is about: function words, and those of telling.
EMPTY = frozenset(
    """a an the this that these those it its their they them there he she his her we our us you your i
    is are was were be been being am do does did done doing has have had having can could may might will would shall
    should must of in on at by to from for with as into onto upon over under about between among through during via
    within per than then so such and or but nor not no if when while where which who whom whose what how why because
    although though whereas however also too both either each any some other another more most very much many
    own same only just even still yet already again often up down out off one ones
    use used uses using make makes made making let lets get gets got give gives given giving take takes
    paper papers author authors article study studies work works method methods approach approaches
    propose proposes proposed present presents presented introduce introduces introduced show shows showed shown
    find finds found report reports reported describe describes way ways thing things kind form based called
    according namely respectively thus therefore hence moreover furthermore well new novel recent""".split()
)

# What is replaced holds no longer, or held before: neither affirmed nor negated.
REPLACING = frozenset("replace replaces replaced replacing substitute substitutes substituted".split())

# Words that say that something holds without exception.
UNIVERSAL = frozenset(
    """all every always any never entirely completely fully each invariably guarantee guarantees guaranteed prove proves
    proven eliminate eliminates eliminated perfectly whatever no none only exclusively solely impossible""".split()
)

# Opposites: on one line words of one direction, "|", and those of the other.
_AXES = """
increase raise grow high more great rise boost lift extend expand rose grew risen double triple maximum maximise most
| decrease reduce low less few drop fall shrink decline diminish save halve fell cut minimum minimise least lessen
improve better enhance help benefit strengthen gain best good boost advance
| worsen degrade hurt harm worse impair weaken damage worst bad deteriorate
small tiny compact lightweight light little | large big huge giant bigger massive vast
weak | strong powerful robust
fast quick speed accelerate quicker speedup | slow slower delay
outperform beat surpass exceed overtake win superior ahead above lead
| underperform trail lag lose inferior behind below
before | after
include | exclude omit
easy simple | hard difficult complex
cheap inexpensive affordable | expensive costly
always often frequent usual | rare seldom sometimes
same identical equal unchanged similar alike preserve | different differ distinct change alter
agree consistent match | disagree conflict contradict diverge
accept | reject refuse
add | remove drop delete
correct right accurate true factual | incorrect wrong inaccurate false
possible able | impossible unable
parallel simultaneous | serial sequential
static | dynamic
manual human hand | automatic machine
short brief | long lengthy
positive | negative
overconfident | underconfident
teacher | student
expert | amateur
forward | reverse backward
encoder | decoder
input | output
rich abundant | scarce poor
general generic | special specific specialise
"""

# Words that set two parties against each other: which of them stands where is the claim.
_CONTESTS = """outperform beat surpass exceed overtake win superior trail lag inferior better worse cheap costly
expensive fast slow high low more less fewer great accurate robust common"""

_PARTIES = """small large tiny weak strong teacher student expert amateur human machine supervisor draft target edge
cloud existing baseline"""

_ACRONYMS = {
    "ai": "artificial intelligence",
    "cot": "chain of thought",
    "icl": "in-context learning",
    "kb": "knowledge base",
    "kd": "knowledge distillation",
    "llm": "large language model",
    "lm": "language model",
    "ml": "machine learning",
    "moe": "mixture of experts",
    "ner": "named entity recognition",
    "nlg": "natural language generation",
    "nli": "natural language inference",
    "nlp": "natural language processing",
    "nlu": "natural language understanding",
    "plm": "pretrained language model",
    "qa": "question answering",
    "rag": "retrieval augmented generation",
    "rl": "reinforcement learning",
    "slm": "small language model",
    "sm": "small model",
}

# Comparatives and past tenses that stemming does not lead back.
_IRREGULAR = {
    "bigger": "big", "cheaper": "cheap", "chose": "choose", "chosen": "choose", "costlier": "costly", "easier": "easy",
    "faster": "fast", "greater": "great", "harder": "hard", "higher": "high", "larger": "large", "largest": "large",
    "lower": "low", "quicker": "quick", "smaller": "small", "smallest": "small", "slower": "slow", "stronger": "strong",
    "taught": "teach", "trained": "train", "weaker": "weak", "written": "write", "wrote": "write", "beaten": "beat",
    "longer": "long", "shorter": "short", "simpler": "simple", "made": "make", "drawn": "draw", "lighter": "light",
}  # fmt: skip


def stem(word: str) -> str:
    """Return a word's stem, comparatives and past tenses led back to the word itself."""
    lower = word.lower()
    return stems([_IRREGULAR.get(lower, lower)])[0]


@cache
def axes() -> dict[str, tuple[tuple[int, int], ...]]:
    """Return, for each stem that has an opposite, the axes it lies on and its direction there, +1 or -1."""
    found: dict[str, list[tuple[int, int]]] = {}
    lines = " ".join(line if line.startswith("|") else f"\n{line}" for line in _AXES.strip().splitlines())
    for axis, line in enumerate(lines.strip().splitlines()):
        for direction, words in zip((1, -1), line.split("|"), strict=True):
            for one in dict.fromkeys(map(stem, words.split())):
                found.setdefault(one, []).append((axis, direction))
    return {one: tuple(places) for one, places in found.items()}


@cache
def contests() -> frozenset[str]:
    """Return the stems of words that have two sides, of which each must stay on its own."""
    return frozenset(map(stem, _CONTESTS.split()))


@cache
def parties() -> frozenset[str]:
    """Return the stems of words by which two parties are told apart where they have no names."""
    return frozenset(map(stem, _PARTIES.split()))


def expansion(token: str) -> str | None:
    """Return what an acronym of the field stands for, None for any other word."""
    bare = token.removesuffix("s") if token[:2].isupper() else token
    return _ACRONYMS.get(bare.lower()) if any(c.isupper() for c in bare[1:]) else None
