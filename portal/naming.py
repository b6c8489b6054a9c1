"""The one validator of names: of people, teams, agents and connections.

The model's field normalises or refuses whatever writes it; the form's field says the same beside the input. Names that
look alike are for each room to refuse or to ask about.
"""

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from portal.locking import lock_until_commit
from portal.lookalikes import skeleton, unseen

if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField

RESERVED = skeleton("Agent Portal")  # who acts in the trail when no person does
LOOKS_LIKE = "looks_like"
MOST_MARKS = 4  # accents on one letter; more climb over the lines beside it


def normalised(name: str) -> str:
    """Composed (NFC) and with single spaces. Raises ValidationError for what is no name."""
    name = name.strip()
    if found := next((letter for letter in name if unseen(letter)), None):
        raise ValidationError(
            f"A name holds only what can be seen: take out the character U+{ord(found):04X}."
        )
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if name and not any(letter.isalnum() for letter in name):
        raise ValidationError("A name has at least one letter or digit.")
    if any(
        all(map(unicodedata.combining, name[at : at + MOST_MARKS + 1]))
        for at in range(len(name) - MOST_MARKS)
    ):
        raise ValidationError("There are too many accents on one letter.")
    if RESERVED in skeleton(name):
        raise ValidationError("“Agent Portal” is the portal’s own name. Choose another.")
    return name


def wrong(name: str) -> str:
    """Why this is no name; empty when it is one."""
    try:
        normalised(name)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


class NameField(_Text):
    """A column that holds a name. Nothing else gets into it, whichever way it is written."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(_normalised(value), model_instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = _normalised(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(_normalised(value), connection)

    def deconstruct(self) -> Any:
        """To the database a text like any other."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def _normalised(value: Any) -> Any:
    return normalised(value) if isinstance(value, str) else value


class NameInput(forms.CharField):
    """A form's field for a name."""

    def clean(self, value: Any) -> Any:
        return normalised(super().clean(value))


def alike(name: str, others: Iterable[str]) -> list[str]:
    """Those of ``others`` that look like ``name``."""
    looks = skeleton(name)
    return [other for other in others if skeleton(other) == looks]


def hold_names() -> None:
    """Until the transaction ends nobody else takes a name: of two that look the same one is told of the other."""
    lock_until_commit("names")


def refuse_alike(row: Any, others: "models.QuerySet[Any]") -> None:
    """Raises ValidationError when the new ``name`` of ``row`` looks like, and is not, one of ``others``."""
    if others.model._default_manager.filter(pk=row.pk, name=row.name).exists():
        return
    hold_names()
    for other in alike(row.name, others.exclude(pk=row.pk).order_by().values_list("name", flat=True)):
        if other.lower() != row.name.lower():
            raise ValidationError(
                {"name": f"This looks like “{other}”. Choose a name that nobody takes for it."}
            )
