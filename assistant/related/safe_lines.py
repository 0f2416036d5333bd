"""Where a comment can stand on a line of its own without changing what a draft typesets."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt

from ..drafts.markdown import FRONT

# Before a line in these, TeX reads a line that is a comment as no line at all.
_PLAIN = frozenset("document abstract itemize enumerate description quote quotation center".split())
_VERBATIM = re.compile(r"(?:verbatim|lstlisting|minted|comment|filecontents|alltt|code)\w*\*?", re.IGNORECASE)
_TEX = re.compile(
    r"""(?P<break>\n(?P<blank>[ \t]*(?=\n))?) | (?P<comment>%[^\n]*)
    | \\(?:verb\*?|lstinline(?:\[[^\]\n]*\])?)(?P<sign>[^A-Za-z\s{*])[^\n]*?(?P=sign)
    | \\(?:url|path|nolinkurl|href|lstinline(?:\[[^\]\n]*\])?)\s*\{[^{}\n]*\}
    | \\begin\s*\{(?P<begin>[^{}\n]*)\} | \\end\s*\{(?P<end>[^{}\n]*)\}
    | (?P<open>\{|\\\[) | (?P<close>\}|\\\]) | (?P<dollar>\$\$?) | \\.""",
    re.VERBOSE | re.DOTALL,
)
_OPENING = re.compile(r"(?:[ \t]*%[^\n]*\n)*")
_FIELD = re.compile(r"[A-Za-z0-9][\w -]{0,100}:[ \t]")  # which at the very beginning MultiMarkdown takes for one
_DEFINITION = re.compile(r" {0,3}[:~][ \t]")
# After this, TeX may not take % for the beginning of a comment.
_STRANGE = re.compile(r"\\catcode\s*(?:`\s*\\?%|37|\"25|'45)|\\@makeother\s*\\%|\\MakePercentIgnore")


def is_strange(text: str) -> bool:
    """Tell whether a file of LaTeX may change what a comment is, for itself and for those read after it."""
    return bool(_STRANGE.search(text))


def in_tex(text: str) -> set[int]:
    """Return the numbers of the lines, from 1, before which a comment can stand.

    Those are outside of braces, of mathematics, and of every environment that is not known to read its
    text as usual. Lines of comments at the very beginning stay there: some are read by TeX or by editors.

    Args:
        text: with lines that end in "\\n".
    """
    opening = _OPENING.match(text)
    first = 1 + (opening.group().count("\n") if opening else 0)
    safe = {first}
    line, at, depth, math = 1, 0, 0, False
    environments: list[str] = []
    while found := _TEX.search(text, at):
        at = found.end()
        if found["break"] is not None:
            math = math and found["blank"] is None
            line += 1
            is_plain = not depth and not math and all(name in _PLAIN for name in environments)
            if is_plain and line > first and at < len(text):
                safe.add(line)
        elif (name := found["begin"]) is not None:
            if _VERBATIM.fullmatch(name):
                close = text.find(f"\\end{{{name}}}", at)
                if close < 0:
                    break
                line += text.count("\n", at, close)
                at = close + len(f"\\end{{{name}}}")
            elif not depth:  # in braces it may be half of a macro's definition
                environments.append(name)
        elif (name := found["end"]) is not None:
            if not depth and environments[-1:] == [name]:
                environments.pop()
        elif found["open"]:
            depth += 1
        elif found["close"]:
            depth = max(depth - 1, 0)
        elif found["dollar"]:
            math = not math
    return safe


def in_markdown(text: str) -> set[int]:
    """Return the numbers of the lines, from 1, before which a comment can stand.

    Those begin a block of the page, after a blank line, but neither what belongs to a note or a term above it, nor
    the second of two lists, which it would part.

    Args:
        text: with lines that end in "\\n".
    """
    front = FRONT.match(text)
    skipped = text.count("\n", 0, front.end()) if front else 0
    lines = text.split("\n")
    safe = {skipped + 1}
    before = ""
    for start, kind in _blocks("\n".join(lines[skipped:])):
        number = start + skipped + 1
        after_blank = number > 1 and not lines[number - 2].strip()
        belongs = kind == "code_block" or _DEFINITION.match(lines[number - 1])
        if after_blank and not belongs and not ("list" in kind and "list" in before):
            safe.add(number)
        before = kind
    if _FIELD.match(text) and len(safe) > 1:
        safe.discard(1)
    return safe


def last_before(line: int, safe: Sequence[int]) -> int:
    """Return the nearest of the safe lines, in order, that is not after this one."""
    return max((number for number in safe if number <= line), default=safe[0])


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield the first line, from 0, and the kind of each outermost block."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    for token in parser.parse(text):
        if token.level == 0 and token.nesting >= 0 and token.map:
            yield token.map[0], token.type
