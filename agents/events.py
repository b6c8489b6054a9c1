"""Audit events of agents, grants, tasks and calls. Labels are templates: see ``portal.audit.sentences``."""

from django.db import models


class Event(models.TextChoices):
    AGENT_REGISTERED = "agent.registered", "{actor} registered the agent {target}"
    AGENT_EDITED = "agent.edited", "{actor} changed the agent {target}"
    AGENT_SHARED = (
        "agent.shared",
        "{actor} shared the agent {target} with {reader} ({level})|{actor} shared the agent {target}",
    )
    AGENT_UNSHARED = (
        "agent.unshared",
        "{actor} stopped sharing the agent {target} with {reader}|"
        "{actor} ended a share of the agent {target}",
    )
    AGENT_HANDED_OVER = (
        "agent.handed_over",
        "{actor} handed the agent {target} over to {after}|{actor} handed over the agent {target}",
    )
    AGENT_PAUSED = "agent.paused", "{actor} stopped the agent {target}"
    AGENT_TASKS_ENDED = "agent.tasks_ended", "{actor} stopped what {target} was working on"
    AGENT_RESUMED = "agent.resumed", "{actor} let {target} work again"
    AGENT_WENT_LIVE = (
        "agent.went_live",
        "{actor} let {target} act for real on {on:list}|{actor} let {target} act for real",
    )
    AGENT_LIVE_ON = (
        "agent.live_on",
        "{actor} let {target} act for real on {connection}|{actor} let {target} act for real on a connection",
    )
    AGENT_WENT_SHADOW = (
        "agent.went_shadow",
        "{actor} put {target} back into a trial run on {on:list}|{actor} put {target} back into a trial run",
    )
    AGENT_RETIRED = "agent.retired", "{actor} retired the agent {target}"
    OWNER_LEFT = "person.left_agents", "{actor} ended {whose} agents, tasks and requests"
    CONNECTION_ADDED = "connection.added", "{actor} added the connection {target}"
    CONNECTION_EDITED = "connection.edited", "{actor} changed the connection {target}"
    CONNECTION_TESTED = "connection.tested", "{actor} tested the connection {target}"
    CONNECTION_INSIDE = (
        "connection.inside",
        "{actor} let {target} reach {places:list} inside the company|"
        "{actor} changed which addresses inside the company {target} may reach",
    )
    CONNECTION_BROKE = "connection.broke", "The connection {target} does not work any more"
    CONNECTION_RECOVERED = "connection.recovered", "The connection {target} works again"
    CONNECTION_SIGNED_IN = (
        "connection.signed_in",
        "{actor} signed in at {provider} for {target}|{actor} signed in for {target}",
    )
    CONNECTION_SIGNED_OUT = (
        "connection.signed_out",
        "{actor} ended the sign-in at {provider} for {target}|{actor} ended the sign-in for {target}",
    )
    CONNECTION_REMOVED = "connection.removed", "{actor} removed the connection {target}"
    CONNECTION_SHARED = (
        "connection.shared",
        "{actor} gave {holder} rights on the connection {target}|"
        "{actor} gave rights on the connection {target}",
    )
    CONNECTION_UNSHARED = (
        "connection.unshared",
        "{actor} took the rights of {holder} on the connection {target}|"
        "{actor} took rights on the connection {target}",
    )
    CONNECTION_OPENED = (
        "connection.opened",
        "{actor} let {reader} use {target} until {until:day}|{actor} shared the use of {target}",
    )
    CONNECTION_CLOSED = (
        "connection.closed",
        "{actor} ended the use of {target} by {reader}|{actor} ended the shared use of {target}",
    )
    CONNECTION_USED = (
        "connection.used_by_other",
        "{actor} used {target} in a task of {for_person}|{actor} used {target} in another person’s task",
    )
    GRANTS_REQUESTED = "grants.requested", "{actor} requested access: {target}"
    GRANTS_DECIDED = "grants.decided", "{actor} decided on a request: {target}"
    GRANT_GRANTED = "grant.granted", "{actor} granted {target} until {until:day}|{actor} granted {target}"
    GRANT_DENIED = "grant.denied", "{actor} declined {target}"
    GRANT_REVOKED = "grant.revoked", "{actor} revoked {target}"
    GRANTS_REVOKED = "grants.revoked", "{actor} revoked what was granted to or on {target}"
    GRANT_REMINDED = (
        "grant.reminded",
        "{actor} reminded {reminded:list} that a grant ends: {target}|"
        "{actor} reminded of the end of {target}",
    )
    GRANT_SUSPENDED = "grant.suspended", "{actor} suspended {target}"
    GRANT_EXPIRED = "grant.expired", "The grant has ended: {target}"
    REQUEST_WITHDRAWN = "grants.withdrawn", "{actor} withdrew a request: {target}"
    STOP_SET = "stop.set", "{actor} stopped {target}"
    STOP_CONFIRMED = "stop.confirmed", "The stop of {target} has reached all workers"
    STOP_LIFTED = "stop.lifted", "{actor} let {target} work again"
    TASK_QUEUED = "task.queued", "{actor} queued task {task} for {target}|{actor} queued a task for {target}"
    TASK_CLAIMED = "task.claimed", "{Target} began"
    TASK_WAITING = "task.waiting", "{Target} waits for an answer"
    TASK_PUT_OFF = "task.put_off", "{Target} waits for trouble to pass"
    TASK_RESUMED = "task.resumed", "{Target} went on after {after}’s answer|{Target} went on"
    TASK_FINISHED = "task.finished", "{Target} finished"
    TASK_FAILED = "task.failed", "{Target} could not finish"
    TASK_CANCELLED = "task.cancelled", "{actor} stopped {target}"
    TASK_SHARED = (
        "task.shared",
        "{actor} showed {target} to {reader} until {until:day}|{actor} shared {target}",
    )
    TASK_UNSHARED = (
        "task.unshared",
        "{actor} stopped showing {target} to {reader}|{actor} ended a share of {target}",
    )
    TASK_KEPT = "task.kept", "{actor} keeps the texts of {target} longer"
    TASK_LET_GO = "task.let_go", "{actor} no longer keeps the texts of {target}"
    TASK_OFFERED = (
        "task.offered",
        "{actor} offered task {task} to {to}|{actor} offered {target} to a successor",
    )
    TASK_TAKEN_OVER = "task.taken_over", "{actor} took over {target}"
    TASK_DECLINED = "task.declined", "{actor} declined to take over {target}"
    SCHEDULE_MADE = "schedule.made", "{actor} made {target}"
    SCHEDULE_EDITED = "schedule.edited", "{actor} changed {target}"
    SCHEDULE_ON = "schedule.on", "{actor} switched on {target}"
    SCHEDULE_OFF = "schedule.off", "{actor} switched off {target}"
    SCHEDULE_PAUSED = "schedule.paused", "{actor} paused {target}"
    SCHEDULE_RESUMED = "schedule.resumed", "{actor} let {target} go on"
    SCHEDULE_ENDED = "schedule.ended", "{actor} ended {target}"
    SCHEDULE_RAN = "schedule.ran", "{actor} queued task {task} for {target}|{actor} ran {target}"
    SCHEDULE_MISSED = (
        "schedule.missed",
        "{Target} left out {number:count run}|{Target} left out a run",
    )
    SCHEDULE_ASKS = "schedule.asks", "{Target} asks whether to run late"
    SCHEDULE_SKIPPED = "schedule.skipped", "{actor} skipped a run of {target}"
    SCHEDULE_KEYED = "schedule.keyed", "{actor} made a new signing key for {target}"
    SCHEDULE_ARRIVED = "schedule.arrived", "An event reached {target}"
    CLEARANCE_GIVEN = (
        "clearance.given",
        "{actor} cleared {agent} to {capability:to_do} in {connection} until {until:moment}|{actor} cleared {target}",
    )
    CLEARANCE_WITHDRAWN = (
        "clearance.withdrawn",
        "{actor} no longer lets {agent} {capability:to_do} in {connection} unasked|"
        "{actor} took back the clearance of {target}",
    )
    NIGHT_HOURS = "night.hours", "{actor} chose the hours of their evening and morning pages"
    CALL_ALLOWED = (
        "call.allowed",
        "{actor} {capability:did} in {connection} as {acted_as}|"
        "{actor} {capability:did} in {connection}|{actor} used {target}",
    )
    CALL_ASKED = (
        "call.asked",
        "{actor} asked whether to {capability:to_do} in {connection}|{actor} asked whether to use {target}",
    )
    CALL_DENIED = (
        "call.denied",
        "{actor} was not allowed to {capability:to_do} in {connection}|"
        "{actor} was not allowed to use {target}",
    )
    CALL_WOULD = (
        "call.would",
        "{actor} would {capability:to_do} in {connection}, but only noted it (trial run)|"
        "{actor} would use {target}, but only noted it (trial run)",
    )
    CALL_FAILED = (
        "call.failed",
        "{actor} did not manage to {capability:to_do} in {connection}|{actor} did not manage to use {target}",
    )
    CALL_PUT_OFF = (
        "call.put_off",
        "{actor} could not {capability:to_do} in {connection} for now|{actor} could not use {target} for now",
    )
    CALL_UNKNOWN = (
        "call.unknown",
        "It is unknown whether {agent} {capability:did} in {connection}|"
        "It is unknown whether this happened: {target}",
    )
    UNCLEAR_LOOKED = (
        "unclear.looked",
        "{actor} looked whether {agent} {capability:did} in {connection} (asked {way:way})|"
        "{actor} looked whether {agent} {capability:did} in {connection}|"
        "{actor} looked whether this happened: {target}",
    )
    UNCLEAR_HAPPENED = (
        "unclear.happened",
        "{actor} said that {agent} {capability:did} in {connection} (answered {way:way})|"
        "{actor} said that {agent} {capability:did} in {connection}|{actor} said that this happened: {target}",
    )
    UNCLEAR_AGAIN = (
        "unclear.again",
        "{actor} said that it did not happen, and let {agent} {capability:to_do} in {connection} (answered {way:way})|"
        "{actor} said that it did not happen, and let {agent} {capability:to_do} in {connection}|"
        "{actor} said that this did not happen, and let it happen: {target}",
    )
    UNCLEAR_NOT = (
        "unclear.not_happened",
        "{actor} said that {agent} did not {capability:to_do} in {connection} (answered {way:way})|"
        "{actor} said that {agent} did not {capability:to_do} in {connection}|"
        "{actor} said that this did not happen: {target}",
    )
    UNCLEAR_EXPIRED = (
        "unclear.expired",
        "Nobody said in time whether {agent} {capability:did} in {connection}|"
        "Nobody said in time whether this happened: {target}",
    )
    APPROVAL_APPROVED = (
        "approval.approved",
        "{actor} allowed {agent} to {capability:to_do} in {connection} (answered {way:way})|"
        "{actor} allowed {agent} to {capability:to_do} in {connection}|{actor} allowed {target}",
    )
    APPROVAL_REFUSED = (
        "approval.refused",
        "{actor} did not allow {agent} to {capability:to_do} in {connection} (answered {way:way})|"
        "{actor} did not allow {agent} to {capability:to_do} in {connection}|{actor} did not allow {target}",
    )
    APPROVAL_EXPIRED = (
        "approval.expired",
        "Nobody answered in time whether {agent} should {capability:to_do} in {connection}|"
        "Nobody answered in time: {target}",
    )
    APPROVAL_CANCELLED = (
        "approval.dead",
        "The ask whether {agent} should {capability:to_do} in {connection} was cancelled|"
        "The ask for {target} was cancelled",
    )
