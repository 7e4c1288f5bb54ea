"""Which revisions visitors got at some time, by publication or because each save was live at once."""

from collections.abc import Iterator, Sequence

from core.publishing.publication import LiveState, Publication


def were_live(newest_first: Sequence[Publication], state: LiveState) -> list[range]:
    """The revisions that are or were live, from every publication of an org and where it stands now.

    What a publication replaced was live before it; where that is not what the publication before it made live, each
    save in between was live at once. The step to “each save is live” is kept as a publication too when it makes saves
    live that waited. It was not in the first version of publishing: saves that waited at such a step count as live.
    """
    return [found for found in _ranges(newest_first, state) if found]


def _ranges(newest_first: Sequence[Publication], state: LiveState) -> Iterator[range]:
    live = 0
    for one in reversed(newest_first):
        yield range(max(live, 1), one.replaced + 1)
        yield range(max(one.revision, 1), one.revision + 1)
        live = one.revision
    if state.each_save_is_live:
        yield range(max(live, 1), state.newest + 1)
