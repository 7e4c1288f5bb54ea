"""The deployment's settings, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import ConfigurationError

PROJECT = Path(__file__).resolve().parent.parent
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, kw_only=True)
class AuthSettings:
    """How people sign in when it is not the demo."""

    auth_url: str


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
    embedded engine; ``auth`` is None for the demo sign-in.
    """

    data_dir: Path
    database_url: str
    model_dir: Path | None = None
    trusted_hosts: tuple[str, ...] = LOOPBACK_HOSTS
    engine: EngineSettings | None = None
    auth: AuthSettings | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read DATABASE_URL and the variables that begin with FRONTLINE_; README.md lists them.

        Raises ConfigurationError when an auth setting is present: falling back to the demo sign-in would let anyone in.
        """
        configured = sorted(name for name, value in environment.items() if name.startswith("PROPELAUTH_") and value)
        if configured:
            raise ConfigurationError(
                f"{', '.join(configured)} is set, but this version of Frontline has no PropelAuth sign-in yet. "
                "Unset it to start with the demo sign-in on this computer."
            )
        data_dir = Path(environment.get("FRONTLINE_DATA_DIR") or PROJECT / ".data").expanduser().resolve()
        model_dir = environment.get("FRONTLINE_MODEL_DIR")
        hosts = tuple(h.strip() for h in environment.get("FRONTLINE_TRUSTED_HOSTS", "").split(",") if h.strip())
        return cls(
            data_dir=data_dir,
            database_url=database_url(environment.get("DATABASE_URL", ""), data_dir),
            model_dir=Path(model_dir).expanduser().resolve() if model_dir else None,
            trusted_hosts=hosts or LOOPBACK_HOSTS,
            engine=_engine(environment),
        )


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


def database_url(given: str, data_dir: Path) -> str:
    """The URL for SQLAlchemy: a SQLite file in ``data_dir`` by default, PostgreSQL through psycopg.

    Raises ConfigurationError for any other kind of database.
    """
    if not given:
        return f"sqlite:///{data_dir / 'demo.db'}"
    scheme, separator, rest = given.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if separator and scheme == "sqlite":
        return given
    raise ConfigurationError(
        "DATABASE_URL must begin with sqlite:/// or postgresql://, for example sqlite:////var/frontline.db"
    )
