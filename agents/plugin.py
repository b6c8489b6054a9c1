"""What the agents app brings to the apps below it. Each connector brings its own (``agents.connectors``)."""

from celery.schedules import crontab

from agents import reasons
from agents.bars import bars
from agents.connections import providers
from agents.connectors import deed, way
from agents.connectors.checks import second_people_are_the_default
from agents.connectors.plugins import AgentsPlugin
from agents.desk.verbs import TheDesk
from agents.events import Event
from agents.home import parts
from agents.links import links
from agents.metrics import metrics
from agents.mydata import PERSONAL_DATA
from agents.notices import KINDS
from agents.pages.succession.forms import SuccessorForm
from agents.permissions import ROLE_PERMISSIONS, AgentPermission
from agents.registry.models import Agent, AgentQuerySet
from agents.sample import company
from agents.schedules.leaving import pause_unread
from agents.succession import leaving
from agents.succession.actions import person_left
from metering.plugins import How
from portal.people.models import Person
from portal.plugins import Beat


def reach(person: Person, how: How) -> AgentQuerySet:
    """The agents that a person sees, manages or owns, for apps below that store rows about agents by number."""
    match how:
        case "see":
            return Agent.objects.visible_to(person)
        case "manage":
            return Agent.objects.managed_by(person).unretired()
        case "own":
            return Agent.objects.filter(owner=person)


def managing(agent: int) -> list[Person]:
    """``reach`` with ``manage``, the other way round."""
    found = Agent.objects.unretired().filter(pk=agent).first()
    return list(found.holders(AgentPermission.MANAGE).order_by("pk")) if found else []


PLUGIN = AgentsPlugin(
    urls=[
        ("agents/", "agents.pages.registry.urls"),
        ("gallery/", "agents.pages.gallery.urls"),
        ("connections/", "agents.pages.connections.urls"),
        ("openings/", "agents.pages.openings.urls"),
        ("grants/", "agents.pages.grants.urls"),
        ("tasks/", "agents.pages.queue.urls"),
        ("schedules/", "agents.pages.schedules.urls"),
        ("asks/", "agents.pages.approvals.urls"),
        ("nights/", "agents.pages.nights.urls"),
        ("stops/", "agents.pages.stops.urls"),
        ("handovers/", "agents.pages.succession.urls"),
    ],
    links=links,
    bars=bars,
    home_parts=parts,
    role_permissions=ROLE_PERMISSIONS,
    personal_data=PERSONAL_DATA,
    sealed=["agents.Connection.secret", "agents.Access.tokens", "agents.Schedule.signing_key"],
    events=Event,
    notices=KINDS,
    reasons=reasons.ALL,
    reason_kinds={
        **reasons.ALL_KINDS,
        "to_do": lambda name: deed(name)[0],
        "did": lambda name: deed(name)[1],
        "way": way,
    },
    metrics=metrics,
    beats={
        # An ask or a grant past its end is closed.
        "sweep": Beat("agents.sweep", 15, here=True),
        # A task whose worker is gone goes on, and one whose message was lost is sent again: somebody waits for it.
        "rescue": Beat("agents.rescue", 5, here=True),
        "send": Beat("agents.send", 2, here=True),
        # Schedules that are due, and events that some wait for.
        "schedules": Beat("agents.schedules", 10, here=True),
        # What is under way elsewhere, and tasks wait for.
        "wakes": Beat("agents.wakes", 2),
        # Whether connections work, and what people allowed at providers and no longer do.
        "connections": Beat("agents.connections", 60),
        "sign_outs": Beat("agents.sign_outs", 60),
        # What people did with the things that agents in shadow mode would have changed.
        "observe": Beat("agents.observe", 3600),
        # What became of work items, asked of the systems they are in.
        "outcomes": Beat("agents.outcomes", 3600),
        # What a task used, when the model calls that it used it for are not kept any more.
        "forget_figures": Beat("agents.forget_figures", crontab(hour=2, minute=35)),
        # Texts of tasks and messages whose time is over; a night may begin with what the one before left.
        "forget_texts": Beat("agents.forget_texts", crontab(hour=1, minute=50)),
    },
    # What a connected system tells by itself is heard at once.
    processes=["listen"],
    checks=[second_people_are_the_default, providers.readable],
    successor_form=SuccessorForm,
    leaving_means=leaving.consequences,
    on_person_leaves=person_left,
    on_membership_ends=leaving.membership_ended,
    sample_company=company.create,
    agents=reach,
    agent_people=managing,
    pause_schedule=pause_unread,
    desk=TheDesk,
)
