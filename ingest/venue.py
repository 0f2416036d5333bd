"""A venue label taken apart: "Findings of ACL 2024" -> ACL, 2024, findings; and labels told from other words."""

import re
from dataclasses import dataclass
from typing import Literal

VenueType = Literal["findings", "workshop", "preprint", "journal"]

_YEAR = re.compile(r"\b(19|20)\d\d\b")
_FINDINGS = re.compile(r"\bfindings(?: of)?(?: the)?\b:?", re.IGNORECASE)
_PREPRINT_SERVERS = frozenset({"arxiv", "biorxiv", "medrxiv", "corr", "preprint"})
_PAIRS = {"(": ")", "[": "]"}
# Conferences, journals and archives as lists abbreviate them.
_KNOWN = frozenset(
    """aaai aacl aamas accv acl acm acml acssc aied aij aistats alt amia annals apsec arxiv asplos asru ase assets
    atc aaclijcnlp automl bionlp biorxiv bmvc blackboxnlp brain bigdata cacm cade case cav cc ccs cec cell cgf
    cgo chi cidr cikm cl coling collas colm colt conll corl corr cscw csur cvpr cvprw cvm dac dasfaa date dcc
    dsn eaai eacl eaamo ec eccv eccvw ecai ecir ecml edbt edm elife emnlp emsoft ese esem eswc eurosys eusipco
    expert facct fast fccm findings focs fpga fse fg gecco globecom gis hci hpca hpdc icann icaps icassp icc
    iccad iccd iccps iccv iccvw icde icdar icdcs icdm icfp icip iclr icmi icml icmlw icme icpc icpe icpp icpr
    icra icse icsme icsr ics icwsm ieee iip ijcai ijcnlp ijcnn ijcv imc imwut infocom inlg interspeech ijrr
    ipdps iros isbi isca iscas islped ismar ismir ispd issre issta iswc itsc iui iv iwslt jair jama jasist
    jbhi jmlr jss jstars kais kbs kdd kr l4dc lak lics log lrec media medrxiv micai miccai micro midl mlhc
    mlsys mm mmm mmsys mobicom mobihoc mobisys mobile mpi naacl nature ndss neco neurips neuripsw
    neurocomputing neuroimage nips nlpcc nsdi nsr oakland odyssey oopsla osdi pact pacmpl pakdd patterns pets
    pldi plos pmlr pnas podc podmp pods popl ppopp ppsn preprint preprints prl pr pvldb qip ral recsys rep4nlp
    rlc rss ruletml s&p saner sat sc science sdm sec semeval sensys sensors sigcomm sigdial sigdoc siggraph
    sigir sigirap sigkdd sigmetrics sigmod signll slt soda sosp spawc sp spl stoc sustainlp tacas tacl taslp
    tbd tcad tcsvt tcyb tdsc tecs ted tgrs thewebconf thewebconference tifs tip tis tist titb tits tiv tkdd
    tkde tlt tmc tmi tmis tmlr tmm tnnls tnsm toce tochi tocs tods tog toga tois tokd toit tomm tomccap tops
    tors tosem tpami t-pami tpds tplp tqe trec tro t-ro trustcom tsc tse tsg tsp tvcg tweb tvt uai ubicomp
    uist umap usenix vcip vldb vldbj vr vis wacv wbc webconf wiml wims wmt wnut wsc wsdm wsom wwwj www *sem
    sigspatial 3dv acmmm neurocomput naturecomm openreview techreport""".split()
)
# Words that stand beside a venue's name.
_AROUND = frozenset(
    """accepted acm advances annual at best by communications conf conference demo demonstrations dec extended findings
    ieee in industry international intl journal letters long main meeting notable of on oral paper poster preprint proc
    proceedings review series short special spotlight springer submission submitted symposium system systems the to top
    track transactions trans under volume vol workshop workshops w and for""".split()
)
_PHRASES = re.compile(
    r"\b(?:arxiv preprint|technical report|nature \w+|science \w+|pattern recognition|neural networks|ph\.?d\.? thesis"
    r"|the web conference|communications of the acm|information fusion|acm computing surveys|acm mm|acm multimedia"
    r"|under review|artificial intelligence review|knowledge-based systems|expert systems with applications"
    r"|scientific reports|scientific data|machine intelligence research|neural computation|machine learning journal"
    r"|(?:ieee|acm|springer) (?:transactions|trans\.|access|journal|internet|signal|communications|computer)\b)",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"^\W+")  # stars and the like
