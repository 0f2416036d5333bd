"""Whatever bytes come: a draft or an `InputError`, whose sentences and places hold together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.drafts import read
from assistant.drafts.bib import bibliography
from assistant.drafts.draft import Place
from assistant.drafts.references import guess
from ingest.errors import InputError

TEX = r"""\cite \citep \citet \citeauthor \nocite \input \include \section \paragraph \footnote \caption
\title \item \begin \end \newcommand \renewcommand \def \let \NewDocumentCommand \bibitem \newblock
\bibliography \iffalse \else \fi \verb \par \' \" \c \emph \textcolor \url \href \ref \abstract
\endinput \\ \[ \] \( \) \ss \alpha \foo \m #1 { } [ ] { } $ $$ % & ~ _ ^ | {a} {a,b} {document}
{abstract} {equation} {thebibliography} {figure} {*} a Word. two. ( ) , ! e.g. \cites \volcites \newcommandx
\IfBooleanTF \IfNoValueT \@ifstar \@ifnextchar \m* {sO{x}m} {D()<>{x}t+} {g>{a}R()} * < > [1=x,2]""".split()
MARKDOWN = """# ## > - 1. * ** _ ` ``` [ ] ( ) [@a] [@b; @c] @d [^1] [^1]: ![x] [x](u) [x][y] [y]:
<https://arxiv.org/abs/2302.03169> https://doi.org/10.1/x --- bibliography: title: <!-- --> <a > |
\\ \\[ $x$ Word. two. , !""".split()
PLAIN = """[1] [2,3] [1-3] [Ong24] 1. 2 2.1 References Abstract Introduction (Ong et al., 2024) Ong (2024) Lu
and Kim (2023a), van den Oord arXiv:2302.03169 10.1/x “Title” " . , : ; ==== --- A. B. Word. two.
distil- lation""".split()
BIB = """@article{a, @misc{b, @string{s= @comment{ title= author= year= doi= eprint= {A} "B" s # {A and B}
{Last, Jr, First} \\"u {{ }} { } } , = arXiv:2302.03169 others and""".split()


def text_of(words: list[str]) -> st.SearchStrategy[str]:
    blanks = st.sampled_from(["", " ", "\n", "\n\n", "\t"])
    return st.lists(st.tuples(st.sampled_from(words) | st.text(max_size=3), blanks), max_size=60).map(
        lambda pairs: "".join(word + blank for word, blank in pairs)
    )


@pytest.mark.parametrize(
    ("suffix", "words"), [("tex", TEX), ("md", MARKDOWN), ("txt", PLAIN), ("", TEX + MARKDOWN + PLAIN)]
)
def test_any_text(suffix: str, words: list[str]) -> None:
    @given(text_of(words))
    @settings(max_examples=300, deadline=None)
    def check(text: str) -> None:
        content = ("Word two. " + text).encode("utf-8", "replace")
        try:
            draft = read(content, f"draft.{suffix}")
        except InputError as error:
            assert "\n" not in str(error)
            return
        lines = content.decode().replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        for sentence in draft.sentences:
            assert 1 <= sentence.place.line <= lines and 1 <= sentence.end.line <= lines
            assert sentence.text == " ".join(sentence.text.split())
            assert len(set(sentence.citations)) == len(sentence.citations)

    check()


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes(content: bytes) -> None:
    try:
        read(content)
    except InputError as error:
        assert "\n" not in str(error)


@given(text_of(BIB))
@settings(max_examples=300, deadline=None)
def test_any_bibliography(text: str) -> None:
    keys = [reference.key for reference in bibliography(text, "refs.bib")]
    assert len(keys) == len(set(keys))


@given(text_of(PLAIN))
@settings(max_examples=300, deadline=None)
def test_any_reference(text: str) -> None:
    assert guess("k", Place("x", 1), text).key == "k"
