"""Who gets what of what all organisations share."""

import random
import threading

import pytest

from core.errors import TooBusy
from core.fair_share import FairShare, Ticket


def claim(share: FairShare, org_id: str, weight: int = 1) -> Ticket:
    return share.claim(org_id, lambda: None, weight=weight)


def test_an_org_has_at_most_half_of_what_the_others_leave() -> None:
    share = FairShare(room=16, waiting=10_000)
    given = {org: sum(claim(share, org).given for _ in range(20)) for org in ("a", "b", "c", "d", "e")}

    assert given == {"a": 8, "b": 4, "c": 2, "d": 1, "e": 1}


def test_what_becomes_free_goes_to_the_waiting_orgs_in_turn_and_in_each_to_the_first() -> None:
    share = FairShare(room=2, waiting=100)
    held = [claim(share, "a"), claim(share, "b")]
    waiting = [claim(share, org) for org in ("a", "a", "a", "b", "c", "b")]
    came: list[int] = []
    while held:
        share.give_back(held.pop(0))
        for number, ticket in enumerate(waiting):
            if ticket.given and number not in came:
                came.append(number)
                held.append(ticket)

    assert sorted(came) == [0, 1, 2, 3, 4, 5]
    assert came.index(0) < came.index(1) < came.index(2)
    assert came.index(4) < came.index(2)


def test_who_waits_is_told_and_who_gives_up_is_not() -> None:
    share, told = FairShare(room=1, waiting=10), []
    held = claim(share, "a")
    gives_up = share.claim("b", lambda: told.append("b"))
    share.claim("c", lambda: told.append("c"))
    share.give_back(gives_up)
    share.give_back(held)

    assert told == ["c"]


def test_too_many_waiting_are_sent_away_and_another_org_still_may_wait() -> None:
    share = FairShare(room=1, waiting=4)
    claim(share, "a")
    for _ in range(2):
        claim(share, "a")
    with pytest.raises(TooBusy):
        claim(share, "a")

    assert not claim(share, "b").given


def test_a_claim_of_more_than_there_is_gets_all_of_it_once_it_is_free() -> None:
    share = FairShare(room=10, waiting=4)
    small = claim(share, "b")
    large = claim(share, "a", weight=99)
    assert not large.given
    share.give_back(small)

    assert large.given


def test_whatever_happens_nothing_is_given_twice_and_all_comes_back() -> None:
    share, lock = FairShare(room=5, waiting=1_000), threading.Lock()
    now = [0, 0]

    def work(org_id: str) -> None:
        turns = random.Random(org_id)
        for _ in range(200):
            turn, weight = threading.Event(), turns.randint(1, 3)
            ticket = share.claim(org_id, turn.set, weight=weight)
            if ticket.given or turn.wait(turns.choice([0.0001, 5])):
                with lock:
                    now[0] += weight
                    now[1] = max(now)
                with lock:
                    now[0] -= weight
            share.give_back(ticket)

    threads = [threading.Thread(target=work, args=(f"org {number % 3}",)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert now[0] == 0
    assert now[1] <= 5
    assert claim(share, "new", weight=5).given
