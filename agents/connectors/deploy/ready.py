"""Ready-made agents beside the one that deploys, and what the offline model does for three of them by rules."""

import re

from agents.connectors.offline import Conversation, Made, Stuck, Turn
from agents.connectors.plugins import OfflineSkill, ReadyMade

NAME = r"([a-z0-9][a-z0-9-]{0,39})"
WATCH = re.compile(rf"\bwatch {NAME} in {NAME}", re.IGNORECASE)
NOTES = re.compile(rf"\brelease notes of {NAME} for {NAME}", re.IGNORECASE)
HAND_OVER = re.compile(r"\bhand[- ]?over\b", re.IGNORECASE)
SHOWN, PLACES = 5, 20  # runs of each place in a hand-over, and so many places
NAMES = ("deploy.services", "deploy.status")

READY = (
    ReadyMade(
        key="deployment-watcher",
        name="Deployment watcher",
        purpose="Watches a service through its next deployment, and proposes the way back where it got worse",
        instructions="Use deploy.watch, and set last where nothing else was asked. Rules tell the people on call.",
        envelope=frozenset({*NAMES, "deploy.watch", "deploy.rollback"}),
        example="Watch shop in production.",
        line="0 8 * * 1-5",
    ),
    ReadyMade(
        key="release-notes",
        name="Release notes",
        purpose="Writes what the newest version of a service brings since the release that runs, from its commits",
        instructions="Short, for users: what is new, what is mended, what to do. Leave out what nobody notices.",
        envelope=frozenset({*NAMES, "deploy.versions", "deploy.diff"}),
        example="Write the release notes of shop for production.",
    ),
    ReadyMade(
        key="hand-over",
        name="On-call hand-over",
        purpose="Says what was deployed, what failed and what is under way, for who is on call next",
        instructions="What is broken or under way first. Then what was deployed, newest first. No advice.",
        envelope=frozenset({*NAMES, "deploy.history"}),
        tells=True,
        example="Write the on-call hand-over and tell me.",
        line="0 9 * * 1",
    ),
)


def meant(seen: Conversation) -> Turn | None:
    """Nothing where the instruction asks for none of the three."""
    if (told := WATCH.search(seen.instruction)) and "deploy_watch" in seen.tools:
        return _watch(seen, *told.groups())
    if (told := NOTES.search(seen.instruction)) and "deploy_diff" in seen.tools:
        return _notes(seen, *told.groups())
    if HAND_OVER.search(seen.instruction) and "deploy_history" in seen.tools:
        return _hand_over(seen)
    return None


def _watch(seen: Conversation, service: str, environment: str) -> Turn:
    watched = seen.calls("deploy_watch")
    if not watched:
        last = not seen.wants_to_be_told
        return [("deploy_watch", {"service": service, "environment": environment, "last": last})]
    if not watched[0].done:
        return Stuck(f"I could not watch {service} in {environment}: {watched[0].why_not}")
    found = watched[0].result
    text = f"Run {found.get('run')} of {service} in {environment}: {found.get('state')}."
    if worse := found.get("worse"):
        text += f" Worse than before: {'; '.join(map(str, worse))}."
    taken = [*seen.calls("deploy_restore"), *seen.calls("deploy_rollback")]
    if taken:
        well = taken[0].done and taken[0].result.get("state") == "succeeded"
        text += " It is taken back." if well else f" It was not taken back: {taken[0].why_not}."
    return _told(seen, text)


def _notes(seen: Conversation, service: str, environment: str) -> Turn:
    versions, diffs = seen.calls("deploy_versions"), seen.calls("deploy_diff")
    if not versions:
        return [("deploy_versions", {"service": service})]
    if not versions[0].done or not versions[0].result.get("versions"):
        return Stuck(f"I could not see versions of {service}: {versions[0].why_not}")
    newest = versions[0].result["versions"][0]["version"]
    if not diffs:
        return [("deploy_diff", {"service": service, "environment": environment, "version": newest})]
    if not diffs[0].done:
        return Stuck(f"I could not see what {newest} changes: {diffs[0].why_not}")
    found = diffs[0].result
    lines = [f"{newest} of {service}, since what runs in {environment}:"]
    lines += [f"- {one.get('title')} ({str(one.get('id'))[:7]})" for one in found.get("commits", [])]
    if migrations := found.get("migrations"):
        lines.append(f"It changes the database: {', '.join(map(str, migrations))}.")
    return "\n".join(lines) if len(lines) > 1 else f"{newest} of {service} runs in {environment} already."


def _hand_over(seen: Conversation) -> Turn:
    services, histories = seen.calls("deploy_services"), seen.calls("deploy_history")
    if not services:
        return [("deploy_services", {})]
    if not services[0].done:
        return Stuck(f"I could not see the services: {services[0].why_not}")
    if not histories:
        wanted = [
            ("deploy_history", {"service": one["service"], "environment": place["environment"]})
            for one in services[0].result.get("services", [])
            for place in one["environments"]
        ]
        return wanted[:PLACES] or Stuck("There are no services.")
    return _told(seen, "\n".join(_line(one) for one in histories))


def _line(history: Made) -> str:
    where = f"{history.arguments.get('service')} in {history.arguments.get('environment')}"
    if not history.done:
        return f"{where}: I could not see it: {history.why_not}"
    runs = [
        f"{one.get('version')} {one.get('state')} ({one.get('kind')})"
        for one in history.result.get("runs", [])
    ]
    return f"{where}: {', '.join(runs[:SHOWN]) or 'nothing was deployed yet'}."


def _told(seen: Conversation, text: str) -> Turn:
    """To the person too, where they asked for that."""
    wanted = seen.telling and seen.person and seen.wants_to_be_told and not seen.calls(seen.telling)
    return [(seen.telling, {"to": seen.person, "text": text})] if wanted else text


SKILL = OfflineSkill(
    "I can watch deployments (“Watch shop in production”), write release notes (“Write the release notes of shop for "
    "production”) and a hand-over (“Write the on-call hand-over and tell me”).",
    meant,
)
