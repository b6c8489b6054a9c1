"""Who a person is to the reports: their roles, their reporting line, their live permits."""

from django.db import connection
from django.db.models.expressions import RawSQL

from metering.reports.models import Permit
from metering.reports.visibility import Viewer
from portal.people.models import Person, PersonQuerySet
from portal.teams.models import Team, TeamQuerySet

# ``person`` is filled in as a whole number. A line is whoever reports to the person, directly or through others; UNION
# ends where it runs in a circle.
LINE_SQL = """
    WITH RECURSIVE line AS (
        SELECT id FROM portal_person WHERE manager_id = {person:d}
        UNION SELECT report.id FROM portal_person AS report JOIN line ON report.manager_id = line.id
    ), own AS (
        SELECT team_id, role FROM portal_membership WHERE ended_at IS NULL AND person_id = {person:d}
    ), teams AS (
        SELECT team_id FROM portal_membership WHERE ended_at IS NULL AND person_id IN (SELECT id FROM line)
        UNION SELECT team_id FROM own WHERE role = 'lead'
    ), people AS (
        SELECT id FROM line
        UNION SELECT person_id FROM portal_membership
            WHERE ended_at IS NULL AND team_id IN (SELECT team_id FROM own WHERE role = 'lead')
    )
"""
ARRAYS_SQL = """
    SELECT
        ARRAY(SELECT name FROM auth_group JOIN portal_person_groups ON group_id = auth_group.id
            WHERE person_id = {person:d} AND name NOT LIKE 'team: %%'),
        ARRAY(SELECT team_id FROM own),
        ARRAY(SELECT team_id FROM teams),
        ARRAY(SELECT id FROM people WHERE id = ANY(%s))
"""


def teams_in_line(person: Person) -> TeamQuerySet:
    """The teams a person may ask to see: those they lead, and those of people who report to them."""
    return Team.objects.filter(pk__in=_in_line("SELECT team_id FROM teams", person))


def people_in_line(person: Person) -> PersonQuerySet:
    """The people a person may ask to see: who reports to them, and who is in a team that they lead."""
    line = _in_line("SELECT id FROM people", person)
    found: PersonQuerySet = Person.objects.active().filter(pk__in=line).exclude(pk=person.pk)
    return found


def viewer(person: Person) -> Viewer:
    permits = list(Permit.objects.live().filter(viewer=person).order_by().values_list("team_id", "person_id"))
    of_people = [of for _, of in permits if of is not None]
    with connection.cursor() as cursor:
        cursor.execute((LINE_SQL + ARRAYS_SQL).format(person=person.pk), [of_people])
        roles, teams, line, people = cursor.fetchone() or ([], [], [], [])
    return Viewer(
        person=person.pk,
        active=person.is_active,
        roles=frozenset(roles),
        teams=frozenset(teams),
        line=frozenset(line),
        permitted=frozenset(team for team, _ in permits if team is not None),
        people=frozenset(people),
    )


def _in_line(question: str, person: Person) -> RawSQL:
    return RawSQL(f"{LINE_SQL} {question}".format(person=person.pk), [])  # noqa: S611
