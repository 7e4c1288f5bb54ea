from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.settings import LOOPBACK_HOSTS, PROJECT, Settings, database_url


def test_nothing_set_means_sqlite_in_the_project_and_the_demo_sign_in() -> None:
    settings = Settings.from_environment({})

    assert settings.data_dir == PROJECT / ".data"
    assert settings.database_url == f"sqlite:///{PROJECT / '.data' / 'demo.db'}"
    assert settings.trusted_hosts == LOOPBACK_HOSTS
    assert settings.auth is None
    assert settings.model_dir is None


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


def test_a_setting_of_real_sign_in_never_falls_back_to_the_demo() -> None:
    with pytest.raises(ConfigurationError, match="PROPELAUTH_AUTH_URL is set"):
        Settings.from_environment({"PROPELAUTH_AUTH_URL": "https://auth.example"})
