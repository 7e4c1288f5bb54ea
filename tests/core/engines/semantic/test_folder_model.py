"""Folders as sentence-transformers writes them, made of the first three layers of the published model."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import onnx
import pytest
from safetensors.numpy import load_file, save_file

from core.engines.semantic import multilingual
from core.engines.semantic.encoder import Encoder
from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.folder_model import CALIBRATION_FILE, folder_model
from core.engines.semantic.graph import Shape, build_graph
from core.engines.semantic.rules import Rule
from core.engines.semantic.weights import ModelFiles
from core.errors import EngineUnavailable
from core.questions.entry import Entry, Published

LAYERS = 3
CONFIG = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "hidden_size": 384,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 12,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512,
}
RULE = Rule(
    base=0.4,
    one_entry=0.0,
    cross=0.3,
    log_phrasings=0.05,
    within=0.0,
    slope=12.7,
    other_language=0.0,
)
SHOP = (
    Entry(id=1, question="When are you open?", answer="9 to 5."),
    Entry(id=2, question="Are you hiring?", answer="Yes."),
)
TEXT = "When do you close today?"

Make = Callable[..., Path]


@pytest.fixture(scope="module")
def first_layers(files: ModelFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights of the published model's first layers, which every folder of these tests links to."""
    tensors = load_file(files.weights)
    kept = {f"bert.{k}": v for k, v in tensors.items() if ".layer." not in k or int(k.split(".")[2]) < LAYERS}
    path = tmp_path_factory.mktemp("layers") / "model.safetensors"
    save_file(kept, path)
    return path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which a folder's weights are prepared once, for tests that are not about preparing."""
    return tmp_path_factory.mktemp("prepared")


@pytest.fixture
def make(tmp_path: Path, files: ModelFiles, first_layers: Path) -> Make:
    """Makes a folder; ``changed`` are keys of its files by the file's name, None for a file that is left out."""

    def made(changed: Mapping[str, dict | None] | None = None, *, pooling: str = "mean_tokens") -> Path:
        folder = tmp_path / "my-model"
        kinds = ("Transformer", "Pooling", "Normalize")
        contents: dict = {
            "modules.json": [{"idx": n, "type": f"sentence_transformers.models.{k}"} for n, k in enumerate(kinds)],
            "config.json": CONFIG,
            "sentence_bert_config.json": {"max_seq_length": 128},
            "config_sentence_transformers.json": {"prompts": {"query": "query: "}, "default_prompt_name": None},
            "1_Pooling/config.json": {
                f"pooling_mode_{mode}": mode == pooling for mode in ("mean_tokens", "cls_token", "max_tokens")
            },
        }
        for name, content in contents.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).unlink(missing_ok=True)
            change = (changed or {}).get(name, {})
            if change is not None:
                whole = {**content, **change} if isinstance(content, dict) else change or content
                (folder / name).write_text(json.dumps(whole))
        shutil.copy(files.tokenizer, folder / "tokenizer.json")
        (folder / "model.safetensors").unlink(missing_ok=True)
        (folder / "model.safetensors").symlink_to(first_layers)
        return folder

    return made


def as_onnx(folder: Path) -> None:
    """Replace the weights by an export: it takes a mask, and gives the last layer."""
    model = build_graph(folder / "model.safetensors", Shape(name="export", layers=LAYERS))
    del model.graph.node[-2:]
    layer = onnx.helper.make_tensor_value_info(model.graph.node[-1].output[0], 1, ["batch", "tokens", 384])
    del model.graph.output[:]
    model.graph.output.append(layer)
    ids = onnx.helper.make_node("Cast", ["long_ids"], ["input_ids_32"], to=onnx.TensorProto.INT32)
    for node in model.graph.node:
        node.input[:] = ["input_ids_32" if name == "input_ids" else name for name in node.input]
    model.graph.node.insert(0, ids)
    model.graph.node[0].input[0] = "input_ids"
    del model.graph.input[:]
    for name in ("input_ids", "attention_mask", "token_type_ids"):
        model.graph.input.append(onnx.helper.make_tensor_value_info(name, 7, ["batch", "tokens"]))
    (folder / "onnx").mkdir()
    onnx.save(model, folder / "onnx" / "model.onnx")
    (folder / "model.safetensors").unlink()


def encoded(folder: Path, data_dir: Path, text: str = TEXT) -> np.ndarray:
    return folder_model(folder).encoder(data_dir).encode(text)


