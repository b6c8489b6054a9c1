"""Pages of a dream: its lines in the morning, and what the person decides on them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from agents.connectors.memory import dreams, queries
from agents.connectors.memory.models import DreamLine
from portal.access import PersonRequest, signed_in
from portal.answers import attempt
from portal.pages import page
from portal.words import plural


@signed_in
def dream(request: PersonRequest, pk: int) -> HttpResponse:
    agent = get_object_or_404(queries.agents_of(request.user), pk=pk)
    lines = queries.proposals(agent, request.user)
    return page(
        request,
        "memory/dream.html",
        {"agent": agent, "lines": lines, "bulk": [line for line in lines if line.bulk]},
    )


@signed_in
@require_POST
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    """``keep``: of a contradiction the note that holds."""
    line, keep = _own(request, pk), request.POST.get("keep", "")
    chosen = int(keep[:18]) if keep.isdecimal() else None
    attempt(request, "Accepted. The notes are changed.", dreams.accept, request.user, line, keep=chosen)
    return redirect("memory:dream", line.agent_id)


@signed_in
@require_POST
def decline(request: PersonRequest, pk: int) -> HttpResponse:
    line = _own(request, pk)
    attempt(request, "Declined. The notes stay as they are.", dreams.decline, request.user, line)
    return redirect("memory:dream", line.agent_id)


@signed_in
@require_POST
def accept_trusted(request: PersonRequest, pk: int) -> HttpResponse:
    """Of the lines that the page showed."""
    agent = get_object_or_404(queries.agents_of(request.user), pk=pk)
    seen = {int(number[:18]) for number in request.POST.getlist("line") if number.isdecimal()}
    done = dreams.accept_trusted(request.user, agent, seen=seen)
    messages.success(request, f"Accepted {plural(len(done), 'line')}.")
    return redirect("memory:dream", agent.pk)


def _own(request: PersonRequest, pk: int) -> DreamLine:
    return get_object_or_404(DreamLine.objects.visible_to(request.user).for_reading(), pk=pk)
