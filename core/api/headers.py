"""Tells browsers what Frontline's pages may load and who may frame them; Streamlit sends no such headers."""

import base64
import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.streamlit_http import MEDIA
from core.share_links.share_link import SHARE_LINK

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_YEAR = 365 * 24 * 3600
_NOT_NEEDED = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation"),
    *("gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get"),
    *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
_PERMISSIONS = ", ".join(f"{feature}=()" for feature in _NOT_NEEDED)
"""Abilities of the browser that no page uses. The clipboard is not among them: tables are copied and pasted."""


class SecurityHeaders:
    """Pure ASGI middleware that adds the headers below to every HTTP response.

    ``public_url`` is the address in people's browsers, None for this computer only. Where it is https, browsers are
    told to come back by https alone.
    """

    def __init__(self, app: ASGIApp, *, content_security_policy: str, public_url: str | None = None) -> None:
        self._app = app
        self._https = (public_url or "").startswith("https://")
        self._headers = {
            "Content-Security-Policy": content_security_policy,
            "X-Content-Type-Options": "nosniff",
            # With "no-referrer" browsers would send "Origin: null" with our own forms.
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": _PERMISSIONS,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        more = self._headers | self._for_this(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in more.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _for_this(self, scope: Scope) -> dict[str, str]:
        more = {}
        if self._https and _came_by_https(scope):
            more["Strict-Transport-Security"] = f"max-age={_YEAR}"
        if _has_token(scope):  # nobody else may hear of the address, nor find it
            more |= {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
        if scope["path"].startswith(MEDIA):  # no cache on the way may keep them
            more["Cache-Control"] = "private, no-store"
        return more


def _has_token(scope: Scope) -> bool:
    """Whether the address is one of a share link: its token is in it."""
    return f"{SHARE_LINK}=".encode() in scope["query_string"]


def _came_by_https(scope: Scope) -> bool:
    """Whether the browser used https. A proxy's word is taken, for this header only: forging it gains nothing."""
    proxy = Headers(scope=scope).get("x-forwarded-proto", "")
    return scope["scheme"] == "https" or proxy.partition(",")[0].strip().lower() == "https"


def content_security_policy(index_html: str) -> str:
    """What the pages may load: only this server's own files, and the scripts written in Streamlit's ``index.html``.

    Styles may be inline, since Streamlit's components set them so. Websockets to the same origin fall under 'self'.
    """
    inline = " ".join(f"'sha256-{_digest(script)}'" for script in _INLINE_SCRIPT.findall(index_html))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' {inline}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
