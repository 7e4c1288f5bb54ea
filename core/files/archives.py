"""Takes the files out of a ZIP archive, as bots are exported in several: no more than there is room for."""

import io
import zipfile
from pathlib import PurePosixPath

from core.errors import FileRejected
from core.files.kinds import SUFFIXES
from core.files.table import FileLimits

_FILES = 40
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = "The ZIP archive is damaged. Pack it again, or upload the files that are in it."


def is_archive(data: bytes, name: str) -> bool:
    """Whether a file is a ZIP archive of other files, by its name and its first bytes."""
    return name.lower().endswith(".zip") and data.startswith(b"PK\x03\x04")


def unpacked(data: bytes, limits: FileLimits = FileLimits()) -> list[tuple[str, bytes]]:  # noqa: B008 - frozen
    """The tables of an archive, each with its name, in the archive's order; other kinds of files are passed over.

    Archives within it are not opened. Raises FileRejected when it holds no table, is damaged or protected, or unpacks
    to more than the limits allow.
    """
    if len(data) > limits.bytes:
        raise FileRejected(f"The archive is larger than {limits.bytes // 1024**2:,} MB. Upload the files one by one.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [part for part in archive.infolist() if _is_table(part.filename)]
            _check(parts, limits)
            return [(PurePosixPath(part.filename).name, archive.read(part)) for part in parts]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, zipfile.LargeZipFile) as error:
        raise FileRejected(_DAMAGED) from error


def _is_table(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden


def _check(parts: list[zipfile.ZipInfo], limits: FileLimits) -> None:
    if not parts:
        raise FileRejected(f"There is no table in the ZIP archive. It may hold these kinds: {', '.join(SUFFIXES)}.")
    if any(part.flag_bits & 1 for part in parts):
        raise FileRejected("The ZIP archive is protected by a password. Pack it without one, and upload that.")
    if any(part.compress_type not in _METHODS for part in parts):
        raise FileRejected(_DAMAGED)
    if len(parts) > _FILES or sum(part.file_size for part in parts) > 2 * limits.bytes:
        raise FileRejected(
            f"The ZIP archive holds more than {_FILES} files, or more than {2 * limits.bytes // 1024**2} MB unpacked. "
            "Upload only those with questions and answers."
        )
