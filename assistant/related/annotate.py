"""A copy of a draft with comments where a citation is suggested, or looks wrong; the draft itself stays as it is."""

import codecs
import os
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import InputError
from ingest.paper import Paper

from ..drafts import Draft, DraftSentence, Place
from ..drafts.folder import LARGEST_TEXT, decode, read_bytes
from ..export.file import check_free, write_file
from . import comments, safe_lines
from .keys import all_keys
from .result import Related

_MOST = 3  # papers named for one sentence
_SHOWN = 60  # characters of a sentence
_TEX = frozenset({".tex", ".ltx", ".latex"})
_MARKDOWN = frozenset({".md", ".markdown"})
_BIBLIOGRAPHIES = frozenset({".bib", ".bbl"})
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

Comment = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say of a sentence, and the papers that it names by their keys."""

    sentence: DraftSentence
    said: str
    papers: Sequence[Paper]

    @property
    def text(self) -> str:
        """It in a line that names the sentence."""
        words = textwrap.shorten(self.sentence.text, _SHOWN, placeholder=" ...")
        return f'{self.sentence.place} "{words}" {self.said}'


def annotate(related: Related, path: Path, copy: Path, replace: bool = False) -> list[Path]:
    """Write a copy of the draft that lies at `path`, with comments; return the files written.

    Without the lines of its comments each copy is the original, byte for byte.

    Args:
        copy: a file; or a folder, in which the draft's files lie as they do beside it, and which it must be
            where the draft includes others.
        replace: whether files that are there already may be replaced; the draft's own never are.

    Raises:
        InputError: the draft is neither LaTeX nor Markdown, the copy would lie on it, or cannot be written.
    """
    draft = related.draft
    targets = copies(draft, path, copy, replace)
    contents = {name: read_bytes(_source(draft, path, name), name, LARGEST_TEXT) for name in targets}
    is_tex = path.suffix.lower() in _TEX
    remarks = [(remark.sentence.place, remark.text) for remark in suggestions(related)]
    if is_tex and any(safe_lines.is_strange(decode(content, name)[0]) for name, content in contents.items()):
        # Nowhere but at the beginning of the draft is a comment sure to be one.
        remarks = [(Place(draft.name, 1), text) for _, text in remarks]
    for name, target in targets.items():
        own = [(place.line, text) for place, text in remarks if place.file == name]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{target.parent} cannot be made ({error.strerror}); name another folder") from error
        write_file([annotated(contents[name], own, is_tex)], target, replace)
    return list(targets.values())


def copies(draft: Draft, path: Path, copy: Path, replace: bool) -> dict[str, Path]:
    """Return where to write each file of the draft, by its name from the draft's folder.

    Raises:
        InputError: as `annotate` does.
    """
    if path.suffix.lower() not in _TEX | _MARKDOWN:
        raise InputError(f"{draft.name} is neither .tex nor .md; expected one of these for --annotate")
    names = [name for name in draft.files if Path(name).suffix.lower() not in _BIBLIOGRAPHIES]
    if len(names) == 1 and not copy.is_dir():
        targets = {names[0]: copy}
    elif copy.is_file() or (not copy.is_dir() and copy.suffix.lower() in _TEX | _MARKDOWN):
        raise InputError(
            f"{draft.name} consists of {len(names)} files, so its copy is a folder; name one, such as "
            f"--annotate {copy.with_suffix('').name}"
        )
    else:
        targets = {name: copy / name for name in names}
    for name in names:
        if not _source(draft, path, name).is_file() or Path(name).is_absolute():
            raise InputError(f"{name!r} cannot be found beside {draft.name} under this name; give it a plainer one")
    check_targets(draft, path, targets.values(), replace)
    return targets


def check_targets(draft: Draft, path: Path, targets: Iterable[Path], replace: bool) -> None:
    """Raise InputError where a file to be written is one of the draft's own, or is there and must not be replaced."""
    own = [file for file in (path, *draft.named) if os.path.exists(file)]  # noqa: PTH110 - false of a name too long
    for target in targets:
        if target.exists() and any(target.samefile(file) for file in own):
            raise InputError(f"{target} is a file of the draft, which is never changed; name another")
        check_free(target, replace)


