import doctest

from core.spending import ledger
from core.spending.ledger import Amount, completed, tokens_of
from core.usage import NOTHING, Usage

GUESS = Usage(sent=1_000, received=7, cached=600, cache_written=100)


def test_the_examples_in_its_words_are_true() -> None:
    ran = doctest.testmod(ledger)

    assert ran.attempted > 0 == ran.failed


def test_amounts_add_up_kind_by_kind() -> None:
    both = Amount(nano_usd=3, unpriced_tokens=5) + Amount(nano_usd=4)

    assert both == Amount(nano_usd=7, unpriced_tokens=5)


def test_what_was_not_counted_is_no_token() -> None:
    assert [tokens_of(u) for u in (NOTHING, Usage(sent=5), Usage(sent=5, received=2, cached=4))] == [0, 5, 7]


def test_a_server_that_counts_nothing_is_taken_at_the_guess() -> None:
    assert completed(NOTHING, GUESS) == GUESS


def test_what_a_server_counted_stays_and_no_cache_is_guessed_into_it() -> None:
    assert completed(Usage(sent=900), GUESS) == Usage(sent=900, received=7)
    assert completed(Usage(sent=0, received=0), GUESS) == Usage(sent=0, received=0)


def test_cached_tokens_of_an_uncounted_prompt_are_the_guess_too() -> None:
    odd = Usage(received=3, cached=5_000)

    assert completed(odd, GUESS) == Usage(sent=1_000, received=3, cached=600, cache_written=100)
