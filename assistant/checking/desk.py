"""`Desk`: sentences of a person's own, checked against a collection."""

import difflib
from typing import Self

from index.corpus import Corpus
from index.encoder import Encoder
from ingest.errors import InputError
from ingest.links import identify
from ingest.paper import Paper
from ingest.text import fold, normalised_title

from ..settings import Settings
from .check import Check
from .checker import Checker
from .judge import Judge

_CANDIDATES = 10  # papers found for a sentence that may support it
_SHORTEST = 3  # words of a sentence
_LONGEST = 2_000  # characters of a sentence
_NAMED = 3  # papers named in a suggestion


class Desk:
    """A collection with a checker."""

    def __init__(self, collection: Corpus, checker: Checker) -> None:
        self.checker = checker
        self._collection = collection
        self._by_title: dict[str, Paper] | None = None

    @classmethod
    def beside(cls, collection: Corpus) -> Self:
        """Open a checker for a collection, with the judge that is configured, if one is.

        Raises:
            InputError: the configured judge cannot be used.
        """
        own = collection.encoder
        # The checker's weights were fitted with the bundled model, whatever embeds the collection.
        encoder = own if own.spec is None else Encoder.open()
        judge = Settings.load().judge
        return cls(collection, Checker(encoder, Judge(judge) if judge else None))

    def check(self, sentence: str, paper: str | None = None) -> tuple[Check, Check | None]:
        """Check a sentence by a paper, named by its id or title, or by the paper that supports it best.

        Returns:
            The check, and that of another paper which supports the sentence where the named one does not.

        Raises:
            InputError: there is no such paper, or the sentence is empty or longer than any.
        """
        if not any(c.isalnum() for c in sentence):
            raise InputError("the sentence is empty; expected one that claims something")
        if len(sentence) > _LONGEST:
            raise InputError(f"the sentence has {len(sentence):,} characters; expected at most {_LONGEST:,}")
        if len(sentence.split()) < _SHORTEST:
            raise InputError(f"{fold(sentence)!r} claims nothing; expected a sentence of at least {_SHORTEST} words")
        named = None if paper is None else self.find(paper)
        found = [hit.paper for hit in self._collection.search(sentence, _CANDIDATES).hits]
        if named is None:
            best = self.checker.best(sentence, found)
            if best is None:
                raise InputError(f"the collection {self._collection.name} holds no papers; footnote add FILE adds some")
            return best, None
        check = self.checker.check(sentence, named, found)
        better = None if check.verdict == "supported" else self.checker.repoint(sentence, named, found)
        return check, self.checker.check(sentence, better, found) if better else None

    def find(self, name: str) -> Paper:
        """Return the paper with this id or title; a part of the title will do if only one has it.

        Raises:
            InputError: there is none, or there are several.
        """
        link = identify(name)
        bare = name.strip().lower()
        ids = [name, bare, f"arxiv:{link.arxiv_id or bare}", f"doi:{link.doi or bare}", f"acl:{link.acl_id or bare}"]
        if paper := next(filter(None, map(self._collection.get, ids)), None):
            return paper
        if self._by_title is None:
            self._by_title = {paper.normalised_title: paper for paper in self._collection.papers()}
        wanted = normalised_title(name)
        if wanted in self._by_title:
            return self._by_title[wanted]
        short = [p for p in self._by_title.values() if p.title.partition(":")[0] == name.strip()]
        if len(short) == 1:  # "LESS" of "LESS: Selecting Influential Data"
            return short[0]
        containing = [title for title in self._by_title if f" {wanted} " in f" {title} "] if wanted else []
        if len(containing) == 1:
            return self._by_title[containing[0]]
        if containing:
            titles = "; ".join(self._by_title[title].title for title in containing[:_NAMED])
            raise InputError(
                f"{len(containing)} titles have {name!r} in them ({titles}); expected one paper's id or title"
            )
        close = difflib.get_close_matches(wanted, self._by_title, n=1, cutoff=0.5)
        if close:
            hint = f"did you mean {self._by_title[close[0]].title!r} ({self._by_title[close[0]].id})?"
        else:
            hint = "footnote search finds papers, with --json their ids"
        raise InputError(f"no paper {name!r} in {self._collection.name}; {hint}")
