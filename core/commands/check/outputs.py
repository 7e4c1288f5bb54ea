"""What the command tells: the findings in words, and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from core.engines.semantic.reach import why_entries_are_unread
from core.health.findings import HealthReport, Outcomes
from core.plurals import counted
from core.questions.text import shortened

TOLD = 20
_QUESTION = 70


def summary(report: HealthReport, *, whole: bool) -> str:
    """The findings, the worst first, a line each; of each kind the first 20 unless ``whole``."""
    found, texts = report.found, report.texts
    lines: list[str] = []
    if found is not None:
        pairs = [
            f"{_named(report, one.entry_ids[0])} and {_named(report, one.entry_ids[1])}"
            + (" (the same answer)" if one.same_answer else "")
            for one in found.pairs
        ]
        collisions = [
            f"{_named(report, one.entry_id)}: “{shortened(one.phrasing, _QUESTION)}” would get "
            f"{_named(report, one.rival_id)}, which is asked “{shortened(one.rival_phrasing, _QUESTION)}”"
            for one in found.collisions
        ]
        if found.unread:
            unread = [_named(report, one) for one in found.unread]
            lines += [*_section("entry that cannot be read", "entries that cannot be read", unread, whole)]
            lines.append(f"  {why_entries_are_unread()}")
        lines += _section(
            "pair of entries easily taken for each other", "pairs of entries easily taken for each other", pairs, whole
        )
        lines += _section(
            "phrasing that another entry would win", "phrasings that another entry would win", collisions, whole
        )
    same = [
        f"{_named(report, one.entry_ids[0])} and No. {one.entry_ids[1]}: “{shortened(one.texts[1], _QUESTION)}”"
        for one in texts.same
    ]
    doubtful = [
        f"{_named(report, one.entry_id)}: {one.kind.value}: {shortened(one.found)}. {one.advice}"
        for one in texts.doubtful
    ]
    lines += _section("question asked twice", "questions asked twice", same, whole)
    lines += _section("doubtful text", "doubtful texts", doubtful, whole)
    lines += _section(
        "entry with a single phrasing",
        "entries with a single phrasing",
        [_named(report, one) for one in texts.single],
        whole,
    )
    if found is not None:
        lines.append(f"Left out and asked: {found.left_out.words}")
    if report.ignored:
        lines.append(f"{counted(report.ignored, 'finding')} ignored, as people chose on the page Health.")
    return "\n".join(lines)


def _section(one: str, several: str, lines: Sequence[str], whole: bool) -> Iterator[str]:
    yield counted(len(lines), one, several)
    shown = lines if whole else lines[:TOLD]
    yield from (f"  {line}" for line in shown)
    if len(shown) < len(lines):
        yield f"  and {len(lines) - len(shown):,} more; --all tells them too"


def _named(report: HealthReport, entry_id: int) -> str:
    entry = report.entries.get(entry_id)
    return f"No. {entry_id} “{shortened(entry.question, _QUESTION)}”" if entry else f"No. {entry_id}"


def as_json(report: HealthReport, revision: int) -> dict[str, Any]:
    """Everything, in values that JSON has. ``left_out`` is null where the engine could not be asked."""
    found, texts = report.found, report.texts
    return {
        "revision": revision,
        "entries": len(report.entries),
        "pairs": [
            {"entries": list(one.entry_ids), "same_answer": one.same_answer, "severity": round(one.severity, 4)}
            for one in (found.pairs if found else ())
        ],
        "collisions": [
            {
                "entry": one.entry_id,
                "phrasing": one.phrasing,
                "rival": one.rival_id,
                "rival_phrasing": one.rival_phrasing,
                "severity": round(one.severity, 4),
            }
            for one in (found.collisions if found else ())
        ],
        "same": [{"entries": list(one.entry_ids), "texts": list(one.texts)} for one in texts.same],
        "texts": [
            {"entry": one.entry_id, "field": one.field, "kind": one.kind.name.lower(), "found": one.found}
            for one in texts.doubtful
        ],
        "unread": list(found.unread) if found else [],
        "single": list(texts.single),
        "left_out": _outcomes(found.left_out) if found else None,
        "by_entry": {str(entry): _outcomes(one) for entry, one in found.by_entry.items()} if found else {},
        "ignored": report.ignored,
    }


def _outcomes(one: Outcomes) -> dict[str, int]:
    return {"right": one.right, "wrong": one.wrong, "to_a_person": one.to_a_person, "untested": one.untested}
