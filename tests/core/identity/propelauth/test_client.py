"""What the client needs of propelauth_py beside its documentation is still there."""

import httpx
from propelauth_py import AsyncAuth
from propelauth_py.api import BACKEND_API_BASE_URL, token_verification_metadata

CHANGED = "propelauth_py changed inside: mend core/identity/propelauth/client.py. "


def test_the_key_for_access_tokens_is_asked_for_where_and_as_the_library_asks() -> None:
    address = f"{BACKEND_API_BASE_URL}/api/v1/token_verification_metadata"
    named = token_verification_metadata._auth_hostname_header("auth.example")

    assert address == token_verification_metadata.ENDPOINT_URL, CHANGED + "It asks for the key at another address."
    assert named == {"X-Propelauth-url": "auth.example"}, CHANGED + "It names the project in another header."


def test_the_library_sends_all_through_the_http_client_that_it_was_given() -> None:
    http = httpx.AsyncClient()

    assert AsyncAuth("auth.example", "key", None, httpx_client=http).httpx_client is http, (
        CHANGED + "It takes no HTTP client any more: its calls would have no bound in time."
    )
