"""What the words of a link or badge in a list say: paper, code, something else, or a title."""

import re
from typing import Literal
from urllib.parse import unquote, urlsplit

from .links import identify, is_paper_host, is_web_link
from .text import fold
from .venue import label_in

Kind = Literal["paper", "code", "other"]

_PAPER = frozenset(
    """paper papers pdf pdfs arxiv abs abstract html openreview doi acl anthology preprint manuscript fulltext full
    text publication ieee ieeexplore xplore acm springer cvf cvpr sciencedirect elsevier biorxiv medrxiv proceedings
    journal pmlr jmlr neurips nips iclr icml emnlp naacl aaai ijcai ssrn hal scholar 论文 原文 pp version v1 v2 v3
    techreport report technical mdpi wiley nature eprint ps camera ready extended original article
    论文地址 论文链接 论文下载""".split()
)
_CODE = frozenset(
    """code codes github gitlab git repo repository implementation implementations pytorch tensorflow tf keras jax
    torch caffe matlab mxnet paddle source star stars python 代码 代码地址 代码链接 源码 codebase""".split()
)
_OTHER = frozenset(
    """blog post blogpost slide slides ppt pptx video videos talk youtube poster website site web webpage page homepage
    project projects demo demos data dataset datasets model models weights checkpoint checkpoints ckpt hugging face
    huggingface hf modelscope colab notebook docs doc documentation bibtex bib cite citation citations tweet twitter x
    thread news review reviews tutorial supplementary supplement supp suppl supplemental material materials appendix
    note notes summary explanation medium zhihu 知乎 bilibili csdn playground leaderboard benchmark api book course
    download here read more info wiki wikipedia discord slack email license media press podcast results pretrained
    kaggle space spaces spotlight reddit linkedin announcement release interview app image images ci survey
    项目 主页 项目主页 博客 数据集""".split()
)
_FILLER = frozenset("the official unofficial link links and or our by at on in of to for 链接 url with".split())
_CODE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com", "github.io/code")
_MIRRORS = ("ar5iv.", "alphaxiv.org", "papers.cool", "paperswithcode.com/paper", "huggingface.co/papers/")
_NUMBER = re.compile(r"(?:arxiv\s*:?\s*)?\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+/\d{7}", re.IGNORECASE)
_DATE = re.compile(
    r"""(?:19|20)\d\d(?:\s*[./年-]\s*\d{1,2}(?:\s*[./月-]\s*\d{1,2})?)?[月日]?|\d{1,2}[./-](?:19|20)\d\d
    |(?:\d{1,2}\s+)?(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?,?(?:\s+\d{1,2}\s*,)?\s*(?:19|20)\d\d""",
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+(?:['’.+#&-][^\W_]+)*")


def words(text: str) -> list[str]:
    """Return the words of a text, without punctuation."""
    return _WORD.findall(text)


def is_date(text: str) -> bool:
    """Tell whether a text is a year or date and nothing else."""
    return bool(_DATE.fullmatch(text.strip(" .,;:()[]|")))


def date_in(text: str) -> str:
    """Return the first year or date in a text, "" if there is none."""
    found = _DATE.search(text)
    return found.group() if found else ""


def label(text: str) -> Kind | None:
    """Tell what a link calls what it leads to; None where its words are more than a label."""
    text = fold(text).strip(" .,;:!()[]{}|/\\*_-–—·")
    if not text or _NUMBER.fullmatch(text) or is_date(text) or is_web_link(text) or not any(map(str.isalpha, text)):
        return "paper" if text and not is_web_link(text) else "other"
    said = [word for part in words(text.casefold()) for word in re.split(r"[+&'’.-]", part) if word]
    said = [word for word in said if word not in _FILLER and not word.isdigit()]
    if len(said) <= 4 and all(word in _PAPER or word in _CODE or word in _OTHER for word in said):
        for kind, known in (("paper", _PAPER), ("code", _CODE)):
            if any(word in known for word in said):
                return kind  # type: ignore[return-value]
        return "other"
    return "paper" if label_in(text) else None


def leads_to(url: str) -> Kind:
    """Tell by its address what a link leads to."""
    if is_paper_link(url):
        return "paper"
    bare = url.casefold().partition("://")[2].removeprefix("www.")
    if bare.partition("?")[0].endswith((".pdf", ".ps")):
        return "paper"
    return "code" if bare.startswith(_CODE_HOSTS) else "other"


def is_paper_link(url: str) -> bool:
    """Tell whether a link leads to a paper on the site of a publisher or archive, or a mirror of one."""
    if not is_web_link(url):
        return False
    bare = url.casefold().partition("://")[2].removeprefix("www.")
    if bare.startswith(_MIRRORS):
        return True
    parts = urlsplit(url)
    return is_paper_host(url) and (bool(parts.path.strip("/")) or bool(parts.query)) and not _is_listing(url)


def _is_listing(url: str) -> bool:
    """Tell whether the link leads to a publisher's list or profile, not to one paper."""
    path = urlsplit(url).path.casefold()
    return bool(
        re.match(r"/(?:list|search|group|profile|author|venues|events|volumes|a)/|/search|/journal/?$", path)
    ) and (identify(url).arxiv_id is None)


def badge(image: str, alt: str = "") -> str:
    """Return what a badge of shields.io shows, as its address has it: .../badge/PDF-ICML 2024-10868.

    Other images show what is said in their stead.
    """
    if is_web_link(image):
        parts = urlsplit(image)
        if parts.hostname == "img.shields.io" and parts.path.startswith("/badge/"):
            # shields.io writes a dash as --, an underscore as __ and a blank as _.
            fields = unquote(parts.path.removeprefix("/badge/")).replace("--", "\0").split("-")
            shown = fields[1] if len(fields) == 3 else fields[0]
            if len(fields) == 3 and is_date(shown):
                shown = label_in(f"{fields[0]} {shown}") or shown  # .../badge/ACL-2024-blue
            return shown.replace("\0", "-").replace("__", "\1").replace("_", " ").replace("\1", "_")
    return alt
