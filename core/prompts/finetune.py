"""Writes what is known about an org's questions as files to train a model with, for those who tune one elsewhere."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.datasets.dataset import TestQuestion
from core.datasets.labels import LabelKind
from core.errors import InvalidInput, Problem
from core.prompts.blocks import about_company
from core.prompts.handoff_examples import negative_examples
from core.prompts.prompt import Role
from core.questions.entry import Published
from core.questions.text import same_question_key

LEAST_EXAMPLES = 10
"""OpenAI's least number of examples to train with."""

VALIDATION_SHARE = 0.2
HELD_OUT = frozenset({"test", "testing", "held out", "heldout", "holdout"})
"""What a test row's split says when nobody may train with it."""

_INSTRUCTIONS = """\
You are a support bot that gives fixed responses to common questions, word for word, and says nothing else.
If you have no response that answers a question, you respond with this text: {fallback}
"""
_LINE_ENDS = re.compile("[\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, kw_only=True, slots=True)
class FinetuneFiles:
    """Two files of JSON lines in OpenAI's chat format (UTF-8), and what became of everything that was given.

    ``train_count`` and ``validation_count`` are the examples in each file; no question is in both, nor twice in one. Of
    the examples that were given, ``repeated`` say the same as another; ``contradicting`` say something else than the
    table or each other; ``unlabelled`` expect nothing; ``without_answer`` expect an entry that visitors cannot get;
    ``held_out`` are marked as test questions.
    """

    train: bytes
    validation: bytes
    train_count: int
    validation_count: int
    repeated: int = 0
    contradicting: int = 0
    unlabelled: int = 0
    without_answer: int = 0
    held_out: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Example:
    question: str
    reply: str
    always_train: bool = False


def finetune_files(
    published: Published,
    *,
    negatives: Sequence[str] = (),
    rows: Sequence[TestQuestion] = (),
    company: str = "",
    description: str = "",
    validation_share: float = VALIDATION_SHARE,
) -> FinetuneFiles:
    """Each phrasing, negative example and labelled test row as one conversation that ends with the fixed response.

    The table comes first, then ``rows``, then the negative examples: a row that contradicts the table is left out, so
    are rows that contradict each other. A row marked as a test question (``HELD_OUT``) is left out too, or a later
    evaluation with it would measure nothing. About ``validation_share`` (0 to below 1) of the examples go to the
    validation file, by a hash of the question: the same question goes to the same file each time. Each entry's main
    question stays in the training file, because nobody can learn a response that is not there.

    Raises InvalidInput when fewer than 10 examples are left, OpenAI's least number (so many are in the training file),
    and when the fallback text is empty.
    """
    if not 0 <= validation_share < 1:
        raise ValueError(f"a validation share is from 0 to below 1, not {validation_share}")
    if not published.policy.fallback.strip():
        reason = "is empty: write what visitors read when a person takes over."
        raise InvalidInput([Problem(row="The settings", field="Fallback text", reason=reason)])
    usable = [row for row in rows if row.split.strip().casefold() not in HELD_OUT]
    labelled = [row for row in usable if row.label.kind is not LabelKind.NONE]
    from_rows = list(_from_rows(labelled, published))
    examples, repeated, contradicting = _settled(_from_table(published), from_rows, _negatives(published, negatives))
    if len(examples) < LEAST_EXAMPLES:
        raise InvalidInput([Problem(row="The export", field="examples", reason=_too_few(len(examples)))])
    train, validation = _split(examples, validation_share)
    system = _INSTRUCTIONS.format(fallback=published.policy.fallback) + about_company(company, description)
    return FinetuneFiles(
        train=_json_lines(train, system),
        validation=_json_lines(validation, system),
        train_count=len(train),
        validation_count=len(validation),
        repeated=repeated,
        contradicting=contradicting,
        unlabelled=len(usable) - len(labelled),
        without_answer=len(labelled) - len(from_rows),
        held_out=len(rows) - len(usable),
    )


def _too_few(found: int) -> str:
    return (
        f"would be {found}; training takes at least {LEAST_EXAMPLES}. "
        "Write more ways to ask your questions, or add test questions that say what they expect."
    )


def _from_table(published: Published) -> Iterator[_Example]:
    for entry in published.entries:
        if not entry.answer.strip():
            continue  # a conversation may not end with an empty message
        for phrasing in entry.phrasings:
            yield _Example(question=phrasing, reply=entry.answer, always_train=phrasing == entry.question)


def _negatives(published: Published, own: Sequence[str]) -> Iterator[_Example]:
    for text in negative_examples(published.entries, own):
        yield _Example(question=text, reply=published.policy.fallback)


def _from_rows(rows: Iterable[TestQuestion], published: Published) -> Iterator[_Example]:
    for row in rows:
        found = [published.by_id[i].answer for i in row.label.entry_ids if i in published.by_id]
        answers = [answer for answer in found if answer.strip()]
        if row.label.kind is LabelKind.FALLBACK:
            yield _Example(question=row.question, reply=published.policy.fallback)
        elif answers:
            yield _Example(question=row.question, reply=answers[0])


def _settled(*sources: Iterable[_Example]) -> tuple[list[_Example], int, int]:
    """One example for each question, in the order given; how many were repeated, and how many contradicted.

    What an earlier source says holds. Within a source, examples that contradict each other are all dropped.
    """
    kept: dict[str, _Example | None] = {}
    repeated = contradicting = 0
    for source in sources:
        groups: dict[str, list[_Example]] = defaultdict(list)
        for example in source:
            groups[same_question_key(example.question)].append(example)
        groups.pop("", None)
        for key, group in groups.items():
            agreed = len({example.reply for example in group}) == 1
            known = kept.setdefault(key, group[0] if agreed else None)
            same = sum(known is not None and example.reply == known.reply for example in group)
            contradicting += len(group) - same
            repeated += same - (known is group[0])
    return [example for example in kept.values() if example is not None], repeated, contradicting


def _split(examples: Sequence[_Example], share: float) -> tuple[list[_Example], list[_Example]]:
    """The examples to train and to validate with, each in the order given."""
    free = sorted((_place(example), i) for i, example in enumerate(examples) if not example.always_train)
    most = len(examples) - LEAST_EXAMPLES
    chosen = {i for place, i in free[:most] if place < share}
    train = [example for i, example in enumerate(examples) if i not in chosen]
    return train, [examples[i] for i in sorted(chosen)]


def _place(example: _Example) -> float:
    """A number from 0 to 1 that only the question decides."""
    key = same_question_key(example.question).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(key).digest()[:8], "big") / 2**64


def _json_lines(examples: Iterable[_Example], system: str) -> bytes:
    return b"".join(_json_line(system, example) for example in examples)


def _json_line(system: str, example: _Example) -> bytes:
    said = ((Role.SYSTEM, system), (Role.USER, example.question), (Role.ASSISTANT, example.reply))
    text = json.dumps({"messages": [{"role": role, "content": content} for role, content in said]}, ensure_ascii=False)
    # Some readers of JSON lines end a line at these as well; what UTF-8 cannot hold becomes an escape of JSON too.
    text = _LINE_ENDS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    return text.encode("utf-8", "backslashreplace") + b"\n"
