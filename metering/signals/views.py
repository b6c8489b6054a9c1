"""One's own signals: the page of all of them, and the answer to one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from metering.permissions import SignalPermission
from metering.privacy import visibility
from metering.privacy.visibility import Viewer
from metering.signals import actions
from metering.signals.descriptions import described
from metering.signals.models import Signal
from portal.access import PersonRequest, requires, signed_in
from portal.pages import page, paged


@signed_in
def mine(request: PersonRequest) -> HttpResponse:
    signals = described(visibility.own(Viewer(request.user.pk)))
    return page(request, "metering/signals/mine.html", {"page_obj": paged(request, signals)})


@requires(SignalPermission.ANSWER, on=Signal)
@require_POST
def useful(request: PersonRequest, signal: Signal) -> HttpResponse:
    actions.call_useful(request.user, signal)
    messages.success(
        request, "Noted. You will not see this kind of hint for this agent again while your answer is kept."
    )
    return redirect("usage:mine" if request.POST.get("back") == "usage" else "signals:mine")
