import json

import pytest

from core.engines.language.usage import usage_of
from core.usage import NOTHING, Usage


def test_the_words_of_chats_and_of_decisions_are_both_understood() -> None:
    chat = {"prompt_tokens": 1200, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 1024}}
    details = {"cached_tokens": 0, "cache_write_tokens": 900}
    decision = {"input_tokens": 900, "output_tokens": 3, "input_tokens_details": details}

    assert usage_of({"usage": chat}) == Usage(sent=1200, received=7, cached=1024)
    assert usage_of({"usage": decision}) == Usage(sent=900, received=3, cached=0, cache_written=900)


@pytest.mark.parametrize(
    "usage",
    ["null", "[]", '"9"', '{"prompt_tokens": -1}', '{"prompt_tokens": true}', '{"prompt_tokens": 1e400}'],
)
def test_what_is_no_count_counts_as_not_told(usage: str) -> None:
    assert usage_of({"usage": json.loads(usage)}) == NOTHING
    assert usage_of({}) == NOTHING
