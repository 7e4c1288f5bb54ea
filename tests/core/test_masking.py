"""Secrets do not reach the logs."""

import io
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from core.masking import MASK, Masking, secrets_of

KEY = "sk-proj-Abc123_def-456ghi"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"called with {KEY}.", KEY),
        (f"Authorization: Bearer {TOKEN}", TOKEN),
        ("authorization: bearer abcDEF123456", "abcDEF123456"),
        ("'Authorization': 'Basic dXNlcjpwYXNz'", "dXNlcjpwYXNz"),
        (f"token is {TOKEN} here", TOKEN),
        ("postgresql+psycopg://frontline:pa55!word@db.example/name", "pa55!word"),
        ("postgresql://frontline:p@ss@db/name", "p@ss"),
        ("PROPELAUTH_API_KEY=0123456789abcdef", "0123456789abcdef"),
        ("PROPELAUTH_CLIENT_SECRET: 0123456789abcdef", "0123456789abcdef"),
        ("{'client_secret': 'abc123xyz'}", "abc123xyz"),
        ('{"access_token": "abc123xyz", "expires_in": 60}', "abc123xyz"),
        ("[(b'cookie', b'_streamlit_user=abc; other=def')]", "abc"),
        ("[(b'cookie', b'_streamlit_user=abc; other=def')]", "def"),
        ("Set-Cookie: frontline_demo_1a2b=W1siMGI4; HttpOnly", "W1siMGI4"),
        ("it had frontline_demo_1a2b=W1siMGI4 in it", "W1siMGI4"),
        ("GET /oauth2callback?code=4/0Abc&state=xyz987 HTTP/1.1", "4/0Abc"),
        ("GET /oauth2callback?code=4/0Abc&state=xyz987 HTTP/1.1", "xyz987"),
        ("GET /chat?link=aB3-_x9 HTTP/1.1", "aB3-_x9"),
        ("GET /chat?org=1&talk=aB3-_x9 HTTP/1.1", "aB3-_x9"),
        ("api_key='k-1234567'", "k-1234567"),
        ("x-api-key: k-1234567", "k-1234567"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, secret: str) -> None:
    hidden = Masking().masked(text)

    assert secret not in hidden
    assert MASK in hidden
    assert Masking().masked(hidden) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "Unexpected error 1a2b3c4d",
        "GET /questions?org=6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01 200",
        "https://api.openai.com:443/v1/chat answered 429",
        "The key of https://api.example cannot be read any more",
        "prompt_tokens=12 completion_tokens=3",
        "No cookies, no basic questions, and a bearer of bad news",
        "SQLite 3.40.1: no write-ahead log",
        "postgresql://db.example/name",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert Masking().masked(text) == text


@dataclass(frozen=True)
class Inner:
    key: str = field(default="whatever it looks like", repr=False)


@dataclass(frozen=True)
class Outer:
    url: str = "postgresql://u:p%40ss%3Aword@h/n"
    name: str = "Frontline"
    secret: str | None = field(default="0123456789", repr=False)
    short: str = field(default="abc", repr=False)
    inner: Inner = Inner()


def test_the_deployments_own_secrets_are_masked_wherever_they_stand() -> None:
    masking = Masking(secrets_of(Outer()))

    assert masking.masked("x0123456789y whatever it looks like p@ss:word abc Frontline") == (
        f"x{MASK}y {MASK} {MASK} abc Frontline"
    )


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What a logger writes that keeps its records to itself, as those of Streamlit and uvicorn do."""
    before, hook = logging.getLogRecordFactory(), threading.excepthook
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logger, ours = logging.getLogger("some.library"), logging.getLogger("core.masking")
    logger.propagate = False
    for each in (logger, ours):
        each.addHandler(handler)
    threading.excepthook = threading.__excepthook__
    Masking(["deployment secret"]).begin()
    yield written
    for each in (logger, ours):
        each.removeHandler(handler)
    logging.setLogRecordFactory(before)
    threading.excepthook = hook


def test_every_logger_is_masked_also_arguments_and_tracebacks(logged: io.StringIO) -> None:
    logger = logging.getLogger("some.library")

    logger.warning("plain %s and %d", KEY, 3)
    logger.warning("Bearer %s", "abcdef123456")
    logger.warning({"client_secret": "abc123xyz"})
    try:
        raise ValueError(f"the server said {KEY} and deployment secret")
    except ValueError:
        logger.exception("it failed")

    text = logged.getvalue()
    assert "plain sk-[masked] and 3" in text
    assert "ValueError: the server said" in text
    for secret in (KEY, "abcdef123456", "abc123xyz", "deployment secret"):
        assert secret not in text


def test_a_wrong_call_of_a_logger_breaks_nothing(logged: io.StringIO) -> None:
    logging.raiseExceptions, before = False, logging.raiseExceptions
    logging.getLogger("some.library").warning("%d of them", KEY)
    logging.raiseExceptions = before

    assert KEY not in logged.getvalue()


def test_formatters_that_take_the_arguments_one_by_one_still_can(logged: io.StringIO) -> None:
    record = logging.getLogRecordFactory()(
        "uvicorn.access", logging.INFO, "", 1, '%s - "%s %s" %d', ("1.2.3.4", "GET", "/x?code=abc", 200), None
    )

    assert record.args == ("1.2.3.4", "GET", "/x?code=[masked]", 200)


def test_an_error_that_ends_a_thread_is_masked(logged: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError(KEY)

    thread = threading.Thread(target=fail, name="worker 7")
    thread.start()
    thread.join()

    assert "worker 7" in logged.getvalue()
    assert KEY not in logged.getvalue()
