"""A made-up draft about the survey's subjects, for the tests of what is written for drafts."""

from pathlib import Path

MAIN = r"""% !TEX program = pdflatex
\documentclass{article}
\title{A router for support chats}
\begin{document}
\maketitle
\section{Introduction}
RouteLLM trains routers on human preference data to choose between a stronger and a weaker LLM. % note
Speculative decoding lets a small draft model propose tokens
that a large model verifies in parallel. A weak teacher halves the cost of cooking rice~\cite{frugal}.
\begin{verbatim}
Small models can filter pretraining data. % not a comment
\end{verbatim}
\input{sections/rel}
\bibliographystyle{plain}\bibliography{refs}
\end{document}
"""
RELATED = r"""\section{Related}
FrugalGPT cascades LLM queries by cost~\cite{frugal}. \footnote{Perplexity of a small
model can be used to prune pretraining data for a large language model.}
"""
REFS = """@article{frugal,
  title = {FrugalGPT: How to Use Large Language Models While Reducing Cost and Improving Performance},
  author = {Chen, Lingjiao}, year = {2024}
}
@book{ong2025routellm, title = {A book of another kind altogether}, author = {Ong, Ann}, year = {2025}}
"""
PARAGRAPH = (
    "RouteLLM trains routers on human preference data to choose between a stronger and a weaker LLM. "
    "Speculative decoding lets a small draft model propose tokens that a large model verifies in parallel. "
    "The perplexity of a small model can be used to prune pretraining data for a large language model.\n"
)
OFF_TOPIC = (
    "Sourdough bread depends on wild yeast that lives in a starter of flour and water. Bakers feed it daily, "
    "and judge its strength by how fast it doubles.\n"
)


def write_draft(folder: Path) -> Path:
    """Write a draft of two files and a bibliography, whose second entry has a key that an export would give out."""
    (folder / "sections").mkdir(parents=True)
    (folder / "main.tex").write_text(MAIN)
    (folder / "sections" / "rel.tex").write_text(RELATED)
    (folder / "refs.bib").write_text(REFS)
    return folder / "main.tex"
