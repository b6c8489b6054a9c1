"""What can be done to teams and who is in them. Keeps the team's auth group in step."""

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal import plugins
from portal.audit.record import action, detail
from portal.events import Event
from portal.naming import refuse_alike
from portal.people.models import Person
from portal.teams.models import Membership, Team


@action(Event.TEAM_CREATED)
def create(actor: Person | str, *, name: str, cost_centre: str = "") -> Team:
    """Raises ValidationError when there is a team of this name (letter case aside)."""
    team = Team(name=name.strip(), cost_centre=cost_centre.strip())
    team.full_clean(exclude=["group"])
    refuse_alike(team, Team.objects.all())
    team.group = Group.objects.create(name=f"team: {team.name}")
    team.save()
    return team


@action(Event.TEAM_EDITED)
def edit(actor: Person | str, team: Team, *, name: str, cost_centre: str) -> Team:
    team.name, team.cost_centre = name.strip(), cost_centre.strip()
    team.full_clean(exclude=["group"])
    refuse_alike(team, Team.objects.all())
    team.save(update_fields=["name", "cost_centre"])
    Group.objects.filter(pk=team.group_id).update(name=f"team: {team.name}")
    return team


@action(Event.MEMBER_ADDED)
def add_member(
    actor: Person | str, team: Team, *, person: Person, role: str = Membership.Role.MEMBER
) -> Membership:
    """Add a person, or give a member another role. Raises ValidationError for somebody who left."""
    if not person.is_active:
        raise ValidationError(f"{person} has left; reactivate them first.")
    membership, _ = Membership.objects.current().update_or_create(
        team=team, person=person, defaults={"role": role}
    )
    person.groups.add(team.group)
    detail(person=str(person), role=role)
    return membership


@action(Event.MEMBER_LEFT)
def end_membership(actor: Person | str, membership: Membership) -> Membership:
    """The person leaves the team; what they may do by it alone ends in this transaction."""
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    membership.person.groups.remove(membership.team.group)
    for plugin in plugins.installed():
        plugin.on_membership_ends(actor, membership.person)
    return membership
