"""How careful the bot is, in words."""

CAREFUL = {
    -0.1: "Answers much more",
    -0.05: "Answers more",
    0.0: "Balanced",
    0.05: "More careful",
    0.1: "Very careful",
}
"""What is added to the engine's threshold, in words."""


def careful(strictness: float) -> str:
    """The words for a strictness; one that has none is shown as the number it is."""
    return CAREFUL.get(strictness, f"{strictness:+.2f}")
