"""Reads of a workbook's own parts what openpyxl leaves out when it reads row by row: merged cells, missing results."""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.ElementTree  # type: ignore[import-untyped]  # defusedxml ships no types
import defusedxml.sax  # type: ignore[import-untyped]  # as above

_TELLING = re.compile(rb"mergeCell|<(?:\w+:)?f[ >/]")
_CHUNK = 1024 * 1024
_REF = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Marks:
    """What cells of a sheet are beside their values; rows count from 1, columns from 0.

    ``merged`` has for each row the columns in which a cell begins that reaches down, and the last row of it;
    ``uncalculated`` has the columns with formulas that no program has worked out, for each row.
    """

    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    uncalculated: dict[int, set[int]] = field(default_factory=dict)


def marks_of(data: bytes, title: str) -> Marks:
    """The marks of the sheet that is called ``title``; none where the workbook does not say which part it is."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = _sheet_parts(archive).get(title)
        if part is None or part not in archive.namelist() or not _is_telling(archive, part):
            return Marks()
        handler = _Handler()
        with archive.open(part) as stream:
            defusedxml.sax.parse(stream, handler)
    return handler.marks


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet, by the sheet's title."""
    workbook = next((target for kind, target in _relations(archive, "").values() if kind == "officeDocument"), "")
    if workbook not in archive.namelist():
        return {}
    targets = _relations(archive, workbook)
    found = {}
    for sheet in defusedxml.ElementTree.fromstring(archive.read(workbook)).findall("{*}sheets/{*}sheet"):
        relation = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        if relation in targets:
            found[sheet.get("name", "")] = targets[relation][1]
    return found


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The kind and the target of each relation of a part (of the whole package: ``""``), by its id."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing not in archive.namelist():
        return {}
    return {
        one.get("Id", ""): (
            posixpath.basename(one.get("Type", "")),
            posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
        )
        for one in defusedxml.ElementTree.fromstring(archive.read(listing)).findall("{*}Relationship")
    }


def _is_telling(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether there are merged cells or formulas at all: most sheets have none, and need no second reading."""
    before = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if _TELLING.search(before + chunk):
                return True
            before = chunk[-64:]
    return False


class _Handler(ContentHandler):
    """Follows the elements of a sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.marks = Marks()
        self._row = self._column = 0
        self._is_text = self._formula = self._in_value = self._value = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - named so by xml.sax
        match name.rpartition(":")[2]:
            case "row":
                number = attrs.get("r", "")
                self._row = int(number) if number.isdecimal() else self._row + 1
                self._column = -1
            case "c":
                place = _REF.fullmatch(attrs.get("r", ""))
                self._column = _column(place[1]) if place else self._column + 1
                self._is_text = attrs.get("t") == "str"
                self._formula = self._value = False
            case "f":
                self._formula = True
            case "v":
                self._in_value = True
            case "mergeCell":
                self._merge(attrs.get("ref", ""))

    def characters(self, content: str) -> None:
        if self._in_value and content:
            self._value = True

    def endElement(self, name: str) -> None:  # noqa: N802 - named so by xml.sax
        match name.rpartition(":")[2]:
            case "v":
                self._in_value = False
            case "c" if self._formula and not self._value and not self._is_text:  # a text may be worked out as empty
                self.marks.uncalculated.setdefault(self._row, set()).add(self._column)

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        begin, end = _REF.fullmatch(first), _REF.fullmatch(last)
        if begin and end and int(end[2]) > int(begin[2]):
            self.marks.merged.setdefault(int(begin[2]), []).append((_column(begin[1]), int(end[2])))


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def column_letters(place: int) -> str:
    """What a spreadsheet program calls a column, counted from 0: A, B, …, Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
