import email.utils
import json
import time

import httpx2
import openai
import pytest

from core.engines.language.failures import (
    CallRefused,
    ServerRefused,
    ServerStumbled,
    in_our_words,
    refused_parameter,
    retry_after,
)
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.limiter import ServerBusy, ServerStumbles

SETTINGS = ServerSettings(base_url="http://models.example/v1", api_key=ServerKey("sk-1"), model="gpt-6-luna")
REQUEST = httpx2.Request("POST", "http://models.example/v1/chat/completions")
OPTIONAL = frozenset({"temperature", "logprobs", "top_logprobs", "prompt_cache_key", "prompt_cache_breakpoint"})


def status_error(status: int, body: object = None, headers: dict[str, str] | None = None) -> openai.APIStatusError:
    """As the client makes it: ``body`` is what stands under "error"."""
    content = json.dumps({"error": body}) if isinstance(body, dict) and "detail" not in body else json.dumps(body)
    response = httpx2.Response(status, headers=headers, content=content, request=REQUEST)
    client = openai.OpenAI(api_key="k", base_url="http://models.example/v1")
    try:
        return client._make_status_error_from_response(response)
    finally:
        client.close()


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, {"message": "Incorrect API key provided: sk-1"}, ServerRefused, "refused the key"),
        (401, {"message": "Incorrect API key provided: sk-1"}, ServerRefused, "“Incorrect API key provided: •••”"),
        (429, {"message": "Slow down.\nPlease."}, ServerBusy, "It says: “Slow down. Please.”"),
        (500, {"message": "CUDA out of memory"}, ServerStumbled, "It says: “CUDA out of memory”"),
        (400, {"message": "This model's maximum context length is 4096 tokens."}, CallRefused, "too long"),
        (402, None, ServerRefused, "no money"),
        (403, None, ServerRefused, "may not use the model gpt-6-luna"),
        (404, {"code": "model_not_found"}, ServerRefused, "knows no model gpt-6-luna"),
        (307, None, ServerRefused, "another address"),
        (429, {"code": "insufficient_quota"}, ServerRefused, "no money"),
        (429, {"type": "insufficient_quota", "code": None}, ServerRefused, "no money"),
        (429, {"code": "rate_limit_exceeded"}, ServerBusy, "too busy"),
        (429, "slow down", ServerBusy, "too busy"),
        (400, {"code": "context_length_exceeded"}, CallRefused, "too long"),
        (413, None, CallRefused, "too long"),
        (400, {"message": "What?"}, CallRefused, "HTTP 400"),
        (422, None, CallRefused, "HTTP 422"),
        (408, None, ServerStumbled, "HTTP 408"),
        (500, None, ServerStumbled, "HTTP 500"),
        (503, "<html>", ServerStumbled, "HTTP 503"),
        (529, None, ServerStumbled, "HTTP 529"),
    ],
)
def test_each_status_has_its_kind_and_its_words(status: int, body: object, kind: type, words: str) -> None:
    failure = in_our_words(status_error(status, body), SETTINGS)

    assert type(failure) is kind
    assert words in str(failure)
    assert "sk-1" not in str(failure)


def test_a_time_out_and_a_broken_connection_may_pass() -> None:
    late = in_our_words(openai.APITimeoutError(request=REQUEST), SETTINGS)
    broken = in_our_words(openai.APIConnectionError(request=REQUEST), SETTINGS)

    assert isinstance(late, ServerStumbles)
    assert isinstance(broken, ServerStumbles)
    assert "in time" in str(late)
    assert "models.example" in str(broken)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_the_wait_that_a_server_asks_is_read_in_each_of_its_forms(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(httpx2.Headers(headers)) == seconds


def test_a_wait_until_a_moment_is_the_time_to_it() -> None:
    moment = email.utils.formatdate(time.time() + 1000, usegmt=True)

    assert 900 < (retry_after({"retry-after": moment}) or 0) <= 1000


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (400, {"param": "temperature", "code": "unsupported_value"}, "temperature"),
        (400, {"param": "messages[0].content[0].prompt_cache_breakpoint"}, "prompt_cache_breakpoint"),
        (400, {"message": "Unsupported parameter: 'logprobs' is not supported with this model."}, "logprobs"),
        (400, {"message": "property 'logprobs' is unsupported"}, "logprobs"),
        (400, {"message": "Unrecognized request argument supplied: prompt_cache_key"}, "prompt_cache_key"),
        (422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "prompt_cache_key"]}]}, "prompt_cache_key"),
        (422, {"detail": [{"loc": None}, "x"]}, None),
        (400, {"param": "messages", "message": "'temperature' was fine"}, None),
        (400, {"param": "response_format", "code": "unsupported_parameter"}, None),
        (400, {"message": "The temperature is not supported in this region"}, "temperature"),
        (400, {"message": "Top_Logprobs must be less than 4"}, "top_logprobs"),
        (400, {"message": "top logprobs cannot be used, nor temperature"}, "top_logprobs"),
        (400, {"message": "responselogprobs is unknown"}, None),
        (400, {"message": '{"error": {"message": "temperature is deprecated"}}'}, "temperature"),
        (400, {"message": "no", "details": [{"fieldViolations": [{"field": "temperature"}]}]}, None),
        (400, {"message": "no", "details": [{"field": "generation_config.temperature"}]}, "temperature"),
        (400, "nothing", None),
        (401, {"param": "temperature"}, None),
        (500, {"param": "temperature"}, None),
    ],
)
def test_a_refused_parameter_is_found_however_the_server_names_it(status: int, body: object, name: str | None) -> None:
    assert refused_parameter(status_error(status, body), OPTIONAL) == name
