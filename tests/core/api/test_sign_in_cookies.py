"""Which cookies count as a sign-in."""

from pathlib import Path

from starlette.datastructures import Headers
from streamlit.web.server.server_util import AUTH_COOKIE_NAME
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from core.api.demo_sign_in import demo_sessions
from core.api.sign_in_cookies import demo_sign_in_of, real_sign_in_of
from core.api.streamlit_http import USER_COOKIE
from core.auth_settings import AuthSettings
from core.identity.demo import OWNER

AUTH = AuthSettings(
    auth_url="https://auth.example",
    api_key="k",
    client_id="c",
    client_secret="s",
    cookie_secret="0" * 32,
    public_url="https://frontline.example",
)


def cookies(*values: str) -> Headers:
    return Headers(raw=[(b"cookie", value.encode()) for value in values])


def test_a_cookie_that_streamlit_signed_counts_and_no_other() -> None:
    signed = create_signed_value(AUTH.cookie_secret, AUTH_COOKIE_NAME, '{"sub": "x"}').decode()
    forged = create_signed_value("1" * 32, AUTH_COOKIE_NAME, '{"sub": "x"}').decode()
    sign_in_of = real_sign_in_of(AUTH)

    assert USER_COOKIE == AUTH_COOKIE_NAME
    assert sign_in_of(cookies(f"a=b; {USER_COOKIE}={signed}")) == signed
    assert sign_in_of(cookies("a=b", f"{USER_COOKIE}={signed}")) == signed
    for wrong in (f"{USER_COOKIE}={forged}", f"{USER_COOKIE}={signed}x", f"{USER_COOKIE}=", f"other={signed}", ""):
        assert sign_in_of(cookies(wrong)) is None
    assert sign_in_of(Headers()) is None


def test_a_demo_cookie_counts_until_it_is_signed_out(tmp_path: Path) -> None:
    sessions = demo_sessions(tmp_path)
    sign_in_of, cookie = demo_sign_in_of(sessions), sessions.cookie_for(OWNER.user_id)

    assert sign_in_of(cookies(f"{sessions.cookie_name}={cookie}")) == cookie
    assert sign_in_of(cookies(f"{sessions.cookie_name}=x")) is None
    sessions.sign_out(cookie)
    assert sign_in_of(cookies(f"{sessions.cookie_name}={cookie}")) is None
