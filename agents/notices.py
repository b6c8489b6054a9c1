"""What the agents app tells people: every kind with its text, and the text for outside, without anybody's words."""

from agents.connections.models import Connection
from portal.notices.kinds import Kind
from portal.people.models import Person

QUESTIONS, ACCESS, TASKS, STOPS = "Questions", "Access", "Tasks and schedules", "Stops"
AGENTS = "Agents and connections"


def _looks_after(person: Person) -> bool:
    return Connection.objects.managed_by(person).exists()


def _decides(person: Person) -> bool:
    return Connection.objects.grantable_by(person).exists()


KINDS = (
    Kind(
        "ask.waits",
        "A question of an agent waits for me",
        QUESTIONS,
        (
            "{agent} asks: {question:own} No answer by {until:moment} means no.",
            "{agent} waits for your answer. No answer by {until:moment} means no.",
        ),
        waits=True,
        open_in="open",
    ),
    Kind(
        "ask.closes",
        "A question that waits for me closes soon",
        QUESTIONS,
        (
            "It closes {until:moment}: {agent} asks: {question:own} No answer means no.",
            "{agent} still waits for your answer. It closes {until:moment}, and no answer means no.",
        ),
        urgent=True,
        waits=True,
        open_in="open",
    ),
    Kind(
        "unclear.waits",
        "Nobody knows whether a call happened, and I can say",
        QUESTIONS,
        (
            "{agent} does not know whether this happened: {question:own}",
            "{agent} does not know whether something happened, and waits for your word.",
        ),
        waits=True,
        open_in="open",
    ),
    Kind(
        "grant.waits",
        "Somebody requests access that I decide on",
        ACCESS,
        (
            "{who} requests access to {connection} for {agent}{why:own end}",
            "{who} requests access to {connection} for {agent}.",
        ),
        waits=True,
        open_in="open",
        concerns=_decides,
    ),
    Kind(
        "grant.decided",
        "Access that I requested was decided",
        ACCESS,
        (
            "{who} {decision:granted} on {connection} for {agent}{note:own end}",
            "{who} {decision:granted} on {connection} for {agent}.",
        ),
    ),
    Kind(
        "grant.ends",
        "Access of my agent ends soon",
        ACCESS,
        "Access of {agent} to {connection} ends {until:day}.",
        open_in="live",
    ),
    Kind(
        "grant.ended",
        "Somebody took access from my agent",
        ACCESS,
        (
            "{who} ended access of {agent} to {connection}{why:own end}",
            "{who} ended access of {agent} to {connection}.",
        ),
    ),
    Kind("task.ended", "A task of mine is done", TASKS, "{agent} finished task {task}.", outside=False),
    Kind(
        "task.failed",
        "A task of mine failed",
        TASKS,
        ("Task {task} of {agent} failed. {why:own told}", "Task {task} of {agent} failed."),
    ),
    Kind(
        "task.stopped",
        "Somebody else stopped a task of mine",
        TASKS,
        (
            "{who} stopped your task {task} of {agent}{why:own end}",
            "{who} stopped your task {task} of {agent}.",
        ),
    ),
    Kind(
        "task.offered",
        "A task is offered to me",
        TASKS,
        "{who} offers you task {task} of {whose}, for {agent}.",
        open_in="open",
    ),
    Kind(
        "schedule.paused",
        "A schedule of mine paused by itself",
        TASKS,
        ("{schedule:own} paused by itself. {why:own told}", "A schedule of {agent} paused by itself."),
        open_in="paused",
    ),
    Kind(
        "schedule.asks",
        "A late run of my schedule waits for me",
        TASKS,
        (
            "{schedule:own} could not run in time. Say whether it runs now.",
            "A schedule of {agent} could not run in time. Say whether it runs now.",
        ),
        open_in="asking",
    ),
    Kind(
        "stop.set",
        "Somebody stops what I work with",
        STOPS,
        ("{who} stopped {what}{why:own end}", "{who} stopped {what}."),
        urgent=True,
        open_in="active",
    ),
    Kind("stop.lifted", "A stop was lifted", STOPS, "{who} lifted the stop of {what}."),
    Kind(
        "agent.given",
        "An agent was handed to me",
        AGENTS,
        "{who} made you the owner of {agent}.",
        open_in="unretired",
    ),
    Kind(
        "agent.passed",
        "Somebody gave an agent of mine to another",
        AGENTS,
        "{who} made {owner} the owner of your agent {agent}.",
    ),
    Kind(
        "agent.shared",
        "Somebody shared an agent with me",
        AGENTS,
        "{who} shared the agent {agent} with you, as {level}.",
        open_in="unretired",
    ),
    Kind(
        "agent.lost",
        "Somebody took an agent from me",
        AGENTS,
        "{who} ended your access to the agent {agent}.",
    ),
    Kind(
        "connection.broke",
        "A connection that I look after does not work",
        AGENTS,
        "The connection {connection} does not work any more. Its page says why.",
        open_in="broken",
        concerns=_looks_after,
    ),
    Kind(
        "connection.recovered",
        "It works again",
        AGENTS,
        "The connection {connection} works again.",
        open_in="working",
        concerns=_looks_after,
    ),
    Kind(
        "connection.ends",
        "Credentials of a connection end soon",
        AGENTS,
        "The credentials of {connection} end {until:day}. Renew them before that.",
        open_in="ending",
        concerns=_looks_after,
    ),
    Kind(
        "connection.opened",
        "Somebody opened their connection to me",
        AGENTS,
        "{who} lets your tasks use {connection} until {until:day}.",
        open_in="current",
    ),
)
