from core.engines.language.connection import MODELS_SHOWN
from core.engines.language.missing import is_listed, it_lists


def test_a_model_is_listed_under_the_names_that_servers_take_for_it() -> None:
    assert is_listed("llama3", ["llama3:latest"])
    assert is_listed("gemini-3", ["models/gemini-3"])
    assert is_listed("m", ["a", "m"])
    assert not is_listed("m", ["m2", "m:7b"])


def test_a_list_that_was_cut_proves_nothing() -> None:
    assert is_listed("m", [f"model {n}" for n in range(MODELS_SHOWN)])


def test_a_few_models_are_named_and_the_rest_counted() -> None:
    assert it_lists(["a", "b"]) == "It lists a, b."
    assert it_lists([f"m{n}" for n in range(12)]) == "It lists m0, m1, m2, m3, m4 and 7 more."
