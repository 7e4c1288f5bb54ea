"""Which sign-in a request has by its cookies alone: enough to give a place, too little to show anything."""

from collections.abc import Callable

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from core.api.demo_sign_in import DemoSessions
from core.api.streamlit_http import USER_COOKIE
from core.auth_settings import AuthSettings
from core.identity.sessions import LONGEST

SignInOf = Callable[[Headers], str | None]


def demo_sign_in_of(sessions: DemoSessions) -> SignInOf:
    """For the demo sign-in."""

    def sign_in_of(headers: Headers) -> str | None:
        cookie = _cookies(headers).get(sessions.cookie_name)
        return cookie if sessions.user_id(cookie) else None

    return sign_in_of


def real_sign_in_of(auth: AuthSettings) -> SignInOf:
    """For accounts: a cookie that was signed here in the last 12 hours, whether the account still counts or not."""
    signed = URLSafeTimedSerializer(auth.cookie_secret, salt=USER_COOKIE)

    def sign_in_of(headers: Headers) -> str | None:
        cookie = _cookies(headers).get(USER_COOKIE, "")
        try:
            signed.loads(cookie, max_age=int(LONGEST.total_seconds()))
        except BadData:
            return None
        return cookie

    return sign_in_of


def _cookies(headers: Headers) -> dict[str, str]:
    return HTTPConnection({"type": "http", "headers": headers.raw}).cookies
