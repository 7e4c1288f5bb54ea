import io
import zipfile

import pytest

from core.errors import FileRejected
from core.files.archives import is_archive, unpacked
from core.files.table import FileLimits


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_the_tables_of_an_archive_come_out_with_their_names_and_nothing_else() -> None:
    data = packed(
        {
            "bot/data/nlu.yml": b"nlu: []",
            "bot/readme.md": b"no table",
            "__MACOSX/bot/._nlu.yml": b"x",
            "a.csv": b"question,answer",
        }
    )

    assert is_archive(data, "bot.ZIP")
    assert unpacked(data) == [("nlu.yml", b"nlu: []"), ("a.csv", b"question,answer")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (packed({"readme.md": b"x"}), "no table in the ZIP archive"),
        (packed({"a.csv": b"x" * 3000}), "MB unpacked"),
        (b"PK\x03\x04 and nothing that fits", "is damaged"),
        (packed({"a.csv": b"question,answer\na,b"})[:60], "is damaged"),
    ],
    # the bytes hold the time, and workers that name one test differently all stop
    ids=["no table", "too large", "other bytes", "cut off"],
)
def test_an_archive_that_cannot_be_used_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(FileRejected, match=words):
        unpacked(data, FileLimits(bytes=1000))