def test_safetensors_and_onnx_give_nearly_the_same_vector(make: Make, prepared: Path) -> None:
    for pooling in ("mean_tokens", "cls_token"):
        folder = make(pooling=pooling)
        small = encoded(folder, prepared)
        as_onnx(folder)
        exact = encoded(folder, prepared)

        assert np.linalg.norm(small) == pytest.approx(1, abs=1e-5)
        assert np.linalg.norm(exact) == pytest.approx(1, abs=1e-5)
        assert small @ exact > 0.98
        shutil.rmtree(folder)


def test_the_prefix_the_length_and_the_pooling_are_those_of_its_files(
    make: Make, prepared: Path, encoder: Encoder
) -> None:
    model = folder_model(make())
    made = model.encoder(prepared)

    assert (model.prefix, model.most_tokens, model.width, model.reads_many_languages) == ("query: ", 128, 384, False)
    assert made.token_ids(TEXT) == encoder.token_ids(f"query: {TEXT}")
    assert len(made.token_ids("word " * 500)) == 128
    assert folder_model(make({"config_sentence_transformers.json": None})).prefix == ""


def test_the_engine_decides_by_a_folder_with_its_own_threshold(make: Make, prepared: Path) -> None:
    folder = make()
    folder_model(folder).keep_rule(RULE)
    engine = SemanticEngine(prepared, folder)
    table = Published(org_id="shop", revision=1, entries=SHOP)

    assert engine.name == "Built-in (my-model)"
    assert engine.version.startswith(f"my-model {folder_model(folder).digest[:12]}-")
    assert engine.decide("When do you open?", table).candidates[0].entry_id == 1
    assert engine.decide("When are you open?", table).entry_id == 1
    assert engine.decide("Are you hiring?", table).threshold == pytest.approx(0.4, abs=0.4)


def test_a_folder_of_the_published_model_is_the_published_model(files: ModelFiles, make: Make, data_dir: Path) -> None:
    folder = make()
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to(files.weights)
    table = Published(org_id="shop", revision=1, entries=SHOP)

    assert SemanticEngine(data_dir, folder).decide(TEXT, table) == SemanticEngine(data_dir).decide(TEXT, table)
    assert SemanticEngine(data_dir, folder).version == SemanticEngine(data_dir).version


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"config.json": {"model_type": "mpnet"}}, "of the kind “mpnet”.*export it as onnx/model.onnx"),
        ({"config.json": {"hidden_act": "relu"}}, "unusual"),
        ({"config.json": None}, r"config\.json is missing"),
        ({"config.json": {"num_attention_heads": None}}, "does not hold a model"),
        ({"1_Pooling/config.json": {"pooling_mode_mean_tokens": False, "pooling_mode_max_tokens": True}}, "pooling"),
        ({"1_Pooling/config.json": None}, "missing"),
        ({"modules.json": [{"type": "sentence_transformers.models.Dense"}]}, "lists Dense"),
    ],
    ids=["kind", "activation", "no config", "no heads", "max pooling", "no pooling", "other modules"],
)
def test_a_folder_that_cannot_be_used_is_told_with_the_reason(
    make: Make, tmp_path: Path, changed: Mapping[str, dict | None], reason: str
) -> None:
    engine = SemanticEngine(tmp_path, make(changed))

    assert "unusable" in engine.version
    with pytest.raises(EngineUnavailable, match=f"FRONTLINE_MODEL_DIR names, cannot be used: .*{reason}"):
        engine.decide(TEXT, Published(org_id="shop", revision=1, entries=SHOP))


def test_a_tensor_that_is_missing_is_told(make: Make, tmp_path: Path) -> None:
    model = folder_model(make({"config.json": {"num_hidden_layers": 4}}))

    with pytest.raises(EngineUnavailable, match=r"encoder\.layer\.3"):
        model.encoder(tmp_path)


def test_without_a_fitted_threshold_the_command_is_named(make: Make, prepared: Path) -> None:
    folder = make()
    table = Published(org_id="shop", revision=1, entries=SHOP)

    with pytest.raises(EngineUnavailable, match=f"no {CALIBRATION_FILE}.*calibrate_folder --model {folder}"):
        SemanticEngine(prepared, folder).decide(TEXT, table)

    path = folder_model(folder).keep_rule(RULE)
    assert folder_model(folder).rule() == RULE
    path.write_text(path.read_text().replace('"weights": "', '"weights": "0'))
    with pytest.raises(EngineUnavailable, match="made for other files"):
        folder_model(folder).rule()


def test_an_english_folder_leaves_other_languages_to_the_second_model(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make()
    folder_model(folder).keep_rule(RULE)
    engine = SemanticEngine(tmp_path, folder)

    assert multilingual.VERSION in engine.version
    monkeypatch.setattr(multilingual, "PACKAGE", "a-package-that-nobody-installed")
    assert ";" not in engine.version
