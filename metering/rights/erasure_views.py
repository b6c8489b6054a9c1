"""The page that erases a person who has left: consequences, obstacles, typed confirmation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from metering.permissions import RightsPermission
from metering.rights import actions
from metering.rights.erasing import hindrances
from metering.rights.forms import ErasureForm
from portal.access import PersonRequest, requires
from portal.answers import refusals_on
from portal.pages import page
from portal.people.models import Person
from portal.plugins import personal_data


@requires(RightsPermission.ERASE)
def erasure(request: PersonRequest, pk: int) -> HttpResponse:
    """GET says what would happen, POST does it."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            erased = actions.erase(request.user, person, **form.cleaned_data)
            messages.success(request, f"It is done. What is left refers to “{erased}”.")
            return redirect("people:list")
    context = {"person": person, "form": form, "hindrances": hindrances(person), "parts": personal_data()}
    return page(request, "metering/rights/erasure.html", context, status=422 if form.errors else 200)
