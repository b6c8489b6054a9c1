"""The offline model's job: begin exactly the deployment that the instruction names, and say how it ended.

It hands on what deploy.diff gave for that version, and nothing else.
"""

import re
from typing import Any

from agents.connectors.offline import Conversation, Made, Stuck, Turn
from agents.connectors.plugins import OfflineSkill

NAME, TAG = r"([a-z0-9][a-z0-9-]{0,39})", r"([A-Za-z0-9_][A-Za-z0-9._/+@-]{0,98}[A-Za-z0-9_])"
DEPLOY = re.compile(rf"\bdeploy (?:version )?{TAG} of {NAME} to {NAME}", re.IGNORECASE)
PROMOTE = re.compile(rf"\bpromote {NAME} from {NAME} to {NAME}", re.IGNORECASE)
BACK = re.compile(rf"\broll back {NAME} in {NAME} to {TAG}", re.IGNORECASE)


def meant(seen: Conversation) -> Turn | None:
    """Nothing where the instruction names no deployment whole."""
    if (told := DEPLOY.search(seen.instruction)) and "deploy_start" in seen.tools:
        version, service, environment = told.groups()
        return _start(seen, service, environment, version)
    if (told := BACK.search(seen.instruction)) and "deploy_rollback" in seen.tools:
        service, environment, version = told.groups()
        return _back(seen, service, environment, version)
    if (told := PROMOTE.search(seen.instruction)) and "deploy_promote" in seen.tools:
        return _promote(seen, *told.groups())
    return None


def _start(seen: Conversation, service: str, environment: str, version: str) -> Turn:
    where = {"service": service, "environment": environment}
    diff = seen.calls("deploy_diff")
    if not diff:
        return [("deploy_diff", {**where, "version": version})]
    if not diff[0].done:
        return Stuck(f"I could not see what {version} would change: {diff[0].why_not}")
    if against := diff[0].result.get("against"):
        return Stuck(f"I did not begin it. {against}")
    return _act(seen, "deploy_start", {**where, **_bound(diff[0].result)})


def _back(seen: Conversation, service: str, environment: str, version: str) -> Turn:
    where = {"service": service, "environment": environment}
    looks = [*seen.calls("deploy_status"), *seen.calls("deploy_history")]
    if not looks:
        return [("deploy_status", where), ("deploy_history", where)]
    if bad := next((one for one in looks if not one.done), None):
        return Stuck(f"I could not see what runs: {bad.why_not}")
    runs = (looks[0].result.get("runs") or {}).get("commit") or ""
    ran = [one for one in looks[-1].result.get("runs", []) if one.get("version") == version]
    if not ran or not runs:
        return Stuck(f"{version} never ran in {environment}, so there is no way back to it.")
    told = {**where, "version": version, "commit": ran[0]["commit"], "replaces": runs}
    return _act(seen, "deploy_rollback", told)


def _promote(seen: Conversation, service: str, origin: str, environment: str) -> Turn:
    looks = seen.calls("deploy_status")
    if not looks:
        return [("deploy_status", {"service": service, "environment": one}) for one in (origin, environment)]
    if bad := next((one for one in looks if not one.done), None):
        return Stuck(f"I could not see what runs: {bad.why_not}")
    there, here = ((one.result.get("runs") or {}) for one in looks[:2])
    if not there.get("commit"):
        return Stuck(f"{origin} runs nothing that could be promoted.")
    told = {"service": service, "origin": origin, "environment": environment}
    told |= {
        "version": there["version"],
        "commit": there["commit"],
        "replaces": here.get("commit") or "nothing",
    }
    return _act(seen, "deploy_promote", told)


def _bound(diff: dict[str, Any]) -> dict[str, Any]:
    return {name: diff[name] for name in ("version", "commit", "replaces")}


def _act(seen: Conversation, tool: str, told: dict[str, Any]) -> Turn:
    acts = seen.calls(tool)
    if not acts:
        return [(tool, told)]
    return _report(acts[0], told) if acts[0].done else Stuck(f"I did not begin it: {acts[0].why_not}")


def _report(act: Made, told: dict[str, Any]) -> str:
    ended = act.result
    name, where = f"{told['version']} of {told['service']}", told["environment"]
    if act.recorded:
        return f"Trial run: I would have deployed {name} to {where}."
    if ended.get("state") == "succeeded":
        return f"{name} runs in {where} (run {ended.get('run')})."
    return (
        f"{name} did not go well in {where}: {ended.get('why') or ended.get('state') or 'nobody knows why'}"
    )


SKILL = OfflineSkill(
    "I can deploy: “Deploy v2.1 of shop to staging”, “Promote shop from staging to production”, "
    "“Roll back shop in production to v2.0”.",
    meant,
)
