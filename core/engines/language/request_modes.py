"""The modes of asking a server: what each sends, and how its reply is read."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from core.engines.language.answer_text import answer_within
from core.engines.language.confidence import id_probabilities, probability
from core.engines.language.replies import (
    BadReply,
    Fault,
    id_alone,
    id_in_object,
    message_text,
    only_choice,
)
from core.engines.language.server_memory import RequestMode
from core.engines.reply_cache import ModelReply
from core.prompts.prompt import FALLBACK_CHOICE, ChatPrompt, CompletionPrompt, Message, Role
from core.prompts.structured import MOST_IDS, answer_schema, gbnf

Json = dict[str, Any]
P = TypeVar("P", ChatPrompt, CompletionPrompt)

BREAKPOINT = "prompt_cache_breakpoint"
CACHE_KEY = "prompt_cache_key"
RUNNERS_UP = 5
MOST_TOKENS = 2_048
"""An id takes a few; the rest is for models that think before they write, whose thoughts count too."""

_PROBED = "7"
_OPENING = re.compile(r'\s*\{\s*"id"\s*:\s*"')
_PROBE_CHOICES: Mapping[str, int | None] = {FALLBACK_CHOICE: None, "1": 1, "2": 2}
_DROPPED_TOGETHER = {"logprobs": {"top_logprobs"}}


class ModeHandler(ABC, Generic[P]):
    """One mode. Keeps nothing: what servers are found to be like is in ``ServerMemory``."""

    mode: ClassVar[RequestMode]
    path: ClassVar[str]
    optional: ClassVar[frozenset[str]]
    """The parameters that a server may refuse, and that the mode works without."""
    constraint: ClassVar[frozenset[str]] = frozenset()
    """Those of them that hold the model to what is offered: given up only where a server names them."""
    most_entries: ClassVar[int | None] = None

    def body(self, prompt: P, model: str, cache_key: str | None, refused: frozenset[str]) -> Json:
        """The request's body, without what the server ``refused``. A ``cache_key`` also brings the cache hints."""
        without = refused.union(*(_DROPPED_TOGETHER.get(name, ()) for name in refused))
        marked = cache_key is not None and BREAKPOINT not in without
        body = {"model": model, **self._asks(prompt, marked)}
        if cache_key is not None and CACHE_KEY in self.optional:
            body[CACHE_KEY] = cache_key
        return {name: value for name, value in body.items() if name not in without or name not in self.optional}

    @property
    @abstractmethod
    def probe(self) -> P:
        """A prompt that asks for an answer that is not offered."""

    @abstractmethod
    def _asks(self, prompt: P, marked: bool) -> Json:
        """The parameters besides the model; ``marked`` where the stable part has to be marked for the cache."""

    @abstractmethod
    def read(self, reply: Mapping[str, Any], prompt: P) -> ModelReply:
        """What the reply chose among what the prompt offered. Raises BadReply for anything else."""


class DecisionsMode(ModeHandler[ChatPrompt]):
    """``POST /decisions``: one question of the kind "choice"; the server itself reads the probabilities."""

    mode = RequestMode.DECISIONS
    path = "/decisions"
    optional = frozenset({CACHE_KEY, BREAKPOINT})
    most_entries = 254  # 255 choices, one of them the fallback

    @property
    def probe(self) -> ChatPrompt:
        """A prompt that asks for an answer that is not offered."""
        return _probe(f"Choose the id {_PROBED}.")

    def _asks(self, prompt: ChatPrompt, marked: bool) -> Json:
        question = {
            "type": "choice",
            "name": "id",
            "instructions": "Choose the id as the instructions in the input say.",
            "choices": [{"value": choice} for choice in prompt.choices],
        }
        return {"input": _messages(prompt, marked, "input_text"), "questions": [question]}

    def read(self, reply: Mapping[str, Any], prompt: ChatPrompt) -> ModelReply:
        """What the reply chose; the probabilities are the server's own."""
        answers = reply.get("answers")
        if not isinstance(answers, list) or not answers or not isinstance(answers[0], dict):
            raise BadReply(Fault.NO_ANSWER)
        if len(answers) > 1:
            raise BadReply(Fault.MORE_ANSWERS)
        answer = answers[0]
        if answer.get("type") == "refusal":
            raise BadReply(Fault.REFUSED)
        chosen = answer.get("choice")
        if answer.get("type") != "choice" or not isinstance(chosen, str):
            raise BadReply(Fault.WRONG_FORM)
        found = id_alone(chosen, prompt.choices)
        stated = _stated(answer.get("probabilities"), prompt.choices)
        if found not in stated and (confidence := probability(answer.get("confidence"))) is not None:
            stated[found] = confidence
        return _chosen(found, stated, prompt)


class _ChatMode(ModeHandler[ChatPrompt]):
    path = "/chat/completions"

    def _asks(self, prompt: ChatPrompt, marked: bool) -> Json:
        return {
            "messages": _messages(prompt, marked, "text"),
            "temperature": 0,
            "max_completion_tokens": MOST_TOKENS,
            "logprobs": True,
            "top_logprobs": RUNNERS_UP,
        }


_CHAT_OPTIONAL = frozenset({"temperature", "max_completion_tokens", "logprobs", "top_logprobs", CACHE_KEY, BREAKPOINT})


