"""No one: the row of usage whose person was erased, denied it, or is past retention; and the names of erased people.

The row is made when it is first needed. It cannot sign in, is in no list, and is not counted as a person.
"""

import secrets
from typing import cast

from portal.people.models import NO_ONE, Person


def no_one() -> Person:
    person, _ = Person.objects.get_or_create(
        email=NO_ONE, defaults={"display_name": "No one", "is_active": False, "password": "!"}
    )
    return cast(Person, person)


def no_one_id() -> int | None:
    """Its number; None while nothing refers to it, and there is no such row."""
    return cast("int | None", Person.objects.filter(email=NO_ONE).values_list("pk", flat=True).first())


def alias() -> str:
    """A name for a row whose person was erased. It says nothing and is drawn anew for each."""
    return f"Erased person {secrets.token_hex(4)}"
