"""A draft's annotated copy: where comments stand, that nothing else changes, and that the draft itself never does."""

import itertools
import os
import re
from pathlib import Path

import hypothesis
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.cli import main
from assistant.drafts import read
from assistant.library import open_collection
from assistant.related import related
from assistant.related.annotate import annotate, annotated
from assistant.related.safe_lines import in_markdown, in_tex
from ingest import catalogue

from .related_drafts import MAIN, PARAGRAPH, RELATED, write_draft
from .test_export import by_bibtexparser

TEX = re.compile(rb"(?:(?<=\n)|(?<=\r)|\A)% footnote: [^\r\n]*(?:\r\n|\r|\n)")
MARKDOWN = re.compile(rb"(?:(?<=\n)|(?<=\r)|\A)<!-- footnote: [^\r\n]* -->(?:\r\n|\r|\n)")

# Compiled with comments before every line where one may stand, this gives the same DVI file, byte for byte.
NASTY = r"""%&latex
% !TEX program = pdflatex
\documentclass{article}
\newcommand{\ours}[1]{\textbf{#1 our
 method}}
\def\be{\begin{equation}}
\def\ee{\end{equation}}
\begin{document}
\begin{abstract}
An abstract over
two lines with 5\% of it.
\end{abstract}
First line of text%
glued on. See \url{http://x.org/a%20b} and \verb|50% {| too.
A long sentence \footnote{with a
note over

two paragraphs} that ends. Inline $a +
b$ math. % a comment with {
\textit{emphasised
text} here \cite[see
p. 3]{x}.
\begin{verbatim}
% not { a comment
\end{verbatim}
\begin{codelike}
this is % code {
\end{codelike}
\[ a = b
 + c \]
and $$ x
= y $$
more text.
\begin{itemize}
\item one
line
\end{itemize}
\begin{tabular}{ll}
a & b
\end{tabular}
The last line.
\end{document}
"""
PAGE = """---
title: A page

---
# Head
First paragraph with
two lines.

- item one
- item two

  with a paragraph

1. one
2. two

> a quote
lazily continued

Text before a list
- of one item

| a | b |
|---|---|
| c | d |

Setext
======

```
code

here
```

<div>

Inside.

</div>

[link]: https://example.org
Last words
"""


def everywhere(content: bytes, is_tex: bool) -> bytes:
    """Return the content with a comment for every line."""
    remarks = [(line, f"a remark -- of line {line} --> \\end{{x}} {{ $") for line in range(1, content.count(b"\n") + 3)]
    return annotated(content, remarks, is_tex)


def lines_after_comments(content: bytes, mark: str) -> list[str]:
    pairs = itertools.pairwise(content.decode().split("\n"))
    return [now for before, now in pairs if before.startswith(mark) > now.startswith(mark)]


def test_in_latex_comments_stand_only_where_tex_reads_them_as_nothing() -> None:
    assert lines_after_comments(everywhere(NASTY.encode(), True), "% footnote") == [
        r"\documentclass{article}", r"\newcommand{\ours}[1]{\textbf{#1 our", r"\def\be{\begin{equation}}",
        r"\def\ee{\end{equation}}", r"\begin{document}", r"\begin{abstract}", "An abstract over",
        r"two lines with 5\% of it.", r"\end{abstract}", "First line of text%",
        r"glued on. See \url{http://x.org/a%20b} and \verb|50% {| too.", r"A long sentence \footnote{with a",
        r"\textit{emphasised", "p. 3]{x}.", r"\begin{verbatim}", r"\begin{codelike}", r"\[ a = b", "and $$ x",
        "more text.", r"\begin{itemize}", r"\item one", "line", r"\end{itemize}", r"\begin{tabular}{ll}",
        "The last line.", r"\end{document}",
    ]  # fmt: skip


def test_a_reader_of_latex_reads_the_copy_as_the_original() -> None:
    before, after = read(NASTY.encode(), "x.tex"), read(everywhere(NASTY.encode(), True), "x.tex")
    assert [(p.section, p.text) for p in after.paragraphs] == [(p.section, p.text) for p in before.paragraphs]
    assert after.warnings == before.warnings


