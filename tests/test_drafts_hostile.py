"""Broken and hostile drafts: one clear line or a good reading, within bounds, and never a look outside the folder."""

import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from assistant.drafts import Draft, read
from ingest.errors import InputError

from .conftest import ROOT
from .draft_files import column, docx, encrypted, pdf, with_member

MIB = 2**20
WORDS = "Small models are cheap. "
SECRET = "TheSecretOutside"


def zeros(size: int) -> bytes:
    """Return a FlateDecode stream of `size` bytes, made without holding them."""
    packer = zlib.compressobj(9)
    chunks = [packer.compress(b"0 " * (MIB // 2)) for _ in range(size // MIB)]
    return b"".join([*chunks, packer.flush()])


def zip_of(size: int) -> bytes:
    out = BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/document.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(size // MIB):
            member.write(b" " * MIB)
    return out.getvalue()


def many_members() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(6_000):
            archive.writestr(f"m{i}", b"")
    return out.getvalue()


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (ord("b") + i, b"&%c;" % (ord("a") + i) * 10) for i in range(9))
    + b']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
    b"<w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
    b"<w:t>Words &a;</w:t></w:r></w:p></w:body></w:document>"
)
DEEP_XML = b"<w:d xmlns:w='w'>" + b"<w:p>" * 100_000 + b"</w:p>" * 100_000 + b"</w:d>"
DOUBLING = "".join(f"\\newcommand\\m{chr(98 + i)}{{\\m{chr(97 + i)}\\m{chr(97 + i)}}}" for i in range(25))

# name of the file, its content, words of the error. All are refused in one line.
REFUSED: dict[str, tuple[str, bytes | Callable[[], bytes], str]] = {
    "empty": ("a.tex", b"", "is empty"),
    "blank": ("a.md", b" \n\t\n", "is empty"),
    "byte order mark alone": ("a.txt", b"\xef\xbb\xbf", "is empty"),
    "20 MB line": ("a.tex", b"x" * 20_000_000, "MiB"),
    "20 MB line of text": ("a.txt", b"word " * 4_000_000, "MiB"),
    "100 MB": ("a.pdf", b"%PDF-1.4" + b"0" * 100_000_000, "MiB"),
    "NUL bytes": ("a.tex", WORDS.encode() + b"\0" * 50, "is no text"),
    "random bytes": ("a.tex", bytes(range(256)) * 40, "is no text"),
    "control characters": ("a.txt", b"\x01\x02\x03\x1b\x07" * 100, "is no text"),
    "an old Word file": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "save it as .docx"),
    "an old Word file called docx": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "save it as .docx"),
    "rich text": ("a.rtf", b"{\\rtf1 Words}", "save it as .docx"),
    "gzip": ("a.tex", b"\x1f\x8b\x08" + b"0" * 100, "unpack it"),
    "an unknown suffix": ("a.odt", b"words", "expected .tex, .md, .txt, .docx or .pdf"),
    "text called pdf": ("a.pdf", WORDS.encode(), "is no .pdf file"),
    "text called docx": ("a.docx", WORDS.encode(), "is no .docx file"),
    "tex without text": ("a.tex", rb"\documentclass{article}\begin{document}\end{document}", "no text"),
    "only a comment": ("a.tex", b"% nothing here", "no text"),
    "only code": ("a.md", b"```\ncode\n```\n", "no text"),
    "only punctuation": ("a.txt", b"... !!! ???", "no text"),
    "macro that calls itself": ("a.tex", rb"\newcommand{\a}{x\a\a} Words \a", "macros expand"),
    "macros that call each other": ("a.tex", rb"\def\a{\b\b}\def\b{\a\a} Words \a", "macros expand"),
    "macros that double": ("a.tex", (DOUBLING + r"\newcommand\ma{words }\mz").encode(), "macros expand"),
    "macros that double their arguments": (
        "a.tex",
        rb"\newcommand{\d}[1]{#1#1} " + rb"\d{" * 40 + b"x" + b"}" * 40,
        "macros expand",
    ),
    "a long default, many times": (
        "a.tex",
        rb"\newcommand{\d}[1]{" + b"#1 " * 3000 + rb"} " + rb"\d{" + b"w " * 3000 + b"}",
        "expands to",
    ),
    "quotes nested deep": ("a.md", b">" * 5000 + b" Words.", "nested"),
    "lists nested deep": ("a.md", b"".join(b"  " * i + b"- Word\n" for i in range(500)), "nested"),
    "damaged pdf": ("a.pdf", pdf(column(WORDS))[:200], "a.pdf"),
    "pdf of nothing but its name": ("a.pdf", b"%PDF-1.7\n", "a.pdf"),
    "encrypted pdf": ("a.pdf", lambda: encrypted(pdf(column(WORDS)), "secret"), "is encrypted"),
    "pdf of pictures": ("a.pdf", pdf([], []), "has no text in its 2 pages"),
    "pdf that unpacks to 4 GB": ("a.pdf", lambda: pdf([], compress=zeros(4096 * MIB // 4)), "a.pdf"),
    "pdf with pages in a circle": (
        "a.pdf",
        pdf(column(WORDS)).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"),
        "a.pdf",
    ),
    "zip that is no document": ("a.docx", lambda: zip_of(MIB), "no Word document"),
    "zip bomb": ("a.docx", lambda: zip_of(512 * MIB), "unpacks to 512 MiB"),
    "zip of many members": ("a.docx", many_members, "parts"),
    "truncated docx": ("a.docx", lambda: docx(WORDS)[:-500], "no Word document"),
    "docx with broken xml": (
        "a.docx",
        lambda: with_member(docx(WORDS), "word/document.xml", b"<w:document>"),
        "no Word document",
    ),
    "docx of xml nested deep": (
        "a.docx",
        lambda: with_member(docx(WORDS), "word/document.xml", DEEP_XML),
        "no Word document",
    ),
    "docx without text": ("a.docx", docx, "no text"),
    "docx with a billion laughs": (
        "a.docx",
        lambda: with_member(docx(WORDS), "word/document.xml", BILLION_LAUGHS),
        "a.docx",
    ),
}


# Read, with a warning where there is something to say: the file, its content, words of a warning ("" for none).
READ: dict[str, tuple[str, bytes | Callable[[], bytes], str]] = {
    "latin-1": ("a.tex", "Das Modell läuft über Nacht.".encode("latin-1"), "read as Latin-1"),
    "utf-16": ("a.txt", WORDS.encode("utf-16"), ""),
    "byte order mark": ("a.md", b"\xef\xbb\xbf" + WORDS.encode(), ""),
    "carriage returns": ("a.txt", WORDS.encode().replace(b" ", b"\r\n"), ""),
    "docx called tex": ("a.tex", lambda: docx(WORDS), "is a .docx, whatever its name"),
    "pdf called txt": ("a.txt", pdf(column(WORDS)), "is a .pdf, whatever its name"),
    "an input that is missing": ("a.tex", rb"Small words. \input{gone}", "'gone' is not there"),
    "a .bib that is missing": ("a.tex", rb"Small words. \bibliography{gone}", "'gone' is not there"),
    "input of an absolute path": ("a.tex", rb"Small words. \input{/etc/passwd}", "outside the draft's folder"),
    "input of a path up": ("a.tex", rb"Small words. \input{../secret.tex}", "outside the draft's folder"),
    "input up and round": ("a.tex", rb"Small words. \input{inside/../../secret}", "outside the draft's folder"),
    "input through a link": ("a.tex", rb"Small words. \input{link}", "outside the draft's folder"),
    "include through a linked folder": (
        "a.tex",
        rb"Small words. \include{linked/secret}",
        "outside the draft's folder",
    ),
    "import of a path up": ("a.tex", rb"Small words. \import{../}{secret}", "outside the draft's folder"),
    "bibliography outside": ("a.tex", rb"Small words. \bibliography{../secret}", "outside the draft's folder"),
    "bibliography of a page outside": ("a.md", b"---\nbibliography: ../secret.bib\n---\nSmall words.", "outside"),
    "input by a macro": ("a.tex", rb"\newcommand{\x}{/etc/passwd} Small words. \input{\x}", "is not there"),
    "input of a command": ("a.tex", rb"Small words. \input{|cat /etc/passwd}", "expected the name of a file"),
    "input of a device": ("a.tex", rb"Small words. \input{/dev/zero}", "outside the draft's folder"),
    "input of a pipe": ("a.tex", rb"Small words. \input{pipe}", "is not there"),
    "input of a folder": ("a.tex", rb"Small words. \input{inside}", "is not there"),
    "input of a long name": ("a.tex", rb"Small words. \input{" + b"n" * 2000 + b"}", "can be looked up"),
    "input of itself": ("a.tex", rb"Small words. \input{a}", "includes itself"),
    "inputs in a circle": ("a.tex", rb"Small words. \input{one}", "includes itself"),
    "links in a circle": ("a.tex", rb"Small words. \input{round}", "not"),
    "a million open braces": ("a.tex", WORDS.encode() + b"{" * MIB, ""),
    "a million closed braces": ("a.tex", WORDS.encode() + b"}" * MIB, ""),
    "a million nested braces": ("a.tex", WORDS.encode() + b"{" * 900_000 + b"}" * 900_000, ""),
    "macros nested deep": ("a.tex", WORDS.encode() + rb"\emph{" * 100_000, ""),
    "footnotes nested deep": ("a.tex", WORDS.encode() + rb"\footnote{" * 50_000 + b"x", ""),
    "headings nested deep": ("a.tex", WORDS.encode() + rb"\section{" * 50_000 + b"x", ""),
    "citations nested deep": ("a.tex", WORDS.encode() + rb"\cite{" * 100_000, ""),
    "optional arguments nested deep": ("a.tex", WORDS.encode() + rb"\cite[" * 100_000, ""),
    "environments nested deep": ("a.tex", WORDS.encode() + rb"\begin{x}" * 100_000, ""),
    "equations nested deep": ("a.tex", WORDS.encode() + rb"\begin{align}" * 50_000, "has no \\end"),
    "an open environment": ("a.tex", WORDS.encode() + rb"\begin{tabular} x", "has no \\end"),
    "an open verbatim": ("a.tex", WORDS.encode() + rb"\begin{verbatim} x", "has no \\end"),
    "a lone backslash": ("a.tex", WORDS.encode() + b"\\", ""),
    "signs alone": ("a.tex", WORDS.encode() + b"#$^_&~]}{[%", ""),
    "brackets in a page": ("a.md", WORDS.encode() + b"[" * 500_000, ""),
    "open links in a page": ("a.md", WORDS.encode() + b"[a](" * 200_000, ""),
    "stars in a page": ("a.md", WORDS.encode() + b"*a _b " * 100_000, ""),
    "backticks in a page": ("a.md", WORDS.encode() + b"`a" * 200_000 + b"``", ""),
    "at signs in a page": ("a.md", WORDS.encode() + b"[@" * 200_000 + b"@" * 100_000, ""),
    "tags in a page": ("a.md", WORDS.encode() + b"<a " * 200_000, ""),
    "brackets in a text": ("a.txt", WORDS.encode() + b"(A" * 300_000 + b"[1" * 200_000, ""),
    "a long word": ("a.txt", WORDS.encode() + b"x" * MIB, ""),
    "many names in a text": ("a.txt", WORDS.encode() + b"Lee, " * 200_000 + b"2024", ""),
    "many headings": ("a.txt", WORDS.encode() + b"\n\n1.1 Title\n\n" * 50_000, ""),
    "a broken .bib": ("a.tex", rb"Small words \cite{a}. \bibliography{broken}", ""),
    "a .bib of abbreviations that double": ("a.tex", rb"Small words. \bibliography{strings}", ""),
    "initials without end": ("a.txt", WORDS.encode() + b"[1] A. B, " * 100_000, ""),
    "comments in a page": ("a.md", WORDS.encode() + b"<!--" * 100_000, ""),
    "a .bib that is no text": ("a.tex", rb"Small words. \bibliography{binary}", "is no text"),
    "an input that is no text": ("a.tex", rb"Small words. \input{binary}", "is no text"),
    "a .bib of braces": ("a.tex", rb"Small words. \bibliography{braces}", ""),
    "docx that names a file outside": ("a.docx", lambda: with_member(docx(WORDS), "word/document.xml", OUTSIDE), ""),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A draft's folder with traps in it, beside a secret that no draft may read."""
    around = tmp_path_factory.mktemp("around")
    (around / "secret.tex").write_text(SECRET)
    (around / "secret.bib").write_text(f"@misc{{a, title={{{SECRET}}}}}")
    folder = around / "draft"
    (folder / "inside").mkdir(parents=True)
    (folder / "link.tex").symlink_to("../secret.tex")
    (folder / "linked").symlink_to("..")
    (folder / "round.tex").symlink_to("round.tex")
    (folder / "one.tex").write_text(r"One word. \input{two}")
    (folder / "two.tex").write_text(r"Two words. \input{one}")
    (folder / "broken.bib").write_text("@article{a, title = {Half a title\n@misc{b, title={Whole}}\n@@@ {{{ }")
    strings = "".join(f"@string{{a{i + 1} = {' # '.join([f'a{i}'] * 9)}}}\n" for i in range(60))
    (folder / "strings.bib").write_text(f'@string{{a0 = "words"}}\n{strings}@misc{{a, title = a60 # a60}}')
    (folder / "binary.bib").write_bytes(bytes(range(256)) * 10)
    (folder / "binary.tex").write_bytes(bytes(range(256)) * 10)
    (folder / "braces.bib").write_text("@misc{a, title={" + "{" * 500_000 + "}" * 500_000 + "}}\n" + "@" * 100_000)
    os.mkfifo(folder / "pipe.tex")
    return folder


def made(folder: Path, case: tuple[str, bytes | Callable[[], bytes], str]) -> Path:
    name, content, _ = case
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content())
    return path


def limited(path: Path) -> "subprocess.CompletedProcess[str]":
    """Read a draft in a process with bounds on its memory, and report what was opened on the way."""
    code = """
import resource, sys, time
from pathlib import Path
from assistant.drafts import read
from ingest.errors import InputError
resource.setrlimit(resource.RLIMIT_AS, (2_500_000_000, 2_500_000_000))
path = Path(sys.argv[1])
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
try:
    draft = read(path)
    print("read", len(list(draft.sentences)), *[remark.reason for remark in draft.warnings], sep="\\n")
    assert "TheSecretOutside" not in repr(draft) and "root:" not in repr(draft)
except InputError as error:
    print("refused", error, sep="\\n")
outside = [name for name in opened if ("secret" in name or "passwd" in name or "/dev/" in name) and "null" not in name]
assert not outside, outside
"""
    return subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=90,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_refused_in_one_line(case: tuple[str, bytes | Callable[[], bytes], str], folder: Path) -> None:
    done = limited(made(folder, case))
    assert done.returncode == 0, done.stderr[-2000:]
    kind, *lines = done.stdout.splitlines()
    assert kind == "refused" and len(lines) == 1, done.stdout[:500]
    assert case[2] in lines[0] and len(lines[0]) < 400


@pytest.mark.parametrize("case", READ.values(), ids=READ.keys())
def test_read_with_a_warning(case: tuple[str, bytes | Callable[[], bytes], str], folder: Path) -> None:
    done = limited(made(folder, case))
    assert done.returncode == 0, done.stderr[-2000:]
    kind, sentences, *warnings = done.stdout.splitlines()
    assert kind == "read" and int(sentences) >= 1, done.stdout[:500]
    if case[2]:
        assert any(case[2] in warning for warning in warnings), warnings
    else:
        assert not warnings or "cited and not in" in warnings[0]


def test_there_are_more_than_fifty() -> None:
    assert len(REFUSED) + len(READ) >= 50


def test_missing_a_folder_and_not_permitted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read(tmp_path / "absent.tex")
    with pytest.raises(InputError, match="is a folder"):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe.tex")
    with pytest.raises(InputError, match="no regular file"):
        read(tmp_path / "pipe.tex")
    with pytest.raises(InputError, match="no regular file"):
        read(Path("/dev/zero"))
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / ("n" * 300 + ".tex"))
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "a\0b.tex")


def test_permission_denied(tmp_path: Path) -> None:
    (tmp_path / "closed.tex").write_text("Words.")
    (tmp_path / "closed.tex").chmod(0)
    code = """
import os, sys
from pathlib import Path
from assistant.drafts import read
from ingest.errors import InputError
if os.getuid() == 0:
    os.setuid(65534)
try:
    read(Path(sys.argv[1]))
except InputError as error:
    print(error)
"""
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.getuid() and parent != Path(parent.anchor) and "pytest" in parent.name:
            parent.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "closed.tex")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "closed.tex cannot be read (Permission denied)" in done.stdout, done.stderr


