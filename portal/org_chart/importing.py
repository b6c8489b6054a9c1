"""Carries out the plan of an org chart in a handful of statements, however many rows it has."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db.models import F

from portal.audit.record import also
from portal.events import Event
from portal.org_chart.chart import Here, Kind, Plan, Someone, key
from portal.people.models import Person
from portal.permissions import Role
from portal.teams.models import Membership, Team


def here() -> Here:
    """Everybody and every team, in four queries."""
    teams: dict[int, dict[str, str]] = {}
    for person, name, role in Membership.objects.current().values_list("person_id", "team__name", "role"):
        teams.setdefault(person, {})[key(name)] = role
    roles: dict[int, set[str]] = {}
    held = Person.groups.through.objects.filter(group__name__in=Role.values)
    for person, name in held.values_list("person_id", "group__name"):
        roles.setdefault(person, set()).add(name)
    people = Person.objects.order_by().annotate(manager_email=F("manager__email"))
    return Here(
        people={
            person.email: Someone(
                email=person.email,
                name=person.display_name,
                manager=person.manager_email or "",
                active=person.is_active,
                roles=frozenset(roles.get(person.pk, ())),
                teams=teams.get(person.pk, {}),
            )
            for person in people
        },
        teams={key(team.name): (team.name, team.cost_centre) for team in Team.objects.all()},
        guarded=bool(Person.objects.admins()[1:2]),
    )


def carry_out(plan: Plan) -> None:
    """Writes all changes and their entries. Called inside an action, under :func:`portal.people.line.hold`."""
    teams = _teams(plan)
    people = _people(plan)
    _memberships(plan, people, teams)
    groups = {group.name: group for group in Group.objects.filter(name__in=Role.values)}
    rows = []
    for change in plan.of(Kind.ROLES):
        person = people[change.subject]
        rows += [
            Person.groups.through(person_id=person.pk, group_id=groups[role].pk)
            for role in plan.rows[change.subject].roles
        ]
        also(Event.ROLES_CHANGED, person, change=change.says)
    Person.groups.through.objects.bulk_create(rows, ignore_conflicts=True)


def _teams(plan: Plan) -> dict[str, Team]:
    centres = {key(row.team): row.cost_centre for row in plan.rows.values() if row.cost_centre}
    new = [change.subject for change in plan.of(Kind.TEAM)]
    groups = Group.objects.bulk_create([Group(name=f"team: {name}") for name in new])
    made = Team.objects.bulk_create(
        [
            Team(name=name, group=group, cost_centre=centres.get(key(name), ""))
            for name, group in zip(new, groups, strict=True)
        ]
    )
    for team in made:
        also(Event.TEAM_CREATED, team, cost_centre=team.cost_centre)
    teams = {key(team.name): team for team in Team.objects.select_related("group")}
    edited = []
    for change in plan.of(Kind.COST_CENTRE):
        team = teams[key(change.subject)]
        team.cost_centre = centres[key(team.name)]
        edited.append(team)
        also(Event.TEAM_EDITED, team, cost_centre=change.says)
    Team.objects.bulk_update(edited, ["cost_centre"], batch_size=500)
    return teams


def _people(plan: Plan) -> dict[str, Person]:
    """Invites, names and managers. Who is new gets a manager in the same second step as who moves."""
    invited = list(plan.of(Kind.INVITE))
    made = Person.objects.bulk_create(
        [
            Person(
                email=row.email,
                display_name=row.name,
                time_zone=row.time_zone or "UTC",
                zone_known=bool(row.time_zone),
                password=make_password(None),
            )
            for row in (plan.rows[change.subject] for change in invited)
        ]
    )
    people = {person.email: person for person in Person.objects.order_by()}
    people |= {person.email: person for person in made}
    placed = []
    for change in invited:
        person, row = people[change.subject], plan.rows[change.subject]
        person.manager = people.get(row.manager)
        placed.append(person)
        also(Event.PERSON_INVITED, person, email=row.email, manager=row.manager, roles=[])
    for change in plan.of(Kind.MANAGER):
        person = people[change.subject]
        person.manager = people[plan.rows[change.subject].manager]
        placed.append(person)
        also(Event.PERSON_MOVED, person, manager=change.says)
    for change in plan.of(Kind.NAME):
        person = people[change.subject]
        person.display_name = plan.rows[change.subject].name
        placed.append(person)
        also(Event.PERSON_EDITED, person, name=change.says)
    once = {person.pk: person for person in placed}
    Person.objects.bulk_update(once.values(), ["manager", "display_name"], batch_size=500)
    return people


def _memberships(plan: Plan, people: dict[str, Person], teams: dict[str, Team]) -> None:
    joins, groups = [], []
    for change in plan.of(Kind.JOIN):
        person, row = people[change.subject], plan.rows[change.subject]
        team = teams[key(row.team)]
        role = row.team_role or Membership.Role.MEMBER
        joins.append(Membership(team=team, person=person, role=role))
        groups.append(Person.groups.through(person_id=person.pk, group_id=team.group_id))
        also(Event.MEMBER_ADDED, team, person=str(person), role=str(role))
    Membership.objects.bulk_create(joins)
    Person.groups.through.objects.bulk_create(groups, ignore_conflicts=True)
    changed = list(plan.of(Kind.TEAM_ROLE))
    current = Membership.objects.current().filter(person__email__in=[change.subject for change in changed])
    by_place = (
        {(membership.person_id, membership.team_id): membership for membership in current} if changed else {}
    )
    for change in changed:
        person, row = people[change.subject], plan.rows[change.subject]
        team = teams[key(row.team)]
        by_place[person.pk, team.pk].role = row.team_role
        also(Event.MEMBER_ADDED, team, person=str(person), role=row.team_role)
    Membership.objects.bulk_update(list(by_place.values()), ["role"], batch_size=500)
