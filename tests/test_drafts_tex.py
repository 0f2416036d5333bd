"""A LaTeX draft as people write them: each citation stands at its sentence, each reference is right."""

from pathlib import Path

import pytest

from assistant.drafts import Draft, Place, read

MACROS = r"""
\newcommand{\sys}{\textsc{Footnote}\xspace}
\newcommand{\prior}[2][e.g.]{\citep[#1][]{#2}}
\newcommand{\says}[2]{\citet{#1} say that #2}
\def\both#1#2{\cite{#1,#2}}
\NewDocumentCommand{\maybe}{o m}{\parencite{#2}}
\let\oldcite\cite
\newcommand{\hide}[1]{}
"""

MAIN = r"""\documentclass{article}
\input{macros}
\addbibresource{refs.bib}
\title{Small Models, \emph{Large} Claims}
\author{Nobody \cite{k59}}
\begin{document}
\maketitle
\begin{abstract}
Small models are cheap \cite{k1}. They are also f\"ast~\cite{k2}.
\end{abstract}
\section{Introduction}\label{sec:intro}
Claim three stands here \citep[see][p.~3]{k3,k4}. Claim four was made by \citet{k5}.
\says{k6}{claim five is true}. Claim six holds \prior{k7}. Claim seven holds \prior[cf.]{k8}.
Claim eight \both{k9}{k10}. Claim nine \maybe{k11}. Claim ten \maybe[p. 3]{k12}.
Claim eleven \oldcite{k13}. % \cite{k60} is only a comment
Claim 100\% sure \cite{k14}.\footnote{A note makes claim twelve \cite{k15}.} Claim thirteen is plain.
\hide{Nothing is said \cite{k60}.} \nocite{k16}
\include{sections/method}
\input{sections/related.tex}
\section{Conclusion}
The end comes after a full stop.\cite{k39} And \sys ends \autocite{k40}.
\bibliography{refs}
\end{document}
Text behind the end is none \cite{k60}.
"""

METHOD = r"""\section{Method}
\subsection{Training with $k$ teachers}
\textcite{k17} trained it. It was shown in Fig.~3 of \parencite{k18} that this works, i.e., it does \footcite{k19}.

\begin{figure}[t]
  \includegraphics[width=\linewidth]{plot}
  \caption{A caption makes a claim \cite{k20}.}
\end{figure}

\begin{itemize}
  \item First item \citealp{k21}.
  \item Second item \Citet{k22} and \citeauthor{k23}.
\end{itemize}
\begin{equation} x = y \quad \text{as in \cite{k24}} \end{equation}
\begin{tabular}{ll} row & \cite{k25} \end{tabular}
Costs fall to $O(n \log n)$, as claim fourteen has it \citep{k26}.
"""

RELATED = r"""\section{Related work}
\paragraph{Routing.} Routers choose models (e.g., \citealp{k27}; \citealp{k28}). \cite{k29} goes further.
Many \textbf{others \citep{k30}} exist
  \citep{k31,%
         k32,
         k33}.
\input{sections/more}
"""

MORE = r"""More work \cites{k34}[p. 1]{k35} and \citeyearpar{k36}.

\iffalse
Old text \cite{k60}.
\fi
Last \citet*{k37}, \smartcite{k38}.
\endinput
Never read \cite{k60}.
"""

