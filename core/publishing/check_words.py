"""What a check found, in words for people, alike on the page, on the command line and wherever else it is told."""

from collections.abc import Mapping

from core.plurals import counted
from core.publishing.flips import CheckResult, Flip, FlipKind, Tally
from core.questions.entry import Entry
from core.statistics.numbers import percent

KIND_WORDS = {
    FlipKind.BROKEN: "Broken",
    FlipKind.FIXED: "Fixed",
    FlipKind.NOW_A_PERSON: "Now to a person",
    FlipKind.NOW_ANSWERED: "Now answered",
    FlipKind.ANOTHER_ANSWER: "Another answer",
}
NOTHING = "nothing changes"


def in_short(found: CheckResult) -> str:
    """How many of each kind, e.g. "2 broken, 1 fixed of 150 test questions"."""
    words = [each for _kind, each in counts(found)]
    if not words:
        return f"{NOTHING} for {counted(found.asked, 'test question')}"
    return f"{', '.join(words)} of {counted(found.asked, 'test question')}"


def sentence(found: CheckResult) -> str:
    """The shares right before and after, and whether that is more than chance; the conclusion is bold."""
    before, after = found.before.share_right, found.after.share_right
    if before.rate is None or after.rate is None:
        return "None of these questions says what is right, so only the replies are compared."
    shares = f"{percent(before.rate, before.of)} right before, {percent(after.rate, after.of)} after"
    return f"**{found.conclusion.value.capitalize()}**: {shares}, of {counted(before.of, 'question')} with a label."


def statement(found: CheckResult) -> str:
    """What a check found as a whole, in one bold sentence: "Better: 65 % → 96 % right"."""
    if not found.flips:
        return f"**{in_short(found).capitalize()}**"
    before, after = found.before.share_right, found.after.share_right
    if before.rate is None or after.rate is None:
        return f"**{counted(len(found.flips), 'reply differs', 'replies differ')}**"
    shares = f"{percent(before.rate, before.of)} → {percent(after.rate, after.of)} right"
    return f"**{found.conclusion.value.capitalize()}: {shares}**"


def counts(found: CheckResult) -> list[tuple[FlipKind, str]]:
    """How many questions end otherwise, kind by kind, e.g. "8 fixed"."""
    return [(kind, f"{len(found.of(kind)):,} {kind.value}") for kind in FlipKind if found.of(kind)]


def what_is_counted(found: CheckResult) -> str:
    """Which questions the shares right are of."""
    asked, labelled = counted(found.asked, "test question"), found.before.of
    if not labelled:
        return f"{asked} asked. None says what is right, so only the replies are compared."
    if labelled == found.asked:
        return f"Of {asked}."
    return f"{asked} asked. The shares are of the {labelled:,} that say what is right and got a reply both times."


def tally(one: Tally) -> str:
    """How labelled questions end, e.g. "71 right, 2 wrong, 27 needlessly to a person".

    >>> tally(Tally(right=71, wrong=2, to_a_person=27))
    '71 right, 2 wrong, 27 needlessly to a person'
    """
    return f"{one.right:,} right, {one.wrong:,} wrong, {one.to_a_person:,} needlessly to a person"


def why(flip: Flip) -> str:
    """The edits that a flip has to do with."""
    if flip.by_settings:
        return "the settings"
    if not flip.edited:
        return "several changes together"
    named = ", ".join(f"No. {entry_id}" for entry_id in flip.edited[:3])
    more = f" and {len(flip.edited) - 3} more" if len(flip.edited) > 3 else ""
    return f"{named}{more}" + (" (expected, now off or deleted)" if flip.is_gone else "")


def expected(flip: Flip, entries: Mapping[int, Entry]) -> str:
    """What is right for its question; "" where nobody has said."""
    if flip.expected is None:
        return ""
    return " or ".join(reply(entry_id, entries) for entry_id in flip.expected) or reply(None, entries)


def reply(entry_id: int | None, entries: Mapping[int, Entry]) -> str:
    """Which entry was given, or that a person takes over."""
    if entry_id is None:
        return "a person"
    entry = entries.get(entry_id)
    return f"No. {entry_id}: {entry.question}" if entry else f"No. {entry_id}"
