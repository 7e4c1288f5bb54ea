"""The deployment's settings, read once from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from core.auth_settings import AuthSettings, auth_settings
from core.errors import ConfigurationError

PROJECT = Path(__file__).resolve().parent.parent
SECRETS = PROJECT / ".streamlit" / "secrets.toml"
LEAST_TOKEN = 16
"""Characters."""
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """The OpenAI-compatible server that decides for the whole deployment; ``key`` is empty for servers without one."""

    base_url: str
    model: str
    key: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a deployment decides.

    ``data_dir`` holds the SQLite file, the prepared model and local secrets; ``model_dir`` is a folder with the
    embedded engine's weights, or None for the installed package; ``engine`` is a model server, or None for the
    embedded engine; ``auth`` is None for the demo sign-in. ``secret`` seals the keys of the orgs' model servers, None
    for one that is made and kept in ``data_dir``; ``engine_hosts`` are the hosts, each with or without a port, that
    those servers may stand on although they are not on the internet. ``api_origins`` are the web sites, such as
    ``https://www.example.com``, whose pages may call the HTTP API from a browser. ``metrics_token`` opens ``/metrics``,
    which is not there without it. With ``json_logs`` each line of the log is a JSON object.
    """

    data_dir: Path
    database_url: str
    model_dir: Path | None = None
    trusted_hosts: tuple[str, ...] = LOOPBACK_HOSTS
    engine: EngineSettings | None = None
    auth: AuthSettings | None = None
    secret: str | None = field(default=None, repr=False)
    engine_hosts: tuple[str, ...] = ()
    api_origins: tuple[str, ...] = ()
    metrics_token: str | None = field(default=None, repr=False)
    json_logs: bool = False

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, *, secrets_file: Path = SECRETS
    ) -> "Settings":
        """Read DATABASE_URL and the variables that begin with FRONTLINE_ or PROPELAUTH_; .docs/operating.md lists them.

        Raises ConfigurationError for settings that cannot be used, also when only some of the sign-in's are there:
        falling back to the demo sign-in would let anyone in.
        """
        auth, engine = auth_settings(environment, secrets_file), _engine(environment)
        if auth or engine:
            _check_certificates(environment)
        data_dir = Path(environment.get("FRONTLINE_DATA_DIR") or PROJECT / ".data").expanduser().resolve()
        model_dir = environment.get("FRONTLINE_MODEL_DIR")
        return cls(
            data_dir=data_dir,
            database_url=database_url(
                environment.get("DATABASE_URL", ""), data_dir, file="frontline.db" if auth else "demo.db"
            ),
            model_dir=Path(model_dir).expanduser().resolve() if model_dir else None,
            trusted_hosts=(
                *(_list(environment, "FRONTLINE_TRUSTED_HOSTS") or LOOPBACK_HOSTS),
                *([auth.public_host] if auth else ()),
            ),
            auth=auth,
            engine=engine,
            secret=environment.get("FRONTLINE_SECRET", "").strip() or None,
            engine_hosts=_list(environment, "FRONTLINE_ENGINE_HOSTS"),
            api_origins=_origins(environment),
            metrics_token=_metrics_token(environment),
            json_logs=_json_logs(environment),
        )


def _check_certificates(environment: Mapping[str, str]) -> None:
    """Refuse to start where nothing outside could be asked over https."""
    file = environment.get("SSL_CERT_FILE")
    if file and not Path(file).is_file():
        raise ConfigurationError(
            f"SSL_CERT_FILE names {file}, which is no file: correct it, or unset it to trust whom the system trusts."
        )


def _list(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environment.get(name, "").split(",") if part.strip())


def _origins(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Origins as browsers send them: "*" is none, since a page that may call the API holds somebody's key."""
    found = tuple(origin.lower() for origin in _list(environment, "FRONTLINE_API_ORIGINS"))
    for origin in found:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", origin):
            raise ConfigurationError(
                f"FRONTLINE_API_ORIGINS holds “{origin}”, which is no origin: write each as https://www.example.com, "
                "with a port where there is one and nothing after it, and commas between."
            )
    return found


def _metrics_token(environment: Mapping[str, str]) -> str | None:
    token = environment.get("FRONTLINE_METRICS_TOKEN", "").strip()
    if token and len(token) < LEAST_TOKEN:
        raise ConfigurationError(
            f"FRONTLINE_METRICS_TOKEN must have at least {LEAST_TOKEN} characters. Make one with: openssl rand -hex 32"
        )
    return token or None


def _json_logs(environment: Mapping[str, str]) -> bool:
    name = environment.get("FRONTLINE_LOG_FORMAT", "").strip().lower()
    if name not in ("", "text", "json"):
        raise ConfigurationError("FRONTLINE_LOG_FORMAT has to be “text” or “json”.")
    return name == "json"


def _engine(environment: Mapping[str, str]) -> EngineSettings | None:
    url, model, key = (environment.get(f"FRONTLINE_ENGINE_{name}", "").strip() for name in ("URL", "MODEL", "KEY"))
    if url and model:
        return EngineSettings(base_url=url, model=model, key=key)
    if url or model or key:
        missing = " and ".join(f"FRONTLINE_ENGINE_{n}" for n, v in (("URL", url), ("MODEL", model)) if not v)
        raise ConfigurationError(
            f"{missing} is missing: a model server needs FRONTLINE_ENGINE_URL (such as https://api.openai.com/v1) and "
            "FRONTLINE_ENGINE_MODEL; FRONTLINE_ENGINE_KEY where it asks for one. Unset all for the built-in engine."
        )
    return None


def sqlite_url(file: Path) -> str:
    """The URL of an SQLite file, whatever its name: ``%``, ``?`` and ``#`` have a meaning in a URL."""
    return f"sqlite:///{quote(str(file.absolute()))}"


def database_url(given: str, data_dir: Path, *, file: str = "demo.db") -> str:
    """The URL for SQLAlchemy: SQLite in ``file`` in ``data_dir`` by default, PostgreSQL through psycopg.

    Raises ConfigurationError for any other kind of database.
    """
    if not given:
        return sqlite_url(data_dir / file)
    scheme, separator, rest = given.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if separator and scheme == "sqlite":
        return given
    raise ConfigurationError(
        "DATABASE_URL must begin with sqlite:/// or postgresql://, for example sqlite:////var/frontline.db"
    )
