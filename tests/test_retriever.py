"""A collection as a llama-index retriever."""

from pathlib import Path

from index.filters import Filters
from index.retriever import CollectionRetriever


def test_nodes_are_the_hits_of_a_search(use_survey: Path) -> None:
    retriever = CollectionRetriever("survey", top_k=8)
    nodes = retriever.retrieve("which papers route queries between models?")
    assert len(nodes) == 8
    assert [n.score for n in nodes] == sorted((n.score for n in nodes), reverse=True)
    assert nodes[0].node.metadata["topic"] == "Model Routing"
    assert nodes[0].node.node_id.startswith("arxiv:")
    assert nodes[0].node.metadata["title"] in nodes[0].node.get_content()


def test_filters_hold(use_survey: Path) -> None:
    nodes = CollectionRetriever("survey", filters=Filters(venue="ICML")).retrieve("data selection")
    assert {n.node.metadata["venue"] for n in nodes} == {"ICML"}


def test_a_query_engine_answers_from_a_collection(use_survey: Path) -> None:
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import RetrieverQueryEngine

    engine = RetrieverQueryEngine.from_args(CollectionRetriever("survey", top_k=2), llm=MockLLM())
    response = engine.query("speculative decoding")
    assert len(response.source_nodes) == 2 and "Speculative" in str(response)
