"""The settings of the sign-in, from the environment and from secrets.toml."""

from pathlib import Path

import pytest

from core.auth_settings import AuthSettings, auth_settings
from core.errors import ConfigurationError
from core.settings import LOOPBACK_HOSTS, Settings

NOWHERE = Path("/nowhere/secrets.toml")
SECRET = "0123456789abcdef0123456789abcdef"
ENVIRONMENT = {
    "PROPELAUTH_AUTH_URL": "https://auth.example.com/",
    "PROPELAUTH_API_KEY": "backend-key",
    "PROPELAUTH_CLIENT_ID": "client",
    "PROPELAUTH_CLIENT_SECRET": "client-secret",
    "FRONTLINE_COOKIE_SECRET": SECRET,
    "FRONTLINE_PUBLIC_URL": "https://Frontline.example.com",
}
FILE = f"""
[auth]
redirect_uri = "https://frontline.example.com/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "client"
client_secret = "client-secret"
server_metadata_url = "https://auth.example.com/.well-known/openid-configuration"
[propelauth]
auth_url = "https://auth.example.com"
api_key = "backend-key"
"""
EXPECTED = AuthSettings(
    auth_url="https://auth.example.com",
    api_key="backend-key",
    client_id="client",
    client_secret="client-secret",
    cookie_secret=SECRET,
    public_url="https://frontline.example.com",
)


@pytest.fixture
def secrets_file(tmp_path: Path) -> Path:
    path = tmp_path / "secrets.toml"
    path.write_text(FILE)
    return path


def test_nothing_set_is_the_demo_sign_in(tmp_path: Path) -> None:
    other = tmp_path / "secrets.toml"
    other.write_text("[something_else]\nkey = 'x'\n")

    assert auth_settings({}, NOWHERE) is None
    assert auth_settings({"PROPELAUTH_API_KEY": " "}, other) is None


def test_the_environment_sets_it_up() -> None:
    assert auth_settings(ENVIRONMENT, NOWHERE) == EXPECTED


def test_the_file_sets_it_up_and_the_environment_goes_first(secrets_file: Path) -> None:
    assert auth_settings({}, secrets_file) == EXPECTED

    mixed = auth_settings({"PROPELAUTH_API_KEY": "newer"}, secrets_file)
    assert mixed is not None
    assert (mixed.api_key, mixed.client_id) == ("newer", "client")


@pytest.mark.parametrize("missing", ENVIRONMENT)
def test_a_part_of_it_is_an_error_that_names_what_is_missing(missing: str) -> None:
    given = {name: value for name, value in ENVIRONMENT.items() if name != missing}

    with pytest.raises(ConfigurationError, match=f"Missing: {missing}\\."):
        auth_settings(given, NOWHERE)


@pytest.mark.parametrize("only", [*ENVIRONMENT, "PROPELAUTH_API_URL", "PROPELAUTH_URL"])
def test_any_one_of_it_is_never_taken_for_the_demo(only: str) -> None:
    with pytest.raises(ConfigurationError, match="only set up in part") as error:
        auth_settings({only: "https://x.example"}, NOWHERE)

    for name in ENVIRONMENT.keys() - {only}:
        assert name in str(error.value).partition("Set all")[0]


@pytest.mark.parametrize("secret", ["x", "a" * 31])
def test_a_weak_cookie_secret_is_an_error_that_says_how_to_make_one(secret: str) -> None:
    with pytest.raises(ConfigurationError, match=r"FRONTLINE_COOKIE_SECRET is too weak.*openssl") as error:
        auth_settings(ENVIRONMENT | {"FRONTLINE_COOKIE_SECRET": secret}, NOWHERE)

    assert secret * 5 not in str(error.value)


@pytest.mark.parametrize("name", ["PROPELAUTH_AUTH_URL", "FRONTLINE_PUBLIC_URL", "PROPELAUTH_API_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "http://auth.example.com",
        "auth.example.com",
        "ftp://localhost",
        "https://",
        "https://a.example/path",
        "https://a.example?x",
        "https://u:p@a.example",
        "https://a.example:x",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://[::1",
    ],
)
def test_an_address_must_be_https_or_on_this_computer(name: str, url: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} must be https://"):
        auth_settings(ENVIRONMENT | {name: url}, NOWHERE)


@pytest.mark.parametrize("url", ["http://localhost:8501", "http://127.0.0.1:9", "http://[::1]:8501"])
def test_plain_http_is_for_this_computer(url: str) -> None:
    found = auth_settings(ENVIRONMENT | {"FRONTLINE_PUBLIC_URL": url}, NOWHERE)

    assert found is not None
    assert found.public_url == url
    assert found.public_host in LOOPBACK_HOSTS


def test_the_public_host_is_trusted_beside_the_others() -> None:
    default = Settings.from_environment(ENVIRONMENT, secrets_file=NOWHERE)
    listed = Settings.from_environment(ENVIRONMENT | {"FRONTLINE_TRUSTED_HOSTS": "a.example"}, secrets_file=NOWHERE)

    assert default.trusted_hosts == (*LOOPBACK_HOSTS, "frontline.example.com")
    assert listed.trusted_hosts == ("a.example", "frontline.example.com")
    assert default.database_url.endswith("/frontline.db")


def test_no_secret_is_ever_printed() -> None:
    words = repr(Settings.from_environment(ENVIRONMENT, secrets_file=NOWHERE))

    assert "auth.example.com" in words
    for name in ("PROPELAUTH_API_KEY", "PROPELAUTH_CLIENT_SECRET", "FRONTLINE_COOKIE_SECRET"):
        assert ENVIRONMENT[name] not in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[auth\nclient_secret = 'very-secret'", "cannot be read"),
        ('[auth]\nredirect_uri = "https://a.example/callback"', "followed by /oauth2callback"),
        ("auth = 7\npropelauth = {api_key = 'very-secret'}", "Missing: PROPELAUTH_AUTH_URL"),
        ("[auth]\nclient_id = 7\n[propelauth]\napi_key = 'very-secret'", "PROPELAUTH_CLIENT_ID"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error_without_its_secrets(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text(text)

    with pytest.raises(ConfigurationError, match=words) as error:
        auth_settings({}, path)

    assert "very-secret" not in str(error.value)


def test_names_of_roles_count_only_where_that_is_said(secrets_file: Path) -> None:
    secrets_file.write_text(FILE + 'roles = "names"\n')
    for environment, expected in (({}, True), ({"FRONTLINE_ROLES": "permissions"}, False)):
        found = auth_settings(environment, secrets_file)
        assert found is not None
        assert found.roles_by_name is expected
    with pytest.raises(ConfigurationError, match="FRONTLINE_ROLES"):
        auth_settings({**ENVIRONMENT, "FRONTLINE_ROLES": "yes"}, NOWHERE)
    assert auth_settings({"FRONTLINE_ROLES": "names"}, NOWHERE) is None
