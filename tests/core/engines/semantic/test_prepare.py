import subprocess
import sys
from pathlib import Path

import pytest

from core.engines.semantic import prepare
from core.engines.semantic.prepare import FILE_NAME, prepared_model
from core.engines.semantic.weights import ModelFiles
from core.errors import EngineUnavailable

PREPARE = """
import hashlib, pathlib, sys
from core.engines.semantic.prepare import FILE_NAME, prepared_model
from core.engines.semantic.weights import model_files
folder = pathlib.Path(sys.argv[1])
model = prepared_model(model_files(), folder)
print(hashlib.sha256(model).hexdigest(), (folder / FILE_NAME).stat().st_ino)
"""


def test_two_processes_that_prepare_at_once_make_one_model_in_place_of_a_half_written_one(
    files: ModelFiles, data_dir: Path, tmp_path: Path
) -> None:
    whole = prepared_model(files, data_dir)
    (tmp_path / FILE_NAME).write_bytes((data_dir / FILE_NAME).read_bytes()[: len(whole) // 2])

    both = [
        subprocess.Popen([sys.executable, "-c", PREPARE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    first, second = (process.communicate()[0] for process in both)

    assert first == second != ""
    assert prepared_model(files, tmp_path) == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE_NAME, f"{FILE_NAME}.lock"]


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:0], lambda content: content[:-1], lambda content: content[:99] + b"?" + content[100:]],
    ids=["emptied", "cut short", "one byte changed"],
)
def test_a_damaged_model_is_made_again(
    files: ModelFiles,
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage,
) -> None:
    whole = prepared_model(files, data_dir)
    (tmp_path / FILE_NAME).write_bytes(damage((data_dir / FILE_NAME).read_bytes()))
    made = []
    monkeypatch.setattr(prepare, "_quantised", lambda _, folder: made.append(folder) or whole)

    assert prepared_model(files, tmp_path) == whole
    assert prepared_model(files, tmp_path) == whole
    assert made == [tmp_path]
    assert (tmp_path / FILE_NAME).read_bytes() == (data_dir / FILE_NAME).read_bytes()


def test_a_folder_that_cannot_be_written_is_told(files: ModelFiles, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("not a folder")

    with pytest.raises(EngineUnavailable, match=r"cannot be stored in .*a file.*FRONTLINE_DATA_DIR"):
        prepared_model(files, tmp_path / "a file")


def test_a_write_that_fails_leaves_nothing_behind(
    files: ModelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(prepare, "_quantised", lambda *_: b"a model")
    monkeypatch.setattr(prepare.os, "fsync", full)

    with pytest.raises(EngineUnavailable, match="No space left on device"):
        prepared_model(files, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [f"{FILE_NAME}.lock"]
