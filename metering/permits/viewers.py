"""Who a person is to the reports: their roles, their reporting line, their live permits."""

from typing import NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from metering.permits.models import Permit
from metering.privacy.visibility import Scope, Viewer
from portal.access import Refused
from portal.compiled import Compiled
from portal.people.models import Person, PersonQuerySet
from portal.teams.models import Team, TeamQuerySet

# ``person`` is filled in as a whole number. A line is everybody who reports to the person, directly or through others.
# UNION ends it where it runs in a ring, in which nobody is in their own line. Who left passes it on, and is not in it.
LINE_SQL = """
    WITH RECURSIVE line AS (
        SELECT id, is_active FROM portal_person WHERE manager_id = {person:d}
        UNION SELECT report.id, report.is_active
            FROM portal_person AS report JOIN line ON report.manager_id = line.id
            WHERE report.id <> {person:d}
    ), own AS (
        SELECT team_id, role FROM portal_membership WHERE ended_at IS NULL AND person_id = {person:d}
    ), teams AS (
        SELECT team_id FROM portal_membership
            WHERE ended_at IS NULL AND person_id IN (SELECT id FROM line WHERE is_active)
        UNION SELECT team_id FROM own WHERE role = 'lead'
    ), people AS (
        SELECT id FROM line WHERE is_active
        UNION SELECT person_id FROM portal_membership JOIN portal_person AS member ON member.id = person_id
            WHERE is_active AND ended_at IS NULL AND team_id IN (SELECT team_id FROM own WHERE role = 'lead')
    )
"""
# Of the people in the line only those whom a permit names are read: a line can be the whole company.
ARRAYS_SQL = """
    , held AS ({held})
    SELECT
        ARRAY(SELECT name FROM auth_group JOIN portal_person_groups ON group_id = auth_group.id
            WHERE person_id = {person:d} AND name NOT LIKE 'team: %%'),
        ARRAY(SELECT team_id FROM own),
        ARRAY(SELECT team_id FROM teams),
        ARRAY(SELECT id FROM people WHERE id IN (SELECT person_id FROM held)),
        ARRAY(SELECT ARRAY[id, team_id, person_id] FROM held ORDER BY ends_at DESC, id DESC)
"""
LIVE = Compiled(
    lambda person, now: (
        Permit.objects.live(now)
        .filter(viewer=person)
        .order_by()
        .values("id", "team_id", "person_id", "ends_at")
    )
)


class Held(NamedTuple):
    """A live permit: its number, and whose usage it opens, a team's or a person's."""

    pk: int
    team: int | None
    person: int | None


def teams_in_line(person: Person) -> TeamQuerySet:
    """The teams a person may ask to see: those they lead, and those of people who report to them."""
    return Team.objects.filter(pk__in=_in_line("SELECT team_id FROM teams", person))


def people_in_line(person: Person) -> PersonQuerySet:
    """The people a person may ask to see: who reports to them, and who is in a team that they lead."""
    line = _in_line("SELECT id FROM people", person)
    found: PersonQuerySet = Person.objects.filter(pk__in=line).exclude(pk=person.pk)
    return found


def in_line(person: Person, about: Team | Person) -> bool:
    line = teams_in_line(person) if isinstance(about, Team) else people_in_line(person)
    return line.filter(pk=about.pk).exists()


def closed_because(permit: Permit) -> str:
    """Why it opens nothing, whatever is decided on it, in a sentence; empty where it does."""
    for who in (permit.viewer, permit.person):
        if who is not None and not who.is_active:
            return f"{who} has left."
    if in_line(permit.viewer, permit.target):
        return ""
    return f"{permit.target} is not in the reporting line of {permit.viewer} any more."


def viewer(person: Person) -> Viewer:
    return with_permits(person)[0]


def given(scope: Scope | None, refusal: str) -> Scope:
    """Raises Refused where there is no scope."""
    if scope is None:
        raise Refused(refusal)
    return scope


def with_permits(person: Person) -> tuple[Viewer, list[Held]]:
    """The person's live permits too, those that hold longest first. One query."""
    held, params = LIVE.filled(person, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            LINE_SQL.format(person=person.pk) + ARRAYS_SQL.format(person=person.pk, held=held), params
        )
        roles, teams, line, people, permits = cursor.fetchone() or ([], [], [], [], [])
    found = Viewer(
        person=person.pk,
        active=person.is_active,
        roles=frozenset(roles),
        teams=frozenset(teams),
        line=frozenset(line),
        permitted=frozenset(team for _, team, _ in permits if team is not None),
        line_people=frozenset(people),
        permitted_people=frozenset(person for _, _, person in permits if person is not None),
    )
    return found, [Held(*row) for row in permits]


def _in_line(question: str, person: Person) -> RawSQL:
    return RawSQL(f"{LINE_SQL} {question}".format(person=person.pk), [])  # noqa: S611
