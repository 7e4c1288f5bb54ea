"""How people sign in when it is not the demo: the settings of PropelAuth, from the environment or from secrets.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import ConfigurationError
from core.web_address import is_host_and_port, is_loopback

CALLBACK = "/oauth2callback"
LEAST_SECRET_BYTES = 32
API_URL = "PROPELAUTH_API_URL"
ROLES = "FRONTLINE_ROLES"
_IN_FILE = {
    "PROPELAUTH_AUTH_URL": ("propelauth", "auth_url"),
    "PROPELAUTH_API_KEY": ("propelauth", "api_key"),
    "PROPELAUTH_CLIENT_ID": ("auth", "client_id"),
    "PROPELAUTH_CLIENT_SECRET": ("auth", "client_secret"),
    "FRONTLINE_COOKIE_SECRET": ("auth", "cookie_secret"),
    "FRONTLINE_PUBLIC_URL": ("auth", "redirect_uri"),
}
"""Each setting's variable, and where it stands in secrets.toml; [auth] is as Streamlit's own documentation has it."""


@dataclass(frozen=True, kw_only=True)
class AuthSettings:
    """PropelAuth's side and ours.

    ``auth_url`` is the project's own site, where people sign in; ``public_url`` is where browsers find Frontline. Both
    are https://host[:port], or http on this computer only. ``api_key`` is the backend integration's. ``api_url`` is
    None for PropelAuth's own API; anything else is a stand-in. ``roles_by_name`` says that the project gives nobody
    Frontline's permissions, so that the names of its roles decide.
    """

    auth_url: str
    api_key: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    cookie_secret: str = field(repr=False)
    public_url: str
    api_url: str | None = None
    roles_by_name: bool = False

    @property
    def public_host(self) -> str:
        """The host in the browser's address, without port; IPv6 in brackets."""
        host = urlsplit(self.public_url).hostname or ""
        return f"[{host}]" if ":" in host else host


def auth_settings(environment: Mapping[str, str], secrets_file: Path) -> AuthSettings | None:
    """Each setting from its variable, else from the file; None when there is not one of them: the demo sign-in.

    Raises ConfigurationError that names everything that is missing, weak or malformed.
    """
    found = {name: environment.get(name, "").strip() for name in (*_IN_FILE, API_URL)}
    filed = _filed(secrets_file)
    found = {name: value or filed.get(name, "") for name, value in found.items()}
    roles = environment.get(ROLES, "").strip() or filed.get(ROLES, "")
    strange = sorted(n for n, v in environment.items() if n.startswith("PROPELAUTH_") and v and n not in found)
    if not any(found.values()) and not strange:
        return None
    if missing := [name for name in _IN_FILE if not found[name]]:
        also = f" {', '.join(strange)} is not known here." if strange else ""
        raise ConfigurationError(
            f"Sign-in with PropelAuth is only set up in part. Missing: {', '.join(missing)}.{also} Set all of "
            f"{', '.join(_IN_FILE)}, or none of them for the demo sign-in on this computer."
        )
    if len(found["FRONTLINE_COOKIE_SECRET"].encode()) < LEAST_SECRET_BYTES:
        raise ConfigurationError(
            f"FRONTLINE_COOKIE_SECRET is too weak: it must have at least {LEAST_SECRET_BYTES} bytes. Make one with: "
            "openssl rand -hex 32"
        )
    if roles not in ("", "names", "permissions"):
        raise ConfigurationError(
            f"{ROLES} has to be “permissions” (those that PropelAuth gives to each role count) or “names” (the roles "
            "Owner, Admin and Member stand for them)."
        )
    return AuthSettings(
        auth_url=_site("PROPELAUTH_AUTH_URL", found["PROPELAUTH_AUTH_URL"]),
        api_key=found["PROPELAUTH_API_KEY"],
        client_id=found["PROPELAUTH_CLIENT_ID"],
        client_secret=found["PROPELAUTH_CLIENT_SECRET"],
        cookie_secret=found["FRONTLINE_COOKIE_SECRET"],
        public_url=_site("FRONTLINE_PUBLIC_URL", found["FRONTLINE_PUBLIC_URL"]),
        api_url=_site(API_URL, found[API_URL]) if found[API_URL] else None,
        roles_by_name=roles == "names",
    )


def _filed(path: Path) -> dict[str, str]:
    """What secrets.toml says, by the names of the variables."""
    if not path.is_file():
        return {}
    try:
        sections = tomllib.loads(path.read_text("utf-8"))
    except (ValueError, OSError):  # the parser's own words could quote a secret
        raise ConfigurationError(f"{path} cannot be read. Check that it is TOML in UTF-8.") from None
    places = {**_IN_FILE, API_URL: ("propelauth", "api_url"), ROLES: ("propelauth", "roles")}
    found = {name: _text(sections, section, key) for name, (section, key) in places.items()}
    if redirect := found["FRONTLINE_PUBLIC_URL"]:
        if not redirect.endswith(CALLBACK):
            raise ConfigurationError(
                f"redirect_uri in {path} must be Frontline's own address followed by {CALLBACK}, such as "
                f"https://frontline.example.com{CALLBACK}"
            )
        found["FRONTLINE_PUBLIC_URL"] = redirect.removesuffix(CALLBACK)
    return found


def _text(sections: Mapping[str, Any], section: str, key: str) -> str:
    values = sections.get(section)
    value = values.get(key) if isinstance(values, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _site(name: str, url: str) -> str:
    """Scheme, host and port of a site. Raises ConfigurationError for anything that is not https and not loopback."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    more = parts.path.strip("/") or parts.query or parts.fragment
    plain = is_host_and_port(parts.netloc) and not more
    if plain and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(str(parts.hostname)))):
        return f"{parts.scheme}://{parts.netloc.lower()}"
    raise ConfigurationError(
        f"{name} must be https:// and a host, such as https://auth.example.com, with nothing after it. (Plain http is "
        "only for a host on this computer.)"
    )
