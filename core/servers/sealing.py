"""Seals short secrets so that only this installation can read them, for one org and one address."""

import base64
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import ConfigurationError, EngineUnavailable
from core.local_secret import local_secret
from core.settings import Settings

_FORM = "1"
_NONCE_BYTES = 12
_KEY_BYTES = 32


class KeyUnreadable(EngineUnavailable):
    """A kept key cannot be opened: it is damaged, of another place, or was sealed with another secret."""


class Sealer:
    """Encrypts with AES-256-GCM; the org and the address are authenticated, so a sealed key is of no use elsewhere.

    The encryption key is derived from ``secret`` by HKDF-SHA256 (RFC 5869). Each sealing takes a random nonce of 96
    bits, for which NIST SP 800-38D allows 2^32 sealings with one secret.
    """

    def __init__(self, secret: bytes) -> None:
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"frontline model server keys 1").derive(secret)
        self._cipher = AESGCM(derived)

    def seal(self, text: str, org_id: str, address: str) -> str:
        """The text in a form that may be stored."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), _place(org_id, address))
        return f"{_FORM}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, org_id: str, address: str) -> str:
        """The text that was sealed for this org and this address.

        Raises KeyUnreadable when it was sealed for another place, with another secret, or was changed since.
        """
        form, _, coded = sealed.partition(".")
        try:
            data = base64.urlsafe_b64decode(coded) if form == _FORM else b""
            return self._cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _place(org_id, address)).decode()
        except (InvalidTag, ValueError):
            raise KeyUnreadable(
                f"The key that is kept for {address} cannot be read any more. Enter the key again. If that does not "
                "last, the machines of this installation have different secrets (FRONTLINE_SECRET)."
            ) from None


def _place(org_id: str, address: str) -> bytes:
    return json.dumps([_FORM, org_id, address]).encode()


LEAST_CHARACTERS = 32
SECRET_FILE = "server_keys_secret"  # noqa: S105 - the name of a file


def installation_secret(settings: Settings) -> bytes:
    """FRONTLINE_SECRET where it is set, else a random one in a file in the data folder, made at the first call.

    Several machines on one database need the same FRONTLINE_SECRET: a file is on one machine only.

    Raises ConfigurationError when FRONTLINE_SECRET is too short, or the file is damaged.
    """
    if settings.secret is None:
        path = settings.data_dir / SECRET_FILE
        return local_secret(path, without_it="owners then enter the keys of their model servers anew")
    if len(settings.secret) < LEAST_CHARACTERS:
        raise ConfigurationError(
            f"FRONTLINE_SECRET must have at least {LEAST_CHARACTERS} characters. Make one with: openssl rand -hex 32"
        )
    return settings.secret.encode()
