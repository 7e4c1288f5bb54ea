"""What an org's owner writes into its prompts, and the prompts that come of it for one revision after another."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from core.engines.language.memory import Way
from core.prompts.chat import chat_prompts
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
    """The company's name, what it does, and examples of questions that a person should take over."""

    company: str = ""
    description: str = ""
    negatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Built:
    published: Published
    prompt: Callable[[str], Prompt]

    def is_for(self, published: Published) -> bool:
        return self.published.policy == published.policy and self.published.entries == published.entries


class Prompts:
    """Builds prompts in one style; the part that the questions on a table share is built once. Safe from threads."""

    def __init__(self, style: PromptStyle) -> None:
        self._style = style
        self._lock = threading.Lock()
        self._built: OrderedDict[tuple[Way, str, int], _Built] = OrderedDict()

    @property
    def digest(self) -> str:
        """Changes with the style and with the wording of the prompts: the prompts on a small sample, hashed."""
        texts = "\x00".join(shown(_builder(way, _SAMPLE, self._style)("Why?")) for way in Way)
        return hashlib.sha256(texts.encode("utf-8", "backslashreplace")).hexdigest()[:12]

    def prompt(self, way: Way, question: str, published: Published) -> Prompt:
        """The prompt that asks a question in this way."""
        key = (way, published.org_id, published.revision)
        with self._lock:
            built = self._built.get(key)
        if built is None or not built.is_for(published):  # a shortlist differs from question to question
            built = _Built(published, _builder(way, published, self._style))
            with self._lock:
                self._built[key] = built
                self._built.move_to_end(key)
                while len(self._built) > KEPT_TABLES:
                    self._built.popitem(last=False)
        return built.prompt(question)


def _builder(way: Way, published: Published, style: PromptStyle) -> Callable[[str], Prompt]:
    company, negatives, description = style.company, style.negatives, style.description
    if way is Way.COMPLETION:
        return completion_prompts(published, company=company, negatives=negatives, description=description)
    build = structured_prompts if way is Way.SCHEMA else chat_prompts
    return build(published, company=company, negatives=negatives, description=description)


def shown(prompt: Prompt) -> str:
    """A prompt as people read it: its text, or its messages with who speaks above each."""
    if isinstance(prompt, CompletionPrompt):
        return prompt.text
    return "\n\n".join(f"[{message.role}]\n{message.content}" for message in prompt.messages)
