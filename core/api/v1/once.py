"""The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request sent twice is acted on once."""

import hashlib
import re
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Header
from pydantic import BaseModel

from core.api.v1.refusals import BadRequest
from core.api.v1.services import Caller
from core.clock import now
from core.idempotency import Once

# A string of RFC 8941 in quotes; the bare kind that many clients send is taken too.
_KEY = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{1,200})"|([\x21\x23-\x5b\x5d-\x7e]{1,200})')

IdempotencyKey = Annotated[
    str | None,
    Header(
        description="A name that you make up for this request, such as a UUID. Sent again with it within 24 hours, the "
        "request is not acted on again, and has the first answer."
    ),
]
A = TypeVar("A", bound=BaseModel)


def fingerprint(*parts: bytes) -> str:
    """Equal for equal parts only."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def once(caller: Caller, given: str | None, print_: str, kind: type[A], act: Callable[[], A]) -> A:
    """The answer of ``act``, or that of the first request with this key. An error is not kept: nothing came of it.

    Raises BadRequest for a key that is none, StillUnderWay, KeyReused.
    """
    if given is None:
        return act()
    found = _KEY.fullmatch(given.strip())
    if found is None:
        raise BadRequest("Idempotency-Key has to be up to 200 printable characters, in quotes.")
    key = found[1] or found[2]
    this = Once(org_id=caller.org_id, user_id=caller.principal.user_id, key=key, fingerprint=print_)
    store = caller.parts.idempotency
    first = store.begin(this, now())
    if first is not None:
        return kind.model_validate(first)
    try:
        answer = act()
    except BaseException:
        store.forget(this)
        raise
    store.keep(this, answer.model_dump(mode="json"))
    return answer
