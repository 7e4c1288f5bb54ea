"""The cookie of the demo sign-in: who was chosen in this browser, signed so that nobody can write it by hand."""

import functools
import hashlib
import secrets
import threading
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from core.local_secret import local_secret

LIFETIME_SECONDS = 7 * 24 * 3600


class DemoSessions:
    """Makes and reads the cookies of one installation, whose secret they are signed with.

    A cookie that was signed out counts no longer, also in a browser tab that still holds it, until the server
    restarts.
    """

    def __init__(self, secret: bytes) -> None:
        self._signed_out: set[str] = set()
        self._lock = threading.Lock()
        self._serializer = URLSafeTimedSerializer(secret, salt="frontline demo sign-in")
        # Cookies are shared between ports: a second installation on this computer must not sign the first one out.
        self.cookie_name = f"frontline_demo_{hashlib.sha256(secret).hexdigest()[:8]}"

    def cookie_for(self, user_id: str) -> str:
        """A new cookie's value for a person."""
        return self._serializer.dumps([user_id, secrets.token_hex(8)])

    def user_id(self, cookie: object) -> str | None:
        """Whose cookie this is; None when it was not signed here, is too old, or was signed out."""
        found = self._read(cookie)
        if found is None:
            return None
        with self._lock:
            return None if found[1] in self._signed_out else found[0]

    def sign_out(self, cookie: object) -> None:
        """Let this cookie count no longer."""
        if found := self._read(cookie):
            with self._lock:
                self._signed_out.add(found[1])

    def _read(self, cookie: object) -> tuple[str, str] | None:
        if not isinstance(cookie, str):
            return None
        try:
            value = self._serializer.loads(cookie, max_age=LIFETIME_SECONDS)
        except BadData:
            return None
        match value:
            case [str(user_id), str(session_id)]:
                return user_id, session_id
        return None


@functools.cache
def demo_sessions(data_dir: Path) -> DemoSessions:
    """The demo sessions of the installation that keeps its data here; its secret is made at the first call."""
    path = data_dir / "demo_sign_in_secret"
    return DemoSessions(local_secret(path, without_it="everybody then signs in anew"))
