from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.language.hosts import ListedHosts
from core.errors import ConfigurationError, InvalidInput
from core.servers.addresses import AddressRule, normal_address
from core.settings import AuthSettings, Settings

STRICT = AddressRule()


def settings(**changes) -> Settings:
    return Settings(data_dir=Path("/nowhere"), database_url="sqlite://", **changes)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("HTTPS://API.OpenAI.com/v1", "https://api.openai.com/v1"),
        ("https://api.openai.com:443/v1/", "https://api.openai.com/v1"),
        ("https://api.openai.com:/v1//", "https://api.openai.com/v1"),
        ("http://localhost:080", "http://localhost"),
        ("http://localhost:443/", "http://localhost:443"),
        ("http://[0:0::1]:8000/v1", "http://[::1]:8000/v1"),
        ("https://A.example:443/openai/?api-version=1", "https://a.example/openai?api-version=1"),
    ],
)
def test_an_address_has_one_normal_form(written: str, normal: str) -> None:
    assert normal_address(written) == normal
    assert normal_address(normal) == normal


def test_addresses_that_could_lead_elsewhere_stay_different() -> None:
    places = [
        "https://a.example/v1",
        "http://a.example/v1",
        "https://a.example:8443/v1",
        "https://a.example./v1",
        "https://a.example/V1",
        "https://a.example/v1/x",
        "https://a.example/v1?api-version=1",
        "https://a.example/v1?api-version=2",
        "https://a.example/v1/../v2",
        "https://a.example",
        "https://b.a.example/v1",
    ]

    assert len({normal_address(place) for place in places}) == len(places)


@given(
    st.sampled_from(["http", "https", "HTTP"]),
    st.from_regex(r"\A[a-zA-Z0-9-]{1,10}(\.[a-zA-Z]{1,5}){0,2}\Z"),
    st.none() | st.integers(1, 65_535),
    st.text(alphabet="abcAB/.-%2F", max_size=12),
)
def test_the_normal_form_is_its_own_normal_form(scheme: str, host: str, port: int | None, path: str) -> None:
    written = f"{scheme}://{host}{'' if port is None else f':{port}'}/{path}"
    try:
        once = normal_address(written)
    except InvalidInput:
        return

    assert normal_address(once) == once
    assert normal_address(written + "/") == once


@pytest.mark.parametrize(
    "written", ["", "api.openai.com", "https://me:pw@host/v1", "https://host/v1?x", "https://host/v1#x"]
)
def test_what_is_no_address_has_no_normal_form(written: str) -> None:
    with pytest.raises(InvalidInput, match="The settings, Server address"):
        normal_address(written)


@pytest.mark.parametrize(
    "address", ["https://api.openai.com/v1", "https://models.example:8443/v1", "https://8.8.8.8/v1"]
)
def test_encrypted_public_addresses_may_be_used(address: str) -> None:
    STRICT.check(address)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ftp://models.example", "is no web address"),
        ("https://me:pw@models.example/v1", "holds a user name"),
        ("http://models.example/v1", "must begin with https://"),
        ("http://127.0.0.1:8000/v1", "must begin with https://"),
        ("https://127.0.0.1/v1", "is not on the internet"),
        ("https://localhost:8000/v1", "is not on the internet"),
        ("https://ollama/v1", "is not on the internet"),
        ("https://metadata.google.internal/v1", "is not on the internet"),
        ("https://169.254.169.254/latest", "is not on the internet"),
        ("https://[::1]/v1", "is not on the internet"),
        ("https://[::ffff:10.0.0.1]/v1", "is not on the internet"),
        ("https://[64:ff9b::a00:1]/v1", "is not on the internet"),
        ("https://2130706433/v1", "is no web address"),
        ("https://0177.0.0.1/v1", "is no web address"),
    ],
)
def test_other_addresses_are_refused_with_the_reason(address: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        STRICT.check(address)

    assert [problem.field for problem in refused.value.problems] == ["Server address"]


def test_what_the_deployment_lists_may_be_used_also_without_encryption() -> None:
    rule = AddressRule(listed=ListedHosts.of(["gpu.lan:8000", "models.lan"]))

    for address in (
        "http://gpu.lan:8000/v1",
        "https://GPU.lan:8000",
        "http://models.lan/v1",
        "https://models.lan:9/v1",
    ):
        rule.check(address)
    for address in ("http://gpu.lan/v1", "http://x.models.lan/v1", "http://gpu.lan:8000@evil.example/v1"):
        with pytest.raises(InvalidInput):
            rule.check(address)


def test_with_the_demo_sign_in_any_web_address_may_be_used_and_connections_are_not_guarded() -> None:
    rule = AddressRule.of(settings())

    for address in (
        "http://localhost:11434/v1",
        "http://127.0.0.1:8080/v1",
        "https://api.openai.com/v1",
        "http://gpu/v1",
    ):
        rule.check(address)
    with pytest.raises(InvalidInput, match="is no web address"):
        rule.check("file:///etc/passwd")
    assert rule.guard() is None


def test_with_real_sign_in_connections_are_guarded_and_the_list_is_the_deployments() -> None:
    rule = AddressRule.of(
        settings(
            auth=AuthSettings(
                auth_url="https://auth.example",
                api_key="a",
                client_id="c",
                client_secret="s",
                cookie_secret="c" * 32,
                public_url="https://frontline.example",
            ),
            engine_hosts=("gpu.lan",),
        )
    )

    rule.check("http://gpu.lan/v1")
    with pytest.raises(InvalidInput):
        rule.check("http://localhost:11434/v1")
    guard = rule.guard()
    assert guard is not None
    assert guard.refusal("gpu.lan", 80, encrypted=False) is None
    assert guard.refusal("localhost", 80, encrypted=False) is not None


def test_a_list_that_cannot_be_read_stops_the_start() -> None:
    with pytest.raises(ConfigurationError, match="FRONTLINE_ENGINE_HOSTS"):
        AddressRule.of(settings(engine_hosts=("http://gpu.lan",)))
