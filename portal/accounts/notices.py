"""What the portal itself tells people: accounts and sign-in. No text has anybody's words."""

from portal.admin_requests.links import link
from portal.notices.kinds import Kind
from portal.people.models import Person
from portal.permissions import PortalPermission

ACCOUNTS = "Accounts and sign-in"


def _admin(person: Person) -> bool:
    return person.has_perm(PortalPermission.MANAGE_PEOPLE)


def _watching(person: Person) -> bool:
    return _admin(person) or person.has_perm(PortalPermission.READ_AUDIT)


KINDS = (
    Kind(
        "account.invited",
        "I am invited",
        ACCOUNTS,
        "{who} invites you to Agent Portal. Choose a password with this link: it works once, within three days.",
        urgent=True,
        open_in="invited",
        link=link,
        press="Choose a password",
    ),
    Kind(
        "account.lost",
        "Admins sent me a link by mail",
        ACCOUNTS,
        "{asked} and {confirmed} made a link with which you choose a new password: it works once, within three days.",
        urgent=True,
        open_in="unused",
        link=link,
        press="Choose a new password",
    ),
    Kind(
        "account.waits",
        "Another admin’s request about an account waits for me",
        ACCOUNTS,
        "{who} requests {what} for {person}. Another admin confirms it.",
        open_in="undecided",
        concerns=_admin,
    ),
    Kind(
        "account.decided",
        "My request about an account was decided",
        ACCOUNTS,
        "{who} {did} {what} for {person}.",
        concerns=_admin,
    ),
    Kind(
        "account.link",
        "Admins made a sign-in link for me",
        ACCOUNTS,
        "{asked} and {confirmed} made a sign-in link for your account. Say whether you know of it.",
        urgent=True,
        open_in="unacknowledged",
    ),
    Kind(
        "account.voucher",
        "I am asked to confirm that somebody is who they say",
        ACCOUNTS,
        "{person} came in by a link that admins made. Confirm that it is them.",
        urgent=True,
        open_in="holding",
    ),
    Kind(
        "sign_in.slowed",
        "Somebody tried wrong passwords for my account",
        ACCOUNTS,
        "There were {failures} wrong passwords for your account. From browsers you have not used, sign-in now waits.",
        urgent=True,
    ),
    Kind(
        "account.disowned",
        "Somebody did not expect a sign-in link for their account",
        ACCOUNTS,
        "{person} did not expect the sign-in link that was made for them. Ask the admins who made it why.",
        urgent=True,
        concerns=_watching,
    ),
    Kind(
        "device.gone",
        "A device of mine no longer shows notices",
        ACCOUNTS,
        "Notices no longer reach {device}. Allow it again where you want them.",
    ),
    Kind(
        "trail.changed",
        "A check of the audit log failed",
        ACCOUNTS,
        "The audit log is not as it was written, or cannot be read. The start page says what was found.",
        urgent=True,
        open_in="standing",
        concerns=_watching,
    ),
)
