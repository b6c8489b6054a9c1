"""The tables of this app's rooms, in one place for Django."""

from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.clearances.models import Clearance, ClearanceUse
from agents.connections.access import Access
from agents.connections.models import Connection, ConnectionPersonRight, ConnectionTeamRight
from agents.grants.models import Grant, GrantRequest
from agents.nights.models import NightHours
from agents.openings.models import Opening
from agents.queue.models import Call, Step, Task
from agents.queue.shares import TaskShare
from agents.queue.wakes import Wake
from agents.registry.models import Agent, AgentPersonShare, AgentTeamShare, LiveYes
from agents.schedules.models import Arrival, Run, Schedule
from agents.stops.models import Stop
from agents.succession.models import Handover