def test_a_link_to_the_draft_itself_may_lead_anywhere(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.tex").write_text("Small words.")
    (tmp_path / "draft.tex").symlink_to("there/real.tex")
    assert read(tmp_path / "draft.tex").text == "Small words."


def test_bytes_have_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "part.tex").write_text(SECRET)
    monkeypatch.chdir(tmp_path)
    draft = read(rb"\section{One} Small words. \input{part} \bibliography{part}")
    assert SECRET not in repr(draft)
    assert [str(w.place) for w in draft.warnings] == ["standard input:1"] * 2
    assert all("came without its folder" in w.reason for w in draft.warnings)


def test_many_inputs_of_many_inputs(tmp_path: Path) -> None:
    for i in range(14):
        (tmp_path / f"f{i}.tex").write_text(f"Words {i}. " + f"\\input{{f{i + 1}}}" * 3)
    (tmp_path / "f14.tex").write_text("The end.")
    with pytest.raises(InputError, match="more than 1,000 inputs"):
        read(tmp_path / "f0.tex")


def test_deep_inputs_end_with_a_warning(tmp_path: Path) -> None:
    for i in range(30):
        (tmp_path / f"f{i}.tex").write_text(f"Words {i}. \\input{{f{i + 1}}}")
    draft: Draft = read(tmp_path / "f0.tex")
    assert "nested 15 deep" in draft.warnings[0].reason and len(draft.files) == 15


def test_a_tall_document_takes_time_in_proportion() -> None:
    """Twice the text takes about twice the time: nothing in the reader is quadratic."""
    import time

    part = "\\section{One} Small \\emph{models} are cheap \\citep[e.g.][p. 3]{a,b}. They are $x^2$ fast \\cite{c}.\n\n"
    times = []
    for size in (2_000, 8_000):
        start = time.process_time()
        assert sum(1 for _ in read((part * size).encode(), "a.tex").sentences) == 2 * size
        times.append(time.process_time() - start)
    assert times[1] < 10 * times[0]


def test_a_document_packed_in_an_unusual_way_is_not_inflated(tmp_path: Path) -> None:
    """Readers of bzip2 members unpack them whole, whatever size they declare."""
    plain = docx("A sentence stands here.")
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(plain)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as new:
        for member in old.namelist():
            new.writestr(member, old.read(member))
    with pytest.raises(InputError, match="no Word document that can be read"):
        read(out.getvalue(), "draft.docx")
    assert [sentence.text for sentence in read(plain, "draft.docx").sentences] == ["A sentence stands here."]
