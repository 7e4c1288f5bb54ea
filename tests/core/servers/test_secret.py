import stat
from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.servers.sealing import installation_secret
from core.settings import Settings


def settings(folder: Path, secret: str | None = None) -> Settings:
    return Settings(data_dir=folder, database_url="sqlite://", secret=secret)


def test_without_a_setting_a_random_secret_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    secret = installation_secret(settings(tmp_path / "a"))

    assert len(secret) == 32
    assert installation_secret(settings(tmp_path / "a")) == secret
    assert installation_secret(settings(tmp_path / "b")) != secret
    (file,) = (tmp_path / "a").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_setting_is_used_and_then_no_file_is_made(tmp_path: Path) -> None:
    assert installation_secret(settings(tmp_path, "x" * 32)) == b"x" * 32
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_a_short_setting_is_refused_without_quoting_it(secret: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="FRONTLINE_SECRET must have at least 32 characters") as refused:
        installation_secret(settings(tmp_path, secret))

    assert not secret or secret not in str(refused.value)


def test_a_damaged_file_says_what_is_lost_with_it(tmp_path: Path) -> None:
    installation_secret(settings(tmp_path))
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"short")

    with pytest.raises(ConfigurationError, match="enter the keys of their model servers anew"):
        installation_secret(settings(tmp_path))
