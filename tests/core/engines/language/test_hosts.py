import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.language.hosts import ListedHosts, is_public, may_be_public
from core.errors import ConfigurationError

PUBLIC_V4 = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.32.0.1"]
PRIVATE_V4 = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.88.99.1",
    "168.63.129.16",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
]


def forms(v4: str) -> list[str]:
    """The IPv6 addresses that lead to an IPv4 one: mapped, 6to4, NAT64."""
    a, b, c, d = (int(part) for part in v4.split("."))
    high, low = f"{a:02x}{b:02x}", f"{c:02x}{d:02x}"
    return [f"::ffff:{v4}", f"2002:{high}:{low}::1", f"64:ff9b::{high}:{low}"]


@pytest.mark.parametrize("address", PUBLIC_V4)
def test_public_addresses_are_public_in_each_form(address: str) -> None:
    assert [form for form in (address, *forms(address)) if not is_public(form)] == []


@pytest.mark.parametrize("address", PRIVATE_V4)
def test_other_addresses_are_public_in_no_form(address: str) -> None:
    assert [form for form in (address, *forms(address), f"::{address}") if is_public(form)] == []


@pytest.mark.parametrize("address", ["2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"])
def test_public_ipv6_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "100::1",
        "4000::1",
        "5f00::1",
        "3fff::1",
        "2001:db8::1",
        "2001::1",
        "2001:0:808:808:8000:ffff:f7f7:f7f7",
        "64:ff9b:1::808:808",
    ],
)
def test_special_ipv6_addresses_are_not_public_and_teredo_never_is(address: str) -> None:
    assert not is_public(address)


@given(st.text(max_size=20))
def test_what_is_no_address_is_not_public(text: str) -> None:
    if not any(c.isdigit() for c in text) and ":" not in text:
        assert not is_public(text)


@pytest.mark.parametrize(
    "host", ["api.openai.com", "API.OpenAI.com.", "8.8.8.8", "2001:4860:4860::8888", "local.example"]
)
def test_a_host_on_the_internet_may_be_public(host: str) -> None:
    assert may_be_public(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "ollama",
        "models.internal",
        "metadata.google.internal",
        "nas.local",
        "box.home.arpa",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "::1",
        "::ffff:127.0.0.1",
        "",
    ],
)
def test_a_host_that_is_inside_by_its_name_is_not_public(host: str) -> None:
    assert not may_be_public(host)


def test_a_listed_host_is_meant_with_all_its_ports_or_with_one() -> None:
    listed = ListedHosts.of(["models.lan", "GPU.lan:8000", "10.0.0.5", "[::1]:9", "::1:2"])

    assert listed.includes("Models.LAN", 80)
    assert listed.includes("models.lan", 8000)
    assert listed.includes("gpu.lan", 8000)
    assert not listed.includes("gpu.lan", 80)
    assert listed.includes("10.0.0.5", 443)
    assert listed.includes("0:0:0:0:0:0:0:1", 9)
    assert not listed.includes("::1", 80)
    assert listed.includes("::1:2", 80)
    assert not listed.includes("evil.models.lan", 80)
    assert not ListedHosts().includes("models.lan", 80)


@pytest.mark.parametrize(
    "text", ["http://models.lan", "models.lan/v1", "*.lan", "a:b", "a:0", "a:99999", "127.1", "a b", ""]
)
def test_a_list_that_cannot_be_read_is_refused_with_the_part_that_is_wrong(text: str) -> None:
    with pytest.raises(ConfigurationError, match="FRONTLINE_ENGINE_HOSTS") as refused:
        ListedHosts.of(["fine.lan", text])

    assert f"“{text}”" in str(refused.value)
