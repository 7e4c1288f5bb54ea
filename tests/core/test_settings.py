from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.settings import LOOPBACK_HOSTS, PROJECT, Settings, database_url


def test_nothing_set_means_sqlite_in_the_project_and_the_demo_sign_in() -> None:
    settings = Settings.from_environment({}, secrets_file=Path("/nowhere"))

    assert settings.data_dir == PROJECT / ".data"
    assert settings.database_url == f"sqlite:///{PROJECT / '.data' / 'demo.db'}"
    assert settings.trusted_hosts == LOOPBACK_HOSTS
    assert settings.auth is None
    assert settings.model_dir is None
    assert settings.secret is None
    assert settings.engine_hosts == ()


def test_what_is_set_is_read(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "FRONTLINE_DATA_DIR": str(tmp_path),
            "FRONTLINE_MODEL_DIR": str(tmp_path / "model"),
            "FRONTLINE_TRUSTED_HOSTS": "frontline.example, localhost ,",
            "DATABASE_URL": "",
        }
    )

    assert settings.data_dir == tmp_path
    assert settings.model_dir == tmp_path / "model"
    assert settings.trusted_hosts == ("frontline.example", "localhost")
    assert settings.database_url == f"sqlite:///{tmp_path / 'demo.db'}"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("sqlite:////x/y.db", "sqlite:////x/y.db"),
    ],
)
def test_the_urls_that_hosts_give_are_understood(given: str, expected: str) -> None:
    assert database_url(given, Path("/data")) == expected


@pytest.mark.parametrize("given", ["mysql://u@h/d", "/x/y.db", "nonsense"])
def test_another_kind_of_database_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(ConfigurationError, match="for example sqlite:"):
        database_url(given, Path("/data"))


def test_a_model_server_is_read_and_its_key_never_printed() -> None:
    settings = Settings.from_environment(
        {
            "FRONTLINE_ENGINE_URL": "http://localhost:9/v1",
            "FRONTLINE_ENGINE_MODEL": "m",
            "FRONTLINE_ENGINE_KEY": "sk-secret",
        }
    )

    assert settings.engine is not None
    assert (settings.engine.base_url, settings.engine.model) == ("http://localhost:9/v1", "m")
    assert settings.engine.key == "sk-secret"
    assert "sk-secret" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"URL": "http://x/v1"}, "FRONTLINE_ENGINE_MODEL is missing"),
        ({"MODEL": "m"}, "FRONTLINE_ENGINE_URL is missing"),
        ({"KEY": "sk-secret"}, "FRONTLINE_ENGINE_URL and FRONTLINE_ENGINE_MODEL is missing"),
    ],
)
def test_half_a_model_server_names_what_is_missing(given: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing) as error:
        Settings.from_environment({f"FRONTLINE_ENGINE_{name}": value for name, value in given.items()})

    assert "sk-secret" not in str(error.value)


def test_the_secret_and_the_hosts_of_model_servers_are_read_and_the_secret_never_printed() -> None:
    settings = Settings.from_environment(
        {"FRONTLINE_SECRET": " very-secret-0123456789\n", "FRONTLINE_ENGINE_HOSTS": "models.lan, [::1]:8000 ,"}
    )

    assert settings.secret == "very-secret-0123456789"
    assert settings.engine_hosts == ("models.lan", "[::1]:8000")
    assert "very-secret" not in repr(settings)


def test_sites_that_may_call_the_api_are_read_as_browsers_write_them() -> None:
    settings = Settings.from_environment({"FRONTLINE_API_ORIGINS": "https://WWW.example.com, http://localhost:3000"})

    assert settings.api_origins == ("https://www.example.com", "http://localhost:3000")


@pytest.mark.parametrize("given", ["*", "www.example.com", "https://www.example.com/", "https://a b", "ftp://a"])
def test_what_is_no_site_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match="FRONTLINE_API_ORIGINS"):
        Settings.from_environment({"FRONTLINE_API_ORIGINS": given})


def test_certificates_that_are_not_there_are_told_at_a_start_that_needs_them(
    tmp_path: Path,
) -> None:
    server = {"FRONTLINE_ENGINE_URL": "https://models.example/v1", "FRONTLINE_ENGINE_MODEL": "m"}
    there, nowhere = tmp_path / "ca.pem", {"SSL_CERT_FILE": str(tmp_path / "nowhere.pem")}
    there.write_text("")

    with pytest.raises(ConfigurationError, match=r"SSL_CERT_FILE names .*nowhere\.pem, which is no file"):
        Settings.from_environment(server | nowhere)
    assert Settings.from_environment(nowhere).engine is None
    assert Settings.from_environment(server | {"SSL_CERT_FILE": str(there)}).engine
