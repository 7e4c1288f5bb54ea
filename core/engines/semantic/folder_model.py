"""A model that an installation brings itself: a folder as sentence-transformers writes it, in FRONTLINE_MODEL_DIR."""

import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from core.engines.semantic.calibration import CALIBRATION
from core.engines.semantic.encoder import Encoder, Reading
from core.engines.semantic.graph import Pooling, Shape, build_graph
from core.engines.semantic.known_words import words_of
from core.engines.semantic.piece_words import words_in_any_script
from core.engines.semantic.prepare import RECIPE, prepared
from core.engines.semantic.rules import Rule
from core.errors import EngineUnavailable

CALIBRATION_FILE = "frontline-calibration.json"
CALIBRATE = "python -m tests.benchmarks.calibrate_folder"

KINDS = ("bert", "roberta", "xlm-roberta", "camembert")
"""Values of ``model_type`` whose weights can be read; any other kind is run from an ONNX file."""

MANY_LANGUAGES = 60_000
"""Pieces of a vocabulary from which on a model is taken to read many languages: English ones have 30,000 to 50,000."""

_WEIGHTS = "model.safetensors"
_ONNX = ("onnx/model.onnx", "model.onnx")
_MODULES = ("Transformer", "Pooling", "Normalize")
_SETUP = (
    *("config.json", "tokenizer.json", "1_Pooling/config.json"),
    *("sentence_bert_config.json", "config_sentence_transformers.json"),
)
_POOLINGS = {"pooling_mode_mean_tokens": Pooling.MEAN, "pooling_mode_cls_token": Pooling.FIRST}
_UNKNOWN = ("<unk>", "[UNK]")
_AFTER_PADDING = ("roberta", "xlm-roberta", "camembert")
"""Kinds that count places from behind the number of the padding."""

T = TypeVar("T")


