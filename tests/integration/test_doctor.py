"""``python -m core doctor`` says what is wrong with an installation and what to do, and never a secret."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.__main__ import main
from core.bootstrap import build
from core.bootstrap.doctor import KNOWN, examination
from core.clock import now
from core.commands.exits import Exit
from core.engines.language.server import ServerKey
from core.identity.demo import CLOTHING_ORG, OWNER
from core.operation.disk import data_folder
from core.operation.examination import Condition, examined
from core.operation.installed import versions
from core.servers.keys import ServerKeys
from core.servers.sealing import SECRET_FILE, Sealer, installation_secret
from core.settings import Settings
from core.storage.database import Database
from core.storage.server_keys import SqlServerKeys
from tests.core.test_readme import settings_read_by_core
from tests.model_server import ModelServer
from tests.propelauth_server import Fault, propelauth_server
from tests.sample_databases import sample

Found = list[tuple[str, Condition, str]]


def looked_at(folder: Path, more: Mapping[str, str] | None = None) -> Found:
    environment = {"FRONTLINE_DATA_DIR": str(folder), **(more or {})}
    return [(one.part, one.condition, one.words) for one in examination(environment)]


def of(found: Found, part: str) -> list[tuple[Condition, str]]:
    return [(condition, words) for name, condition, words in found if name == part]


def test_a_new_installation_has_nothing_to_mend_and_nothing_is_made(tmp_path: Path) -> None:
    found = looked_at(tmp_path / "new")

    assert [(part, words) for part, condition, words in found if condition is not Condition.GOOD] == []
    assert {part for part, _, _ in found} == {
        *("versions", "settings", "disk", "database", "keys", "built-in engine", "model server", "PropelAuth"),
    }
    assert list(tmp_path.iterdir()) == []


def test_wrong_settings_are_told_in_their_own_words(tmp_path: Path) -> None:
    found = looked_at(tmp_path, {"FRONTLINE_ENGINE_URL": "https://api.openai.com/v1", "FRONTLINE_TRUSTED_HOST": "x"})

    assert "FRONTLINE_ENGINE_MODEL is missing" in of(found, "settings")[0][1]
    assert (of(looked_at(tmp_path, {"FRONTLINE_TRUSTED_HOST": "x"}), "settings")[0]) == (
        Condition.DOUBTFUL,
        "FRONTLINE_TRUSTED_HOST is no setting of Frontline: correct its name, or unset it.",
    )


def test_it_knows_every_setting() -> None:
    assert {name for name in settings_read_by_core() if name.startswith("FRONTLINE_")} == KNOWN


def test_a_database_of_before_damaged_foreign_or_away_is_told(tmp_path: Path) -> None:
    file = tmp_path / "demo.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(sample("0009"))
    connection.close()
    assert of(looked_at(tmp_path), "database")[0][1].startswith("The next start brings its tables from 0009")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("UPDATE installation SET value = 'propelauth' WHERE name = 'sign_in'")
    connection.close()
    newer, foreign, _ = of(looked_at(tmp_path), "database")
    assert (newer[0], "newer Frontline" in newer[1]) == (Condition.BAD, True)
    assert (foreign[0], "sign-in" in foreign[1]) == (Condition.BAD, True)
    file.write_bytes(b"no database at all" * 100)
    assert of(looked_at(tmp_path), "database")[0][0] is Condition.BAD
    url = "postgresql://somebody:very-secret-words@127.0.0.1:1/none"
    ((condition, words),) = of(looked_at(tmp_path, {"DATABASE_URL": url}), "database")
    assert (condition, "very-secret" in words, "DATABASE_URL" in words) == (Condition.BAD, False, True)


@pytest.mark.postgresql
def test_postgresql_is_looked_at_too(migrated_postgresql_url: str, postgresql_server: str, tmp_path: Path) -> None:
    ordinary = of(looked_at(tmp_path, {"DATABASE_URL": migrated_postgresql_url.replace("+psycopg", "")}), "database")
    name = migrated_postgresql_url.rsplit("/", 1)[1]
    powerful = of(looked_at(tmp_path, {"DATABASE_URL": f"{postgresql_server}/{name}"}), "database")

    assert [condition for condition, _ in ordinary] == [Condition.GOOD]
    assert ordinary[0][1].startswith("PostgreSQL ")
    assert powerful[0][0] is Condition.DOUBTFUL
    assert "superuser" in powerful[0][1]


def test_keys_that_cannot_be_opened_are_counted(tmp_path: Path) -> None:
    settings = Settings.from_environment({"FRONTLINE_DATA_DIR": str(tmp_path)})
    build(settings).stop()
    database = Database(settings.database_url)
    keys = ServerKeys(SqlServerKeys(database), Sealer(installation_secret(settings)))
    keys.keep(CLOTHING_ORG, "https://a.example/v1", ServerKey("sk-secret-of-org"), by=OWNER, at=now())
    database.close()

    assert of(looked_at(tmp_path), "keys") == [
        (Condition.GOOD, "1 key of model servers is kept, and each can be opened.")
    ]
    ((condition, words),) = of(looked_at(tmp_path, {"FRONTLINE_SECRET": "x" * 40}), "keys")
    assert (condition, "cannot be opened" in words) == (Condition.BAD, True)
    (tmp_path / SECRET_FILE).chmod(0o644)
    assert of(looked_at(tmp_path), "keys")[0][1].endswith("chmod 600 it.")
    (tmp_path / SECRET_FILE).unlink()
    assert "is gone" in of(looked_at(tmp_path), "keys")[0][1]


def test_a_model_server_is_asked_for_its_models(tmp_path: Path) -> None:
    with ModelServer().running() as server:
        base = {"FRONTLINE_ENGINE_URL": server.base_url, "FRONTLINE_ENGINE_KEY": "sk-very-secret-key"}
        named = [{**base, "FRONTLINE_ENGINE_MODEL": name} for name in ("small", "other")]
        found = [of(looked_at(tmp_path, one), "model server") for one in named]
    gone = of(looked_at(tmp_path, {**base, "FRONTLINE_ENGINE_MODEL": "small"}), "model server")

    assert [one[0][0] for one in found] == [Condition.GOOD, Condition.DOUBTFUL]
    assert gone[0][0] is Condition.BAD
    assert "sk-very" not in str([*found, gone])


def test_propelauth_is_asked_whether_it_takes_the_key(tmp_path: Path) -> None:
    with propelauth_server() as server:
        environment = server.environment("http://localhost:8501")
        good = of(looked_at(tmp_path, environment), "PropelAuth")
        server.breaks(Fault.REFUSED)
        refused = of(looked_at(tmp_path, environment), "PropelAuth")

    assert {condition for condition, _ in good} == {Condition.GOOD}
    assert (refused[0][0], "PROPELAUTH_API_KEY" in refused[0][1]) == (Condition.BAD, True)
    assert environment["PROPELAUTH_API_KEY"] not in str(good + refused)


def test_packages_outside_their_range_are_told_with_the_command(tmp_path: Path) -> None:
    asked = tmp_path / "requirements.txt"
    asked.write_text("streamlit[auth]>=99,<100  # reason\nno-such-package>=1,<2  # reason\npandas>=1,<99  # fine\n")

    wrong, _ = versions(asked)

    assert wrong[0] is Condition.BAD
    assert "no-such-package is not installed" in wrong[1]
    assert "streamlit is " in wrong[1]
    assert "pandas" not in wrong[1]
    assert wrong[1].endswith("pip install -r requirements.txt")


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    ((condition, words),) = data_folder(tmp_path / "file" / "data")

    assert (condition, "FRONTLINE_DATA_DIR" in words) == (Condition.BAD, True)


def test_what_breaks_in_an_unknown_way_is_told_by_its_kind_alone() -> None:
    def breaks() -> list[tuple[Condition, str]]:
        raise RuntimeError("the text of a visitor")

    (found,) = examined("x", breaks)

    assert (found.condition, "visitor" in found.words, "RuntimeError" in found.words) == (Condition.BAD, False, True)


def test_the_command_ends_with_a_status_and_prints_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FRONTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert main(["doctor"]) == Exit.OK
    assert capsys.readouterr().out.startswith("ok    versions: Python")
    monkeypatch.setenv("DATABASE_URL", "mysql://me:very-secret-words@host/x")
    assert main(["doctor"]) == Exit.BELOW
    assert "very-secret" not in capsys.readouterr().out