# Which sentence, by its first words, cites what, and the file and line where it begins.
EXPECTED = {
    "Small models are": (["k1"], "main.tex:9"),
    "They are also fäst.": (["k2"], "main.tex:9"),
    "Claim three": (["k3", "k4"], "main.tex:12"),
    "Claim four was made by Ada Author5 and": (["k5"], "main.tex:12"),
    "Author6 and Coauthor6 say that claim five": (["k6"], "main.tex:13"),
    "Claim six": (["k7"], "main.tex:13"),
    "Claim seven": (["k8"], "main.tex:13"),
    "Claim eight": (["k9", "k10"], "main.tex:14"),
    "Claim nine": (["k11"], "main.tex:14"),
    "Claim ten": (["k12"], "main.tex:14"),
    "Claim eleven": (["k13"], "main.tex:15"),
    "Claim 100% sure": (["k14"], "main.tex:16"),
    "Claim thirteen": ([], "main.tex:16"),
    "A note makes": (["k15"], "main.tex:16"),
    "Author17 and Coauthor17 trained it.": (["k17"], "sections/method.tex:3"),
    "It was shown in Fig. 3 of": (["k18", "k19"], "sections/method.tex:3"),
    "A caption": (["k20"], "sections/method.tex:7"),
    "First item": (["k21"], "sections/method.tex:11"),
    "Second item": (["k22", "k23"], "sections/method.tex:12"),
    "Costs fall to O(n log n), as": (["k26"], "sections/method.tex:16"),
    "Routers choose models.": (["k27", "k28"], "sections/related.tex:2"),
    "Author29 and Coauthor29 goes": (["k29"], "sections/related.tex:2"),
    "Many others exist.": (["k30", "k31", "k32", "k33"], "sections/related.tex:3"),
    "More work": (["k34", "k35", "k36"], "sections/more.tex:1"),
    "Last": (["k37", "k38"], "sections/more.tex:6"),
    "The end comes": (["k39"], "main.tex:21"),
    "And Footnote ends": (["k40"], "main.tex:21"),
}
EXPECTED["Claim four was made by"] = EXPECTED.pop("Claim four was made by Ada Author5 and")


def bib_entry(n: int) -> str:
    """Return the n-th of sixty entries, in the many ways that people write them."""
    authors = (
        f"Author{n}, Ada and {{\\'E}}mile Coauthor{n}" if n % 2 else f"Ada Author{n} and Coauthor{n}, {{\\'E}}mile"
    )
    where = {
        0: f"  journal = {{arXiv preprint arXiv:23{n:02d}.01234}},",
        1: f'  doi = "10.1234/AB.{n}",',
        2: f"  eprint = {{24{n:02d}.56789v2}}, archivePrefix = {{arXiv}},",
        3: f"  url = {{https://arxiv.org/abs/25{n:02d}.11111}},",
        4: "  booktitle = acl # { 2024},",
        5: f"  url = {{https://doi.org/10.5555/X_{n}}},",
    }[n % 6]
    return f"@{['article', 'InProceedings', 'misc'][n % 3]}{{k{n},\n  author = {{{authors}}},\n" \
        f"  title = {{The {{BERT}} of Case {n}: {{\\\"U}}ber \\emph{{Small}} Models \\& More}},\n" \
        f"{where}\n  year = {1960 + n},\n}}\n"  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paper")
    (folder / "sections").mkdir()
    files = {"main": MAIN, "macros": MACROS, "sections/method": METHOD, "sections/related": RELATED}
    for name, text in {**files, "sections/more": MORE}.items():
        (folder / f"{name}.tex").write_text(text, "utf-8")
    entries = "".join(f"% entry {n}\n{bib_entry(n)}\n" for n in range(1, 61))
    (folder / "refs.bib").write_text(f'@string{{acl = "ACL"}}\n@comment{{not this}}\n{entries}', "utf-8")
    return folder


@pytest.fixture(scope="module")
def draft(folder: Path) -> Draft:
    return read(folder / "main.tex")


def test_every_citation_stands_at_its_sentence(draft: Draft) -> None:
    found = {s.text: (list(s.citations), str(s.place)) for s in draft.sentences}
    for start, expected in EXPECTED.items():
        (text,) = [text for text in found if text.startswith(start)]
        assert found.pop(text) == expected, text
    assert not found
    cited = [key for sentence in draft.sentences for key in sentence.citations]
    listed = [*cited, *draft.uncited]
    assert sorted(listed, key=lambda key: int(key[1:])) == [f"k{n}" for n in range(1, 41)]


def test_sections_are_paths(draft: Draft) -> None:
    sections = {p.sentences[0].text.split()[0]: p.section for p in draft.paragraphs}
    assert sections["Small"] == ("Abstract",)
    assert sections["Claim"] == ("Introduction",)
    assert sections["Author17"] == ("Method", "Training with k teachers")
    assert sections["Routers"] == ("Related work", "Routing")
    assert sections["The"] == ("Conclusion",)
    assert draft.title == "Small Models, Large Claims"


def test_a_sentence_knows_where_it_ends(draft: Draft) -> None:
    (sentence,) = [s for s in draft.sentences if s.text.startswith("Many others")]
    assert (sentence.place.line, sentence.end.line) == (3, 6)


