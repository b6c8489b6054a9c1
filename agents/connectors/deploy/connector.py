"""The ``deploy`` connector: services, what runs where, and changing that with a second person's yes."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from agents.connectors.base import (
    CallContext,
    Checked,
    ConnectionContext,
    Connector,
    ConnectorError,
    Example,
    Item,
    Result,
    Verification,
)
from agents.connectors.deploy import answers, capabilities, following, previews
from agents.connectors.deploy.backend import Backend, Wanted
from agents.connectors.deploy.config import config
from agents.connectors.deploy.forms import DeploySettings
from agents.connectors.deploy.releases.backend import Releases
from agents.connectors.deploy.watching import acting
from agents.connectors.deploy.watching import capabilities as watching
from agents.connectors.deployments import Kind, RunState
from agents.connectors.previews import Preview
from agents.connectors.results import Awaited, Ended
from agents.storable import storable
from portal.words import plural

SHOWN = 30  # versions and runs in an answer
KINDS = {
    capabilities.START.name: Kind.START,
    capabilities.PROMOTE.name: Kind.PROMOTE,
    capabilities.ROLLBACK.name: Kind.ROLLBACK,
}
NOTHING = "nothing"
STAYED = timedelta(days=1)  # that a deployment stays up until it was good for something


def backend(connection: ConnectionContext) -> Backend:
    """The system behind the connection. Raises ConnectorError."""
    return Releases(connection)


class Deploy(Connector):
    kind = "deploy"
    title = "Deployments"
    description = (
        "Start versions of a service, watch them, promote them, take them back: git releases on this machine."
    )
    icon = "rocket-launch"
    capabilities = (*capabilities.ALL, *watching.ALL)
    personal = False  # others run on it
    settings_form = DeploySettings
    deeds = {
        "deploy.services": ("list services", "listed services"),
        "deploy.versions": ("list versions", "listed versions"),
        "deploy.status": ("see what runs", "saw what runs"),
        "deploy.history": ("see earlier deployments", "saw earlier deployments"),
        "deploy.diff": ("see what would change", "saw what would change"),
        "deploy.logs": ("read a deployment’s log", "read a deployment’s log"),
        "deploy.start": ("deploy a version", "began a deployment"),
        "deploy.promote": ("promote a version", "began a promotion"),
        "deploy.rollback": ("roll back", "began a roll-back"),
        "deploy.cancel": ("cancel a deployment", "cancelled a deployment"),
        "deploy.watch": ("watch a service", "watched a service"),
        "deploy.restore": ("take a deployment back", "began to take a deployment back"),
    }
    counted = {
        **{name: {"deployed": 1} for name in KINDS},
        "deploy.cancel": {"cancelled": 1},
        "deploy.restore": {"deployed": 1},
    }
    examples = (
        Example(
            "Deploy v2.1 of shop to staging and tell me how it went.",
            frozenset({"deploy.services", "deploy.diff", "deploy.start", "deploy.status"}),
        ),
        Example(
            "Tell me what shop runs in production and what the newest version would change.",
            frozenset({"deploy.services", "deploy.versions", "deploy.status", "deploy.diff"}),
        ),
    )

    def check(self, connection: ConnectionContext) -> Checked:
        return Checked(
            backend(connection).check(), dict.fromkeys((one.name for one in self.capabilities), "")
        )

    def perform(self, connection: ConnectionContext, call: CallContext) -> Result | Awaited:
        back = backend(connection)
        if call.capability in KINDS:
            return self._begin(connection, back, call)
        if call.capability in acting.NAMES:
            return acting.begin(connection, back, call)
        doing = DOES.get(call.capability)
        if doing is None:
            raise ConnectorError(f"Deployments cannot do “{call.capability[:80]}”.")
        return doing(back, call)

    def reconcile(self, connection: ConnectionContext, call: CallContext) -> Result | Awaited | None:
        back = backend(connection)
        if call.capability in KINDS:
            found = back.begun(_wanted(call))
            return following.awaited(found) if found else None
        if call.capability == capabilities.CANCEL.name:
            where = _text(call, "service"), _text(call, "environment"), _text(call, "run")
            return _cancelled(call) if back.cancelled(*where) else None
        return acting.begun(back, call) if call.capability in acting.NAMES else None

    def look(self, connection: ConnectionContext, call: CallContext, cursor: Any) -> Awaited | Ended:
        if call.capability in acting.NAMES:
            return acting.look(connection, backend(connection), call, cursor)
        run = backend(connection).begun(_wanted(call))
        if run is None:
            raise ConnectorError("The run cannot be found any more.")
        return following.seen(run, self.counted[call.capability])

    def preview(self, connection: ConnectionContext, call: CallContext) -> Preview | None:
        if call.capability not in KINDS:
            return None
        return previews.preview(backend(connection), _wanted(call))

    def items(self, call: CallContext, result: Result) -> tuple[Item, ...]:
        """A deployment: it was good for something when it stayed up for a day."""
        if call.capability not in (capabilities.START.name, capabilities.PROMOTE.name):
            return ()
        told = result.data if isinstance(result.data, Mapping) else {}
        if told.get("state") != RunState.SUCCEEDED:
            return ()  # it did not end, or not well
        name = f"{told['service']}/{told['environment']}/{told['run']}"
        return (Item(name, f"{told['service']} {told['version']} to {told['environment']}"[:200]),)

    def verified(self, connection: ConnectionContext, external_id: str) -> Verification | None:
        service, _, rest = external_id.partition("/")
        environment, _, number = rest.partition("/")
        back = backend(connection)
        if not any(one.name == service and environment in one.environments for one in back.services()):
            return None
        runs = back.runs(service, environment)
        at = next((at for at, run in enumerate(runs) if run.id == number), None)
        if at is None:
            return None
        run, later = runs[at], runs[at - 1] if at else None
        if run.state is not RunState.SUCCEEDED or run.ended is None:
            return None
        stayed = run.ended + STAYED
        if later is not None and later.kind is Kind.ROLLBACK and later.state is RunState.SUCCEEDED:
            return Verification(since=run.ended, reversed_at=later.ended, note="It was rolled back.")
        until = later.began if later is not None else datetime.now(UTC)
        return Verification(since=stayed) if until >= stayed else None

    def _begin(self, connection: ConnectionContext, back: Backend, call: CallContext) -> Awaited:
        wanted, days = _wanted(call), list(call.bounds.get("weekdays", ()))
        times = config(connection.settings).times
        if days and (why := times.against(wanted.environment, datetime.now(UTC), days)):
            raise ConnectorError(why)
        run = back.begin(wanted)
        if (run.version.commit, run.kind) != (wanted.commit, wanted.kind):
            raise ConnectorError("Another deployment was begun for this call before. Nothing was begun now.")
        return following.awaited(run)


def _wanted(call: CallContext) -> Wanted:
    replaces = _text(call, "replaces")
    return Wanted(
        kind=KINDS[call.capability],
        service=_text(call, "service"),
        environment=_text(call, "environment"),
        version=_text(call, "version"),
        commit=_text(call, "commit").lower(),
        replaces="" if replaces == NOTHING else replaces.lower(),
        key=call.key,
        origin=_text(call, "origin"),
        checks=tuple(str(one) for one in call.bounds.get("checks", ())),
    )


def _text(call: CallContext, name: str) -> str:
    return str(storable(call.arguments.get(name) or ""))


def _cancelled(call: CallContext) -> Result:
    run = _text(call, "run")
    return Result({"run": run, "cancelled": True}, f"Cancelled run {run}", Deploy.counted[call.capability])


# -- reading, and cancelling ------------------------------------------------------------------------------------------


def _services(back: Backend, call: CallContext) -> Result:
    found = back.services()
    told = [
        {"service": one.name, "environments": [{"environment": name} for name in one.environments]}
        for one in found
    ]
    return Result({"services": told}, f"Listed {plural(len(found), 'service')}")


def _versions(back: Backend, call: CallContext) -> Result:
    service = _text(call, "service")
    found = back.versions(service)
    told = [
        {**answers.of_version(one), "checks": answers.of_checks(list(back.checks(service, one.commit)))}
        for one in found[:SHOWN]
    ]
    return Result(
        {"versions": told, "more": max(0, len(found) - SHOWN)}, f"Listed {plural(len(told), 'version')}"
    )


def _status(back: Backend, call: CallContext) -> Result:
    found = back.running(_text(call, "service"), _text(call, "environment"))
    return Result(answers.of_running(found), "Saw what runs")


def _history(back: Backend, call: CallContext) -> Result:
    runs = back.runs(_text(call, "service"), _text(call, "environment"))[:SHOWN]
    return Result({"runs": [answers.of_run(run) for run in runs]}, f"Saw {plural(len(runs), 'run')}")


def _diff(back: Backend, call: CallContext) -> Result:
    service, environment = _text(call, "service"), _text(call, "environment")
    version = back.version(service, _text(call, "version"))
    running = back.running(service, environment)
    runs = running.version.commit if running.version else ""
    checks = back.checks(service, version.commit)
    wanted = Wanted(Kind.START, service, environment, version.name, version.commit, runs, "")
    told = {
        **answers.of_version(version),
        "replaces": runs or NOTHING,
        **answers.of_diff(back.diff(service, runs, version.commit)),
        "checks": answers.of_checks(list(checks)),
        "against": back.against(wanted),
    }
    return Result(told, "Saw what would change")


def _logs(back: Backend, call: CallContext) -> Result:
    run = _text(call, "run")
    text = back.log(_text(call, "service"), _text(call, "environment"), run)
    return Result({"run": run, "log": storable(text)}, f"Read the log of run {run[:20]}")


def _cancel(back: Backend, call: CallContext) -> Result:
    back.cancel(_text(call, "service"), _text(call, "environment"), _text(call, "run"))
    return _cancelled(call)


DOES: Mapping[str, Callable[[Backend, CallContext], Result]] = {
    capabilities.SERVICES.name: _services,
    capabilities.VERSIONS.name: _versions,
    capabilities.STATUS.name: _status,
    capabilities.HISTORY.name: _history,
    capabilities.DIFF.name: _diff,
    capabilities.LOGS.name: _logs,
    capabilities.CANCEL.name: _cancel,
}