def named(related: Related) -> list[Paper]:
    """Return the papers that the comments name by their keys, each once."""
    return list({paper.id: paper for remark in suggestions(related) for paper in remark.papers}.values())


def suggestions(related: Related) -> list[Remark]:
    """Return what there is to say of the draft's sentences, in order."""
    keys = all_keys(related)

    def told(paper: Paper, more: str = "") -> str:
        return f"{keys[paper.id]} ({paper.title}{more})"

    found: list[Remark] = []
    for doubt in related.doubtful:
        better = [doubt.better.paper] if doubt.better else []
        said = f"cites {doubt.key}, which hardly supports it: {doubt.check.reason}"
        found.append(Remark(doubt.sentence, "; better: ".join([said, *map(told, better)]), better))
    for claim in related.claims:
        papers = [check.paper for check in claim.checks[:_MOST]]
        said = f"cites nothing; its claim is supported by {'; '.join(map(told, papers))}"
        found.append(Remark(claim.sentence, said, papers))
    claimed = {(claim.sentence, check.paper.id) for claim in related.claims for check in claim.checks}
    wanting: dict[DraftSentence, list[tuple[float, Paper]]] = {}
    for suggestion in related.missing:
        for wanted in suggestion.wanted_by:
            if (wanted.sentence, suggestion.paper.id) not in claimed:
                wanting.setdefault(wanted.sentence, []).append((wanted.confidence, suggestion.paper))
    for sentence, pairs in wanting.items():
        best = sorted(pairs, key=lambda pair: -pair[0])[:_MOST]
        said = "; ".join(told(paper, f"; {confidence:.2f}") for confidence, paper in best)
        found.append(Remark(sentence, f"may want what the draft does not cite: {said}", [paper for _, paper in best]))
    order = {sentence: i for i, sentence in enumerate(related.draft.sentences)}
    return sorted(found, key=lambda remark: (remark.sentence.place, order[remark.sentence]))


def annotated(content: bytes, remarks: Sequence[tuple[int, str]], is_tex: bool) -> bytes:
    """Return a file with remarks, each given with a line, as comments on lines of their own."""
    text, _ = decode(content, "the draft")
    safe = sorted(safe_lines.in_tex(text) if is_tex else safe_lines.in_markdown(text))
    comment: Comment = comments.in_tex if is_tex else comments.in_markdown
    before: dict[int, list[str]] = {}
    for line, remark in remarks:
        before.setdefault(safe_lines.last_before(line, safe), []).append(remark)
    return b"".join(_inserted(content, before, comment))


def _inserted(content: bytes, before: Mapping[int, Sequence[str]], comment: Comment) -> Iterator[bytes]:
    """Yield a file's bytes as they are, with comments, in its own encoding and line ends, before some lines."""
    wide = next(((bom, name) for bom, name in _WIDE if content.startswith(bom)), None)
    bom = wide[0] if wide else codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    # Latin-1 has a letter for every byte, so that what is no line end goes through untouched.
    raw = wide[1] if wide else "latin-1"
    encoding = wide[1] if wide else _encoding(content)
    yield bom
    lines = _LINE.findall(content[len(bom) :].decode(raw))
    ends = [line[len(line.rstrip("\r\n")) :] for line in lines]
    usual = max(set(ends) - {""}, key=ends.count, default="\n")
    for number, line in enumerate(lines, 1):
        # A lone carriage return before a line feed would be read as one end of line.
        end = "\r\n" if usual == "\r" and line.startswith("\n") else usual
        for remark in before.get(number, ()):
            yield comment(remark, end).encode(encoding, "replace")
        yield line.encode(raw)


def _encoding(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _source(draft: Draft, path: Path, name: str) -> Path:
    return path if name == draft.name else path.parent / name
