"""Revisions as entity tags."""

import pytest
from fastapi import Response

from core.api.v1.conditions import base_revision, require_newest, send_etag
from core.api.v1.refusals import BadRequest, NotModified, PreconditionFailed, PreconditionRequired


@pytest.mark.parametrize(("given", "number"), [('"3"', 3), ("3", 3), ('W/"3"', 3), (" * ", 7), ('"0"', 0), ('"7"', 7)])
def test_if_match_names_a_revision(given: str, number: int) -> None:
    assert base_revision(given, 7) == number


@pytest.mark.parametrize("given", ["", '"x"', '"1", "2"', "-1", '"1', "٣", "9" * 11])
def test_what_names_none_is_a_bad_request(given: str) -> None:
    with pytest.raises(BadRequest):
        base_revision(given, 7)


def test_without_one_it_is_asked_for_and_one_to_come_fails() -> None:
    with pytest.raises(PreconditionRequired):
        base_revision(None, 7)
    with pytest.raises(PreconditionFailed):
        base_revision('"8"', 7)


def test_what_replaces_all_needs_the_newest() -> None:
    require_newest('"7"', 7)

    with pytest.raises(PreconditionFailed, match="newest revision is 7"):
        require_newest('"6"', 7)


@pytest.mark.parametrize("given", ['"7"', 'W/"7"', '"1", "7"', "*"])
def test_who_has_it_gets_nothing(given: str) -> None:
    with pytest.raises(NotModified):
        send_etag(Response(), 7, given)


@pytest.mark.parametrize("given", [None, "", '"8"', "7", '"77"'])
def test_who_has_another_gets_it_with_its_tag(given: str | None) -> None:
    response = Response()
    send_etag(response, 7, given)

    assert (response.headers["etag"], response.headers["cache-control"]) == ('"7"', "private, no-cache")
