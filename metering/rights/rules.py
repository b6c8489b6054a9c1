"""Who sees which usage, computed by asking the functions that decide it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from metering.outcomes import reciprocity
from metering.permits import actions
from metering.privacy import disclosure, visibility
from metering.privacy.visibility import AUDITOR, FINANCE, Scope, Viewer
from metering.rollups import periods
from portal.accounts import lockout
from portal.words import plural

SELF, OTHER, AGENT, TEAM = 1, 2, 7, 9
ONE = frozenset({OTHER})

# Everyone who can stand before a figure, as the rules know them.
VIEWERS: dict[str, Viewer] = {
    "Everybody": Viewer(SELF, teams=frozenset({TEAM})),
    "Manager or lead, without a permit": Viewer(SELF, line=frozenset({TEAM})),
    "Manager or lead, with a permit": Viewer(
        SELF, line=frozenset({TEAM}), permitted=frozenset({TEAM}), line_people=ONE, permitted_people=ONE
    ),
    "Finance": Viewer(SELF, roles=frozenset({FINANCE}), teams=frozenset({TEAM})),
    "Auditor": Viewer(SELF, roles=frozenset({AUDITOR}), teams=frozenset({TEAM})),
    "Admin": Viewer(SELF, roles=frozenset({"admin"}), teams=frozenset({TEAM})),
    "Somebody who has left": Viewer(
        SELF,
        active=False,
        line=frozenset({TEAM}),
        permitted=frozenset({TEAM}),
        line_people=ONE,
        permitted_people=ONE,
    ),
}

Asked = Callable[[Viewer], Scope | None]

# Every function of visibility that opens something, and how each viewer is asked. (A test compares the names.)
FIGURES: dict[str, tuple[str, str, Asked]] = {
    "own": ("Their own usage", "", visibility.own),
    "agent": (
        "Their own agents",
        "of each agent as a whole, not who used it",
        lambda viewer: visibility.agent(viewer, AGENT, SELF),
    ),
    "team": ("A team of theirs", "without people", lambda viewer: visibility.team(viewer, TEAM)),
    "cost_centres": ("Cost centres", "by four weeks and model, without people", visibility.cost_centres),
    "organisation": ("The whole company", "without people", visibility.organisation),
    "person": (
        "One person of their line",
        "and verified items of four weeks",
        lambda viewer: visibility.person(viewer, OTHER),
    ),
    "looks": ("Who looked", "who opened which report, when, for what", visibility.looks),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one viewer gets of one figure. ``text``: in words; ``open``: anything at all."""

    figure: str
    open: bool
    text: str


def table() -> list[tuple[str, list[Cell]]]:
    """Each viewer and what they see, by asking the rules."""
    return [
        (name, [_cell(*figure, viewer) for figure in FIGURES.values()]) for name, viewer in VIEWERS.items()
    ]


def values() -> dict[str, str]:
    """The settings of visibility in words, as they hold in this process: what the history compares."""
    k = disclosure.minimum(settings.GROUP_MINIMUM)
    told = {
        "Fewest people behind a figure of a group, besides the viewer": str(k),
        "Periods of group figures": f"{_days(periods.FOUR_WEEKS)}, {_days(periods.SETTLED)} after their end",
        "Longest permit": _days(actions.LONGEST),
    }
    if (percent := getattr(settings, "GROUP_PERCENT", None)) is not None:
        told["Of the largest share in a figure others can guess no closer than"] = f"{percent} %"
    kept = {
        "content": "Texts of tasks, asks, messages and work items are kept",
        "events": "Single model calls, and what each task used, are kept",
        "sketches": "Fingerprints of tasks are kept",
        "person_days": "Days of a person, their work items, thumbs, signals and facts of tasks are kept",
        "looks": "Looks are kept",
    }
    told |= {kept[kind]: _days(timedelta(days=days)) for kind, days in settings.RETENTION.items()}
    told["Who confirmed whose work is kept, if its item is not"] = _days(reciprocity.WINDOW)
    told["Failed tries to sign in are kept"] = _days(lockout.COUNTS_FOR)
    told["A browser in which somebody signed in is known, by its cookie"] = _days(lockout.KNOWN_FOR)
    return told


def _cell(figure: str, more: str, asked: Asked, viewer: Viewer) -> Cell:
    scope = asked(viewer)
    if scope is None:
        return Cell(figure, False, "nothing")
    said = ["cost and tokens" if scope.tokens else "cost"] if scope.kind is not visibility.Kind.LOOKS else []
    said += ["only for groups large enough"] if scope.grouped else []
    return Cell(figure, True, ", ".join(filter(None, [*said, more])))


def _days(length: timedelta) -> str:
    return plural(length.days, "day")
