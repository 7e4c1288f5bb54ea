"""Copies what an owner chose out of a table: exactly what other organisations see then, and nothing beside it."""

from collections.abc import Iterable, Sequence

from core.errors import InvalidInput, Problem
from core.prompts.blocks import company_block
from core.prompts.companies import ExampleCompany
from core.questions.changes import one_line
from core.questions.entry import Entry, Published
from core.questions.text import same_question_key

ENTRIES_LIMIT = 20
NAME_LIMIT = 100
SIZE_LIMIT = 20_000
"""Characters of an example in a prompt, some 5,000 tokens: who chooses it pays for them with each question."""

_ROW = "The example"


def copied(
    published: Published, *, name: str, entry_ids: Iterable[int], with_negatives: bool, taken_names: Iterable[str] = ()
) -> ExampleCompany:
    """The example that is made of these entries, in table order.

    Of an entry its question, its other phrasings and its answer are copied; its number and its tags are not.
    ``taken_names`` are those of other examples. Raises InvalidInput without a usable name, with no entry, with entries
    that visitors do not get, and when the example would be too large.
    """
    chosen = set(entry_ids)
    company = ExampleCompany(
        name=clean_name(name),
        entries=_numbered([entry for entry in published.entries if entry.id in chosen]),
        negatives=published.policy.model.negatives if with_negatives else (),
    )
    problems = [
        *_name_problems(company.name, taken_names),
        *_entry_problems(chosen, published),
        *_size_problems(company, published.policy.fallback),
    ]
    if problems:
        raise InvalidInput(problems)
    return company


def clean_name(name: str) -> str:
    """The name on one line, without characters that do not show."""
    return one_line("".join(c if c.isprintable() or c.isspace() else "" for c in name))


def _numbered(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(
        Entry(id=number, question=entry.question, answer=entry.answer, alternates=entry.alternates)
        for number, entry in enumerate(entries, 1)
    )


def _name_problems(name: str, taken: Iterable[str]) -> list[Problem]:
    key = same_question_key(name)
    reason = ""
    if not key:
        reason = "is empty: write the name that others see."
    elif len(name) > NAME_LIMIT:
        reason = f"has {len(name):,} characters; {NAME_LIMIT} is the limit."
    elif key in map(same_question_key, taken):
        reason = "is the name of another example: write one that tells yours apart."
    return [Problem(row=_ROW, field="Name", reason=reason)] if reason else []


def _entry_problems(chosen: set[int], published: Published) -> list[Problem]:
    if not chosen:
        return [Problem(row=_ROW, field="Entries", reason="are missing: tick at least one.")]
    gone = sorted(chosen - published.by_id.keys())
    problems = [
        Problem(row=f"No. {entry_id}", field="Share", reason="is off or deleted: visitors do not get it.")
        for entry_id in gone
    ]
    if len(chosen) > ENTRIES_LIMIT:
        reason = f"are {len(chosen):,}; {ENTRIES_LIMIT} is the limit. Tick fewer."
        problems.append(Problem(row=_ROW, field="Entries", reason=reason))
    return problems


def _size_problems(company: ExampleCompany, fallback: str) -> list[Problem]:
    block = company_block(
        company=company.name,
        description="",
        entries=company.entries,
        negatives=company.negatives,
        fallback=fallback,
    )
    if len(block) <= SIZE_LIMIT:
        return []
    reason = f"has {len(block):,} characters in a prompt; {SIZE_LIMIT:,} is the limit. Tick fewer entries."
    return [Problem(row=_ROW, field="Size", reason=reason)]
