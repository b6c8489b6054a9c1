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
            "Failed sign-ins with your e-mail: when, and from which address. Kept for a day.",
            "Deleted.",
            deleted,
            who=by_email,
            hide=("get_data", "post_data"),
        ),
        Table(
            "locked-sign-ins",
            "axes.AccessFailureLog",
            (),
            "When sign-in with your e-mail had to wait after too many failures.",
            "Deleted.",
            deleted,
            who=by_email,
        ),
        Table(
            "forms-sent",
            "portal.Submission",
            ("person",),
            "That you sent a form, kept for two days, so that pressing a button twice does nothing twice.",
            "Deleted.",
            deleted,
            only=("at",),
        ),
        Table(
            "sign-in-links",
            "portal.AdminRequest",
            ("person",),
            "What admins did with your account, such as sign-in links: who asked and confirmed, when, and your answer.",
            "Stays as a record of who did it, without your name.",
            emptied(value="", former=""),
            hide=("former",),
        ),
        Table(
            "account-requests",
            "portal.AdminRequest",
            ("asked_by", "decided_by", "opened_by"),
            "What you asked for or confirmed about the accounts of others.",
            "Stays as a record of what was done, without your name.",
            only=("id", "kind", "state", "asked_at", "decided_at"),
        ),
        Table(
            "notices",
            "portal.Notice",
            ("person",),
            "What the portal told you, and when you read it.",
            "Deleted.",
            deleted,
            only=("id", "kind", "reason", "link", "made_at", "read_at", "settled_at"),
            time="Kept for {content} days.",
        ),
        Table(
            "notices-sent",
            "portal.Delivery",
            ("person",),
            "What of it was sent to you outside of the portal, how, and when.",
            "Deleted.",
            deleted,
            only=("id", "channel", "due_at", "tries", "sent_at", "dropped_at", "trouble"),
            time="Kept for {content} days.",
        ),
        Table(
            "notice-choices",
            "portal.Choice",
            ("person",),
            "Which kinds of notices you want sent, and how.",
            "Deleted.",
            deleted,
        ),
        Table(
            "notice-hours",
            "portal.Hours",
            ("person",),
            "Your quiet hours, and the hour of your daily summary.",
            "Deleted.",
            deleted,
        ),
        Table(
            "devices",
            "portal.Device",
            ("person",),
            "The browsers and phones on which you are told.",
            "Deleted.",
            deleted,
            only=("id", "name", "made_at", "sent_at"),
        ),
        Table(
            "memberships",
            "portal.Membership",
            ("person",),
            "The teams you are or were in, and since when.",
            "Ended. The record stays, without your name.",
            ended,
        ),
        Table(
            "roles",
            "auth.Group",
            ("user",),
            "Your roles, and the groups of your teams.",
            "Removed.",
            only=("name",),
        ),
        Table(
            "rights",
            "guardian.UserObjectPermission",
            ("user",),
            "Rights on single records that you were given.",
            "Deleted.",
            deleted,
        ),
        Table(
            "trail",
            "portal.Entry",
            ("actor",),
            "What you did and what was done to you, as recorded in the audit log.",
            "Stays, with the name it copied, because each entry proves the one before. Auditors can read it all. The "
            "history of an agent or a permit shows its own entries. It is kept to account for decisions and to answer "
            "claims.",
            kept,
            hide=("digest",),
            who=about,
        ),
        Table(
            "reports",
            "portal.Person",
            ("manager",),
            "Who reports to you.",
            "Nobody, because they must be moved to another manager first.",
            only=("display_name",),
        ),
        # Last: what the tables above look for is still in the row.
        Table(
            "profile",
            "portal.Person",
            ("pk",),
            "Your name, e-mail, time zone, manager, and when you were invited.",
            "A row without your name, so that other records can still refer to it.",
            nameless,
            hide=("password", "session_epoch"),
        ),
    ),
    hinders=hinders,
    written={
        "portal.Notice": ("reason",),
        "portal.AdminRequest": ("value",),  # former e-mails: those of the present one are deleted
        "axes.AccessLog": ("username", "path_info"),
        "axes.AccessAttempt": ("username", "path_info", "get_data", "post_data"),
        "axes.AccessFailureLog": ("username", "path_info"),
    },
)
