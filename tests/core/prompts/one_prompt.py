"""Prompts for one question, and what a line of a prompt stands for."""

import re
from typing import Any

from core.prompts.chat import chat_prompts
from core.prompts.companies import companies_prompts
from core.prompts.completion import completion_prompts
from core.prompts.prompt import ChatPrompt, CompletionPrompt
from core.prompts.structured import structured_prompts
from core.questions.entry import Published

BY_LETTER = {"n": "\n", "r": "\r", "t": "\t", "s": " ", "e": ""}
SIGNS = "\\|#:<["
ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|.|$)", re.DOTALL)


def chat_prompt(published: Published, question: str, **about: Any) -> ChatPrompt:
    return chat_prompts(published, **about)(question)


def structured_prompt(published: Published, question: str, **about: Any) -> ChatPrompt:
    return structured_prompts(published, **about)(question)


def completion_prompt(published: Published, question: str, **about: Any) -> CompletionPrompt:
    return completion_prompts(published, **about)(question)


def companies_prompt(published: Published, question: str, **about: Any) -> CompletionPrompt:
    return companies_prompts(published, **about)(question)


def from_one_line(line: str) -> str:
    """The text that ``one_line`` wrote. Raises ValueError for an escape that it never writes."""
    return ESCAPE.sub(meaning, line)


def meaning(found: re.Match[str]) -> str:
    code = found.group(1)
    if len(code) == 5:
        return chr(int(code[1:], 16))
    if code in BY_LETTER:
        return BY_LETTER[code]
    if code and code in SIGNS:
        return code
    raise ValueError(f"{found.group()} stands for nothing")
