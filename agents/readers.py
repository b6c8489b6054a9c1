"""A form field for a person or a team, by e-mail or name: a menu of five thousand people helps nobody."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from portal.people.models import Person
from portal.teams.models import Team


class ReaderField(forms.CharField):
    """Cleans to the one person or team of this name. The page brings ``suggestions`` as ``<datalist id="readers">``."""

    def __init__(self, *, label: str) -> None:
        super().__init__(
            label=label, max_length=254, help_text="A person's e-mail or name, or a team's name."
        )
        self.widget.attrs.update({"list": "readers", "autocomplete": "off"})

    def clean(self, value: str) -> Person | Team:
        words, active = super().clean(value), Person.objects.active()
        found: list[Person | Team] = list(active.filter(email__iexact=words))
        if not found:
            found = [*active.filter(display_name__iexact=words)[:2], *Team.objects.filter(name__iexact=words)]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(f"“{words}” is the name of several. Write the person's e-mail.")
        raise ValidationError(
            f"Nobody here has the e-mail or the name “{words}”, and no team is called that."
        )


def suggestions(person: Person) -> list[tuple[str, str]]:
    """(what to write, whose it is) of the person's own teams and who is in them."""
    teams = list(Team.objects.of(person))
    mates = Person.objects.active().filter(
        Q(memberships__team__in=teams, memberships__ended_at__isnull=True), ~Q(pk=person.pk)
    )
    return [(team.name, "Team") for team in teams] + [
        (mate.email, mate.display_name) for mate in mates.distinct()[:40]
    ]