class SchemaMode(_ChatMode):
    """A chat whose reply has to be ``{"id": …}`` with one of the ids."""

    mode = RequestMode.SCHEMA
    optional = _CHAT_OPTIONAL
    most_entries = MOST_IDS - 1

    @property
    def probe(self) -> ChatPrompt:
        """A prompt that asks for an answer that is not offered."""
        return _probe(f'Reply with the JSON object {{"id": "{_PROBED}"}}.')

    def _asks(self, prompt: ChatPrompt, marked: bool) -> Json:
        schema = {"type": "json_schema", "json_schema": answer_schema(prompt)}
        return {**super()._asks(prompt, marked), "response_format": schema}

    def read(self, reply: Mapping[str, Any], prompt: ChatPrompt) -> ModelReply:
        """What the reply chose; the probability is that of the id's tokens."""
        choice = only_choice(reply)
        text = message_text(choice)
        start, end = answer_within(text)
        found = id_in_object(text[start:end], prompt.choices)
        opening = _OPENING.match(text, start)
        if opening is None or not text.startswith(f'{found}"', opening.end()):  # written with escapes
            return _chosen(found, {}, prompt)
        return _chosen(found, id_probabilities(found, text[:end], opening.end(), choice, prompt.choices), prompt)


class ChoiceMode(_ChatMode):
    """A chat whose reply has to be an id and nothing else.

    vLLM reads ``structured_outputs``, llama.cpp ``grammar``; each passes over the other's. A server that refuses both
    is asked without them, and only the check of the reply is left.
    """

    mode = RequestMode.CHOICE
    constraint = frozenset({"structured_outputs", "grammar"})
    optional = _CHAT_OPTIONAL | constraint

    @property
    def probe(self) -> ChatPrompt:
        """A prompt that asks for an answer that is not offered."""
        return _probe(f"Reply with the number {_PROBED} and nothing else.")

    def _asks(self, prompt: ChatPrompt, marked: bool) -> Json:
        held = {"structured_outputs": {"choice": list(prompt.choices)}, "grammar": gbnf(prompt)}
        return {**super()._asks(prompt, marked), **held}

    def read(self, reply: Mapping[str, Any], prompt: ChatPrompt) -> ModelReply:
        """What the reply chose; the probability is that of the id's tokens."""
        choice = only_choice(reply)
        text = message_text(choice)
        start, end = answer_within(text)
        found = id_alone(text[start:end], prompt.choices)
        place = text.index(found, start)
        return _chosen(found, id_probabilities(found, text[:end], place, choice, prompt.choices), prompt)


class CompletionMode(ModeHandler[CompletionPrompt]):
    """The tutorial's mode: the model goes on with the text, and its line has to be a stored answer, sign by sign."""

    mode = RequestMode.COMPLETION
    path = "/completions"
    optional = frozenset({"temperature"})

    @property
    def probe(self) -> CompletionPrompt:
        """A prompt that any model can go on with."""
        return CompletionPrompt(text="Human: hello\nAI:", answers={_PROBED: None}, stable=0, max_tokens=5)

    def _asks(self, prompt: CompletionPrompt, marked: bool) -> Json:  # noqa: ARG002 - this route knows no marks
        return {
            "prompt": prompt.text,
            "stop": list(prompt.stop),
            "temperature": 0,
            "max_tokens": prompt.max_tokens,
        }

    def read(self, reply: Mapping[str, Any], prompt: CompletionPrompt) -> ModelReply:
        """What the reply chose. No probability: that of a whole answer says more of its length."""
        text = only_choice(reply).get("text")
        if not isinstance(text, str):
            raise BadReply(Fault.NO_ANSWER)
        line = text.strip(" ")  # white space of an answer itself is written as an escape
        if line not in prompt.answers:
            start, end = answer_within(text)
            line = text[start:end].strip(" \r\n")
        if not line:
            raise BadReply(Fault.EMPTY)
        if line not in prompt.answers:
            raise BadReply(Fault.OWN_TEXT)
        return ModelReply(entry_id=prompt.answers[line])


MODE_HANDLERS: Mapping[RequestMode, ModeHandler[Any]] = {
    one.mode: one for one in (DecisionsMode(), SchemaMode(), ChoiceMode(), CompletionMode())
}


def _probe(request: str) -> ChatPrompt:
    messages = (Message(role=Role.SYSTEM, content=request), Message(role=Role.USER, content=request))
    return ChatPrompt(messages=messages, choices=_PROBE_CHOICES, stable=1)


def _messages(prompt: ChatPrompt, marked: bool, kind: str) -> list[Json]:
    """The messages; with ``marked`` the end of the stable ones is marked for the server's cache."""
    sent: list[Json] = [{"role": str(message.role), "content": message.content} for message in prompt.messages]
    if marked and prompt.stable:
        last = sent[prompt.stable - 1]
        last["content"] = [{"type": kind, "text": last["content"], BREAKPOINT: {"mode": "explicit"}}]
    return sent


def _stated(probabilities: object, offered: Mapping[str, int | None]) -> dict[str, float]:
    """The probability of each offered id that a decision states; whatever else is in there is left out."""
    found = {}
    for item in probabilities if isinstance(probabilities, list) else []:
        value = item.get("value") if isinstance(item, dict) else None
        stated = probability(item.get("probability")) if isinstance(item, dict) else None
        if isinstance(value, str) and value in offered and stated is not None:
            found[value] = stated
    return found


def _chosen(chosen: str, probabilities: Mapping[str, float], prompt: ChatPrompt) -> ModelReply:
    return ModelReply(
        entry_id=prompt.choices[chosen],
        probabilities={prompt.choices[choice]: value for choice, value in probabilities.items()},
    )


def possible(entries: int, modes: Sequence[RequestMode] = tuple(RequestMode)) -> list[RequestMode]:
    """Those of ``modes`` that can offer a model so many entries at once, in the same order."""
    return [mode for mode in modes if (most := MODE_HANDLERS[mode].most_entries) is None or entries <= most]
