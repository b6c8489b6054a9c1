"""The first people: the sample company in an empty database, or with ``--empty`` the first admin."""

import getpass
import json
import os
from collections.abc import Callable
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from portal import env, naming, plugins
from portal.accounts.actions import create_first_admin
from portal.embedded import Trouble
from portal.embedded.postgres import Say
from portal.people.models import Person
from portal.up.options import ADMIN, needs_admin

SAMPLE = "sample.json"  # the sample people's sign-ins, readable by the portal's account only


def settle(home: Path, say: Say, *, empty: bool) -> list[str]:
    """See to it that somebody can sign in. Returns the lines that tell who."""
    if Person.objects.exists():
        return remembered(home)
    if empty:
        return [f"Sign in as {first_admin(say).email}."]
    say("Setting up the sample company …")
    with transaction.atomic():  # the passwords are in the file before anybody has them
        create = next(plugin.sample_company for plugin in plugins.installed() if plugin.sample_company)
        rows = create(lambda line: say(f"  {line}"))
        descriptor = os.open(home / SAMPLE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(rows, file)
    name, email, role = (max(len(row[column]) for row in rows) for column in range(3))
    return ["Sign in as one of the sample people (name, e-mail, who it is, password):"] + [
        f"  {row[0]:{name}}  {row[1]:{email}}  {row[2]:{role}}  {row[3]}" for row in rows
    ]


def remembered(home: Path) -> list[str]:
    """The sample sign-ins of an earlier start, without passwords, if the sample company is what is here."""
    try:
        emails = [row[1] for row in json.loads((home / SAMPLE).read_text())]
    except (OSError, ValueError, LookupError):
        return []
    if not Person.objects.active().filter(email__in=emails).exists():
        return []
    return [f"Sample people: {', '.join(emails)}", f"Their passwords: {home / SAMPLE}"]


def first_admin(say: Say) -> Person:
    """From the environment, else asked for. Raises :class:`Trouble` where neither is possible."""
    check_first_admin()
    given = [env.text(variable) for variable in ADMIN]
    return create_first_admin(*given if all(given) else _asked(say))


def check_first_admin() -> None:
    """Before anything is made: can the first admin be?"""
    given = [env.text(variable) for variable in ADMIN]
    needs_admin()
    if all(given) and (problems := wrong(*given)):
        raise Trouble(f"The first admin cannot be made: {' '.join(problems)}")


def anybody() -> bool:
    """Is there anybody in the database, which may have no tables yet?"""
    table = Person._meta.db_table
    return table in connection.introspection.table_names() and Person.objects.exists()


def wrong(name: str, email: str, password: str) -> list[str]:
    """What is wrong with these, in sentences."""
    checks: list[Callable[[], None]] = [
        lambda: validate_email(email),
        lambda: validate_password(password, Person(email=email, display_name=name)),
    ]
    problems = [naming.wrong(name)] if naming.wrong(name) else []
    problems += [] if name.strip() else ["Everybody has a name."]
    for check in checks:
        try:
            check()
        except ValidationError as error:
            problems += error.messages
    return problems


def _asked(say: Say) -> tuple[str, str, str]:
    say("This portal is empty. Who is its first admin?")
    while True:
        try:
            name, email = input("Name: ").strip(), input("E-mail: ").strip()
            password = getpass.getpass("Password (at least 12 characters): ")
            problems = wrong(name, email, password)
            if not problems and getpass.getpass("The same password again: ") != password:
                problems = ["The two passwords differ."]
        except EOFError:
            raise Trouble("Without a first admin nobody could sign in. The portal is still empty.") from None
        if not problems:
            return name, email, password
        say("\n".join(problems))
