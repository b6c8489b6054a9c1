"""Pages of work items: one's own, and those that a colleague asks one to confirm."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from metering.outcomes import actions
from metering.outcomes.forms import ColleagueForm, ReversalForm
from metering.outcomes.models import WorkItem
from metering.outcomes.states import lines, may_answer, may_ask, state
from metering.permissions import ItemPermission
from portal.access import PersonRequest, may, requires, signed_in
from portal.answers import attempt
from portal.pages import page, paged
from portal.submissions.step_up import needs_fresh_sign_in


@signed_in
def mine(request: PersonRequest) -> HttpResponse:
    items = WorkItem.objects.filter(person=request.user).select_related("asked_of", "verified_by")
    waiting = WorkItem.objects.to_confirm_by(request.user).select_related("person").order_by("asked_at")
    found = paged(request, items)
    context = {"page_obj": found, "lines": lines(list(found)), "waiting": waiting}
    return page(request, "metering/outcomes/list.html", context)


@requires(ItemPermission.VIEW, on=WorkItem)
def item(request: PersonRequest, item: WorkItem) -> HttpResponse:
    return _item(request, item)


def _item(
    request: PersonRequest, item: WorkItem, asking: ColleagueForm | None = None, status: int = 200
) -> HttpResponse:
    """For its person whole; a colleague sees what it is and one line about the task, nothing that was said in it."""
    undoable = item.verified_at is not None and item.reversed_at is None
    context = {
        "item": item,
        "own": item.person_id == request.user.pk,
        "state": state(item),
        "asking": (asking or ColleagueForm()) if may_ask(item, request.user) else None,
        "may_answer": may_answer(item, request.user),
        "undoing": ReversalForm() if undoable and may(request.user, ItemPermission.REVERSE, item) else None,
    }
    return page(request, "metering/outcomes/item.html", context, status=status)


@requires(ItemPermission.ASK, on=WorkItem)
@require_http_methods(["POST"])
def request(request: PersonRequest, item: WorkItem) -> HttpResponse:
    form = ColleagueForm(request.POST)
    if not form.is_valid():
        return _item(request, item, form, 422)
    colleague = form.cleaned_data["colleague"]
    done = f"Asked. {colleague} finds it under “Work items”."
    return _answered(request, item, done, actions.ask, colleague=colleague)


def _second_word(request: PersonRequest, item: WorkItem) -> str:
    return f"Your word, as the second person: {item} is done"


@requires(ItemPermission.CONFIRM, on=WorkItem)
@require_POST
@needs_fresh_sign_in(_second_word)
def confirmation(request: PersonRequest, item: WorkItem) -> HttpResponse:
    return _answered(request, item, "Confirmed.", actions.confirm)


@requires(ItemPermission.CONFIRM, on=WorkItem)
@require_POST
def refusal(request: PersonRequest, item: WorkItem) -> HttpResponse:
    return _answered(request, item, "Not confirmed. It does not count.", actions.decline)


@requires(ItemPermission.REVERSE, on=WorkItem)
@require_POST
def reversal(request: PersonRequest, item: WorkItem) -> HttpResponse:
    form = ReversalForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    return _answered(request, item, "Recorded as reversed.", actions.reverse, note=note)


def _answered(
    request: PersonRequest, item: WorkItem, done: str, verb: Callable[..., Any], **more: Any
) -> HttpResponse:
    attempt(request, done, verb, request.user, item, **more)
    return redirect(item)
