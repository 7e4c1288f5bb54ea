"""The API held to its own OpenAPI document in many examples, and in the cases that schemathesis derives from it.

They are derived when tests are collected, which takes seconds: this file is collected for the long versions alone.
"""

import pytest
import schemathesis

from tests.api_bench import Bench
from tests.api_document import CONFORMANCE, THREADS_BESIDE, bench, document, examples, name_what_is_there

__all__ = ["bench"]
pytestmark = [pytest.mark.slow, THREADS_BESIDE]


@document.parametrize()
@examples(25)
def test_the_api_keeps_to_its_document(case: schemathesis.Case, bench: Bench) -> None:
    case.call_and_validate()


@document.parametrize()
@examples(10)
def test_what_is_there_is_answered_as_documented_too(case: schemathesis.Case, bench: Bench) -> None:
    name_what_is_there(case, bench)
    case.call_and_validate(checks=CONFORMANCE)
