"""Asks PropelAuth once whether it takes the installation's key, for who sets it up."""

from core.auth_settings import AuthSettings
from core.errors import CannotConfirm
from core.identity.propelauth.client import PropelAuthClient
from core.identity.propelauth.loop import Loop


def visit(settings: AuthSettings) -> None:
    """Raises CannotConfirm when PropelAuth does not answer, or does not take the key."""
    loop, client = Loop(), PropelAuthClient(settings)
    try:
        loop.run(client.verification())
    except CannotConfirm:
        raise CannotConfirm(
            f"PropelAuth gave no clear answer for {settings.auth_url}: check PROPELAUTH_AUTH_URL and "
            "PROPELAUTH_API_KEY, and that this computer may reach propelauth-api.com. Nobody gets in meanwhile."
        ) from None
    finally:
        loop.close(client.close)
