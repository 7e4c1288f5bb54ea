from core.examples.example import SHIPPED_BY_ID
from core.prompts.companies import SHIPPED


def test_each_company_that_ships_has_an_id_of_its_own() -> None:
    assert list(SHIPPED_BY_ID) == [
        "shipped:marrow-lane-bakery",
        "shipped:tidewater-swimming-pool",
        "shipped:parcel-post-office-supplies",
    ]
    assert tuple(SHIPPED_BY_ID.values()) == SHIPPED
