"""Erasure: what must be done before it, then table after table."""

import re

from django.db import transaction
from django.db.models.functions import Lower

from metering.rights.scrubbing import scrub
from portal.audit.models import Entry
from portal.people.models import Person
from portal.people.nobody import alias
from portal.plugins import personal_data
from portal.teams.models import Team


def hindrances(person: Person) -> list[str]:
    """What must be done before this person can be erased, in sentences; empty when nothing must."""
    return [line for part in personal_data() for line in part.hinders(person)]


def forget(person: Person) -> None:
    """Erase the person's data in every table. Cannot be undone."""
    names, emails = known_as(person)
    with transaction.atomic():
        person.display_name = alias()
        for table in [table for part in personal_data() for table in part.tables]:
            table.erase(table.rows(person), person)
        scrub(names, emails, others(person), person.display_name)


def known_as(person: Person) -> tuple[set[str], set[str]]:
    """Every name and e-mail under which this person was here: as it is, and as the trail remembers it."""
    names, emails = {person.display_name}, {person.email.lower()}
    names |= set(Entry.objects.filter(actor=person).values_list("actor_name", flat=True))
    entries = Entry.objects.about(person).filter(event__in=["person.edited", "person.invited"])
    for name, details in entries.values_list("target_name", "details"):
        names.add(name)
        names |= set(re.split(" → ", str(details.get("name", ""))))
        emails |= {email.lower() for email in re.split(" → ", str(details.get("email", "")))}
    kept = Person.objects.exclude(pk=person.pk).annotate(lower=Lower("email")).filter(lower__in=emails)
    return names - {""}, emails - {""} - set(kept.values_list("lower", flat=True))


def others(person: Person) -> set[str]:
    """What is somebody else's name, or a team's: it stays where it stands, also where it is this person's as well."""
    people = Person.objects.exclude(pk=person.pk).values_list("display_name", flat=True)
    return {*people, *Team.objects.values_list("name", flat=True)}
