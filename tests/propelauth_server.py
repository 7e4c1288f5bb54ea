"""A loopback stand-in of PropelAuth: its backend API and its OpenID provider, which misbehave on demand."""

import base64
import functools
import json
import secrets
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from core.auth_settings import AuthSettings

Json = dict[str, Any]
API_KEY = "backend-integration-key"
CLIENT_ID, CLIENT_SECRET = "frontline-client", "frontline-client-secret"
COOKIE_SECRET = "0123456789abcdef0123456789abcdef"


class Fault(Enum):
    """How the whole service can go wrong."""

    HANG = auto()
    ERROR = auto()
    BUSY = auto()
    REFUSED = auto()
    RESET = auto()
    WEB_PAGE = auto()
    NO_JSON = auto()
    EMPTY = auto()
    DRIP = auto()


class BadToken(Enum):
    """How a token can be wrong."""

    EXPIRED = auto()
    FORGED = auto()
    ALG_NONE = auto()
    HMAC = auto()
    ISSUER = auto()
    AUDIENCE = auto()
    NONCE = auto()
    FUTURE = auto()


@functools.cache
def rsa_key(number: int) -> rsa.RSAPrivateKey:
    """The same few keys for all tests of a process: making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class User:
    """A person in PropelAuth; ``orgs`` are roles by org id, ``permissions`` lists by org id."""

    user_id: str
    email: str
    first_name: str
    orgs: dict[str, str]
    permissions: dict[str, list[str]] = field(default_factory=dict)
    more_roles: dict[str, list[str]] = field(default_factory=dict)
    enabled: Any = True
    locked: Any = False


class PropelAuthServer:
    """Listens on a port of its own until it is closed. What it knows can be changed at any time."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.orgs: dict[str, str] = {}
        self.api_keys: dict[str, Json] = {}
        self.fault: Fault | None = None
        self.id_token_fault: BadToken | None = None
        self.asked: list[str] = []
        self.key_number = 0
        self.released = threading.Event()
        self.codes: dict[str, tuple[str, str]] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def issuer(self) -> str:
        """PropelAuth's access tokens name https, whatever the stand-in speaks."""
        return f"https://127.0.0.1:{self._http.server_address[1]}"

    def settings(self, public_url: str = "http://localhost:8501", *, roles_by_name: bool = True) -> AuthSettings:
        """Of a project that gives nobody Frontline's permissions, as long as no user here has any."""
        return AuthSettings(
            auth_url=self.url,
            api_key=API_KEY,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            cookie_secret=COOKIE_SECRET,
            public_url=public_url,
            api_url=self.url,
            roles_by_name=roles_by_name,
        )

    def environment(self, public_url: str) -> dict[str, str]:
        return {
            "PROPELAUTH_AUTH_URL": self.url,
            "PROPELAUTH_API_URL": self.url,
            "PROPELAUTH_API_KEY": API_KEY,
            "PROPELAUTH_CLIENT_ID": CLIENT_ID,
            "PROPELAUTH_CLIENT_SECRET": CLIENT_SECRET,
            "FRONTLINE_COOKIE_SECRET": COOKIE_SECRET,
            "FRONTLINE_PUBLIC_URL": public_url,
            "FRONTLINE_ROLES": "names",
        }

    def org(self, name: str) -> str:
        org_id = str(uuid.uuid4())
        self.orgs[org_id] = name
        return org_id

    def user(self, name: str, orgs: dict[str, str] | None = None) -> User:
        user = User(str(uuid.uuid4()), f"{name.lower()}@acme.example", name, dict(orgs or {}))
        self.users[user.user_id] = user
        return user

    def breaks(self, fault: Fault) -> None:
        self.released.clear()
        self.fault = fault

    def mends(self) -> None:
        self.fault = None
        self.released.set()

    def asked_for(self, part: str) -> int:
        return sum(part in path for path in self.asked)

    def access_token(self, user: User, bad: BadToken | None = None, active_org: str | None = None) -> str:
        claims: Json = {"user_id": user.user_id, "email": user.email, "iss": self.issuer}
        if active_org:
            claims["org_member_info"] = self.org_info(user, active_org)
        else:
            claims["org_id_to_org_member_info"] = {org_id: self.org_info(user, org_id) for org_id in user.orgs}
        return self.signed(claims, bad)

    def org_info(self, user: User, org_id: str) -> Json:
        more = user.more_roles.get(org_id, [])
        return {
            "org_id": org_id,
            "org_name": self.orgs[org_id],
            "org_metadata": {},
            "url_safe_org_name": "x",
            "user_role": user.orgs[org_id],
            "inherited_user_roles_plus_current_role": [user.orgs[org_id]],
            "user_permissions": user.permissions.get(org_id, []),
            "org_role_structure": "multi_role" if more else "single_role_in_hierarchy",
            "additional_roles": more,
        }

    def metadata(self, user: User, *, orgs: bool = True) -> Json:
        found: Json = {
            "user_id": user.user_id,
            "email": user.email,
            "first_name": user.first_name,
            "enabled": user.enabled,
            "locked": user.locked,
        }
        if orgs:
            found["org_id_to_org_info"] = {org_id: self.org_info(user, org_id) for org_id in user.orgs}
        return found

    def api_key(self, *, user: User | None = None, org_id: str | None = None, metadata: Json | None = None) -> str:
        token = secrets.token_hex(32)
        self.api_keys[token] = {
            "metadata": metadata,
            "user": self.metadata(user, orgs=False) if user else None,
            "org": {"org_id": org_id, "org_name": self.orgs[org_id], "metadata": {}} if org_id else None,
        }
        return token

    def signed(self, claims: Json, bad: BadToken | None = None) -> str:
        now = int(time.time())
        claims = {"iat": now, "exp": now + 1800, **claims}
        changes: dict[BadToken | None, Json] = {
            BadToken.EXPIRED: {"iat": now - 7200, "exp": now - 3600},
            BadToken.FUTURE: {"iat": now + 7200, "exp": now + 9000},
            BadToken.ISSUER: {"iss": "https://evil.example"},
            BadToken.AUDIENCE: {"aud": "another-client"},
            BadToken.NONCE: {"nonce": "another"},
        }
        claims.update(changes.get(bad, {}))
        if bad is BadToken.ALG_NONE:
            return jwt.encode(claims, None, algorithm="none")
        if bad is BadToken.HMAC:  # signed with the public key as if it were a shared secret
            return hmac_signed(claims, public_pem(self.key_number))
        number = self.key_number + 100 if bad is BadToken.FORGED else self.key_number
        return jwt.encode(claims, rsa_key(number), algorithm="RS256", headers={"kid": f"key-{self.key_number}"})

    def close(self) -> None:
        self.mends()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def public_pem(number: int) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return rsa_key(number).public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def hmac_signed(claims: Json, secret: str) -> str:
    """What the library refuses to make: the text is signed with the public key."""
    import hashlib
    import hmac

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    head = part(b'{"alg":"HS256","typ":"JWT"}') + "." + part(json.dumps(claims).encode())
    return head + "." + part(hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest())


