"""No one: the row that usage refers to when it is nobody's any more, and how a person's row becomes nameless.

What was somebody's and stays as money alone (an erased person's, a call that was not theirs, a day past its
retention) refers to this one row. It is made when it is first needed, signs in nowhere and stands in no list. It is
not a person: nothing that counts people counts it.
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
