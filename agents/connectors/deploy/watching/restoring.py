"""Takes the latest deployment back, if it is fresh enough and no roll-back itself: so never twice."""

from datetime import datetime, timedelta

from agents.connectors.base import CallContext, ConnectorError
from agents.connectors.deploy.backend import Backend, Wanted
from agents.connectors.deployments import Kind, Run

USUAL_MINUTES = 30


def wanted(back: Backend, call: CallContext, now: datetime) -> Wanted:
    """Exactly what ran before the latest deployment. Raises ConnectorError, saying why that is not to be had."""
    service, environment = str(call.arguments["service"]), str(call.arguments["environment"])
    latest = back.running(service, environment).run
    minutes = int(call.bounds.get("minutes", USUAL_MINUTES))
    if why := against(latest, minutes, now):
        raise ConnectorError(f"It is not taken back by itself: {why}")
    assert latest is not None
    assert latest.before is not None
    return Wanted(
        kind=Kind.ROLLBACK,
        service=service,
        environment=environment,
        version=latest.before.name,
        commit=latest.before.commit,
        replaces=latest.version.commit,
        key=call.key,
    )


def against(run: Run | None, minutes: int, now: datetime) -> str:
    """Why not, as a sentence; empty where it may be."""
    if run is None or run.before is None:
        return "nothing ran there before."
    if not run.over:
        return f"run {run.id} is still under way."
    if run.kind is Kind.ROLLBACK:
        return f"run {run.id} was a roll-back, and that happens once."
    if run.after != run.version:
        return f"what run {run.id} brought does not run."
    if now - (run.ended or run.began) > timedelta(minutes=minutes):
        return f"run {run.id} ended more than {minutes} minutes ago."
    return ""
