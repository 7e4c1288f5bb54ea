"""What an org's owner writes into its prompts, and the prompts that come of it for one revision after another."""

import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from core.engines.language.server_memory import RequestMode
from core.lru_cache import LruCache
from core.prompts.chat import chat_prompts
from core.prompts.companies import ExampleCompany, companies_prompts
from core.prompts.completion import completion_prompts
from core.prompts.prompt import ChatPrompt, CompletionPrompt
from core.prompts.structured import structured_prompts
from core.questions.entry import Entry, Published

Prompt = ChatPrompt | CompletionPrompt

KEPT_TABLES = 8

_SAMPLE = Published(
    org_id="sample", revision=1, entries=(Entry(id=1, question="Where?", answer="Here", alternates=("Whereto?",)),)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PromptStyle:
    """The company's name, what it does, and examples of questions that a person should take over.

    ``examples`` are companies whose tables stand before the org's own in a completion prompt.
    """

    company: str = ""
    description: str = ""
    negatives: tuple[str, ...] = ()
    examples: tuple[ExampleCompany, ...] = ()


class Built:
    """The prompts of one table in one mode and style."""

    def __init__(self, mode: RequestMode, published: Published, style: PromptStyle) -> None:
        self._mode = mode
        self._published = published
        self.prompt: Callable[[str], Prompt] = _builder(mode, published, style)

    @functools.cached_property
    def digest(self) -> str:
        """The sha256 of all that these prompts have in common, and of what each possible reply stands for."""
        sample = self.prompt("?")
        meanings = sample.answers if isinstance(sample, CompletionPrompt) else sample.choices
        text = json.dumps([self._mode, shown(sample), list(meanings.items()), _form(sample)])
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def is_for(self, published: Published) -> bool:
        """Whether these are the prompts of this table.

        All questions of a batch bring the same table, read anew since these prompts were made: only the first of them
        has it compared entry by entry.
        """
        mine = self._published
        if mine is not published:
            if mine.policy != published.policy or mine.entries != published.entries:
                return False
            self._published = published
        return True


def _form(prompt: Prompt) -> list[object]:
    return [prompt.stop, prompt.max_tokens] if isinstance(prompt, CompletionPrompt) else [prompt.stable]


class Prompts:
    """Builds prompts in one style; the part that the questions on a table share is built once. Safe from threads."""

    def __init__(self, style: PromptStyle) -> None:
        self._style = style
        self._built: LruCache[tuple[RequestMode, str, int], Built] = LruCache(KEPT_TABLES)

    @property
    def digest(self) -> str:
        """Changes with the style and with the wording of the prompts: the prompts on a small sample, hashed."""
        texts = "\x00".join(shown(_builder(mode, _SAMPLE, self._style)("Why?")) for mode in RequestMode)
        return hashlib.sha256(texts.encode("utf-8", "backslashreplace")).hexdigest()[:12]

    def of_table(self, mode: RequestMode, published: Published) -> Built:
        """The prompts for a whole table, kept for the next question on it."""
        key = (mode, published.org_id, published.revision)
        built = self._built.get(key)
        if built is None or not built.is_for(published):
            built = Built(mode, published, self._style)
            self._built.put(key, built)
        return built

    def of_shortlist(self, mode: RequestMode, published: Published) -> Built:
        """The prompt for one question's shortlist; the next question has another."""
        return Built(mode, published, self._style)


def _builder(mode: RequestMode, published: Published, style: PromptStyle) -> Callable[[str], Prompt]:
    company, negatives, description = style.company, style.negatives, style.description
    if mode is RequestMode.COMPLETION and style.examples:
        return companies_prompts(
            published, company=company, examples=style.examples, negatives=negatives, description=description
        )
    if mode is RequestMode.COMPLETION:
        return completion_prompts(published, company=company, negatives=negatives, description=description)
    build = structured_prompts if mode is RequestMode.SCHEMA else chat_prompts
    return build(published, company=company, negatives=negatives, description=description)


def shown(prompt: Prompt) -> str:
    """A prompt as people read it: its text, or its messages with who speaks above each."""
    if isinstance(prompt, CompletionPrompt):
        return prompt.text
    return "\n\n".join(f"[{message.role}]\n{message.content}" for message in prompt.messages)
