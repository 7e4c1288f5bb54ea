"""Who gets a place, and who has to leave for it."""

import asyncio
import math

import pytest

from core.api.connection_slots import (
    GUESTS_OF_A_LINK,
    SECONDS_A_STEP,
    STRANGER_SECONDS,
    STRANGERS,
    STRANGERS_OF_AN_ADDRESS,
    TABS_OF_A_SIGN_IN,
    ConnectionSlot,
    ConnectionSlots,
)


def take(places: ConnectionSlots, address: str, sign_in: str | None = None) -> ConnectionSlot:
    place = places.take(address, sign_in)
    assert place is not None
    return place


def ended(places: list[ConnectionSlot], now: float) -> list[bool]:
    return [place.ends_at <= now for place in places]


def test_a_strangers_time_is_short_and_everybody_elses_has_no_end() -> None:
    places = ConnectionSlots(clock=lambda: 100.0)

    assert take(places, "a").ends_at == 100.0 + STRANGER_SECONDS
    assert take(places, "a", "somebody").ends_at == math.inf


def test_one_address_keeps_its_newest_strangers() -> None:
    places = ConnectionSlots(clock=lambda: 100.0)
    sits = [take(places, "a") for _ in range(STRANGERS_OF_AN_ADDRESS + 2)]
    other = take(places, "b")

    assert ended([*sits, other], 100.0) == [True, True, *[False] * STRANGERS_OF_AN_ADDRESS, False]


def test_a_crowd_from_many_addresses_makes_room_where_it_is_thickest() -> None:
    places = ConnectionSlots(clock=lambda: 100.0)
    alone = take(places, "alone")
    crowd = [take(places, f"a{number // 10}") for number in range(STRANGERS - 1)]

    late = take(places, "late")

    assert ended([alone, late], 100.0) == [False, False]
    assert ended(crowd, 100.0) == [True, *[False] * (STRANGERS - 2)]


def test_no_number_of_strangers_refuses_who_has_signed_in() -> None:
    places = ConnectionSlots()
    for number in range(10 * STRANGERS):
        take(places, f"{number}")

    sits = [places.take("a", "somebody") for _ in range(TABS_OF_A_SIGN_IN)]

    assert all(sits)
    assert places.take("a", "somebody") is None
    assert places.take("a", "somebody else")


def test_a_place_that_is_left_is_free() -> None:
    places = ConnectionSlots()
    sits = [take(places, "a", "somebody") for _ in range(TABS_OF_A_SIGN_IN)]

    places.leave(sits[0])

    assert places.take("a", "somebody")


def test_the_steps_of_one_addresss_strangers_follow_each_other_and_wait_for_nobody_elses() -> None:
    now = [100.0]
    places = ConnectionSlots(clock=lambda: now[0])

    waits = [places.turn("a") for _ in range(4)]

    assert waits == pytest.approx([0, SECONDS_A_STEP, 2 * SECONDS_A_STEP, 3 * SECONDS_A_STEP])
    assert places.turn("b") == 0
    now[0] += 10
    assert [places.turn(f"c{number}") for number in range(1000)] == [0] * 1000
    assert places.turn("a") == 0


def test_only_who_has_signed_in_may_ever_upload() -> None:
    places = ConnectionSlots()
    stranger, known = take(places, "a"), take(places, "a", "somebody")
    stranger.session_id, known.session_id = "1", "2"

    for place in (stranger, known):
        places.allow_uploads(place.id, allowed=True)
    places.allow_uploads(None, allowed=True)
    places.allow_uploads("nobody's", allowed=True)

    assert (stranger.may_upload, known.may_upload) == (False, True)
    assert places.of_session("2") is known
    places.allow_uploads(known.id, allowed=False)
    assert not known.may_upload


def test_a_place_that_waits_ends_at_once() -> None:
    async def waits() -> bool:
        place = ConnectionSlot(address="a", sign_in=None)
        asyncio.get_running_loop().call_soon(lambda: place.end(asyncio.get_running_loop().time()))
        try:
            async with asyncio.timeout_at(None) as place.waiting:
                await asyncio.Event().wait()
        except TimeoutError:
            return True
        return False

    assert asyncio.run(waits())


def test_a_guest_of_a_link_takes_no_stranger_its_place_and_loses_none_to_strangers() -> None:
    places = ConnectionSlots(clock=lambda: 100.0)
    guest = take(places, "a")
    places.welcome(guest.id, "a link")
    crowd = [take(places, "a") for _ in range(STRANGERS_OF_AN_ADDRESS + 1)]

    assert ended([guest, *crowd], 100.0) == [False, True, *[False] * STRANGERS_OF_AN_ADDRESS]
    assert places.address(guest.id) == "a"


def test_a_link_has_so_many_guests_and_one_who_goes_makes_room() -> None:
    places = ConnectionSlots()
    tabs = []
    for number in range(GUESTS_OF_A_LINK + 1):
        tabs.append(take(places, f"{number}"))
        places.welcome(tabs[-1].id, "a link")
    assert [tab.is_strangers for tab in tabs] == [False] * GUESTS_OF_A_LINK + [True]

    places.leave(tabs[0])
    places.welcome(tabs[-1].id, "a link")
    assert not tabs[-1].is_strangers


def test_a_guest_is_a_stranger_again_when_the_link_is_over_and_never_uploads() -> None:
    places = ConnectionSlots()
    guest = take(places, "a")
    places.welcome(guest.id, "a link")
    places.allow_uploads(guest.id, allowed=True)
    places.welcome(guest.id, None)

    assert guest.is_strangers
    assert not guest.may_upload


def test_who_has_signed_in_is_nobodys_guest_and_an_unknown_place_is_none() -> None:
    places = ConnectionSlots()
    person = take(places, "a", "somebody")
    for place_id in (person.id, "unknown", None):
        places.welcome(place_id, "a link")

    assert person.guest_of is None
    assert places.address("unknown") == places.address(None) == ""
