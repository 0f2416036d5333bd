"""Files that are no reading list, or were made to hurt: one line of explanation, soon, and no crash."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import InputError, Paper
from ingest.links import identify

from .test_survey_reader import README
from .whole import Whole, read

TABLE = "| Title | Venue |\n|---|---|\n| Routing queries | ACL 2024 |\n\n"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    # The process's own time, for the machine may be busy with other things.
    start = time.process_time()
    yield
    took = time.process_time() - start
    assert took < seconds, f"took {took:.1f} s; expected less than {seconds:g} s"


def refusal(path: Path, seconds: float = 10) -> str:
    """Read what cannot be read, and return the one line that says why."""
    with within(seconds), pytest.raises(InputError) as error:
        read(path)
    message = str(error.value)
    assert len(message.splitlines()) == 1 and message.isprintable(), message
    assert len(message) < 1000
    return message


def write(tmp_path: Path, page: str | bytes, name: str = "list.md") -> Path:
    path = tmp_path / name
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    return path


# --- paths


def test_a_missing_file_is_named_with_the_nearest_name(tmp_path: Path) -> None:
    write(tmp_path, README, "README.md")
    write(tmp_path, README, "other.md")
    message = refusal(tmp_path / "REDME.md")
    assert "REDME.md does not exist" in message and "did you mean README.md?" in message and ".html" in message


def test_a_missing_file_without_neighbours_gets_no_suggestion(tmp_path: Path) -> None:
    write(tmp_path, README, "README.md")
    assert "did you mean" not in refusal(tmp_path / "quite-another-name.md")
    assert "did you mean" not in refusal(tmp_path / "no such folder" / "README.md")


def test_a_folder_without_a_file_of_a_known_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.md").mkdir()
    write(tmp_path / "list.md", "words", "notes.txt")
    write(tmp_path / "list.md", README, ".hidden.md")
    message = refusal(tmp_path / "list.md")
    assert "the folder list.md has no file that can be read" in message and ".bib" in message


def test_a_dangling_link_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "list.md").symlink_to(tmp_path / "gone.md")
    assert "does not exist" in refusal(tmp_path / "list.md")


@pytest.mark.parametrize("name", ["a" * 300 + ".md", "a\0b.md", "a/" * 3000 + "b.md"], ids=["long", "NUL", "deep"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        read(tmp_path / name)


def test_a_name_with_a_line_break_is_shown_on_one_line(tmp_path: Path) -> None:
    refusal(tmp_path / "a\nb.md")
    refusal(write(tmp_path, "", "c\nd.md"))


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    path = write(tmp_path, README)
    monkeypatch.setattr(Path, "open", forbidden)
    message = refusal(path)
    assert "list.md cannot be read" in message and "permissions" in message


@pytest.mark.parametrize("name", ["list.pdf", "list.docx", "list", "list.md.gz", ".md"])
def test_content_of_no_known_format_under_an_unknown_suffix_is_refused_with_the_known_ones(
    tmp_path: Path, name: str
) -> None:
    message = refusal(write(tmp_path, "Nothing but words, and more words.\n", name))
    assert name in message and (name == "list.md.gz" or ".markdown" in message)


# --- content


@pytest.mark.parametrize("page", ["", " ", "\n" * 1000, " \t\r\n\x0b\x0c\u00a0\u2003", "\ufeff", "\ufeff\n"])
def test_an_empty_or_blank_file_is_empty(tmp_path: Path, page: str) -> None:
    message = refusal(write(tmp_path, page))
    assert "list.md is empty" in message and "table" in message


@pytest.mark.parametrize(
    "content",
    [
        README.encode("utf-16"),
        "Gaël".encode("latin-1") * 10,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"PK\x03\x04\xff\xfe" * 1000,
        README.encode() + b"\xff",
        b"\xed\xa0\x80",  # half of a surrogate pair
        b"\xc0\xaf",  # a slash written too long
    ],
    ids=["UTF-16", "Latin-1", "PNG", "PDF", "ZIP", "one byte", "surrogate", "overlong"],
)
def test_what_is_not_utf8_is_named_with_the_byte_and_the_cure(tmp_path: Path, content: bytes) -> None:
    message = refusal(write(tmp_path, content))
    assert "not UTF-8" in message and "offset" in message and "iconv" in message


@pytest.mark.parametrize(
    "page",
    [
        "Just words.\n",
        "# Headings\n\n## And more\n\n- a list\n- [of links](https://arxiv.org/abs/2401.00001)\n",
        "| Model | Size |\n|--|--|\n| Gemma | 2B |\n",
        "| Title | Venue |\n|--|--|\n",
        "| Title | Venue |\n|--|--|\n| 1 | ACL |\n| | |\n",
        '{"colour": "red"}\n',
        "\0" * 1000,
        "\0\1\2\3" * 100,
        "<table>\0<tr>\0<td>\0",
        "<!DOCTYPE html>",
        "<html>",
        "<",
        "&",
        "\\",
        "]]>",
        "<?xml version='1.0' encoding='utf-16'?>",
        "<meta charset='utf-7'>+ADw-table+AD4-",
    ],
)
@pytest.mark.parametrize("name", ["list.md", "list.html"])
def test_a_file_without_a_paper_says_what_a_reading_list_has(tmp_path: Path, page: str, name: str) -> None:
    message = refusal(write(tmp_path, page, name))
    assert f"{name} has no paper in it" in message and "expected" in message


def test_nul_bytes_within_a_list_do_no_harm(tmp_path: Path) -> None:
    reading = read(write(tmp_path, "| Title | Venue |\n|---|---|\n| Rout\0ing | AC\0L 2024 |\n| Oth\0er | ACL |\n"))
    assert len(reading.papers) == 2
    assert "\0" not in json.dumps([p.to_dict() for p in reading.papers], ensure_ascii=False)


# --- size


def test_a_line_of_50_mb_is_refused(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, b"a" * 50_000_000))
    assert "47.7 MiB" in message and "4 MiB" in message and "split" in message


def test_a_line_of_3_mb_is_refused(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, b"# A\n" + b"a" * 3_000_000 + b"\n"))
    assert "3,000,000 characters" in message and "1,048,576" in message


def test_a_file_over_the_limit_is_refused_and_one_at_it_is_read(tmp_path: Path) -> None:
    assert "at most 4 MiB" in refusal(write(tmp_path, b"\n" * (4 * 2**20 + 1)))
    assert "is empty" in refusal(write(tmp_path, b"\n" * (4 * 2**20)))


def test_a_file_on_disk_that_holds_nothing_but_holes_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, b"")
    with path.open("r+b") as file:
        file.truncate(2**40)
    assert "MiB" in refusal(path)


# --- bombs

BOMBS = {
    "nested tables": "<table>" * 100_000,
    "nested tables in cells": "<table><tr><td>" * 50_000,
    "nested divs": "<div>" * 100_000,
    "nested divs on lines": "<div>\n" * 100_000,
    "nested spans": "<span>" * 100_000,
    "nested headings": "<h1>" * 60_000,
    "nested lists": "<ul><li>" * 60_000,
    "unclosed cells": "<table><tr>" + "<td>" * 200_000,
    "unclosed rows": "<table>" + "<tr>" * 50_000,
    "unclosed header cells": "<table><tr>" + "<th>" * 50_000,
    "unclosed paragraphs": "<p>" * 50_000,
    "unclosed links": "<a href=x>" * 60_000,
    "unclosed attribute": '<div a="' * 60_000,
    "unclosed comments": "<!--" * 200_000,
    "closing tags only": "</div></td></table>" * 50_000,
    "doctypes": "<!DOCTYPE html>" * 60_000,
    "entities": "&lt;&#60;&amp;" * 60_000,
    "entities of no character": "&#x110000;&#0;&#xD800;&#99999999999999999999;" * 10_000,
    "a tower of entities": "<!DOCTYPE html [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 20))
    + "]><p>&a19;</p>",
    "an outside entity": "<!DOCTYPE html [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><table><tr><td>&a;</td></tr></table>",
    "an endless outside entity": "<!DOCTYPE html SYSTEM 'file:///dev/zero'><p>&a;</p>",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_html_bomb_is_refused_soon(tmp_path: Path, bomb: str) -> None:
    refusal(write(tmp_path, BOMBS[bomb], "list.html"))


def test_a_tag_with_40000_attributes_is_refused_soon(tmp_path: Path) -> None:
    refusal(write(tmp_path, "<div " + " ".join(f"a{i}=1" for i in range(40_000)) + ">"), seconds=3)


def test_a_bomb_after_a_list_does_not_swallow_what_follows_it_silently(tmp_path: Path) -> None:
    after = TABLE.replace("Routing", "Cascading")
    path = write(tmp_path, f"{TABLE}{'<div>' * 100_000}\n\n{after}")
    try:
        reading = read(path)
    except InputError:
        return
    assert [p.title for p in reading.papers] == ["Routing queries", "Cascading queries"] or reading.warnings


def test_a_title_of_entities_is_not_expanded(tmp_path: Path) -> None:
    towers = "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 20))
    table = "<table><tr><th>Title</th></tr><tr><td>Title &a19;</td></tr></table>"
    (paper,) = read(write(tmp_path, f"<!DOCTYPE html [<!ENTITY a0 'ha'>{towers}]>{table}", "list.html")).papers
    assert paper.title == "Title &a19;"


# --- pages that are slow for a careless parser

SLOW = {
    "[": "[" * 200_000,
    "![": "![" * 25_000,
    "[ and ]": "[" * 50_000 + "]" * 50_000,
    "[a](": "[a](" * 20_000,
    "[a][b]": "[a][b]" * 20_000,
    "*": "*" * 200_000,
    "*a": "*a " * 40_000,
    "**a_": "**a _b " * 15_000,
    ">": ">" * 200_000,
    "> >": "> " * 100_000,
    "`": "`" * 200_000,
    "growing `": "".join("`" * i + "a" for i in range(1, 600)),
    "<": "<" * 200_000,
    "<a": "<a " * 60_000,
    "&": "&" * 200_000,
    "\\": "\\" * 200_000,
    "#": "# a\n" * 10_000,
    "|": "|\n" * 50_000,
    "- - -": "- " * 100_000 + "a",
    "1. 1.": "1. " * 60_000 + "a",
    "lists in lists": "".join("  " * i + "- a\n" for i in range(1000)),
    "quotes in quotes": "".join(">" * i + " a\n" for i in range(1, 1000)),
    "lists in quotes": "".join("> - " * i + "a\n" for i in range(1, 300)),
    "link definitions": "".join(f"[a{i}]: http://x.y\n" for i in range(10_000)),
    "uses of a definition": "[a]: http://x.y\n\n" + "[a] " * 20_000,
    "wide table": "|" + "a|" * 10_000 + "\n|" + "-|" * 10_000 + "\n" + "|b" * 10_000 + "\n",
    "table of wide rows": "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "|b\n" * 500,
    "mis-decoded": "Ã«" * 100_000,
    "half mis-decoded": "â€Ã" * 60_000,
    "tabs": "\t" * 200_000 + "a",
}


def soon_read_or_refused(path: Path, seconds: float = 20) -> Whole | None:
    with within(seconds):
        try:
            return read(path)
        except InputError:
            return None


@pytest.mark.parametrize("case", SLOW)
def test_a_list_followed_by_slow_markdown_is_read_or_refused_in_time(tmp_path: Path, case: str) -> None:
    if reading := soon_read_or_refused(write(tmp_path, f"{TABLE}{SLOW[case]}\n")):
        assert reading.papers[0].title == "Routing queries"
        assert reading.rows_read == len(reading.papers) + len(reading.repeated) + len(reading.refused)


def test_a_table_of_100000_lines_is_read_or_refused_in_time(tmp_path: Path) -> None:
    path = write(tmp_path, "| Title |\n|---|\n" + "".join(f"| Paper {i} |\n" for i in range(100_000)))
    if reading := soon_read_or_refused(path):
        assert reading.rows_read == len(reading.papers) == 100_000 and not reading.refused


@pytest.mark.parametrize(
    "path", ["a" * 12_000, "a-" * 6_000, "10.1234/" * 3_000, "2401." * 5_000, "%61" * 8_000, "a&" * 9_000]
)
@pytest.mark.parametrize("host", ["arxiv.org", "doi.org", "aclanthology.org", "openreview.net"])
def test_a_long_link_is_identified_soon(host: str, path: str) -> None:
    with within(1):
        identify(f"https://{host}/{path}")
        identify(f"https://{host}/forum?{path}")


def test_a_row_beyond_the_65535th_line_is_named_with_its_line_or_the_file_refused(tmp_path: Path) -> None:
    page = TABLE + "\n" * 70_000 + "<table>\n<tr><th>Title</th></tr>\n<tr><td>1</td></tr>\n</table>\n"
    try:
        reading = read(write(tmp_path, page))
    except InputError:
        return
    assert [remark.line for remark in reading.refused] == [page[: page.index("<td>1")].count("\n") + 1]


# --- any file

PIECES = [
    *[
        "<table>",
        "</table>",
        "<tr>",
        "</tr>",
        "<td>",
        "</td>",
        "<th>",
        "<div>",
        "<details>",
        "<h1>",
        "</h2>",
        "<br>",
        "<p>",
    ],
    *[
        "<a href='http://[x'>",
        "<a href='//'>",
        "<a href=''>",
        "<img src='http://[x'>",
        "<img src='https://img.shields.io/badge/'>",
    ],
    *[
        "https://[::1",
        "](http://[x)",
        "&#0;",
        "&#x110000;",
        "&nbsp",
        "<!--",
        "-->",
        "<![CDATA[",
        "<?",
        "<!",
        "</",
        "```",
        "~~~",
    ],
    *[
        "| Title |",
        "|---|",
        "|",
        "\\|",
        "# ",
        "#### ",
        "- ",
        "> ",
        "1. ",
        "===",
        "---",
        "    ",
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        "\t",
    ],
    *[
        "\0",
        "\x0b",
        "\x1c",
        "\x85",
        "\u2028",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\ufffd",
        "Ã",
        "Ã«",
        "é",
        "🔥",
        "²",
        "٢٠٢٤",
        "2024",
        "arXiv",
    ],
]
edits = st.lists(
    st.tuples(
        st.sampled_from(["insert", "insert", "delete", "duplicate"]),
        st.integers(0, len(README)),
        st.integers(1, 300),
        st.sampled_from(PIECES) | st.text(max_size=8),
    ),
    min_size=1,
    max_size=8,
)


def mutate(page: str, operation: str, at: int, length: int, piece: str) -> str:
    match operation:
        case "insert":
            return page[:at] + piece + page[at:]
        case "delete":
            return page[:at] + page[at + length :]
        case _:
            return page[: at + length] + page[at : at + length] + page[at + length :]


def check(reading: Whole, page: str) -> None:
    assert reading.papers
    assert reading.rows_read == len(reading.papers) + len(reading.repeated) + len(reading.refused)
    assert len({p.id for p in reading.papers}) == len(reading.papers)
    rows = [p.source.row for p in reading.papers]
    assert rows == sorted(set(rows)) and set(rows) <= set(range(1, reading.rows_read + 1))
    lines = page.count("\n") + page.count("\r") + 1
    for remark in (*reading.repeated, *reading.refused, *reading.warnings):
        assert 1 <= remark.line <= lines and len(remark.reason.splitlines()) == 1
    assert tuple(Paper.from_dict(json.loads(json.dumps(p.to_dict()))) for p in reading.papers) == reading.papers


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated")


@settings(max_examples=250, deadline=None)
@given(edits, st.sampled_from(["list.md", "list.html"]))
def test_a_list_changed_at_random_is_read_whole_or_refused(
    scratch: Path, edits: list[tuple[str, int, int, str]], name: str
) -> None:
    page = README
    for edit in edits:
        page = mutate(page, *edit)
    try:
        reading = read(write(scratch, page, name))
    except InputError as error:
        assert len(str(error).splitlines()) == 1
        return
    check(reading, page)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["list.md", "list.html"]))
def test_any_bytes_are_refused(scratch: Path, content: bytes, name: str) -> None:
    refusal(write(scratch, content, name))
