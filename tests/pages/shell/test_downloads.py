"""What is taken away is noted first."""

import logging

import pytest

from core.audit.event import EventKind
from core.bootstrap import Frontline
from core.errors import AccessDenied, FrontlineError
from core.identity.demo import CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG
from pages.shell import downloads


def test_a_file_is_noted_when_it_is_fetched_and_not_before(frontline: Frontline) -> None:
    fetch = downloads.noted(MEMBER, PHONE_ORG, "the table", lambda: b"file")
    before = frontline.audit.events(OWNER, PHONE_ORG)

    assert fetch() == b"file"

    (event,) = frontline.audit.events(OWNER, PHONE_ORG)[: -len(before)]
    assert (event.actor, event.what, event.details) == (MEMBER.name, EventKind.EXPORTED, "the table")


def test_a_file_that_cannot_be_made_is_not_noted_and_its_number_is_in_the_log(
    frontline: Frontline, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> bytes:
        raise ZeroDivisionError("inside")

    before = frontline.audit.events(OWNER, PHONE_ORG)
    with pytest.raises(FrontlineError) as raised:
        downloads.noted(MEMBER, PHONE_ORG, "the table", broken)()

    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    number = str(raised.value).rpartition(" ")[2]
    assert number in record.getMessage()
    assert MEMBER.user_id in record.getMessage()
    assert "inside" not in str(raised.value)
    assert frontline.audit.events(OWNER, PHONE_ORG) == before


def test_who_lost_access_meanwhile_gets_no_file(frontline: Frontline) -> None:
    with pytest.raises(AccessDenied):
        downloads.noted(OUTSIDER, CLOTHING_ORG, "the table", lambda: b"file")()
