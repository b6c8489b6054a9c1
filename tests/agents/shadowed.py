"""An agent in shadow on a real Maildir, and the portal's looks at what people did since."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from agents.connectors.base import CallContext, ConnectionContext, Connector, Observed
from agents.connectors.mail.maildir import Maildir
from agents.gate import shadow_observer
from agents.pages.registry import shadow_record
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.registry import actions as registry
from tests.agents.gated import Scene, scene, strange
from tests.cast import Cast


def in_shadow(cast: Cast) -> Scene:
    """Mia's agent in shadow, in the middle of a task, on a mailbox with one message."""
    made = scene(cast)
    made.agent = registry.go_shadow(cast.mia, made.agent)
    return made


def box(here: Scene) -> Maildir:
    return Maildir(Path(here.box.settings["path"]))


def end(here: Scene) -> None:
    Task.objects.filter(pk=here.task.pk).update(state=TaskState.SUCCEEDED, finished_at=timezone.now())


def look(here: Scene, **later: timedelta) -> int:
    """The task is over, and the portal looks, some time after the last look."""
    end(here)
    Call.objects.filter(state=Call.State.WOULD).update(
        observed_at=timezone.now() - later.get("after", timedelta(hours=1))
    )
    return shadow_observer.observe_due()


def seen(row: Call) -> tuple[str, bool | None, str]:
    row.refresh_from_db()
    return row.observed["text"], row.observed["same"], shadow_record.Line(row, True, {}).tag.word


def watched(cast: Cast, monkeypatch: Any) -> Scene:
    """In shadow, with a connector that answers by the call's text as ``says`` has it; ``looked`` has its looks."""
    made = in_shadow(cast)
    connector, place = strange(cast, made.agent, monkeypatch)
    made.says, made.looked, made.place = {}, [], place

    def observe(self: Connector, connection: ConnectionContext, context: CallContext) -> Observed | None:
        text = context.arguments["text"]
        made.looked.append((connection.name, context.capability, text))
        answer = made.says.get(text, Observed("as before"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(type(connector), "observe", observe)
    return made


def written(here: Scene, *texts: str, over: bool = True) -> list[Call]:
    """Calls that were written down an hour ago and not looked at since, in a task that is over."""
    rows = [here.call("strange.write", on=here.place, text=text) for text in texts]
    assert all(row.state == Call.State.WOULD for row in rows)
    Call.objects.update(observed_at=timezone.now() - timedelta(hours=1))
    if over:
        Task.objects.update(state=TaskState.SUCCEEDED)
    here.looked.clear()
    return rows
