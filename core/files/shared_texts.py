"""Refuses workbooks whose list of texts is too long to read: it is read as a whole, whatever the chosen sheet needs."""

import io
import re
import zipfile

import defusedxml.ElementTree  # type: ignore[import-untyped]  # defusedxml ships no types

from core.errors import FileRejected
from core.files.table import FileLimits

_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_TEXT = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")
_CHUNK = 1024 * 1024
_TAG = 64
"""Bytes that the beginning of a tag may have."""


def check_shared_texts(data: bytes, limits: FileLimits) -> None:
    """Raise FileRejected when the texts that the cells of a workbook share are more, or longer, than the limits."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in _parts(archive):
            if archive.getinfo(name).file_size > limits.shared:
                raise FileRejected(_TOO_MUCH.format(f"{limits.shared // 1024**2:,} MB of text"))
            if _count(archive, name, limits.texts) > limits.texts:
                raise FileRejected(_TOO_MUCH.format(f"{limits.texts:,} different texts"))


_TOO_MUCH = "The workbook holds more than {}. Copy only the rows that are needed to a new workbook, and upload that."


def _parts(archive: zipfile.ZipFile) -> list[str]:
    """The parts with such texts, by what the workbook says of them: their names may be any."""
    if "[Content_Types].xml" not in archive.namelist():
        return []
    types = defusedxml.ElementTree.fromstring(archive.read("[Content_Types].xml"))
    named = [one.get("PartName", "")[1:] for one in types.iter() if one.get("ContentType") == _KIND]
    return [name for name in named if name in archive.namelist()]


def _count(archive: zipfile.ZipFile, name: str, most: int) -> int:
    """How many texts there are; not counted far beyond ``most``."""
    found, before = 0, b""
    with archive.open(name) as stream:
        while found <= most and (chunk := stream.read(_CHUNK)):
            looked_at = before + chunk
            last = 0
            for match in _TEXT.finditer(looked_at):
                found, last = found + 1, match.end()
            before = looked_at[max(last, len(looked_at) - _TAG) :]
    return found
