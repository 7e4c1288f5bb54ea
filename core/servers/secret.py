"""The secret that the keys of model servers are sealed with."""

from core.errors import ConfigurationError
from core.local_secret import local_secret
from core.settings import Settings

LEAST_CHARACTERS = 32


def installation_secret(settings: Settings) -> bytes:
    """FRONTLINE_SECRET where it is set, else a random one in a file in the data folder, made at the first call.

    Several machines on one database need the same FRONTLINE_SECRET: a file is on one machine only.

    Raises ConfigurationError when FRONTLINE_SECRET is too short, or the file is damaged.
    """
    if settings.secret is None:
        path = settings.data_dir / "server_keys_secret"
        return local_secret(path, without_it="owners then enter the keys of their model servers anew")
    if len(settings.secret) < LEAST_CHARACTERS:
        raise ConfigurationError(
            f"FRONTLINE_SECRET must have at least {LEAST_CHARACTERS} characters. Make one with: openssl rand -hex 32"
        )
    return settings.secret.encode()
