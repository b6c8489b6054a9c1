"""Who a person is to the reports: their roles, their reporting line, their live permits."""

from django.db.models.expressions import RawSQL

from metering.reports.models import Permit
from metering.reports.visibility import Viewer
from portal.people.models import Person
from portal.teams.models import Membership, Team, TeamQuerySet

# Whoever reports to the person, directly or through others; UNION ends where a line runs in a circle.
LINE_SQL = """
    WITH RECURSIVE line AS (
        SELECT id FROM portal_person WHERE manager_id = %s
        UNION SELECT report.id FROM portal_person AS report JOIN line ON report.manager_id = line.id
    )
    SELECT team_id FROM portal_membership WHERE ended_at IS NULL AND person_id IN (SELECT id FROM line)
    UNION SELECT team_id FROM portal_membership WHERE ended_at IS NULL AND person_id = %s AND role = %s
"""


def teams_in_line(person: Person) -> TeamQuerySet:
    """The teams a person may ask to see: those they lead, and those of people who report to them."""
    return Team.objects.filter(pk__in=RawSQL(LINE_SQL, [person.pk, person.pk, Membership.Role.LEAD]))  # noqa: S611


def viewer(person: Person) -> Viewer:
    return Viewer(
        person=person.pk,
        active=person.is_active,
        roles=frozenset(role.value for role in person.roles),
        line=frozenset(teams_in_line(person).values_list("pk", flat=True)),
        permitted=frozenset(Permit.objects.live().filter(viewer=person).values_list("team_id", flat=True)),
    )
