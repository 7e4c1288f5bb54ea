"""Which encoding a text file is in: people rarely know, and a wrong guess garbles every accent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

from core.errors import FileRejected

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),  # before UTF-16, whose mark it begins with
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NAMES = {
    "utf-8-sig": "UTF-8",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252 (Western Europe)",
    "latin-1": "ISO 8859-1 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "mac_roman": "Mac Roman",
    "cp932": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
}
_OTHERS = ["cp1250", "cp1251", "cp1253", "mac_roman", "cp932", "gb18030"]
_WESTERN = ("cp1252", "latin-1")
_NOT_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"
_SAMPLE = 64 * 1024
_NOT_OF_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
NOT_TEXT = "This is not a text file. Upload a CSV, TSV or TXT file, or an Excel workbook (.xlsx)."


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text. ``encoding`` is its name for people; ``guessed`` says that the bytes alone cannot prove it.

    Bytes that are broken in an otherwise clear encoding stand in the text as lone surrogates, and so do lines of UTF-8
    in a file that is mostly of a Western code page.
    """

    text: str
    encoding: str
    guessed: bool = False


def decode(data: bytes) -> Decoded:
    """The text of a file. Raises FileRejected when it is not a text in any encoding known here."""
    codec, errors, guessed = _codec(data)
    try:
        text = _western(data, codec) if codec in _WESTERN else data.decode(codec, errors)
    except UnicodeDecodeError:
        raise FileRejected(
            f"The text is cut off or damaged (it looks like {_NAMES[codec]}). Save it again as UTF-8 and upload that."
        ) from None
    if len(_NOT_OF_TEXT.findall(text[:_SAMPLE])) > max(8, len(text[:_SAMPLE]) // 50):
        raise FileRejected(NOT_TEXT)
    return Decoded(text.removeprefix("\ufeff"), _NAMES[codec], guessed)


def _codec(data: bytes) -> tuple[str, str, bool]:
    """The codec, how it treats broken bytes, and whether it is a guess."""
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return codec, "surrogateescape" if codec == "utf-8-sig" else "surrogatepass", False
    if wide := _utf16_without_bom(data):
        return wide, "surrogatepass", False
    if _decodes(data, "utf-8"):
        return "utf-8", "strict", False
    if _mostly_utf8(data):
        return "utf-8", "surrogateescape", False
    return _legacy(data), "strict", True


def _mostly_utf8(data: bytes) -> bool:
    """Whether as many lines that are not ASCII are UTF-8 as are not; by chance sequences of it hardly ever arise."""
    other = [line for line in data.splitlines() if not line.isascii()]
    if 2 * sum(_decodes(line, "utf-8") for line in other) >= len(other):
        return True
    text = data.decode("utf-8", "surrogateescape")  # lines may be long: count characters, too
    broken = len(data) - len(text.encode("utf-8", "ignore"))
    not_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return not_ascii > 2 * broken


def _western(data: bytes, codec: str) -> str:
    """The text of a Western code page, where lines of UTF-8 between the others are broken ones, not odd letters."""
    return "".join(
        line.decode("ascii", "surrogateescape")
        if not line.isascii() and _decodes(line, "utf-8")
        else line.decode(codec)
        for line in data.splitlines(keepends=True)
    )


def _utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 of a European language is full of NULs, all of them at odd or all at even places."""
    even, odd = data[: 2 * _SAMPLE : 2].count(0), data[1 : 2 * _SAMPLE : 2].count(0)
    if even + odd < 3 or (even + odd) * 20 < min(len(data), 2 * _SAMPLE):
        return None
    if even * 20 < odd:
        return "utf-16-le"
    return "utf-16-be" if odd * 20 < even else None


def _legacy(data: bytes) -> str:
    """A code page of one or two bytes a character: Western European unless the text would make no sense in it."""
    sample = b"\n".join(_telling_lines(data))
    western = from_bytes(sample.translate(None, _NOT_IN_CP1252), cp_isolation=["cp1252"]).best()
    if western is None or western.chaos > 0.05:
        other = from_bytes(sample, cp_isolation=_OTHERS).best()
        if other is not None and other.encoding in _OTHERS and (western is None or other.chaos < western.chaos):
            return other.encoding if _decodes(data, other.encoding) else "latin-1"
    return "cp1252" if _decodes(data, "cp1252") else "latin-1"


def _telling_lines(data: bytes) -> Iterator[bytes]:
    """The first lines with anything else than ASCII: only these tell code pages apart."""
    size = 0
    for line in data.splitlines():
        if not line.isascii():
            yield line[:_SAMPLE]
            size += len(line)
        if size > _SAMPLE:
            return


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
