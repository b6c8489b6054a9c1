"""Pages of a person's own notes: by agent, those of one agent, and what the person does with one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from agents.connectors.memory import actions, queries
from agents.connectors.memory.forms import AddForm, NoteFilter, NoteForm
from agents.connectors.memory.models import DreamLine, MemoryNote
from portal.access import PersonRequest, signed_in
from portal.answers import attempt, refusals_on
from portal.editing import unchanged
from portal.pages import get_or_post, page, paged


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    return page(request, "memory/list.html", {"memories": queries.memories(request.user)})


@signed_in
@get_or_post
def of_agent(request: PersonRequest, pk: int) -> HttpResponse:
    agent = get_object_or_404(queries.agents_of(request.user), pk=pk)
    form = AddForm(
        request.POST if request.method == "POST" else None, queries.connections(agent, request.user)
    )
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            actions.add(request.user, agent, **form.cleaned_data)
            messages.success(request, f"Noted. {agent} finds it in your next task.")
            return redirect("memory:agent", agent.pk)
    chosen = NoteFilter(request.GET)
    rows = chosen.apply(queries.notes_of(agent, request.user))
    context = {
        "agent": agent,
        "add": form,
        "form": chosen,
        "filtered": chosen.filtered,
        "lines": DreamLine.objects.visible_to(request.user).open().filter(agent=agent).count(),
        "page_obj": paged(request, rows),
    }
    return page(request, "memory/agent.html", context, part="rows", status=422 if form.errors else 200)


@signed_in
@get_or_post
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    note = _own(request, pk)
    form = NoteForm(request.POST if request.method == "POST" else None, note)
    if form.is_bound:
        drawn, valid = unchanged(form, note, lambda: NoteForm(None, note)), form.is_valid()
        with refusals_on(form), drawn:
            if valid:
                actions.edit(request.user, note, **form.cleaned_data)
                messages.success(request, "Saved.")
                return redirect("memory:agent", note.agent_id)
    return page(request, "memory/edit.html", {"note": note, "form": form}, status=422 if form.errors else 200)


@signed_in
@require_POST
def own(request: PersonRequest, pk: int) -> HttpResponse:
    note, seen = _own(request, pk), request.POST.get("version", "")
    version = int(seen[:9]) if seen.isdecimal() else 0
    return _done(request, note, "These are your words now.", actions.make_own, version=version)


@signed_in
@require_POST
def disown(request: PersonRequest, pk: int) -> HttpResponse:
    return _done(request, _own(request, pk), "These are not your words any more.", actions.disown)


@signed_in
@require_POST
def delete(request: PersonRequest, pk: int) -> HttpResponse:
    return _done(request, _own(request, pk), "Deleted.", actions.delete)


def _own(request: PersonRequest, pk: int) -> MemoryNote:
    return get_object_or_404(MemoryNote.objects.visible_to(request.user).live().for_reading(), pk=pk)


def _done(request: PersonRequest, note: MemoryNote, done: str, verb: Any, **more: Any) -> HttpResponse:
    attempt(request, done, verb, request.user, note, **more)
    return redirect("memory:agent", note.agent_id)
