"""Spam on mails that its weights were not made of: ``python -m tests.bench.triage_folds PATH_TO_MAIL`` (ham and spam).

Weights are found on three quarters of the mails and tried on the rest, in turn, for several ways to divide them. The
bound lies above all wanted mails of the three quarters but the worst. The lists of words are as they are.
"""

import math
import os
import random
import sys
from collections.abc import Mapping
from pathlib import Path

FOLDS, WAYS, ROUNDS, STEP, PULL = 4, 5, 300, 0.2, 1.0
Signs = Mapping[str, float]
Row = tuple[Signs, bool]


def rows(folder: Path) -> list[Row]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from agents.connectors.mail.spam import signs
    from agents.connectors.mail.tests.support_mails import as_read

    return [
        ({name: value for name, value in signs(as_read(file.read_bytes())).items() if value}, truth == "spam")
        for truth in ("ham", "spam")
        for file in sorted((folder / truth).rglob("*"))
        if file.is_file()
    ]


def fitted(known: list[Row]) -> dict[str, float]:
    """A logistic regression, with a pull towards 0; the constant has no name."""
    weights = dict.fromkeys(("", *{name for seen, _ in known for name in seen}), 0.0)
    for _ in range(ROUNDS):
        slope = dict.fromkeys(weights, 0.0)
        for seen, spam in known:
            error = 1 / (1 + math.exp(-points(seen, weights))) - spam
            slope[""] += error
            for name, value in seen.items():
                slope[name] += error * value
        for name, value in slope.items():
            weights[name] -= STEP * (value + (PULL * weights[name] if name else 0.0)) / len(known)
    return weights


def points(seen: Signs, weights: Mapping[str, float]) -> float:
    total = weights[""] + sum(weights.get(name, 0.0) * value for name, value in seen.items())
    return max(-30.0, min(30.0, total))


def tried(mails: list[Row], way: int) -> tuple[int, int]:
    """(spam that is found, wanted mail that is taken for spam) over all folds."""
    order = list(mails)
    random.Random(way).shuffle(order)
    order.sort(key=lambda row: row[1])
    found = wrong = 0
    for fold in range(FOLDS):
        rest = order[fold::FOLDS]
        known = [row for number, row in enumerate(order) if number % FOLDS != fold]
        weights = fitted(known)
        bound = sorted((points(seen, weights) for seen, spam in known if not spam), reverse=True)[1]
        over = [spam for seen, spam in rest if points(seen, weights) > bound]
        found, wrong = found + sum(over), wrong + len(over) - sum(over)
    return found, wrong


def main() -> None:
    mails = rows(Path(sys.argv[1]))
    spam = sum(row[1] for row in mails)
    for way in range(WAYS):
        found, wrong = tried(mails, way)
        print(f"spam found {found / spam:.1%}, ham called spam {wrong / (len(mails) - spam):.1%}")


if __name__ == "__main__":
    main()
