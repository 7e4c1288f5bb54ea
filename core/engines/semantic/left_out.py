"""What the built-in engine would make of each stored phrasing if it were not stored: it is left out, and asked.

No table is built again for it. What leaving out one phrasing does to the entry's centroid is exact, and so is what it
does to the discriminants of shares.py: a change of rank two in what they weigh directions by (Sherman, Morrison and
Woodbury). Three things stay as they are with it: the threshold, which is that of the table as it is; the share of the
spread that is alike in all directions, which moves by one in as many as there are phrasings; and the words that mend
typing errors. Phrasings are read as a whole, and in tables of very many phrasings an entry the regression's steps are
left out: with 12 and 20 an entry, what became of 94 to 99 % was the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.calibration import (
    ANSWER_SENTENCE_LIMIT,
    CENTROID_WEIGHT,
    NEAREST_WEIGHT,
    SHARE_SHARPNESS,
    SHARE_WEIGHT,
)
from core.engines.semantic.encoder import Matrix
from core.engines.semantic.index import Index, Places, TableLayout, first_sentence, sums_of_entries
from core.engines.semantic.shares import metric


class Stage(StrEnum):
    """What is being done; the values are the words that are shown."""

    READING = "reading phrasings"
    ASKING = "leaving out phrasings"


Progress = Callable[[Stage, int, int], None]

NOT_STORED = -9.0
"""The score of an entry that has no phrasing left, or of a phrasing that the model cannot read: below all others."""

NOBODY = -1

_RIVALS = 12
"""Entries that are scored exactly for a phrasing: those with the highest shares, or a few more."""
_GROUPS = 4 * _RIVALS
_CELLS_AT_ONCE = 2_000_000
_FULL_WORK = 40_000_000
_FEWER = 96
"""Above so many pairs of a phrasing and an entry, the rivals are looked for in so many of the 384 directions, those in
which the entries differ most. That takes a quarter of the time."""
_SMALLEST = 1e-9

_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOutPhrasings:
    """For each phrasing of ``index.phrasings``: its entry's place and score without it, and the best other entry's.

    ``rival`` is that entry's place and ``rival_phrasing`` the place of its phrasing that is nearest, NOBODY where there
    is no other entry, or the phrasing cannot be read. Scores are on the scale of ``threshold``, from which on an entry
    is given, before the org's strictness. ``unread`` are the ids of entries whose own phrasings would not be read.
    """

    index: Index
    entry: Places
    own: _Floats
    rival: Places
    rival_score: _Floats
    rival_phrasing: Places
    threshold: float
    unread: tuple[int, ...] = ()


def left_out(
    index: Index,
    vectors_of: Callable[[Sequence[str]], Matrix],
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> LeftOutPhrasings:
    """Leave out each phrasing of a table in turn, and ask it. ``progress`` is told how many of how many are done; what
    it raises ends the work."""
    layout, count = index.layout(), len(index.phrasings)
    counts = [len(entry.phrasings) for entry in index.entries]
    found = LeftOutPhrasings(
        index=index,
        entry=np.repeat(np.arange(len(counts), dtype=np.intp), counts),
        own=np.full(count, NOT_STORED),
        rival=np.full(count, NOBODY, dtype=np.intp),
        rival_score=np.full(count, NOT_STORED),
        rival_phrasing=np.full(count, NOBODY, dtype=np.intp),
        threshold=index.threshold,
    )
    if not len(layout.phrasings):
        return found
    work = _Work(index, layout, vectors_of)
    for rows in work.blocks():
        work.block(rows, found)
        progress(rows.stop, len(layout.phrasings))
    return found


class _Work:
    """The parts that all blocks of phrasings share."""

    def __init__(self, index: Index, layout: TableLayout, vectors_of: Callable[[Sequence[str]], Matrix]) -> None:
        self.index, self.layout = index, layout
        self.count = len(layout.centroids)
        self.sizes = np.bincount(layout.owners, minlength=self.count)
        self.ends = layout.starts + self.sizes
        self.sums: _Floats = sums_of_entries(layout.phrasings, layout.starts).astype(np.float64)
        self.lengths = np.linalg.norm(self.sums, axis=1)
        weighing, self.alike = metric(layout.phrasings, layout.owners, layout.centroids)
        self.inverse: _Floats = np.linalg.inv(weighing).astype(np.float64)
        exact = layout.centroids.astype(np.float64)
        self.weighed = exact @ self.inverse
        self.squares: _Floats = np.einsum("ij,ij->i", self.weighed, exact)
        self.offsets = (-0.5 * SHARE_SHARPNESS * self.squares).astype(np.float32)
        self.left, self.right = self._directions(exact)
        self.sentence_of = np.full(self.count, NOBODY, dtype=np.intp)
        self.sentence_of[layout.with_sentence] = np.arange(len(layout.with_sentence))
        self.lone_sentences = self._lone_sentences(vectors_of)

    def _directions(self, centroids: _Floats) -> tuple[Matrix, Matrix]:
        """What a phrasing's direction is multiplied by, and what with then: all of it, or most of it in fewer."""
        sharp = np.float32(SHARE_SHARPNESS)
        if len(self.layout.phrasings) * self.count <= _FULL_WORK:
            return np.eye(len(self.inverse), dtype=np.float32) * sharp, self.layout.centroids
        values, vectors = np.linalg.eigh(self.inverse)
        half = (vectors * np.sqrt(values)) @ vectors.T
        whitened = centroids @ half
        _, basis = np.linalg.eigh(whitened.T @ whitened)
        best = basis[:, -_FEWER:]
        return (np.linalg.inv(half) @ best * sharp).astype(np.float32), (whitened @ best).astype(np.float32)

    def _lone_sentences(self, vectors_of: Callable[[Sequence[str]], Matrix]) -> dict[int, Matrix]:
        """What the answers say first of entries with two phrasings: it counts once one of them is left out."""
        entries, read = self.index.entries, self.index.read
        texts = {int(place): first_sentence(entries[read[place]].answer) for place in np.flatnonzero(self.sizes == 2)}
        usable = {place: text for place, text in texts.items() if 0 < len(text) <= ANSWER_SENTENCE_LIMIT}
        return dict(zip(usable, vectors_of(list(usable.values())), strict=True)) if usable else {}

    def blocks(self) -> Iterator[slice]:
        """Rows of whole entries, so many that the pairs with all entries fit well into memory."""
        most = max(1, _CELLS_AT_ONCE // self.count)
        begin = 0
        for place in range(self.count):
            if place + 1 == self.count or self.ends[place + 1] - begin > most:
                yield slice(begin, int(self.ends[place]))
                begin = int(self.ends[place])

    def block(self, rows: slice, found: LeftOutPhrasings) -> None:
        """Fill in what becomes of these phrasings."""
        block = _Block(self, rows)
        begin = 0
        while begin < len(block.owners):
            end = begin + int(self.sizes[block.owners[begin]])
            self._entry(slice(begin, end), block, found)
            begin = end

    def _entry(self, these: slice, block: "_Block", found: LeftOutPhrasings) -> None:
        """Of the phrasings of one entry, which stand at ``these`` rows of the block."""
        owner, rows = int(block.owners[these.start]), slice(block.start + these.start, block.start + these.stop)
        phrasings, places = self.layout.phrasings[rows], self.layout.places[rows]
        rivals = block.rivals(these)
        powers = np.exp(block.gone.logits(these, rivals) - block.highest[these, np.newaxis])
        total = block.rest(these, rivals) + powers.sum(axis=1)
        others = self.count
        if len(phrasings) > 1:
            own = block.own_powers[these]
            total = total + own
            close = NEAREST_WEIGHT * self._own_nearest(owner, phrasings)
            close = close + CENTROID_WEIGHT * block.own_cosines[these]
            found.own[places] = self.index.scaled(close + SHARE_WEIGHT * (own / total - 1 / others))
        else:
            others = max(1, others - 1)
        if not len(rivals):
            return
        near = _Near(self, phrasings, rivals)
        close = NEAREST_WEIGHT * near.nearest + CENTROID_WEIGHT * (phrasings @ self.layout.centroids[rivals].T)
        scores = close + SHARE_WEIGHT * (powers / total[:, np.newaxis] - 1 / others)
        best, each = scores.argmax(axis=1), np.arange(len(phrasings))
        found.rival[places] = self.index.read[rivals[best]]
        found.rival_score[places] = self.index.scaled(scores[each, best])
        found.rival_phrasing[places] = self.layout.places[[near.place(row, rival) for row, rival in enumerate(best)]]

    def _own_nearest(self, owner: int, phrasings: Matrix) -> _Floats:
        cosines = phrasings @ phrasings.T
        np.fill_diagonal(cosines, -np.inf)
        nearest: _Floats = cosines.max(axis=1).astype(np.float64)
        sentence = self.lone_sentences.get(owner)
        return nearest if sentence is None else np.maximum(nearest, phrasings @ sentence)


class _Near:
    """How near some phrasings are to those of some entries."""

    def __init__(self, work: _Work, phrasings: Matrix, rivals: Places) -> None:
        sizes = work.sizes[rivals]
        self._begins: Places = np.cumsum(sizes) - sizes
        self._starts: Places = work.layout.starts[rivals]
        self._ends: Places = self._begins + sizes
        rows = np.repeat(self._starts - self._begins, sizes) + np.arange(int(self._ends[-1]))
        self._cosines: Matrix = phrasings @ work.layout.phrasings.take(rows, axis=0).T
        self.nearest: _Floats = np.maximum.reduceat(self._cosines, self._begins, axis=1).astype(np.float64)
        """The cosine of each phrasing to the nearest one of each entry, or to what its answer says first."""
        said = work.sentence_of[rivals]
        spoken = np.flatnonzero(said != NOBODY)
        if len(spoken):
            sentences = work.layout.sentences[said[spoken]]
            self.nearest[:, spoken] = np.maximum(self.nearest[:, spoken], phrasings @ sentences.T)

    def place(self, phrasing: int, rival: int) -> int:
        """Where the nearest phrasing of an entry stands in the layout."""
        begin = int(self._begins[rival])
        return int(self._starts[rival]) + int(self._cosines[phrasing, begin : int(self._ends[rival])].argmax())


class _Block:
    """Some phrasings, the logits of all other entries to them, and who may be their rival."""

    def __init__(self, work: _Work, rows: slice) -> None:
        self.start = rows.start
        self.owners = work.layout.owners[rows]
        self.gone = _Gone(work, rows)
        logits: Matrix = (self.gone.directions.astype(np.float32) @ work.left) @ work.right.T
        logits += work.offsets
        logits[np.arange(len(self.owners)), self.owners] = -np.inf
        highest = logits.max(axis=1)
        self.highest = np.where(np.isfinite(highest), highest, 0)
        self.own_powers: _Floats = np.exp(self.gone.own_logits() - self.highest)
        self.own_cosines = self.gone.own_cosines()
        logits -= self.highest[:, np.newaxis]
        self._below = logits
        self._sums: _Floats = np.exp(logits).sum(axis=1, dtype=np.float64)
        of_row, self._entries = _highest(logits)
        self._bounds = np.searchsorted(of_row, np.arange(len(self.owners) + 1))

    def rivals(self, these: slice) -> Places:
        """The entries that may be the best other one of these phrasings, in rising order."""
        return np.unique(self._entries[self._bounds[these.start] : self._bounds[these.stop]])

    def rest(self, these: slice, rivals: Places) -> _Floats:
        """What all entries but their own and the rivals add to the sum that a share is a share of."""
        of_rivals = np.exp(self._below[these][:, rivals]).sum(axis=1)
        rest: _Floats = np.maximum(self._sums[these] - of_rivals, 0)
        return rest


class _Gone:
    """What the discriminants become without each of some phrasings.

    Without a phrasing v of an entry with the centroid c, what directions are weighed by changes by U M U', U = [v, c].
    """

    def __init__(self, work: _Work, rows: slice) -> None:
        self.work = work
        self.owners = work.layout.owners[rows]
        phrasings = work.layout.phrasings[rows].astype(np.float64)
        centroids = work.layout.centroids[self.owners].astype(np.float64)
        size, length = work.sizes[self.owners].astype(np.float64), work.lengths[self.owners]
        self.weighed = phrasings @ work.inverse
        of_centroids = work.weighed[self.owners]
        self.inner = _two_by_two(
            np.einsum("ij,ij->i", self.weighed, phrasings),
            np.einsum("ij,ij->i", self.weighed, centroids),
            work.squares[self.owners],
        )
        left = work.sums[self.owners] - phrasings
        length_left = np.maximum(np.linalg.norm(left, axis=1), _SMALLEST)
        self.without = np.stack([-1 / length_left, length / length_left], axis=1)
        """What is left of the centroid, in terms of v and c."""
        change = _two_by_two(-np.ones(len(size)), np.zeros(len(size)), 2 * length - size)
        pull = 2 * length_left - (size - 1)
        change -= pull[:, np.newaxis, np.newaxis] * self.without[:, :, np.newaxis] * self.without[:, np.newaxis, :]
        change[size == 1] = 0
        change /= work.alike
        self.correction = np.linalg.solve(np.eye(2) + change @ self.inner, change)
        factors = np.einsum("nij,nj->ni", self.correction, self.inner[:, :, 0])
        self.directions = (1 - factors[:, :1]) * self.weighed - factors[:, 1:] * of_centroids
        self.vc = np.stack([np.einsum("ij,ij->i", phrasings, phrasings), np.einsum("ij,ij->i", phrasings, centroids)])

    def logits(self, these: slice, rivals: Places) -> _Floats:
        """Of each of these phrasings, which are of one entry, to other entries."""
        work = self.work
        centroids = work.layout.centroids[rivals]
        towards = self.directions[these].astype(np.float32) @ centroids.T
        to_phrasing = self.weighed[these].astype(np.float32) @ centroids.T
        to_centroid = centroids @ work.weighed[int(self.owners[these.start])].astype(np.float32)
        by = self.correction[these][:, :, :, np.newaxis]
        less = by[:, 0, 0] * to_phrasing**2 + 2 * by[:, 0, 1] * to_phrasing * to_centroid + by[:, 1, 1] * to_centroid**2
        result: _Floats = SHARE_SHARPNESS * (towards - 0.5 * (work.squares[rivals] - less))
        return result

    def own_logits(self) -> _Floats:
        """Of each phrasing to what is left of its entry."""
        inner, without = self.inner, self.without
        now = inner - inner @ self.correction @ inner
        towards = np.einsum("ni,ni->n", without, now[:, :, 0])
        square = np.einsum("ni,nij,nj->n", without, now, without)
        result: _Floats = SHARE_SHARPNESS * (towards - 0.5 * square)
        return result

    def own_cosines(self) -> _Floats:
        """Of each phrasing to what is left of its entry's centroid."""
        result: _Floats = np.einsum("ni,in->n", self.without, self.vc)
        return result


def _two_by_two(first: _Floats, mixed: _Floats, second: _Floats) -> _Floats:
    return np.stack([np.stack([first, mixed], axis=1), np.stack([mixed, second], axis=1)], axis=1)


def _highest(values: Matrix) -> tuple[Places, Places]:
    """Rows and columns of at least the ``_RIVALS`` highest values of each row, and not many more, row by row."""
    rows, columns = values.shape
    if columns <= _GROUPS:
        found = np.nonzero(np.isfinite(values))
        return found[0], found[1]
    whole = columns // _GROUPS * _GROUPS
    of_groups = values[:, :whole].reshape(rows, -1, _GROUPS).max(axis=1)
    least = np.partition(of_groups, -_RIVALS, axis=1)[:, -_RIVALS]
    # of very few among many, ten times as fast as numpy's nonzero in two dimensions
    row, column = np.divmod(np.flatnonzero(values >= least[:, np.newaxis]), columns)
    return row, column
