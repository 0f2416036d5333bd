"""A collection as a llama-index retriever, for anybody's llama-index program.

from llama_index.core.query_engine import RetrieverQueryEngine
from index.retriever import CollectionRetriever

engine = RetrieverQueryEngine.from_args(CollectionRetriever("survey", top_k=8), llm=my_llm)
"""

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from .collection import Collection
from .corpus import Corpus
from .filters import Filters
from .generation import full_text
from .hits import Hit


class CollectionRetriever(BaseRetriever):
    """Retrieves papers; a node's text is title, topic, headings and text, its metadata the record."""

    def __init__(self, collection: str | Corpus, top_k: int = 10, filters: Filters = Filters()) -> None:
        """Retrieve from a collection, or the one of this name.

        Raises:
            InputError: there is no such collection.
        """
        self._collection: Corpus = Collection.open(collection) if isinstance(collection, str) else collection
        self._top_k = top_k
        self._filters = filters
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        results = self._collection.search(query_bundle.query_str, self._top_k, self._filters)
        return [_node(hit) for hit in results.hits]


def _node(hit: Hit) -> NodeWithScore:
    paper = hit.paper
    metadata = {
        "title": paper.title,
        "authors": ", ".join(paper.authors),
        "year": paper.year,
        "venue": paper.venue,
        "topic": paper.topic,
        "section": " > ".join(paper.section),
        "url": paper.url,
        "code_url": paper.code_url,
        "text_kind": paper.text_kind,
    }
    known = {name: value for name, value in metadata.items() if value}
    node = TextNode(
        id_=paper.id,
        text=full_text(paper),
        metadata=known,
        # The text says title, topic and section already; what a model reads should not repeat them.
        excluded_llm_metadata_keys=list(known),
        excluded_embed_metadata_keys=list(known),
    )
    return NodeWithScore(node=node, score=hit.score)
