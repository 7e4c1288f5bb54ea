import pytest

from core.web_address import host_and_port, is_host_and_port, is_loopback, wrong_address


@pytest.mark.parametrize("text", ["a.example", "a_b-1.example:8000", "localhost.", "[::1]:80", "127.0.0.1:1", "h:"])
def test_hosts_are_recognised(text: str) -> None:
    assert is_host_and_port(text)


def test_a_host_is_read_in_one_form() -> None:
    assert host_and_port("[0:0::1]:80") == ("::1", 80)
    assert host_and_port("GPU.lan") == ("gpu.lan", None)
    assert host_and_port("0x7f.1") is None


@pytest.mark.parametrize(
    "address",
    [
        "https://api.openai.com/v1",
        "HTTPS://API.OPENAI.COM",
        "http://127.0.0.1:11434/v1/",
        "http://[::1]:8080",
        "https://shop.openai.azure.com/openai/deployments/bot?api-version=2024-10-21",
        "https://gateway.example/v1?api-version=2024-10-21-preview&region=eu-west",
    ],
)
def test_web_addresses_may_be_used_with_a_query_too(address: str) -> None:
    assert wrong_address(address) is None


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "is empty"),
        ("https://x/" + "y" * 500, "510 characters"),
        ("ftp://x/v1", "is no web address"),
        ("https://good.example\\\\.evil.example", "is no web address"),
        ("https://me:secret@x/v1?api-version=1", "user name or a password"),
        ("https://x/v1#top", "may not hold a #"),
        ("https://x/v1?", "behind the ? that cannot be used"),
        ("https://x/v1?a", "behind the ? that cannot be used"),
        ("https://x/v1?a=b&", "behind the ? that cannot be used"),
        ("https://x/v1?a=%0a", "behind the ? that cannot be used"),
        ("https://x/v1?api-version=1&api-key=abc", "holds a key"),
        ("https://x/v1?subscription-key=abc", "holds a key"),
        ("https://x/v1?v=sk-1234567890", "holds a key"),
    ],
)
def test_others_are_refused_in_words_that_quote_no_secret(address: str, words: str) -> None:
    reason = wrong_address(address) or ""

    assert words in reason
    assert not any(secret in reason for secret in ("secret", "abc", "sk-1"))


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_this_computer_is_known_by_name_and_address(host: str, here: bool) -> None:
    assert is_loopback(host) is here
