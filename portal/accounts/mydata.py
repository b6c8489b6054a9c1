"""What the portal's own tables hold about a person."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils import timezone

from portal.people.models import Person
from portal.personal_data import PersonalData, Table, deleted, emptied, kept


def nameless(rows: models.QuerySet[Any], person: Person) -> None:
    """The person's row: a name that says nothing, no e-mail, no password, no roles. ``person`` has its new name."""
    person.groups.clear()
    person.user_permissions.clear()
    now = timezone.now()
    person.email = f"{person.display_name.lower().replace(' ', '-')}@portal.invalid"
    person.set_unusable_password()
    person.time_zone, person.manager, person.last_login = "UTC", None, None
    person.joined_at = person.left_at = person.erased_at = now
    person.session_epoch += 1
    person.save()


def ended(rows: models.QuerySet[Any], person: Person) -> None:
    rows.filter(ended_at__isnull=True).update(ended_at=timezone.now())


def about(person: Person) -> models.Q:
    return models.Q(target_type=Person._meta.model_name, target_id=person.pk)


def by_email(person: Person) -> models.Q:
    return models.Q(username__iexact=person.email)


def hinders(person: Person) -> Iterator[str]:
    if person.is_active:
        yield f"{person} has not left. Only the data of somebody who has left can be erased: deactivate them first."
    if person.erased_at:
        yield "This has been done already."
    reports = person.reports.active().count()
    if reports:
        yield f"People report to {person}: {reports:,}. Move them to another manager first."


PERSONAL_DATA = PersonalData(
    "You and your teams",
    (
        Table(
            "sign-ins",
            "axes.AccessLog",
            (),
            "Your sign-ins: when, and from which address.",
            "Deleted.",
            deleted,
            who=by_email,
            hide=("session_hash",),
        ),
        Table(
            "failed-sign-ins",
            "axes.AccessAttempt",
            (),
            "Tries to sign in with your e-mail that failed: when, and from which address. Kept for a day.",
            "Deleted.",
            deleted,
            who=by_email,
            hide=("get_data", "post_data"),
        ),
        Table(
            "locked-sign-ins",
            "axes.AccessFailureLog",
            (),
            "When too many tries to sign in with your e-mail were stopped.",
            "Deleted.",
            deleted,
            who=by_email,
        ),
        Table(
            "forms-sent",
            "portal.Submission",
            ("person",),
            "That you sent a form, for two days: so that a second press does not do it twice.",
            "Deleted.",
            deleted,
            only=("at",),
        ),
        Table(
            "sign-in-links",
            "portal.AdminRequest",
            ("person",),
            "What admins did to your account, sign-in links too: who asked, who confirmed, when, your answer.",
            "Stays as a record of who did it; its person is nameless.",
            emptied(value="", former=""),
            hide=("former",),
        ),
        Table(
            "account-requests",
            "portal.AdminRequest",
            ("asked_by", "decided_by", "opened_by"),
            "What you asked for or confirmed about the accounts of others.",
            "Stays as a record of who did it; you are nameless.",
            only=("id", "kind", "state", "asked_at", "decided_at"),
        ),
        Table(
            "memberships",
            "portal.Membership",
            ("person",),
            "The teams you are or were in, and since when.",
            "Ended; the row is nameless.",
            ended,
        ),
        Table(
            "roles",
            "auth.Group",
            ("user",),
            "Your roles, and the groups of your teams.",
            "Taken away.",
            only=("name",),
        ),
        Table(
            "rights",
            "guardian.UserObjectPermission",
            ("user",),
            "Rights on single things that were given to you.",
            "Deleted.",
            deleted,
        ),
        Table(
            "trail",
            "portal.Entry",
            ("actor",),
            "What you did, and what was done to you, as the audit trail has it.",
            "Stays, with the name it copied: the trail is append-only and each entry proves the one before. "
            "Auditors read it whole, the history of a thing shows its own entries. It is kept to account for "
            "decisions and to answer claims.",
            kept,
            hide=("digest",),
            who=about,
        ),
        Table(
            "reports",
            "portal.Person",
            ("manager",),
            "Who reports to you.",
            "Nobody: they were moved before.",
            only=("display_name",),
        ),
        # Last: what the tables above look for is still in the row.
        Table(
            "profile",
            "portal.Person",
            ("pk",),
            "Your name, e-mail, time zone, manager, and when you came.",
            "A nameless row, so that what refers to it still stands.",
            nameless,
            hide=("password", "session_epoch"),
        ),
    ),
    hinders=hinders,
    written={
        "portal.AdminRequest": ("value",),  # former e-mails: those of the present one are deleted
        "axes.AccessLog": ("username", "path_info"),
        "axes.AccessAttempt": ("username", "path_info", "get_data", "post_data"),
        "axes.AccessFailureLog": ("username", "path_info"),
    },
)
