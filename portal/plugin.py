"""What the portal itself brings."""

from celery.schedules import crontab

from portal import database_roles
from portal.accounts.mydata import PERSONAL_DATA
from portal.accounts.notices import KINDS
from portal.audit import chain, marks
from portal.events import Event
from portal.home.links import links
from portal.home.parts import parts
from portal.mailing import channel as mail
from portal.notices import delivering
from portal.permissions import ROLE_PERMISSIONS
from portal.plugins import Beat, Plugin
from portal.push import channel as push

PLUGIN = Plugin(
    urls=[
        ("", "portal.home.urls"),
        ("", "portal.health.urls"),
        ("", "portal.accounts.signin_urls"),
        ("people/", "portal.accounts.urls"),
        ("notices/", "portal.inbox.urls"),
        ("teams/", "portal.teams.urls"),
        ("trail/", "portal.audit.urls"),
        ("keys/", "portal.keys.urls"),
        ("notices/mail/", "portal.mailing.urls"),
        ("", "portal.push.urls"),
    ],
    links=links,
    home_parts=parts,
    role_permissions=ROLE_PERMISSIONS,
    personal_data=PERSONAL_DATA,
    database_grants=database_roles.GRANTS,
    events=Event,
    reasons={**chain.FAULTS, **marks.FAULTS, **delivering.REASONS, **mail.REASONS, **push.REASONS},
    sealed=["portal.PushKey.secret", "portal.Device.subscription"],
    notice_channels=[mail.MAIL, push.PUSH],
    notices=KINDS,
    beats={
        # The trail: sealed soon after it is written, marked outside of the database, and all of it checked by night.
        "seal": Beat("portal.seal", 15),
        # Its entries are counted by kind, for monitoring.
        "tally": Beat("portal.tally", 15, here=True),
        "mark": Beat("portal.mark", 3600),
        "check_trail": Beat("portal.check_trail", crontab(hour=3, minute=40)),
        # Answers to forms after a quarter of an hour, and after two days that they were sent.
        "forget_submissions": Beat("portal.forget_submissions", 300),
        # Notices leave the portal soon after somebody is told.
        "deliver": Beat("portal.deliver", 5),
        # What nobody needs to know any more, though no verb said so.
        "settle_notices": Beat("portal.settle_notices", 60),
        # Notices whose time is over.
        "forget_notices": Beat("portal.forget_notices", crontab(hour=1, minute=40)),
    },
)
