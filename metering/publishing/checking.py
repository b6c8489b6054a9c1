"""The nightly check: no combination of shown figures isolates fewer than k people. Its arithmetic is its own.

Figures are sums over people. Adding and subtracting them never separates people who are in the same figures, so every
combination is about whole groups of such people. The check counts these groups from what is stored, without the
cohorts. Figures that a stricter rule now hides from everybody are left out.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from metering.permits import exposure
from metering.permits.viewers import viewer
from metering.privacy.disclosure import shown
from metering.privacy.visibility import Scope, Viewer, cost_centres, organisation, team
from metering.publications.models import DisclosureCheck, Publication, PublishedPeriod
from metering.publications.running import running_year
from metering.publishing.actions import note_check
from portal.audit.record import PORTAL
from portal.people.models import Person

log = logging.getLogger(__name__)
Kind = Publication.Kind
OVERDUE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Figure:
    """A published sum: about whom, and of what (an agent's number, or 0: of all that they used)."""

    kind: str
    ref: str
    people: frozenset[int]
    parts: tuple[frozenset[int], ...]

    @property
    def of(self) -> str:
        return self.ref if self.kind == Kind.AGENT else ""


@dataclass(frozen=True, slots=True)
class Nights:
    """How the nightly check stands. ``overdue``: none has run for two days, though there are figures."""

    last: DisclosureCheck | None
    overdue: bool

    @property
    def findings(self) -> int:
        return len(self.last.findings) if self.last else 0


def nights(scope: Scope) -> Nights:
    """A check that does not run is reported like a finding, so that somebody notices."""
    last = DisclosureCheck.objects.within(scope).first()
    since = (
        last.at
        if last
        else PublishedPeriod.objects.order_by("made_at").values_list("made_at", flat=True).first()
    )
    return Nights(last, overdue=since is not None and since < timezone.now() - OVERDUE)


def check() -> DisclosureCheck:
    """Check everything as each person sees it, and as any three do together; record what was found."""
    figures = _figures()
    seen = exposure.seen(running_year())
    k = exposure.the_rule().k
    people = list(Person.objects.active().prefetch_related("groups"))
    findings = [f"Any three together: {sentence}" for sentence in together(figures, seen, k)]
    for person in people:
        known = seen.get(person.pk, frozenset()) | {person.pk}
        who = viewer(person)
        open_to = [figure for figure in figures if _sees(who, figure, knows_others=person.pk in seen)]
        findings += [f"{person}: {sentence}" for sentence in alone(open_to, known, k)]
    for finding in findings:
        log.error("A published figure tells of fewer people than it may. %s", finding)
    return note_check(PORTAL, figures=len(figures), viewers=len(people), findings=findings)


def alone(figures: Iterable[Figure], known: frozenset[int], k: int) -> Iterator[str]:
    """What one viewer who knows these people can tell apart, in sentences."""
    figures = list(figures)
    for of, group in [*_groups(figures), *_parts(figures)]:
        left = group - known
        if 0 < len(left) < k:
            yield _sentence(of, left)


def together(figures: Iterable[Figure], seen: Mapping[int, frozenset[int]], k: int) -> Iterator[str]:
    """What three viewers can tell apart who are shown everything, and know most of it."""
    figures = list(figures)
    for of, group in [*_groups(figures), *_parts(figures)]:
        counts = sorted((len((own | {viewer_id}) & group) for viewer_id, own in seen.items()), reverse=True)
        most = sum(sorted([*counts[:3], 1, 1, 1], reverse=True)[:3])
        if len(group) - most < k:
            yield _sentence(of, group)


def _groups(figures: Iterable[Figure]) -> Iterator[tuple[str, frozenset[int]]]:
    """People who are in the same figures, by what the figures are of."""
    by_what: dict[str, list[Figure]] = {}
    for figure in figures:
        by_what.setdefault(figure.of, []).append(figure)
    for of, some in by_what.items():
        inside: dict[int, set[int]] = {}
        for number, people in enumerate({figure.people for figure in some}):
            for person in people:
                inside.setdefault(person, set()).add(number)
        groups: dict[frozenset[int], set[int]] = {}
        for person, numbers in inside.items():
            groups.setdefault(frozenset(numbers), set()).add(person)
        yield from ((of, frozenset(group)) for group in groups.values())


def _parts(figures: Iterable[Figure]) -> Iterator[tuple[str, frozenset[int]]]:
    """Whose usage in one period comes out of the figures of that period, as it was when they were published."""
    yield from ((figure.of, part) for figure in figures for part in figure.parts)


def _sees(who: Viewer, figure: Figure, *, knows_others: bool) -> bool:
    """Owners of agents are not known here: assume that everybody who may open others' pages owns every agent."""
    match figure.kind:
        case Kind.TEAM:
            return team(who, int(figure.ref)) is not None
        case Kind.COST_CENTRE:
            return cost_centres(who) is not None
        case Kind.ORGANISATION:
            return organisation(who) is not None
    return knows_others


def _sentence(of: str, group: frozenset[int]) -> str:
    what = f"the usage of agent {of}" if of else "the usage"
    return f"{what} of {len(group)} people can be told apart"


def _figures() -> list[Figure]:
    rows, rule = Publication.objects.in_year(running_year()), exposure.the_rule()
    return [
        Figure(kind, ref, frozenset(people), tuple(frozenset(part) for part in parts))
        for kind, ref, people, parts, least in rows.values_list("kind", "ref", "people", "parts", "least")
        if shown(least, rule)
    ]