def test_a_page_with_comments_shows_the_same() -> None:
    def shown(page: bytes) -> str:
        text = page.decode()[page.index(b"\n\n---\n") + 6 :]
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
        return re.sub(r"<!-- footnote: .* -->\n", "", html)

    page = everywhere(PAGE.encode(), False)
    assert page.count(b"<!-- footnote") == PAGE.count("\n") + 2 and page.startswith(b"---\ntitle")
    assert shown(page) == shown(PAGE.encode())
    assert [heading.section for heading in read(page, "x.md").paragraphs] == [
        heading.section for heading in read(PAGE.encode(), "x.md").paragraphs
    ]


ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\r\n\r\n", " \n"])
PIECES = st.lists(
    st.sampled_from(
        ["words here", "é ü", "% footnote", "%", "\\%", "{", "}", "$", "$$", "\\[", "\\]", "\\begin{verbatim}", "---",
         "\\end{verbatim}", "\\begin{x}", "\\end{x}", "\\verb|{|", "- item", "> quote", "# Head", "```", "<div>",
         "<!--", "-->", "\t", "\x0c", "    code", "[a]: b", "| a |", "|---|", "1. one", "\\catcode`\\%=12 "]
    ) | ENDS,
    max_size=30,
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@hypothesis.given(pieces=PIECES)
@settings(max_examples=100, deadline=None)
def test_without_its_comments_a_copy_is_the_original_byte_for_byte(pieces: list[str], encoding: str) -> None:
    content = ("Words. " + "".join(pieces)).encode(encoding)
    for is_tex, comment in ((True, TEX), (False, MARKDOWN)):
        copy = everywhere(content, is_tex)
        if encoding == "utf-16":
            narrow = copy[2:].decode("utf-16-le").encode()
            assert comment.sub(b"", narrow) == content[2:].decode("utf-16-le").encode()
            assert b"a remark" in narrow and copy[:2] == content[:2]
            continue
        bom = b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b""
        assert copy.startswith(bom) and comment.sub(b"", copy[len(bom) :]) == content[len(bom) :]
        assert b"a remark" in copy


@hypothesis.given(pieces=PIECES)
@settings(max_examples=150, deadline=None)
def test_any_page_with_comments_shows_the_same(pieces: list[str]) -> None:
    page = "Words. " + "".join(pieces).replace("\r\n", "\n").replace("\r", "\n")
    if page.startswith("---"):
        return
    marked = everywhere(page.encode(), False).decode()

    def shown(text: str) -> str:
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
        return re.sub(r"<!-- footnote: [^\n]* -->\n?", "", html)

    assert shown(marked).split() == shown(page).split()


def test_line_ends_and_letters_are_the_files_own() -> None:
    remark = [(1, "Gaël 漢 says so")]
    assert (
        annotated(b"One.\r\nTwo.\r\n", remark, True)
        == b"% footnote: Ga\xc3\xabl \xe6\xbc\xa2 says so\r\nOne.\r\nTwo.\r\n"
    )
    assert (
        annotated(b"Caf\xe9.", remark, True) == b"% footnote: Ga\xebl ? says so\nCaf\xe9."
    )  # a Latin-1 file stays one
    assert annotated(b"One.", [(1, "a\nb\r% c")], True) == b"% footnote: a b % c\nOne."


def test_an_open_brace_or_environment_sends_comments_before_it() -> None:
    assert in_tex("One.\n{ two\nthree\nfour\n") == {1, 2}
    assert in_tex("One.\n\\begin{tabular}\ntwo\nthree\n") == {1, 2}
    assert in_tex("One.\n\\begin{verbatim}\ntwo\n") == {1, 2}
    assert in_tex("% one\n% two\nThree.\nfour\n") == {3, 4}
    assert in_tex("One \\{ two\n\\verb|{|\n% {\nfour") == {1, 2, 3, 4}
    assert in_markdown("One.\n\nTwo\nthree.\n") == {1, 3}


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("% Title\n% Author\n\nOne.\n\nTwo.\n", {3, 4, 6}),
        ("% Title\n  of two lines\nOne.\n", {3}),
        ("Title: Of mine\nBase Header Level: 2\n  more\n\nOne.\n", {5}),
        ("Status: draft\n\nOne.\n", {3}),
        ("Note: one.\n", {1}),
        ("One[^1].\n\n[^1]: A note.\n\n    Its second paragraph.\n\nTwo.\n", {1, 3, 7}),
        ("Term\n\n:   Defined.\n\nTerm\n\n  ~ Defined.\n\n    More.\n\nTwo.\n", {1, 5, 11}),
    ],
)
def test_a_comment_parts_nothing_of_a_page(page: str, lines: set[int]) -> None:
    assert in_markdown(page) == lines


