"""Puts together the examination of an installation. It changes nothing, and makes no file."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.auth_settings import AuthSettings
from core.background import Background
from core.engines.language.server import ServerKey
from core.engines.language.server_memory import ServerMemory
from core.engines.language.tester import ModelsUntold, ServerTester
from core.engines.semantic import multilingual
from core.engines.semantic.folder_model import folder_model, is_model_folder
from core.engines.semantic.weights import model_files
from core.errors import EngineUnavailable, FrontlineError
from core.identity.propelauth.visit import visit
from core.operation.disk import data_folder
from core.operation.examination import Condition, Diagnosis, examined
from core.operation.installed import versions
from core.servers.sealing import SECRET_FILE, KeyUnreadable, Sealer, installation_secret
from core.settings import EngineSettings, Settings
from core.storage.database import Database
from core.storage.inspection import DatabaseState, file_of, inspected

GOOD, DOUBTFUL, BAD = Condition.GOOD, Condition.DOUBTFUL, Condition.BAD
Findings = Iterator[tuple[Condition, str]]
_MODEL_SECONDS = 10.0
KNOWN = frozenset(
    f"FRONTLINE_{name}"
    for name in (
        *("API_ORIGINS", "COOKIE_SECRET", "DATA_DIR", "ENGINE_HOSTS", "ENGINE_KEY", "ENGINE_MODEL", "ENGINE_URL"),
        *("LOG_FORMAT", "METRICS_TOKEN", "MODEL_DIR", "PUBLIC_URL", "ROLES", "SECRET", "TOKEN", "TRUSTED_HOSTS"),
    )
)
"""Every variable of ours, to tell a misspelt one."""


def examination(environment: Mapping[str, str] = os.environ) -> Iterator[Diagnosis]:
    """Each part of the installation that these settings describe, one after the other."""
    yield from examined("versions", versions)
    try:
        settings = Settings.from_environment(environment)
    except FrontlineError as error:
        yield Diagnosis(part="settings", condition=BAD, words=str(error))
        return
    yield from examined("settings", lambda: _settings(settings, environment))
    yield from examined("disk", lambda: data_folder(settings.data_dir))
    found: list[DatabaseState] = []
    yield from examined("database", lambda: _database(settings, found))
    yield from examined("keys", lambda: _keys(settings, found))
    yield from examined("built-in engine", lambda: _built_in(settings))
    yield from examined("model server", lambda: _model_server(settings.engine))
    yield from examined("PropelAuth", lambda: _propelauth(settings.auth))


def _settings(settings: Settings, environment: Mapping[str, str]) -> Findings:
    for name in sorted(environment):
        if name.startswith("FRONTLINE_") and name not in KNOWN:
            yield DOUBTFUL, f"{name} is no setting of Frontline: correct its name, or unset it."
    where = settings.auth.public_url if settings.auth else "this computer only, with the demo sign-in"
    yield GOOD, f"They can be read; Frontline serves {where}."


def _database(settings: Settings, found: list[DatabaseState]) -> Findings:
    file = file_of(settings.database_url)
    if file is not None and not file.exists():
        yield GOOD, f"{file} is not there yet, and is made at the first start."
        return
    database = Database(settings.database_url)
    try:
        with database.opening():
            state = inspected(database)
    finally:
        database.close()
    found.append(state)
    yield from _state(state, "demo" if settings.auth is None else "propelauth")


def _state(state: DatabaseState, sign_in: str) -> Findings:
    if state.damage:
        yield BAD, f"It is damaged ({'; '.join(state.damage)}): stop Frontline, and put a backup back."
    if state.is_newer:
        yield BAD, f"Its tables are {state.schema}, of a newer Frontline: install that one, or put a backup back."
    if state.sign_in not in ("", sign_in):
        yield (
            BAD,
            f"It was made with the sign-in “{state.sign_in}”, and the settings are those of “{sign_in}”: set "
            "DATABASE_URL or FRONTLINE_DATA_DIR to another one, or restore the sign-in settings.",
        )
    if state.passes_the_wall:
        yield (
            DOUBTFUL,
            "Its role is a superuser or has BYPASSRLS, so PostgreSQL does not keep organisations apart as a second "
            "wall: give Frontline an ordinary role that owns the database.",
        )
    if state.pending and not state.is_newer:
        yield DOUBTFUL, f"The next start brings its tables from {state.schema} up to date: make a backup before."
    told = f"its tables are {state.schema}" if state.schema else "it is empty, and filled at the first start"
    yield GOOD, f"{state.product} answers; {told}."


def _keys(settings: Settings, found: list[DatabaseState]) -> Findings:
    kept = found[0].sealed_keys if found else ()
    file = settings.data_dir / SECRET_FILE
    if settings.secret is None and not settings.database_url.startswith("sqlite"):
        yield DOUBTFUL, "FRONTLINE_SECRET is not set: several machines on one database need the same one."
    if settings.secret is None and not file.exists():
        if kept:
            yield (
                BAD,
                f"{_many(len(kept))} kept, and {file}, which opens them, is gone: put it back.",
            )
        else:
            yield GOOD, "No key of a model server is kept; the secret for them is made when it is needed."
        return
    if settings.secret is None and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield BAD, f"Others on this computer can read {file}: chmod 600 it."
    sealer = Sealer(installation_secret(settings))
    unreadable = sum(not _opens(sealer, *key) for key in kept)
    if unreadable:
        yield (
            BAD,
            f"{_many(unreadable)} kept and cannot be opened: set the FRONTLINE_SECRET that they were sealed with, or "
            "let the owners enter them again.",
        )
    else:
        yield GOOD, f"{_many(len(kept))} kept, and each can be opened."


def _many(keys: int) -> str:
    return f"{keys:,} key{'s' if keys != 1 else ''} of model servers {'are' if keys != 1 else 'is'}"


def _opens(sealer: Sealer, org_id: str, address: str, sealed: str) -> bool:
    try:
        sealer.open(sealed, org_id, address)
    except KeyUnreadable:
        return False
    return True


def _built_in(settings: Settings) -> Findings:
    folder = settings.model_dir
    if folder is not None and is_model_folder(folder):
        yield GOOD, f"The model in {folder} can be used ({folder_model(folder).version})."
        return
    try:
        yield GOOD, f"all-MiniLM-L6-v2 is there and is the published one ({_size(model_files(folder).weights)})."
    except EngineUnavailable as error:
        yield (BAD if settings.engine is None else DOUBTFUL), str(error)
    if not multilingual.is_installed():
        yield GOOD, f"It reads English only. For other languages run: {multilingual.INSTALL_COMMAND}"
    else:
        yield GOOD, f"{multilingual.NAME} is there and is the known one ({_size(multilingual.weights_file())})."


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1024**2:,.0f} MB"


def _model_server(engine: EngineSettings | None) -> Findings:
    if engine is None:
        yield GOOD, "None is set for the whole installation; the built-in engine decides where an owner chose no other."
        return
    background = Background()
    tester = ServerTester(background, ServerMemory(), None, try_seconds=_MODEL_SECONDS, patience=2 * _MODEL_SECONDS)
    try:
        names = tester.models(engine.base_url, ServerKey(engine.key))
    except ModelsUntold:
        yield DOUBTFUL, f"It answers and does not tell its models, so {engine.model} was not looked for."
        return
    finally:
        background.close()
    if engine.model in names:
        yield GOOD, f"It answers, and has {engine.model}."
    else:
        yield DOUBTFUL, f"It answers and does not list {engine.model}: look at FRONTLINE_ENGINE_MODEL."


def _propelauth(auth: AuthSettings | None) -> Findings:
    if auth is None:
        yield GOOD, "It is not set up: the demo sign-in is on, for this computer only."
        return
    visit(auth)
    yield GOOD, f"{auth.auth_url} answers and takes PROPELAUTH_API_KEY."
    roles = "names" if auth.roles_by_name else "permissions"
    yield GOOD, f"Roles stand by {roles}; its OAuth client needs the redirect URL {auth.public_url}/oauth2callback."