def test_all_sixty_references_are_right(draft: Draft) -> None:
    assert len(draft.bibliography) == 60
    for n in range(1, 61):
        reference = draft.bibliography[f"k{n}"]
        assert reference.title == f"The BERT of Case {n}: Über Small Models & More"
        assert reference.authors == (f"Ada Author{n}", f"Émile Coauthor{n}")
        assert reference.year == 1960 + n
        assert reference.doi == {1: f"10.1234/ab.{n}", 5: f"10.5555/x_{n}"}.get(n % 6)
        assert reference.arxiv_id == {0: f"23{n:02d}.01234", 2: f"24{n:02d}.56789", 3: f"25{n:02d}.11111"}.get(n % 6)
        assert reference.place == Place("refs.bib", 4 + 8 * (n - 1))


def test_nothing_is_to_be_warned_of(draft: Draft) -> None:
    assert draft.warnings == ()
    names = {"main.tex", "macros.tex", "sections/method.tex", "sections/related.tex", "sections/more.tex", "refs.bib"}
    assert set(draft.files) == names


def sentences(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(s.text, s.citations) for s in read(text.encode(), "draft.tex").sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"It is good. \cite{a} shows more.", [("It is good.", ()), ("A shows more.", ("a",))]),
        (r"Ong et al.~\cite{a} show it. Few, e.g. \cite{b} and so, do.",
         [("Ong et al. show it.", ("a",)), ("Few, e.g. and so, do.", ("b",))]),
        (r"Ong \emph{et al.}~\cite{a} show Eq. \cite{b} is it, cf. \cite{c} or so.",
         [("Ong et al. show Eq. is it, cf. or so.", ("a", "b", "c"))]),
        (r"\emph{It is good.} (Not bad.) \cite{a} shows more.",
         [("It is good.", ()), ("(Not bad.)", ()), ("A shows more.", ("a",))]),
        (r"It is good.\footnote{See \cite{a}.} iOS is.", [("It is good. iOS is.", ("a",))]),
        (r"It is good.~\cite{a} \emph{More} follows.", [("It is good.", ("a",)), ("More follows.", ())]),
        (r"It is \unknown[x]{good} \cite{ a , b }.", [("It is good.", ("a", "b"))]),
        (r"Naïve caf\'e, \AA ngstr\"om, Stra\ss e \cite{a}.", [("Naïve café, Ångström, Straße.", ("a",))]),
        (r"\v{S}koda \c c\'\i \cite{a}.", [("Škoda çí.", ("a",))]),
        (r"One --- two -- ``three'' \& \$5 \textbackslash \cite{a}.", [("One — two – “three” & $5 \\.", ("a",))]),
        ("One\n% a comment\n% another\ntwo \\cite{a}.", [("One two.", ("a",))]),
        (r"It is so \citetext{see \citealp{a}; also \citealp{b}}.", [("It is so see; also.", ("a", "b"))]),
        (r"\defcitealias{b}{Paper I} It is so \volcite{2}[p. 3]{a}.", [("It is so.", ("a",))]),
        (r"\verb|\cite{no}| is code \cite{a}.", [("\\cite{no} is code.", ("a",))]),
        (r"Open \emph{brace \cite{a} is text.", [("Open brace is text.", ("a",))]),
        ("A\\footnote{open \\cite{a}.\n\nNext \\cite{b}.", [("A", ()), ("open.", ("a",)), ("Next.", ("b",))]),
        (r"\newcommand\m[1]{#1 \cite{#1x}} See \m{a} and \m b.", [("See a and b.", ("ax", "bx"))]),
        (r"\renewcommand{\cite}[1]{[#1]} Text \cite{a}.", [("Text.", ("a",))]),
        (r"\begin{lstlisting} \cite{no} \end{lstlisting} Text \cite{a}.", [("Text.", ("a",))]),
        (r"Text \begin{verbatim} \cite{no} \end{verbatim} goes on \cite{a}.", [("Text goes on.", ("a",))]),
        (r"It is \parencites(see also)(chap. 2)[see][3]{a}[4]{b} so.", [("It is so.", ("a", "b"))]),
        (r"It is \autocites(\emph{see} (x))()[3]{a}{b}[4]{c} so.", [("It is so.", ("a", "b", "c"))]),
        (r"So \textcites(see)[3]{a}{b} say.", [("So A and B say.", ("a", "b"))]),
        (r"It is so \volcites{1}[3]{a}{2}{b}.", [("It is so.", ("a", "b"))]),
        (r"It is so \cite<see>[p. 3]{a}, as \citeA<e.g.>{b} say.", [("It is so, as B say.", ("a", "b"))]),
        (r"It is so \citelist{\cite{a} \cite{b}}, \mcite{c,*d}.", [("It is so,.", ("a", "b", "c", "d"))]),
        (r"It is.\footnote{\citep{b}.} So\footnote{See, e.g., \citet{c}} it is.",
         [("It is.", ("b",)), ("So it is.", ("c",))]),
        (r"\url{https://x.org/a%20b} is \href{https://x.org/?q=%7B}{so \cite{a}}.", [("is so.", ("a",))]),
        (r"It is.\footnote{\small \url{x.org/a%20b} \cite{b}.} So \path {c%d} it is \cite{a}.",
         [("It is.", ("b",)), ("So it is.", ("a",))]),
        ("So \\url{x.org/%a {it} is \\cite{a}.\n\nMore \\cite{b}.", [("So", ()), ("More.", ("b",))]),
        (r"It is \captionof{table}[A]{Scores \cite{b}.} so \captionof*{figure}{Curves.} \cite{a}.",
         [("It is so.", ("a",)), ("Scores.", ("b",)), ("Curves.", ())]),
        (r"In \hyperref[s]{Section \cite{a}} it is \lstinline[language=C]|\cite{no}|.",
         [("In Section it is \\cite{no}.", ("a",))]),
        (r"It is \small \verb|\cite{no}| \cite{a}.", [("It is \\cite{no}.", ("a",))]),
        ("It is \\cites(open {a}.\n\nNext \\cite{b}.", [("It is", ()), ("Next.", ("b",))]),
    ],
)  # fmt: skip
def test_tex_as_people_write_it(text: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert sentences(text) == expected


STARRED = r"\NewDocumentCommand{\m}{s m}{\IfBooleanTF{#1}{\citet{#2}}{\citep{#2}}}"
BY_HAND = r"\newcommand\m{\@ifstar{\citet}{\@ifnextchar[{\mo}{\citep}}}\def\mo[#1]#2{#1 \citep{#2}}"


@pytest.mark.parametrize(
    ("definition", "text", "expected"),
    [
        (STARRED, r"See \m*{a}, as is known \m{b}.", [("See A, as is known.", ("a", "b"))]),
        (BY_HAND, r"See \m*{a}, as \m[all]{b} know \m{c}.", [("See A, as all know.", ("a", "b", "c"))]),
        (r"\NewDocumentCommand\m{s O{} +m}{\cite[#2]{#3}}", r"It is \m*[x]{a} so \m{b}.", [("It is so.", ("a", "b"))]),
        (r"\NewDocumentCommand\m{d() t+ D<>{q} m}{\cite{#4}}",
         r"It is \m(x)+<y>{a} so \m{b}.", [("It is so.", ("a", "b"))]),
        (r"\NewDocumentCommand\m{m g}{\IfNoValueTF{#2}{\cite{#1}}{\cite{#1,#2}}}",
         r"It is \m{a} so \m{b}{c}.", [("It is so.", ("a", "b", "c"))]),
        (r"\NewDocumentCommand\m{>{\SplitList{;}} m O{\cite{no}}}{\cite{#1}}",
         r"It is so \m{a}.", [("It is so.", ("a",))]),
        (r"\NewExpandableDocumentCommand{\m}{o m}{\cite[#1]{#2}}",
         r"It is \m[p]{a} so \m{b}.", [("It is so.", ("a", "b"))]),
        (r"\newrobustcmd*{\m}[2][x]{\cite[#1]{#2}}", r"It is \m[p]{a} so \m{b}.", [("It is so.", ("a", "b"))]),
        (r"\newcommandx{\m}[2][1=x]{\cite[#1]{#2}}", r"It is \m[p]{a} so \m{b}.", [("It is so.", ("a", "b"))]),
        (r"\DeclareCiteCommand{\m}[\mkbibparens]{\usebibmacro{x}}{\printfield{y}}{;}{z}\DeclareMultiCiteCommand{\ms}{\m}{;}",
         r"It is \m[p]{a} so \ms(see)()[x]{b}{c}.", [("It is so.", ("a", "b", "c"))]),
        (r"\NewDocumentCommand\m{" + "m" * 20 + r"}{#9\cite{#1}}", r"It is \m abcdefghiso.", [("It is iso.", ("a",))]),
        (r"\def\m" + "#1" * 20 + r"{#9\cite{#1}}", r"It is \m abcdefghiso.", [("It is iso.", ("a",))]),
        (r"\def\m<#1>{\cite{#1}}", r"It is \m<a> so.", [("It is so.", ("a",))]),
        (r"\newcommand\m[1]{\cite{#1}}\newcommand\be{\begin{equation}}\newcommand\ee{\end{equation}}",
         r"It is so. \be x \m{a} \ee And so on \m{b}.", [("It is so.", ()), ("And so on.", ("b",))]),
    ],
)  # fmt: skip
def test_macros_of_any_kind_of_argument(
    definition: str, text: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert sentences(definition + text) == expected


def test_what_tables_and_formulas_cite_is_known_though_no_sentence_does() -> None:
    macros = r"\newcommand\m[1]{\cite{#1}}\let\old\cite "
    table = r"\begin{tabular}{l} \url{x%20y} \m{a} & \old{b} \end{tabular} \begin{tblr}{X[l]} x \cite{t} \end{tblr}"
    draft = read((macros + "So." + table + r"\[ \m{c} \] It is.").encode(), "draft.tex")
    assert draft.uncited == ("a", "b", "t", "c") and [s.text for s in draft.sentences] == ["So.", "It is."]


@pytest.mark.parametrize(
    "alone",
    [
        r"\cite{a}",
        r"(see \cite{a}).",
        r"\footnotetext{\cite{a}}",
        r"\begin{itemize} \item \cite{a} \end{itemize}",
        r"\begin{figure} \includegraphics{x} \caption{\cite{a}} \end{figure}",
        r"\title{Small \cite{a} models}",
        r"\todo[inline]{Add \cite{a}!}",
        r"\begin{description} \item[\emph{Ong} \cite{a}] \end{description}",
    ],
)
def test_what_is_cited_without_a_sentence_is_known(alone: str) -> None:
    draft = read(f"It is so.\n\n{alone}\n\nAnd so on.".encode(), "draft.tex")
    assert draft.uncited == ("a",) and [s.text for s in draft.sentences] == ["It is so.", "And so on."]


def test_a_caption_that_only_cites_is_no_citation_of_the_sentence_around() -> None:
    draft = read(rb"It is \begin{figure} \caption{See \cite{a}.} \end{figure} so \cite{b}.", "draft.tex")
    assert draft.uncited == ("a",) and [(s.text, s.citations) for s in draft.sentences] == [("It is so.", ("b",))]


def test_bibitems_are_references() -> None:
    draft = read(
        rb"""Text \cite{ong}. More \cite{lu}.
        \begin{thebibliography}{9}
        \bibitem[{Ong et~al.(2024)}]{ong} Isaac Ong and Amjad {\"U}st. \newblock Route{LLM}: Learning to route.
          \newblock \emph{arXiv preprint arXiv:2406.18665}, 2024.
        \bibitem{lu} K. Lu, H. Yuan: Routing to the expert. In: NAACL (2024). \url{https://doi.org/10.1/X.5}
        \end{thebibliography}""",
        "draft.tex",
    )
    ong, lu = draft.bibliography["ong"], draft.bibliography["lu"]
    assert (ong.title, ong.authors, ong.year, ong.arxiv_id) == (
        "RouteLLM: Learning to route", ("Isaac Ong", "Amjad Üst"), 2024, "2406.18665",
    )  # fmt: skip
    assert (lu.title, lu.year, lu.place.line) == ("Routing to the expert", 2024, 5)


def test_a_bbl_stands_in_for_bib_files_that_are_not_here(tmp_path: Path) -> None:
    (tmp_path / "paper.tex").write_text(r"Text \cite{a}. \bibliography{gone}")
    (tmp_path / "paper.bbl").write_text(
        "\\begin{thebibliography}{1}\n\\bibitem{a}\nAnn Lee.\n\\newblock A title here.\n\\newblock 2020."
    )
    draft = read(tmp_path / "paper.tex")
    assert draft.bibliography["a"].title == "A title here"
    assert "is not there" in draft.warnings[0].reason
