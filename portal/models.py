"""The tables of this app's rooms, in one place for Django."""

from portal.admin_requests.models import AdminRequest
from portal.audit.models import Entry
from portal.audit.seals import ArchivedSegment, Seal, TrailCheck
from portal.clock.models import Tick
from portal.health.models import Tally
from portal.notices.models import Choice, Delivery, Hours, Notice, Outage
from portal.people.models import Person
from portal.push.models import Device, PushKey
from portal.submissions.models import Submission
from portal.teams.models import Membership, Team
