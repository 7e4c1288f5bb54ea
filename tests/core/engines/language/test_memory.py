from core.engines.language.memory import Finding, Memory, Way

HERE, OTHER_MODEL = ("http://a/v1", "m"), ("http://a/v1", "n")


def test_two_models_of_one_server_are_remembered_apart() -> None:
    memory = Memory()

    memory.refuse(HERE, ["temperature"])
    memory.found(HERE, Way.SCHEMA, Finding.HELD)

    assert (memory.refused(HERE), memory.finding(HERE, Way.SCHEMA)) == ({"temperature"}, Finding.HELD)
    assert (memory.refused(OTHER_MODEL), memory.finding(OTHER_MODEL, Way.SCHEMA)) == (frozenset(), None)


def test_refusals_add_up() -> None:
    memory = Memory()

    memory.refuse(HERE, ["temperature"])
    memory.refuse(HERE, ["logprobs"])

    assert memory.refused(HERE) == {"temperature", "logprobs"}


def test_what_is_forgotten_is_asked_anew() -> None:
    memory = Memory()
    memory.refuse(HERE, ["temperature"])
    memory.found(HERE, Way.SCHEMA, Finding.HELD)

    memory.forget(HERE)
    memory.forget(OTHER_MODEL)

    assert (memory.refused(HERE), memory.finding(HERE, Way.SCHEMA)) == (frozenset(), None)
