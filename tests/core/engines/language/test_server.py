import copy
import dataclasses
import pickle
from collections.abc import Callable

import pytest

from core.engines.language.server import ServerKey, ServerSettings
from core.errors import InvalidInput

SECRET = "sk-proj-4f9a-very-secret"


def settings(**changes: str) -> ServerSettings:
    given = {"base_url": "https://api.openai.com/v1", "model": "gpt-6-luna", "api_key": SECRET} | changes
    return ServerSettings(base_url=given["base_url"], model=given["model"], api_key=ServerKey(given["api_key"]))


def test_a_key_shows_in_no_form_of_the_settings() -> None:
    found = settings()

    forms = [repr(found), str(found), f"{found}", repr([found.api_key]), f"{found.api_key}", found.host]
    assert [form for form in forms if SECRET in form] == []
    assert found.api_key.reveal() == found.sent_key == SECRET


@pytest.mark.parametrize("write", [pickle.dumps, dataclasses.asdict, copy.deepcopy])
def test_a_key_cannot_be_written_into_anything(write: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="never written"):
        write(settings())


def test_a_server_without_a_key_gets_a_word_instead_of_one() -> None:
    assert settings(api_key="").sent_key == "none"
    assert ServerKey("").hidden_in("text") == "text"


READ_DIFFERENTLY = [
    "[::1]evil.example",
    "good.example\\.evil.example",
    "good.example;evil.example",
    "%6cocalhost",
    "127.1",
    "0x7f.1",
    "999.1.1.1",
    "[1:2]",
    "[::1%25eth0]",
    "a..b",
    f"{'a' * 64}.example",
]
"""Hosts that one library takes for another host than the next one does, or breaks on."""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"base_url": ""}, "is empty"),
        ({"base_url": "api.openai.com/v1"}, "no web address"),
        ({"base_url": "file:///etc/passwd"}, "no web address"),
        ({"base_url": "http://host:99999/v1"}, "no web address"),
        ({"base_url": "http://host:0/v1"}, "no web address"),
        ({"base_url": "http://[::1/v1"}, "no web address"),
        ({"base_url": "https://host/v1\nX: y"}, "no web address"),
        ({"base_url": f"https://me:{SECRET}@host/v1"}, "user name or a password"),
        ({"base_url": "https://host/v1?key=1"}, "holds a key behind the ?"),
        ({"base_url": "https://host/v1?"}, "behind the ?"),
        *[({"base_url": f"http://{host}/v1"}, "no web address") for host in READ_DIFFERENTLY],
        ({"api_key": f"{SECRET} "}, "paste it again"),
        ({"api_key": f"{SECRET}\r\nHost: other"}, "paste it again"),
        ({"api_key": "sk-ключ"}, "paste it again"),
        ({"model": ""}, "is empty"),
        ({"model": "m\x00"}, "signs that no model"),
    ],
)
def test_unusable_settings_are_refused_in_words_that_do_not_quote_the_key(changes: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        settings(**changes)

    assert words in str(refused.value)
    assert SECRET not in str(refused.value)


def test_each_wrong_field_is_named() -> None:
    with pytest.raises(InvalidInput) as refused:
        settings(base_url="x", model="", api_key="a b")

    assert [problem.field for problem in refused.value.problems] == ["Server address", "Key", "Model"]


def test_a_slash_at_the_end_of_the_address_makes_no_other_place() -> None:
    assert settings(base_url="http://host:8000/v1/").endpoint == settings(base_url="http://host:8000/v1").endpoint


@pytest.mark.parametrize(
    ("base_url", "sends"),
    [
        ("https://api.openai.com/v1", True),
        ("https://us.api.openai.com/v1", True),
        ("https://shop.openai.azure.com/openai/v1", True),
        ("https://notopenai.com/v1", False),
        ("http://127.0.0.1:8000/v1", False),
    ],
)
def test_only_the_servers_that_know_cache_hints_get_them(base_url: str, sends: bool) -> None:
    assert settings(base_url=base_url).sends_cache_hints is sends
