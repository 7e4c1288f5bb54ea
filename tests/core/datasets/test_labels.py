import pytest

from core.datasets.labels import Label, LabelKind


@pytest.mark.parametrize(
    ("kind", "entry_ids"), [(LabelKind.ENTRY, ()), (LabelKind.FALLBACK, (1,)), (LabelKind.NONE, (1,))]
)
def test_a_label_that_contradicts_itself_cannot_be_made(kind: LabelKind, entry_ids: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="cannot have"):
        Label(kind=kind, entry_ids=entry_ids)
