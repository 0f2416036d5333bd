"""PDF -> paragraphs and headings, read by a process of its own with bounds on memory and time."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from ingest.errors import InputError

from . import plain
from .draft import Place
from .in_prose import Part

_SECONDS = 60  # on the clock; the worker's own bound is on processor time
_WORKER = Path(__file__).with_name("pdf_worker.py")
_HYPHEN = re.compile(r"([^\W\d_]+)-$")
_NUMBER_ALONE = re.compile(r"\W*\d{0,4}\W*")
_ENTRY = re.compile(r"\[\d{1,4}\]\s|\d{1,3}\.\s+[A-Z]")
_SHORT = 0.75  # of the usual length: a line that ends a sentence and is shorter ends its paragraph


def read(content: bytes, name: str) -> tuple[list[Part], str]:
    """Return the parts of a PDF, whose places are pages, and a warning or nothing.

    Columns are read in the file's own order, which is mostly the right one.

    Raises:
        InputError: it is encrypted, damaged, has no text, or takes more memory or time than a draft may.
    """
    pages, of = _pages(content, name)
    if not any(c.isalpha() for page in pages for c in page):
        raise InputError(
            f"{name} has no text in its {of} pages, only pictures; recognise it first, for example: "
            f"ocrmypdf {name} with-text.pdf"
        )
    warning = f"only the first {len(pages)} of {of} pages were read" if len(pages) < of else ""
    return plain.parts(_paragraphs(list(_lines(pages, name)))), warning


def _pages(content: bytes, name: str) -> tuple[list[str], int]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_WORKER)],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            env={"LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"{name} takes more than {_SECONDS} s to read; print it to a new PDF and try that one"
        ) from error
    if done.returncode:
        raise InputError(
            f"{name} takes more time or memory than a draft should; print it to a new PDF and try that one"
        )
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise InputError(f"{name} {answer['error']}")
    return answer["pages"], answer["of"]


def _lines(pages: Sequence[str], name: str) -> Iterator[tuple[str, Place]]:
    """Yield the lines of all pages without what is printed on each: running heads, page numbers."""
    cut = [[line.strip() for line in page.replace("\u00ad\n", "-\n").splitlines() if line.strip()] for page in pages]
    edges = Counter(re.sub(r"\d+", "#", line) for lines in cut for line in {*lines[:2], *lines[-2:]})
    for number, lines in enumerate(cut, 1):
        for i, line in enumerate(lines):
            at_edge = i < 2 or i >= len(lines) - 2
            repeated = len(pages) > 2 and edges[re.sub(r"\d+", "#", line)] > len(pages) / 2
            if not (at_edge and (repeated or _NUMBER_ALONE.fullmatch(line))):
                yield line, Place(name, number)


def _paragraphs(lines: Sequence[tuple[str, Place]]) -> Iterator[tuple[str, Place]]:
    """Yield the lines with words put together that were hyphenated, and a blank one after each paragraph."""
    text = " ".join(line for line, _ in lines).casefold()
    words = {*re.findall(r"[^\W\d_]+", text), *re.findall(r"(?=\b([^\W\d_]+-[^\W\d_]+))", text)}
    usual = median([len(line) for line, _ in lines] or [0])
    carried = ""
    for i, (printed, place) in enumerate(lines):
        line, carried = carried + printed, ""
        following = lines[i + 1][0] if i + 1 < len(lines) else ""
        if (found := _HYPHEN.search(line)) and following[:1].islower():
            second = re.match(r"[^\W\d_]+", following)
            compound = f"{found.group(1)}-{second.group() if second else ''}".casefold()
            # A word written with its hyphen elsewhere keeps it; any other was cut by the line's end.
            keep = compound in words and compound.replace("-", "") not in words
            carried = line if keep else line[:-1]
            continue
        if _ENTRY.match(line):
            yield "", place
        yield line, place
        if line.endswith((".", "!", "?", ".”")) and len(line) < _SHORT * usual:
            yield "", place
    if carried:
        yield carried, lines[-1][1]
