"""A run as JUnit XML, so that a build server shows each question as a test and remembers how it went before."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pandas as pd

from core.report.figures import figures
from core.report.tables import settings
from core.report.texts import cut, visible
from core.runs.analysis import Analysis
from core.runs.results import others_of
from core.statistics.verdict import Verdict

NOT_RUN = "not_run"
_NAME_LIMIT = 300
_NOT_LABELLED = "Not labelled"
_DOT = "\u2024"
"""Looks as a dot. Build servers take a class name apart at its dots, as that of a Java class."""


def junit(analysis: Analysis) -> bytes:
    """The run as one test suite: a test case a row of the file, in its order.

    The class is what was expected; the three kinds of error are failures, failed calls are errors, and rows without a
    label, or that were never run, are skipped. Settings and figures stand as properties, those of a case are the other
    columns of its row. Control characters are shown
    as their pictures (␇ for U+0007), because XML cannot hold them.
    """
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n', *_suites(analysis), "</testsuites>\n"]
    return "".join(parts).encode()


def _suites(analysis: Analysis) -> Iterator[str]:
    run, ledger = analysis.results.run, analysis.results.ledger
    counts = Counter(ledger["verdict"].fillna(NOT_RUN).tolist())
    sums = {
        "tests": str(len(ledger)),
        "failures": str(sum(counts[verdict.value] for verdict in Verdict if verdict.counting.is_mistake)),
        "errors": str(counts[Verdict.FAILED.value]),
    }
    seconds = {"time": f"{float(ledger['seconds'].astype('float64').sum()):.3f}"}
    suite = {
        "name": run.name,
        **sums,
        "skipped": str(counts[Verdict.NOT_LABELLED.value] + counts[NOT_RUN]),
        **seconds,
        "timestamp": run.created_at.strftime("%Y-%m-%dT%H:%M:%S"),
        "id": run.run_id,
    }
    yield f"<testsuites{_attributes({'name': run.name, **sums, **seconds})}>\n"
    yield f"<testsuite{_attributes(suite)}>\n<properties>\n"
    for name, value in _properties(analysis):
        yield f"<property{_attributes({'name': name, 'value': value})}/>\n"
    yield "</properties>\n"
    yield from _cases(analysis)
    yield "</testsuite>\n"


def _properties(analysis: Analysis) -> Iterator[tuple[str, str]]:
    yield from settings(analysis.results)
    for figure in figures(analysis):
        parts = {"": figure.value, ".low": figure.low, ".high": figure.high}
        yield from ((figure.name + part, f"{value:.6g}") for part, value in parts.items() if value is not None)


def _cases(analysis: Analysis) -> Iterator[str]:
    results = analysis.results
    told: dict[str, list[Any]] = {str(name): column.tolist() for name, column in results.table().items()}
    place = {int(at): number for number, at in enumerate(results.places())}
    ledger = results.ledger
    rows = zip(*(ledger[name] for name in ("line", "question", "verdict", "seconds", "extra")), strict=True)
    for at, (line, question, verdict, seconds, extra) in enumerate(rows):
        done = place.get(at)
        expected = "" if done is None else str(told["Expected"][done])
        case = {
            "classname": cut(expected or _NOT_LABELLED, _NAME_LIMIT).replace(".", _DOT),
            "name": cut(f"Line {line}: {question}", _NAME_LIMIT),
            "time": f"{0.0 if pd.isna(seconds) else float(seconds):.3f}",
        }
        inside = _of_file(others_of(extra))
        inside += _outcome(verdict, {name: values[done] for name, values in told.items()} if done is not None else {})
        yield f"<testcase{_attributes(case)}>{inside}</testcase>\n" if inside else f"<testcase{_attributes(case)}/>\n"


def _of_file(others: Mapping[str, str]) -> str:
    """The other columns of the file as properties of a test case; nothing where a row has none."""
    found = [f"<property{_attributes({'name': name, 'value': value})}/>" for name, value in others.items()]
    return f"<properties>{''.join(found)}</properties>" if found else ""


def _outcome(verdict: str | None, row: Mapping[str, Any]) -> str:
    """What stands in a test case; nothing where the reply was right."""
    if not row:
        return _element("skipped", NOT_RUN, "The run ended before this question was asked.")
    if verdict == Verdict.NOT_LABELLED.value:
        return _element("skipped", str(verdict), "The file does not say what is expected.")
    if verdict == Verdict.FAILED.value:
        return _element("error", str(verdict), str(row["Problem"]) or "The call failed.")
    if verdict == Verdict.RIGHT.value:
        return ""
    message = f"{row['Outcome']}: expected {row['Expected']}, given {row['Given']}"
    return _element("failure", str(verdict), cut(message, 2 * _NAME_LIMIT), _details(row))


def _details(row: Mapping[str, Any]) -> str:
    names = ("Question", "Expected", "Given", "Answer given", "Nearest question", "Confidence")
    return "\n".join(f"{name}: {row[name]}" for name in names if not pd.isna(row[name]))


def _element(name: str, kind: str, message: str, details: str = "") -> str:
    opened = f"<{name}{_attributes({'type': kind, 'message': message})}"
    return f"{opened}>{escape(visible(details))}</{name}>" if details else f"{opened}/>"


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(visible(value))}" for name, value in values.items())