class _Unusable(Exception):
    """Why a folder cannot be used, in words for people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderModel:
    """What a folder says of its model.

    ``weights`` is the file that is run, ``digest`` its SHA-256; ``setup`` is that of all else that tells how.
    """

    folder: Path
    name: str
    weights: Path
    digest: str
    setup: str
    shape: Shape | None
    """None for an ONNX file, which holds its own."""
    pooling: Pooling
    prefix: str
    most_tokens: int
    width: int
    reads_many_languages: bool

    @property
    def version(self) -> str:
        """Names the weights and how they are prepared."""
        return f"{self.name} {self.digest[:12]}-{self.setup}, recipe {RECIPE}"

    def encoder(self, data_dir: Path) -> Encoder:
        """The encoder; weights are prepared in ``data_dir``, an ONNX file is run as it is.

        Raises EngineUnavailable when the model cannot be prepared or run.
        """
        from tokenizers import Tokenizer  # noqa: PLC0415 - heavy

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        unknown = next((n for n in map(tokenizer.token_to_id, _UNKNOWN) if n is not None), -1)
        reading = Reading(
            prefix=self.prefix,
            most_tokens=self.most_tokens,
            width=self.width,
            words_of=functools.partial(words_in_any_script, unknown=unknown) if self.reads_many_languages else words_of,
            is_shared=True,
            pooling=self.pooling if self.shape is None else None,
        )
        shape = self.shape
        if shape is None:
            return Encoder(self.weights, tokenizer, reading=reading)
        model = prepared(
            f"{self.name}-{self.digest[:12]}-{self.setup}-{RECIPE}.onnx",
            lambda: _told(self.folder, lambda: build_graph(self.weights, shape)),
            data_dir,
        )
        return Encoder(model, tokenizer, reading=reading)

    def rule(self) -> Rule:
        """The threshold that was fitted to this model. Raises EngineUnavailable when none was, or to another one."""
        return _told(self.folder, self._rule)

    def keep_rule(self, rule: Rule) -> Path:
        """Write a fitted threshold beside the model."""
        path = self.folder / CALIBRATION_FILE
        content = {"weights": self.digest, "setup": self.setup, "formula": CALIBRATION, "rule": asdict(rule)}
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        return path

    def _rule(self) -> Rule:
        remedy = f"Run this where the development data is: {CALIBRATE} --model {self.folder}"
        path = self.folder / CALIBRATION_FILE
        if not path.exists():
            raise _Unusable(f"it has no {CALIBRATION_FILE} yet, which says how near is near enough. {remedy}")
        content = _json(path)
        if [content.get(name) for name in ("weights", "setup", "formula")] != [self.digest, self.setup, CALIBRATION]:
            raise _Unusable(f"its {CALIBRATION_FILE} was made for other files or an older Frontline. {remedy}")
        try:
            return Rule(**content["rule"])
        except (KeyError, TypeError) as error:
            raise _Unusable(f"its {CALIBRATION_FILE} cannot be read. {remedy}") from error


def is_model_folder(folder: Path) -> bool:
    """Whether a folder is laid out as sentence-transformers does, rather than holding two files alone."""
    return (folder / "modules.json").exists()


def folder_model(folder: Path) -> FolderModel:
    """What this folder holds. Raises EngineUnavailable, with the reason and what to do, when it cannot be used."""
    return _told(folder, lambda: _read(folder))


def _read(folder: Path) -> FolderModel:
    _require_modules(folder)
    config = _json(folder / "config.json")
    weights = _weights(folder, str(config.get("model_type")))
    own = _json(folder / "sentence_bert_config.json", optional=True)
    asked = _json(folder / "config_sentence_transformers.json", optional=True)
    tokens = _json(folder / "tokenizer.json")
    pieces = len(tokens.get("model", {}).get("vocab", ()))
    shape = _shape(folder.name, config, _pooling(folder)) if weights.name == _WEIGHTS else None
    first = shape.first_place if shape else 0
    return FolderModel(
        folder=folder,
        name=folder.name,
        weights=weights,
        digest=_digest(weights),
        setup=_setup(folder),
        shape=shape,
        pooling=_pooling(folder),
        prefix=_prefix(asked),
        most_tokens=int(own.get("max_seq_length") or int(config.get("max_position_embeddings", 512)) - first),
        width=int(config.get("hidden_size", 0)),
        reads_many_languages=pieces > MANY_LANGUAGES,
    )


def _require_modules(folder: Path) -> None:
    modules = _json(folder / "modules.json")
    kinds = [str(module.get("type", "")).rpartition(".")[2] for module in modules] if isinstance(modules, list) else []
    if kinds not in (list(_MODULES), list(_MODULES[:2])):
        raise _Unusable(
            f"its modules.json lists {', '.join(kinds) or 'nothing'}; only Transformer, Pooling and Normalize, in this "
            "order, are understood"
        )


def _weights(folder: Path, kind: str) -> Path:
    found = next((path for name in _ONNX if (path := folder / name).exists()), None)
    if kind in KINDS and (folder / _WEIGHTS).exists():
        return folder / _WEIGHTS
    if found is not None:
        return found
    if (folder / _WEIGHTS).exists():
        raise _Unusable(
            f"its weights are of the kind “{kind}”, and only {', '.join(KINDS)} are understood: export it as "
            f"{_ONNX[0]}, which any kind can be run from"
        )
    raise _Unusable(f"it holds neither {_WEIGHTS} nor {_ONNX[0]}")


def _shape(name: str, config: dict[str, Any], pooling: Pooling) -> Shape:
    if config.get("hidden_act", "gelu") != "gelu" or config.get("position_embedding_type", "absolute") != "absolute":
        raise _Unusable(f"its layers are unusual (config.json): export it as {_ONNX[0]}")
    try:
        return Shape(
            name=name,
            layers=int(config["num_hidden_layers"]),
            heads=int(config["num_attention_heads"]),
            width=int(config["hidden_size"]),
            epsilon=float(config["layer_norm_eps"]),
            pooling=pooling,
            first_place=int(config.get("pad_token_id", 1)) + 1 if config.get("model_type") in _AFTER_PADDING else 0,
        )
    except KeyError as error:
        raise _Unusable(f"its config.json lacks {error.args[0]}") from error


def _pooling(folder: Path) -> Pooling:
    config = _json(folder / "1_Pooling" / "config.json")
    chosen = [name for name, value in config.items() if name.startswith("pooling_mode_") and value is True]
    if len(chosen) != 1 or chosen[0] not in _POOLINGS:
        raise _Unusable("its 1_Pooling/config.json asks for another pooling than the mean of all tokens or the first")
    return _POOLINGS[chosen[0]]


def _prefix(config: dict[str, Any]) -> str:
    """What comes before a question; stored phrasings are questions too."""
    prompts = config.get("prompts") or {}
    return str(prompts.get(config.get("default_prompt_name") or "query") or "")


def _json(path: Path, *, optional: bool = False) -> Any:  # noqa: ANN401 - whatever the file holds
    if optional and not path.exists():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _Unusable(f"its {path.name} is missing or cannot be read") from error


def _setup(folder: Path) -> str:
    found = hashlib.sha256()
    for name in _SETUP:
        path = folder / name
        found.update(hashlib.sha256(path.read_bytes() if path.exists() else b"").digest())
    return found.hexdigest()[:8]


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _Unusable(f"{path.name} cannot be read") from error


def _told(folder: Path, work: Callable[[], T]) -> T:
    try:
        return work()
    except _Unusable as error:
        reason = str(error)
        cause: Exception = error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        reason = f"it does not hold a model as sentence-transformers writes it ({error})"
        cause = error
    raise EngineUnavailable(
        f"The built-in engine is off: the folder {folder}, which FRONTLINE_MODEL_DIR names, cannot be used: {reason}."
    ) from cause