_GLUED = re.compile(r"([A-Za-z]{2})[-_ ]?['’‘`]?((?:19|20)?\d\d)(?!\d)")
_MONTH = re.compile(r"\b((?:19|20)\d\d)[./-](?:0?[1-9]|1[0-2])\b")
_BEFORE = re.compile(
    r"^(?:(?:in|at|published in|to appear in|proc\.?|proceedings)\s+)+(?:of\s+)?(?:the\s+)?", re.IGNORECASE
)
_ARXIV = re.compile(r"^arxiv(?:\s+preprint)?(?:\s*:?\s*arxiv)?(?:[:\s]*\d{4}\.\d{4,5})?", re.IGNORECASE)
_VOLUME = re.compile(r"\s+(?!(?:19|20)\d\d$)\d[\d.]*$")
_REMARKS = re.compile(
    r"\b(?:oral|spotlight|poster|main(?: conference)?|long|short|accepted(?: (?:by|at|to))?|submission"
    r"|submitted(?: to)?|best (?:student )?paper(?: award)?"
    r"|under review|highlight|top[- ]?\d+%?|notable|award|honou?rable mention)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 8  # of a venue label


@dataclass(frozen=True, slots=True)
class Venue:
    """Where and when a paper appeared, as far as its label says."""

    name: str | None
    year: int | None
    type: VenueType | None


def parse_venue(label: str) -> Venue:
    """Split a label such as "NeurIPS 2023", "arXiv 2024" or "Findings of ACL 2024"."""
    found = _YEAR.search(label)
    year = int(found.group()) if found else None
    name = label[: found.start()] + label[found.end() :] if found else label
    kind: VenueType | None = None
    if _FINDINGS.search(name):
        name, kind = _FINDINGS.sub("", name), "findings"
    elif "workshop" in name.casefold():
        kind = "workshop"
    name = _stripped(" ".join(name.replace("()", "").split()))
    if name.casefold() in _PREPRINT_SERVERS:
        kind = "preprint"
    return Venue(name or None, year, kind)


def _stripped(name: str) -> str:
    """Return a name without marks around it; a bracket at its end stays where the name opens it."""
    while name:
        kept = name.strip(" ,;:")
        if (
            kept[-1:] in _PAIRS.values()
            and any(a in kept for a, b in _PAIRS.items() if b == kept[-1])
            and (kept[0] not in _PAIRS)
        ):
            return kept
        kept = kept.strip("()[]")
        if kept == name:
            break
        name = kept
    return name


def label_in(text: str) -> str:
    """Return the text as a venue label with its year in full, "" where it is none.

    >>> label_in("ACL2024-findings"), label_in("NeurIPS'23 (Oral)"), label_in("a model of a venue")
    ('ACL 2024 findings', 'NeurIPS 2023', '')
    """
    text = _SIGNS.sub("", text.strip(" .,;:()[]{}|*_`\"“”'"))
    if not text or len(text) > 100:
        return ""
    text = _MONTH.sub(r"\1", _BEFORE.sub("", text))
    spread = _GLUED.sub(lambda found: f"{found.group(1)} {_full(found.group(2))} ", text)
    spread = re.sub(r"[\s_]+", " ", spread.replace("-", " ") if "t-" not in spread.casefold() else spread)
    names = re.findall(r"[A-Za-z&*][A-Za-z&*.+-]*", spread)
    if not names or len(names) > _MOST_WORDS:
        return ""
    known = [name for name in names if name.strip(".").casefold() in _KNOWN]
    phrase = _PHRASES.search(spread)
    rest = spread.replace(phrase.group(), "") if phrase else spread
    others = [word for word in re.findall(r"[A-Za-z&*]+", rest) if not word.isupper()]
    others = [word for word in others if word.casefold() not in _KNOWN and word.casefold() not in _AROUND]
    phrased = phrase is not None and (not others or phrase.group()[:4].casefold() in ("ieee", "acm ", "spri"))
    if not phrased and (not known or len(others) > len(known)):
        return ""
    sure = (
        phrased
        or any(sum(map(str.isupper, name)) >= 2 for name in known)
        or bool(_YEAR.search(spread))
        or len(names) == 1
    )
    if not sure:
        return ""  # a word of the language that is a venue's name too
    label = _stripped(" ".join(_REMARKS.sub("", spread).replace("()", "").split()))
    label = _VOLUME.sub("", _ARXIV.sub("arXiv", label))
    return label.strip()


def _full(year: str) -> str:
    if len(year) == 4:
        return year
    return f"20{year}" if int(year) < 50 else f"19{year}"
