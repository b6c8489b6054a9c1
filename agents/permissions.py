"""Rights on agents and on connections, the levels in which they are shared, and what roles hold."""

from django.db import models

from portal.permissions import Role


class AgentPermission(models.TextChoices):
    VIEW = "agents.view_agent", "See the agent, its grants and its history"
    OPERATE = "agents.operate_agent", "Queue tasks for the agent"
    MANAGE = "agents.manage_agent", "Change the agent, share it, request grants, retire it"
    STOP = "agents.stop_agent", "Stop the agent"


class ConnectionPermission(models.TextChoices):
    VIEW = "agents.view_connection", "See the connection and request grants on it"
    GRANT = "agents.grant_connection", "Decide which agents get which capabilities on it, and revoke them"
    APPROVE = "agents.approve_connection", "Answer asks that need a second person"
    MANAGE = "agents.manage_connection", "Change the connection, test it, remove it, give rights on it"


class AgentsPermission(models.TextChoices):
    ADD_SHARED = "agents.add_shared_connection", "Add connections that a team shares"
    STOP_ALL = "agents.stop_all", "Stop everything at once"


class Level(models.TextChoices):
    """How an agent is shared. Each level holds what the one before it holds."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    MANAGER = "manager", "Manager"


LEVELS: dict[Level, list[AgentPermission]] = {
    Level.VIEWER: [AgentPermission.VIEW],
    Level.OPERATOR: [AgentPermission.VIEW, AgentPermission.OPERATE, AgentPermission.STOP],
    Level.MANAGER: list(AgentPermission),
}

ROLE_PERMISSIONS: dict[Role, list[str]] = {
    Role.ADMIN: [
        AgentPermission.VIEW,
        AgentPermission.STOP,
        ConnectionPermission.VIEW,
        AgentsPermission.ADD_SHARED,
        AgentsPermission.STOP_ALL,
    ],
}


# From here on no rows of guardian: these rights follow from other facts (``permits`` of the models says from which).
class TaskPermission(models.TextChoices):
    VIEW = "agents.view_task", "See the task"
    STOP = "agents.stop_task", "Stop the task"
    ANSWER = "agents.answer_task", "Answer what the task asks"
    KEEP = "agents.keep_task", "Keep the texts of the task longer"
    OUTCOME = "agents.outcome_task", "Say what the task was good for"
    SHARE = "agents.share_task", "Let others look at the task"


class SchedulePermission(models.TextChoices):
    """Not rows of guardian: only the person of a schedule holds them (``Schedule.permits``)."""

    VIEW = "agents.view_schedule", "See the schedule"
    MANAGE = "agents.manage_schedule", "Change the schedule, switch it on and off, run it now"


class NightPermission(models.TextChoices):
    WITHDRAW = "agents.withdraw_clearance", "Take back what was cleared for a night"


class HandoverPermission(models.TextChoices):
    ANSWER = "agents.answer_handover", "Take over the task, or decline"


class OpeningPermission(models.TextChoices):
    GIVE = "agents.open_connection", "Open one's own connection to others"
    END = "agents.close_connection", "Close it to them again"


class ModePermission(models.TextChoices):
    SEE = "agents.see_record", "See what the agent would have done"
    RECORD = (
        "agents.see_whole_record",
        "See whether people did what the agent would have done, over everybody's tasks",
    )
    LIVE = "agents.let_live", "Let the agent act for real on a connection"
    SHADOW = "agents.put_into_shadow", "Put the agent back into a trial run"


class GrantPermission(models.TextChoices):
    VIEW = "agents.view_grant", "See the grant"
    DECIDE = "agents.decide_grant", "Decide on what is asked for on this connection"
    WITHDRAW = "agents.withdraw_grant", "Withdraw what was asked for"
    REVOKE = "agents.revoke_grant", "Revoke the grant"


class StopPermission(models.TextChoices):
    VIEW = "agents.view_stop", "See the stop"
    SET = "agents.set_stop", "Stop the connection"
    LIFT = "agents.lift_stop", "Lift the stop"
