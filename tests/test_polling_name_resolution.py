"""A host comes to the addresses that may be connected to, or to a reason."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import pytest

from aggregator.polling.ip_address_rules import AddressRule, IPAddress
from aggregator.polling.name_resolution import AddressRefused, NameNotResolved, SystemResolver, permitted_addresses

pytestmark = pytest.mark.anyio


async def permitted(host: str, *answers: str, allow: str = "192.0.2.0/32") -> list[str]:
    async def resolver(asked: str, port: int) -> Sequence[IPAddress]:
        assert (asked, port) == (host, 443)
        return [ip_address(answer) for answer in answers]

    rule = AddressRule(allow=(ip_network(allow),))
    return [str(address) for address in await permitted_addresses(host, 443, rule=rule, resolver=resolver)]


async def test_families_take_turns_beginning_with_the_systems_choice() -> None:
    found = await permitted("h.example", "2606::1", "2606::2", "2606::3", "1.1.1.1")
    assert found == ["2606::1", "1.1.1.1", "2606::2", "2606::3"]


async def test_only_the_first_six_addresses_are_tried() -> None:
    assert await permitted("h.example", *(f"1.1.1.{n}" for n in range(9))) == [f"1.1.1.{n}" for n in range(6)]


async def test_one_refused_address_refuses_the_host_even_beyond_those_tried() -> None:
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1 is a private address .*allow_networks"):
        await permitted("h.example", *(f"1.1.1.{n}" for n in range(9)), "10.0.0.1")


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "A.LOCALHOST."])
async def test_localhost_is_loopback_without_dns(host: str) -> None:
    assert await permitted(host, allow="127.0.0.0/8") == ["127.0.0.1"]
    with pytest.raises(AddressRefused):
        await permitted(host)


@pytest.mark.parametrize(
    ("host", "address"), [("1.1.1.1", "1.1.1.1"), ("0x1010101", "1.1.1.1"), ("2606::1", "2606::1")]
)
async def test_literal_addresses_are_not_asked_of_dns(host: str, address: str) -> None:
    assert await permitted(host) == [address]


@pytest.mark.parametrize("host", ["", ".", "a..b", ".a", "a" * 64 + ".org", "a." * 127 + "org"])
async def test_what_is_no_host_name_is_not_asked_of_dns(host: str) -> None:
    with pytest.raises(NameNotResolved, match="not a host name"):
        await permitted(host)


@pytest.mark.parametrize(
    "error", [OSError(-2, "Name or service not known"), UnicodeError("label too long"), TimeoutError("slow")]
)
async def test_a_resolver_that_fails_gives_a_reason(error: Exception) -> None:
    async def resolver(host: str, port: int) -> Sequence[IPAddress]:
        assert (host, port) == ("h.example", 80)
        raise error

    with pytest.raises(NameNotResolved, match=r"h\.example does not resolve: (Name or|label|slow)"):
        await permitted_addresses("h.example", 80, rule=AddressRule(), resolver=resolver)


async def test_a_name_without_addresses_is_not_resolved() -> None:
    with pytest.raises(NameNotResolved, match="has no address"):
        await permitted("h.example")


async def test_the_system_resolver_gives_each_address_once() -> None:
    resolver = SystemResolver(threads=1)
    try:
        assert await resolver("127.0.0.1", 80) == (ip_address("127.0.0.1"),)
    finally:
        resolver.close()
