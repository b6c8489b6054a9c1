"""An attacker who puts together everything that was published, by exact linear algebra. Knows nothing of the engine.

A published figure is a set of cells (a person's usage of one thing) whose sum is known. What can be worked out
are the combinations of these sums: the row space of a matrix of zeros and ones. A combination isolates the
people whose cells are in it, without those whom the attacker knows.
"""

from collections.abc import Callable, Hashable, Iterable
from itertools import combinations

Cell = Hashable
Owner = Callable[[Cell], int]


def isolated(rows: Iterable[frozenset[Cell]], owner: Owner, known: set[int], k: int) -> frozenset[int] | None:
    """Fewer than ``k`` people whom some combination of ``rows`` is about alone; None: there are none.

    Cells that are in the same rows have the same factor in every combination: they are one column.
    """
    rows = list(dict.fromkeys(rows))
    columns: dict[tuple[bool, ...], set[int]] = {}
    for cell in {cell for row in rows for cell in row}:
        if owner(cell) not in known:
            columns.setdefault(tuple(cell in row for row in rows), set()).add(owner(cell))
    people = list(columns.values())
    matrix = [[int(column[row]) for column in columns] for row in range(len(rows))]
    whole = rank(matrix)
    for target in _unions(people, k):
        outside = [place for place, who in enumerate(people) if not who <= target]
        if rank([[row[place] for place in outside] for row in matrix]) < whole:
            return target
    return None


def _unions(people: list[set[int]], k: int) -> set[frozenset[int]]:
    """Every group of fewer than ``k`` that columns can make up."""
    small = {frozenset(each) for each in people if len(each) < k}
    found: set[frozenset[int]] = set()
    fresh = set(small)
    while fresh:
        found |= fresh
        fresh = {a | b for a in fresh for b in small if len(a | b) < k} - found
    return found


def rank(matrix: list[list[int]]) -> int:
    """Over the rationals, without fractions: every step stays in whole numbers."""
    rows = [row for row in matrix if any(row)]
    found = 0
    while rows:
        pivot = rows.pop()
        place = next(i for i, value in enumerate(pivot) if value)
        rows = [
            [a * pivot[place] - b * row[place] for a, b in zip(row, pivot, strict=True)]
            if row[place]
            else row
            for row in rows
        ]
        rows = [row for row in rows if any(row)]
        found += 1
    return found


def by_colluders(
    rows: list[frozenset[Cell]], owner: Owner, seen: dict[int, frozenset[int]], k: int, viewers: int = 3
) -> frozenset[int] | None:
    """The same for any ``viewers`` together; ``seen``: whose pages somebody may open.

    Who may open none knows themselves: instead of trying each of them, one more has to remain for each.
    """
    for number in range(viewers + 1):
        for able in combinations(seen, number):
            known = {one for each in able for one in seen[each] | {each}}
            if found := isolated(rows, owner, known, k + viewers - number):
                return found
    return None
