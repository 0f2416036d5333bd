"""Every format, changed at random: papers, refusals or one clear error; never a traceback, never a hang.

FOOTNOTE_MUTATIONS sets how many changes of each format are tried; the bar is 10,000.
"""

import gzip
import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import InputError

from .test_formats import ARXIV, BIBTEX, CSL, CSV, OPENALEX, RIS, SCHOLAR, workbook
from .test_lists import BOLD_OVER_LINES, COLUMNS, HTML, LINKED_TITLES, NESTED, PARAGRAPHS, TAGS_FIRST
from .whole import read
from .zotero_files import small_library

MUTATIONS = int(os.environ.get("FOOTNOTE_MUTATIONS", "250"))
_SLOWEST = 5.0  # seconds for a file of a few thousand bytes, on a busy machine

LINES = "\n".join(json.dumps(record) for record in (CSL, OPENALEX, SCHOLAR, ARXIV, {"title": "A", "authors": "B; C"}))
FORMATS: dict[str, str | Callable[[Path], bytes]] = {
    "a.md": LINKED_TITLES + BOLD_OVER_LINES + TAGS_FIRST,
    "b.md": NESTED + COLUMNS + PARAGRAPHS,
    "a.html": HTML,
    "a.bib": BIBTEX,
    "a.ris": RIS,
    "a.json": json.dumps({"items": [CSL, OPENALEX, SCHOLAR, ARXIV]}, indent=1),
    "a.jsonl": LINES,
    "a.csv": CSV,
    "a.tsv": CSV.replace(",", "\t"),
    "a.xlsx": lambda folder: workbook(folder / "base.xlsx").read_bytes(),
    "zotero.sqlite": lambda folder: small_library(folder / "base.sqlite").read_bytes(),
    "a.jsonl.gz": lambda _: gzip.compress(LINES.encode(), mtime=0),
}
_PIECES = [
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"'",
        b"\\",
        b"@",
        b"#",
        b"=",
        b",",
        b";",
        b"\t",
        b"|",
        b"<",
        b">",
        b"&",
        b"$",
        b"%",
    ),
    *(
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\x1a",
        b"\x85",
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa8",
    ),
    *(
        b"null",
        b"NaN",
        b"1e999",
        b"-1",
        b"true",
        b"{}",
        b"[]",
        b'""',
        b"\\u0000",
        b"\\ud800",
        b"@string{a=",
        b"@article{",
    ),
    *(
        b"crossref={a}",
        b"TY  - ",
        b"ER  - ",
        b"\\'{",
        b"\\u{",
        b"<td>",
        b"</table>",
        b"<!--",
        b"](http://[x)",
        b"| Title |",
    ),
    *(
        b"https://",
        b"10.1234/",
        b"9" * 400,
        b"{" * 300,
        b"[" * 300,
        b'"' * 301,
        b"\\" * 99,
        b" " * 500,
        "é数🔥".encode(),
    ),
]


def mutated(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at = chance.randrange(len(content) + 1)
        length = chance.choice((1, 2, 8, 60, 400))
        match chance.randrange(6):
            case 0:
                content = content[:at] + content[at + length :]
            case 1:
                content = content[:at] + chance.choice(_PIECES) + content[at:]
            case 2:
                content = content[:at] + content[at : at + length] * 2 + content[at + length :]
            case 3:
                content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
            case 4:
                other = chance.randrange(len(content) + 1)
                content = content[:at] + content[other : other + length] + content[at + length :]
            case _:
                content = (
                    content[:at] if chance.random() < 0.3 else content[:at] + chance.choice(_PIECES) + content[at + 1 :]
                )
    return content


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_changed_at_random_is_read_or_refused_in_one_line(tmp_path: Path, name: str) -> None:
    base = FORMATS[name]
    content = base.encode() if isinstance(base, str) else base(tmp_path)
    path = tmp_path / name
    read_whole = 0
    for seed in range(MUTATIONS):
        path.write_bytes(mutated(content, random.Random(f"{name} {seed}")))
        start = time.process_time()
        try:
            reading = read(path)
        except InputError as error:
            message = str(error)
            assert len(message.splitlines()) == 1 and message.isprintable() and len(message) < 1500, seed
        else:
            read_whole += 1
            for remark in (*reading.repeated, *reading.refused, *reading.warnings):
                assert remark.line >= 1 and len(remark.reason.splitlines()) == 1, (seed, remark)
            json.dumps([paper.to_dict() for paper in reading.papers]).encode()
        took = time.process_time() - start
        assert took < _SLOWEST, f"{name}, change {seed}: {took:.1f} s"
    # A document of JSON that breaks off, or a broken zip, gzip or database file, is one error, as it should be.
    assert name.endswith((".xlsx", ".gz", ".json", ".sqlite")) or read_whole > MUTATIONS / 3
