import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import EngineUnavailable, FrontlineError
from core.servers.sealing import KeyUnreadable, Sealer

KEY = "sk-proj-4f9a-very-secret-0017"
ORG, ADDRESS = "6f3f2a54-org", "https://api.openai.com/v1"
SEALER = Sealer(b"s" * 32)


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_what_is_sealed_for_a_place_opens_there(text: str, org_id: str, address: str) -> None:
    assert SEALER.open(SEALER.seal(text, org_id, address), org_id, address) == text


def test_the_key_is_not_in_what_is_stored_and_two_sealings_differ() -> None:
    one, two = SEALER.seal(KEY, ORG, ADDRESS), SEALER.seal(KEY, ORG, ADDRESS)

    assert one != two
    assert KEY not in one
    assert one.isascii()
    assert one.isprintable()


@pytest.mark.parametrize(
    ("org_id", "address"),
    [
        ("another-org", ADDRESS),
        (ORG, "https://evil.example/v1"),
        (ORG, ADDRESS + "/"),
        (ADDRESS, ORG),
        (ORG + ADDRESS, ""),
        ("", ORG + ADDRESS),
    ],
)
def test_a_sealed_key_opens_for_no_other_org_and_no_other_address(org_id: str, address: str) -> None:
    with pytest.raises(KeyUnreadable, match=r"Enter the key again\."):
        SEALER.open(SEALER.seal(KEY, ORG, ADDRESS), org_id, address)


def test_another_secret_opens_nothing_and_the_same_one_does_after_a_restart() -> None:
    sealed = SEALER.seal(KEY, ORG, ADDRESS)

    assert Sealer(b"s" * 32).open(sealed, ORG, ADDRESS) == KEY
    with pytest.raises(KeyUnreadable):
        Sealer(b"t" * 32).open(sealed, ORG, ADDRESS)


def test_every_changed_character_makes_it_unreadable() -> None:
    sealed = SEALER.seal(KEY, ORG, ADDRESS)
    changed = [sealed[:i] + ("A" if sealed[i] != "A" else "B") + sealed[i + 1 :] for i in range(len(sealed))]
    opened = []
    for text in changed:
        try:
            opened.append(SEALER.open(text, ORG, ADDRESS))
        except KeyUnreadable:
            continue

    assert [text for text in opened if text != KEY] == []
    assert len(opened) <= 1  # the last character of base64 has bits that mean nothing


@pytest.mark.parametrize("sealed", ["", "1.", "1.AAAA", "2.AAAA", "1.é", "1.====", "nothing", "1." + "A" * 15, "1.A"])
def test_what_was_never_sealed_is_unreadable_in_words(sealed: str) -> None:
    with pytest.raises(KeyUnreadable) as refused:
        SEALER.open(sealed, ORG, ADDRESS)

    assert ADDRESS in str(refused.value)
    assert isinstance(refused.value, FrontlineError)
    assert isinstance(refused.value, EngineUnavailable)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_the_secret_does_not_show() -> None:
    assert "ssss" not in repr(SEALER) + repr(vars(SEALER))