# The verb


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return write_draft(tmp_path / "paper")


def test_a_draft_of_several_files_is_copied_into_a_folder(
    draft: Path, use_survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in draft.parent.rglob("*.*")}
    copy = tmp_path / "copy"
    assert main(["related", str(draft), "--annotate", str(copy)]) == 0
    assert "Wrote 2 files to" in capsys.readouterr().out
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in draft.parent.rglob("*.*")} == before
    texts = {str(path.relative_to(copy)): path.read_bytes() for path in copy.rglob("*.*")}
    assert {name: TEX.sub(b"", text).decode() for name, text in texts.items()} == {
        "main.tex": MAIN,
        "sections/rel.tex": RELATED,
    }
    lines = texts["main.tex"].decode().split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("RouteLLM trains"))
    # The draft's own ong2025routellm is another work.
    assert lines[at - 1].startswith("% footnote: main.tex:7 ") and "ong2025routellmb (RouteLLM" in "".join(lines)
    assert "cites frugal, which hardly supports it" in "".join(lines)
    assert "Perplexity of a small model" in texts["sections/rel.tex"].decode().partition("\nFrugalGPT cascades")[0]
    assert not any(line.startswith("% footnote") for line in lines[lines.index("\\begin{verbatim}") :])


@pytest.mark.parametrize("name", ["main.tex", "page.md"])
def test_every_key_that_a_comment_names_is_in_the_bibliography_of_the_draft_or_in_the_new_one(
    name: str, draft: Path, use_survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (draft.parent / "page.md").write_text(f"---\nbibliography: refs.bib\n---\n\n{PARAGRAPH}\nFrugal [@frugal].\n")
    given, copy, bib = draft.parent / name, tmp_path / "copy", tmp_path / "new.bib"
    copy.mkdir()
    assert main(["related", str(given), "--annotate", str(copy)]) == 0
    assert "papers that the bibliography of " + name + " lacks; --bib FILE" in " ".join(capsys.readouterr().out.split())
    assert main(["related", str(given), "--annotate", str(copy), "--bib", str(bib), "--force"]) == 0
    new = {entry["key"] for entry in by_bibtexparser(bib.read_text())}
    assert f"Wrote {bib}: {len(new)} references that {name} lacks." in " ".join(capsys.readouterr().out.split())
    comments = "".join(line for path in copy.rglob("*.*") for line in path.open() if "footnote: " in line)
    titles = [paper.title for paper in catalogue.load().papers if f"({paper.title}" in comments]
    keys = {key for title in titles for key in re.findall(rf"(\S+) \({re.escape(title)}", comments)}
    assert len(titles) > 3 and keys == new
    assert set(re.findall(r" cites (\S+), which", comments)) <= {"frugal"}
    section = tmp_path / "related.tex"
    both = ["--annotate", str(copy), "--write", str(section), "--bib", str(bib), "--force"]
    assert main(["related", str(given), *both]) == 0
    cited = {key for keys in re.findall(r"\\cite\{([^}]*)\}", section.read_text()) for key in keys.split(",")}
    assert {entry["key"] for entry in by_bibtexparser(bib.read_text())} == new | cited - {"frugal"}


def test_one_file_is_copied_to_one_file(use_survey: Path, tmp_path: Path) -> None:
    draft, copy = tmp_path / "page.md", tmp_path / "copy.md"
    draft.write_text(f"# Routers\n\n{PARAGRAPH}", newline="\r\n")
    assert main(["related", str(draft), "--annotate", str(copy)]) == 0
    text = copy.read_bytes()
    assert MARKDOWN.sub(b"", text) == draft.read_bytes()
    assert text.splitlines()[2].startswith(b'<!-- footnote: page.md:3 "RouteLLM trains')


def test_where_a_comment_may_be_none_all_stand_at_the_beginning(use_survey: Path, tmp_path: Path) -> None:
    draft = write_draft(tmp_path / "paper")
    (draft.parent / "sections" / "rel.tex").write_text("\\catcode`\\%=12\n" + RELATED)
    found = related(open_collection(), read(draft))
    annotate(found, draft, tmp_path / "copy")
    main_file = (tmp_path / "copy" / "main.tex").read_text()
    assert main_file.count("% footnote: ") == main_file[: main_file.index("\\documentclass")].count("% footnote: ") > 3
    assert "% footnote: sections/rel.tex:" in main_file
    assert "% footnote" not in (tmp_path / "copy" / "sections" / "rel.tex").read_text()


def test_the_draft_is_never_overwritten(draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text(PARAGRAPH)
    (tmp_path / "soft.md").symlink_to(page)
    os.link(page, tmp_path / "hard.md")
    (tmp_path / "there.md").write_text("mine")
    cases = [
        (page, page, ["--force"], "is a file of the draft, which is never changed"),
        (page, tmp_path / "soft.md", ["--force"], "is a file of the draft"),
        (page, tmp_path / "hard.md", ["--force"], "is a file of the draft"),
        (page, tmp_path, ["--force"], "is a file of the draft"),
        (page, tmp_path / "there.md", [], "exists already; name another file, or add --force"),
        (draft, draft.parent, ["--force"], "is a file of the draft"),
        (draft, tmp_path / "copy.tex", [], "consists of 2 files, so its copy is a folder"),
        (draft, page, ["--force"], "so its copy is a folder"),
    ]
    for original, copy, more, words in cases:
        assert main(["related", str(original), "--annotate", str(copy), *more]) == 2
        assert words in " ".join(capsys.readouterr().err.split()), copy
    assert page.read_text() == PARAGRAPH and (tmp_path / "there.md").read_text() == "mine"
    assert draft.read_text() == MAIN


@pytest.mark.parametrize(
    "arguments", [["--write", "new.tex", "--bib"], ["--annotate", "new", "--bib"], ["--format", "bibtex", "--export"]]
)
@pytest.mark.parametrize("name", ["big.bib", "noise.tex", "refs.bib", "../far.bib"])
def test_a_file_of_the_draft_that_is_left_out_is_never_overwritten_either(
    arguments: list[str], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "paper").mkdir()
    monkeypatch.chdir(tmp_path / "paper")
    texts = {
        "../far.bib": b"@misc{b, title={B}}",
        "main.tex": rb"\input{noise} Words. \bibliography{big,refs,../far}" + rb"\input{../%s}" % (b"x" * 5_000),
        "big.bib": b"% " * 1_100_000,
        "noise.tex": b"\0\1" * 99,
        "refs.bib": b"@misc{a, title={A}}",
    }
    for file, content in texts.items():
        Path(file).write_bytes(content)
    assert main(["related", "main.tex", *arguments, name, "--force"]) == 2
    assert f"{name} is a file of the draft, which is never changed" in " ".join(capsys.readouterr().err.split())
    assert {name: Path(name).read_bytes() for name in texts} == texts


def test_what_cannot_hold_comments_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "draft.txt"
    text.write_text(PARAGRAPH)
    assert main(["related", str(text), "--annotate", str(tmp_path / "x.txt")]) == 2
    assert "draft.txt is neither .tex nor .md" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    page = tmp_path / "page.md"
    page.write_text(PARAGRAPH)
    assert main(["related", str(page), "--annotate", str(tmp_path / "file" / "x.md")]) == 2
    assert "cannot be made" in capsys.readouterr().err
