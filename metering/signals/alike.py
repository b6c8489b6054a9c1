"""Tasks whose instructions are nearly the same, by their sketches. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from metering.signals.evidence import Task
from metering.signals.sketches import Marks, likeness, marks

ALIKE = 0.6  # share of word pairs in common: one or two words of a sentence differ
SMALLEST = 6  # instructions of a family


def families(tasks: Iterable[Task]) -> list[list[Task]]:
    """Groups of at least SMALLEST tasks like the first of each. Work grows with the likes, not with the square."""
    leaders: list[tuple[Marks, list[Task]]] = []
    holders: dict[int, list[int]] = defaultdict(list)
    for task in tasks:
        if not task.sketch:
            continue
        own = marks(task.sketch)
        common = Counter(number for mark in own for number in holders[mark])
        for number, _ in common.most_common(3):
            if likeness(leaders[number][0], own) >= ALIKE:
                leaders[number][1].append(task)
                break
        else:
            for mark in own:
                holders[mark].append(len(leaders))
            leaders.append((own, [task]))
    return [family for _, family in leaders if len(family) >= SMALLEST]
