"""The API held to its own OpenAPI document by schemathesis, in a few examples of each operation."""

import pytest
import schemathesis
from hypothesis import given
from schemathesis import GenerationMode

from tests.api_bench import Bench
from tests.api_document import CONFORMANCE, THREADS_BESIDE, bench, document, examples, name_what_is_there

__all__ = ["bench"]
pytestmark = THREADS_BESIDE

OPERATIONS = [found.ok() for found in document.get_all_operations()]
OF_ORG = {"org_id": "org-a"}
EXAMPLES = 5


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_the_api_keeps_to_its_document(
    operation: schemathesis.APIOperation, mode: GenerationMode, bench: Bench
) -> None:
    @given(case=operation.as_strategy(mode, path_parameters=OF_ORG))
    @examples(EXAMPLES)
    def kept(case: schemathesis.Case) -> None:
        case.call_and_validate()

    kept()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_what_is_there_is_answered_as_documented_too(operation: schemathesis.APIOperation, bench: Bench) -> None:
    @given(case=operation.as_strategy(path_parameters=OF_ORG))
    @examples(EXAMPLES)
    def kept(case: schemathesis.Case) -> None:
        name_what_is_there(case, bench)
        case.call_and_validate(checks=CONFORMANCE)

    kept()
