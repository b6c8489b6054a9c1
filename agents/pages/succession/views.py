"""The page of a task offered to a successor: its words, what it may use, take over or decline."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.permissions import HandoverPermission
from agents.queue.envelopes import held
from agents.succession import actions
from agents.succession.models import Handover
from portal.access import PersonRequest, requires
from portal.answers import attempt
from portal.pages import page


@requires(HandoverPermission.ANSWER, on=Handover)
def handover(request: PersonRequest, handover: Handover) -> HttpResponse:
    handover = Handover.objects.for_reading().get(pk=handover.pk)
    kept = handover.envelope
    context = {
        "handover": handover,
        "task": handover.task,
        "held": [choice for choice in held(handover.task.agent, request.user) if choice.pair in kept],
        "lost": len(handover.task.envelope or []) - len(kept),
    }
    return page(request, "agents/succession/handover.html", context)


@requires(HandoverPermission.ANSWER, on=Handover)
@require_POST
def taking(request: PersonRequest, handover: Handover) -> HttpResponse:
    attempt(request, "The task is yours now. It starts again.", actions.take_over, request.user, handover)
    return redirect(handover.became or handover)


@requires(HandoverPermission.ANSWER, on=Handover)
@require_POST
def declining(request: PersonRequest, handover: Handover) -> HttpResponse:
    done = "Declined. The task does not run."
    return redirect("home" if attempt(request, done, actions.decline, request.user, handover) else handover)
