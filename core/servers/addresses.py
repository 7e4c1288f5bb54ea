"""Which addresses an org's owner may name for a model server, and when two of them are the same."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from core.engines.language.address_guard import AddressGuard
from core.engines.language.hosts import ListedHosts, may_be_public
from core.errors import InvalidInput, Problem
from core.settings import Settings
from core.web_address import host_name, wrong_address

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressRule:
    """Keeps owners from reaching, through Frontline, what only Frontline's own network can reach (SSRF).

    With ``anywhere`` every web address may be used. Otherwise only encrypted ones on the public internet, and those
    whose host the deployment has ``listed``. What a deployment names for itself is not looked at.
    """

    listed: ListedHosts = field(default_factory=ListedHosts)
    anywhere: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "AddressRule":
        """A deployment's rule: with the demo sign-in, only people at this computer get in, and they may go anywhere.

        Raises ConfigurationError for unreadable ``engine_hosts``.
        """
        return cls(listed=ListedHosts.of(settings.engine_hosts), anywhere=settings.auth is None)

    def guard(self) -> AddressGuard | None:
        """What each connection to an owner's server must be given: a name may lead elsewhere than it says."""
        return None if self.anywhere else AddressGuard(self.listed)

    def check(self, base_url: str) -> None:
        """Refuse what can be seen to be wrong without the network.

        Raises InvalidInput.
        """
        if reason := wrong_address(base_url) or self._refusal(urlsplit(base_url)):
            raise _invalid(reason)

    def _refusal(self, address: SplitResult) -> str | None:
        host = address.hostname or ""
        if self.anywhere or self.listed.includes(host, address.port or _PORTS[address.scheme]):
            return None
        if address.scheme != "https":
            return "must begin with https://, because the key and people's questions are sent there."
        if not may_be_public(host):
            return "is not on the internet. The person who runs Frontline can allow it (FRONTLINE_ENGINE_HOSTS)."
        return None


def normal_address(base_url: str) -> str:
    """The one form in which addresses are compared: two texts for the same place become equal, no others do.

    Scheme and host are in lower case, the scheme's own port and slashes at the end are left out.

    Raises InvalidInput for what is no web address.
    """
    if reason := wrong_address(base_url):
        raise _invalid(reason)
    parts = urlsplit(base_url)
    host = host_name(parts.hostname or "")
    bracketed = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{bracketed}{port}{parts.path.rstrip('/')}{query}"


def _invalid(reason: str) -> InvalidInput:
    return InvalidInput([Problem(row="The settings", field="Server address", reason=reason)])
