"""Requests that are sent twice, on real databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.idempotency import ABANDONED_AFTER, KEPT_FOR, KeyReused, Once, StillUnderWay
from core.storage.database import Database
from core.storage.idempotency import SqlIdempotency

ONCE = Once(org_id="org-a", user_id="u", key="k", fingerprint="f")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_second_request_has_the_answer_of_the_first(database: Database) -> None:
    store = SqlIdempotency(database)

    assert store.begin(ONCE, AT) is None
    store.keep(ONCE, {"run_id": "r", "text": "é"})
    assert store.begin(ONCE, AT) == {"run_id": "r", "text": "é"}


def test_a_request_without_an_answer_yet_is_not_begun_again(database: Database) -> None:
    store = SqlIdempotency(database)
    store.begin(ONCE, AT)

    with pytest.raises(StillUnderWay):
        store.begin(ONCE, AT)


def test_another_request_with_the_key_is_refused(database: Database) -> None:
    store = SqlIdempotency(database)
    store.begin(ONCE, AT)

    with pytest.raises(KeyReused):
        store.begin(replace(ONCE, fingerprint="g"), AT)


@pytest.mark.parametrize("other", [replace(ONCE, org_id="org-b"), replace(ONCE, user_id="v"), replace(ONCE, key="l")])
def test_another_org_person_or_key_knows_nothing_of_it(database: Database, other: Once) -> None:
    store = SqlIdempotency(database)
    store.begin(ONCE, AT)

    assert store.begin(other, AT) is None


@pytest.mark.parametrize(
    ("end", "later"),
    [
        (lambda store: store.forget(ONCE), timedelta()),
        (lambda _store: None, ABANDONED_AFTER),
        (lambda store: store.keep(ONCE, {}), KEPT_FOR),
    ],
)
def test_a_request_that_came_to_nothing_was_abandoned_or_is_old_may_begin_anew(
    database: Database, end: Callable[[SqlIdempotency], None], later: timedelta
) -> None:
    store = SqlIdempotency(database)
    store.begin(ONCE, AT)
    end(store)

    assert store.begin(ONCE, AT + later) is None
