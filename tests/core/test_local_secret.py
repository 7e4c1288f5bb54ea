import stat
import threading
from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.local_secret import local_secret


def test_the_secret_is_random_kept_and_readable_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "secret"

    secret = local_secret(path, without_it="all is lost")

    assert len(secret) == 32
    assert local_secret(path, without_it="all is lost") == secret
    assert local_secret(tmp_path / "other", without_it="all is lost") != secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret"]


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    found: list[bytes] = []
    barrier = threading.Barrier(8)

    def start() -> None:
        barrier.wait()
        found.append(local_secret(tmp_path / "secret", without_it="all is lost"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_damaged_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"short")

    with pytest.raises(ConfigurationError, match=r"secret is damaged\. Delete it and start again; all is lost\."):
        local_secret(tmp_path / "secret", without_it="all is lost")