@contextmanager
def propelauth_server() -> Iterator[PropelAuthServer]:
    server = PropelAuthServer()
    try:
        yield server
    finally:
        server.close()


def _handler(server: PropelAuthServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            server.asked.append(parts.path)
            if not self._broken():
                self._get(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            server.asked.append(self.path)
            if self._broken():
                return
            if self.path == "/propelauth/oauth/token":
                self._token({k: v[0] for k, v in parse_qs(body).items()})
            elif self.path == "/api/backend/v1/end_user_api_keys/validate" and self._is_backend():
                found = server.api_keys.get(json.loads(body)["api_key_token"])
                self._json(found or {"api_key_token": ["unknown"]}, 200 if found else 404)

        def _get(self, path: str, query: dict[str, str]) -> None:
            if path == "/.well-known/openid-configuration":
                self._json(self._discovery())
            elif path == "/.well-known/jwks.json":
                key = json.loads(RSAAlgorithm.to_jwk(rsa_key(server.key_number).public_key()))
                self._json({"keys": [{**key, "kid": f"key-{server.key_number}", "alg": "RS256", "use": "sig"}]})
            elif path == "/propelauth/oauth/authorize":
                self._authorize(query)
            elif path == "/api/v1/token_verification_metadata" and self._is_backend():
                self._json({"verifier_key_pem": public_pem(server.key_number)})
            elif path.startswith("/api/backend/v1/user/") and self._is_backend():
                user = server.users.get(path.rpartition("/")[2])
                found = server.metadata(user, orgs=query.get("include_orgs") == "true") if user else {}
                self._json(found, 200 if user else 404)
            elif path == "/org":
                self._send(b"<h1>PropelAuth: your organisations</h1>", "text/html")

        def _discovery(self) -> Json:
            return {
                "issuer": server.url,
                "authorization_endpoint": f"{server.url}/propelauth/oauth/authorize",
                "token_endpoint": f"{server.url}/propelauth/oauth/token",
                "userinfo_endpoint": f"{server.url}/propelauth/oauth/userinfo",
                "jwks_uri": f"{server.url}/.well-known/jwks.json",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }

        def _authorize(self, query: dict[str, str]) -> None:
            """The page on which a person signs in: a link for each, as if a password had been right."""
            links = []
            for user in server.users.values():
                code = secrets.token_hex(8)
                server.codes[code] = (user.user_id, query.get("nonce", ""))
                back = f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
                links.append(f'<p><a href="{back}">{user.email}</a></p>'.replace("&", "&amp;"))
            self._send(("<h1>PropelAuth</h1>" + "".join(links)).encode(), "text/html")

        def _token(self, form: dict[str, str]) -> None:
            basic = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            found = server.codes.pop(form.get("code", ""), None)
            if self.headers.get("Authorization") != basic or found is None or "code_verifier" not in form:
                self._json({"error": "invalid_grant"}, 400)
                return
            user = server.users[found[0]]
            claims = {"iss": server.url, "aud": CLIENT_ID, "sub": user.user_id, "nonce": found[1], "email": user.email}
            id_token = server.signed(claims, server.id_token_fault)
            self._json({"access_token": secrets.token_hex(8), "token_type": "Bearer", "id_token": id_token})

        def _is_backend(self) -> bool:
            right = self.headers.get("Authorization") == f"Bearer {API_KEY}"
            if not right or self.headers.get("X-Propelauth-url") != urlsplit(server.url).netloc:
                self._json({}, 401)
                return False
            return True

        def _broken(self) -> bool:
            fault = server.fault
            if fault is None:
                return False
            self.close_connection = True
            if fault is Fault.HANG:
                server.released.wait(60)
            elif fault is Fault.DRIP:
                self._drip()
            elif fault is Fault.WEB_PAGE:
                self._send(b"<html>maintenance</html>", "text/html")
            elif fault is Fault.NO_JSON:
                self._send(b'{"user_id": ', "application/json")
            elif fault is Fault.EMPTY:
                self._json({})
            elif fault is not Fault.RESET:
                status = {Fault.ERROR: 500, Fault.BUSY: 429, Fault.REFUSED: 401}[fault]
                self._send(b"no", "text/plain", status)
            return True

        def _drip(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            while server.fault is Fault.DRIP:
                try:
                    self.wfile.write(b" ")
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.2)

        def _json(self, body: Json, status: int = 200) -> None:
            self._send(json.dumps(body).encode(), "application/json", status)

        def _send(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the client has left, as it may
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nothing: tests read what was asked."""

    return Handler
