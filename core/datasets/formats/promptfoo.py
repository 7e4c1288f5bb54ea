"""Test files of promptfoo: variables, and checks in columns that begin with ``__expected``.

Visitors get a stored answer word for word, so of all checks only "equals" says which one is right.
"""

import re
from dataclasses import replace

from core.datasets import columns
from core.datasets.formats.recognised import RecognisedFile, rewritten
from core.datasets.quoting import quoted
from core.files.table import Table

EXPECTED, DESCRIPTION, METADATA = "__expected", "__description", "__metadata:"
_TAGS = "tags of __metadata"
_OWN_NAMES = ("tag", "tags")

_TYPES = (
    "agent-rubric|answer-relevance|bleu|classifier|contains|contains-all|contains-any|contains-html|contains-json|"
    "contains-sql|contains-xml|context-faithfulness|context-recall|context-relevance|conversation-relevance|cost|"
    "equals|factuality|finish-reason|g-eval|gleu|guardrails|human|icontains|icontains-all|icontains-any|is-html|"
    "is-json|is-refusal|is-sql|is-valid-function-call|is-valid-openai-function-call|is-valid-openai-tools-call|is-xml|"
    "javascript|latency|levenshtein|llm-rubric|meteor|model-graded-closedqa|model-graded-factuality|moderation|"
    "perplexity|perplexity-score|pi|python|regex|rouge-l|rouge-n|rouge-s|ruby|search-rubric|select-best|similar|"
    "similar:cosine|similar:dot|similar:euclidean|skill-used|starts-with|tool-call-f1|trace-error-spans|"
    "trace-span-count|trace-span-duration|webhook|word-count"
)
_CHECK = re.compile(rf"(not-)?({_TYPES})(?:\((\d+(?:\.\d+)?)\))?(?::(.*))?", re.DOTALL)
_ALSO_CALLED = {"fn:": "javascript", "eval:": "javascript", "grade:": "llm-rubric", "file://": "file://"}


def check_of(cell: str) -> tuple[str, str]:
    """The type of a check and its value: ``type(threshold):value``, where a value alone means "equals".

    Source: https://www.promptfoo.dev/docs/configuration/test-cases/
    """
    text = cell.strip()
    for start, kind in _ALSO_CALLED.items():
        if text.startswith(start):
            return kind, text.removeprefix(start)
    found = _CHECK.fullmatch(text)
    if found is None or (found[2] == "equals" and found[4] is None):
        return "equals", text
    return f"{found[1] or ''}{found[2]}", (found[4] or "").strip()


def read(table: Table) -> RecognisedFile | None:
    """The table if it has a column of checks.

    The checks of a row become its expectation, ``__description`` its note, ``__metadata:…`` its tags. Rows that check
    anything but which text is given are problems. The question is the variable that is named like one, or the only one.
    """
    checks = [column for column in table.columns if column.startswith(EXPECTED)]
    if not checks:
        return None
    found = [_expected([table.rows[i].cells[table.columns.index(c)] for c in checks]) for i in range(len(table.rows))]
    variables = [column for column in table.columns if not column.startswith("__")]
    metadata = [column for column in table.columns if column.startswith(METADATA)]
    kept = {column: table.column(column) for column in (*variables, DESCRIPTION) if column in table.columns}
    kept[EXPECTED] = [value or "" for value, _ in found]
    if metadata:
        kept[_TAGS] = [_tags(metadata, cells) for cells in zip(*map(table.column, metadata), strict=True)]
    problems = {place: reason for place, (_, reason) in enumerate(found) if reason}
    by_name = columns.recognise(replace(table, columns=tuple(variables), rows=()))
    mapping = columns.ColumnMapping(
        question=by_name.question or (variables[0] if len(variables) == 1 else None),
        expected=EXPECTED,
        note=DESCRIPTION if DESCRIPTION in kept else None,
        tags=_TAGS if metadata else None,
    )
    return RecognisedFile(words="a test file of promptfoo", table=rewritten(table, kept, problems), mapping=mapping)


def _expected(cells: list[str]) -> tuple[str | None, str | None]:
    """What a row expects, or why nobody can say."""
    checks = [check_of(cell) for cell in cells if cell.strip()]
    for kind, _ in checks:
        if kind != "equals":
            return None, (
                f"The check {quoted(kind)} says nothing about which stored answer is right. Write the whole answer, "
                "its question or its number instead."
            )
    values = list(dict.fromkeys(value for _, value in checks))
    if len(values) > 1:
        return None, (
            f"The row expects {quoted(values[0])} and {quoted(values[1])} at once, and a visitor gets one answer only. "
            "Keep one check."
        )
    return (values[0] if values else ""), None


def _tags(names: list[str], cells: tuple[str, ...]) -> str:
    """One cell of tags: ``key: value``, of a list each value; of a key named tags the values alone."""
    tags = []
    for name, cell in zip(names, cells, strict=True):
        key = name.removeprefix(METADATA).removesuffix("[]")
        values = cell.split(",") if name.endswith("[]") else [cell]
        tags += [v if key.casefold() in _OWN_NAMES else f"{key}: {v}" for v in map(str.strip, values) if v]
    return "\n".join(tags)
