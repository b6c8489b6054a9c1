"""The devices on which a person is told: one's own browser is added here, any of them taken out."""

from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal.access import PersonRequest, anyone, signed_in
from portal.answers import attempt
from portal.pages import get_or_post, page
from portal.people.models import Person
from portal.push import actions
from portal.push.channel import PUSH
from portal.push.keys import own, place_of
from portal.push.models import Device
from portal.push.naming import named
from portal.push.services import LONGEST

SCRIPT = Path(__file__).parent.parent / "static" / "portal" / "service-worker.js"
WITHOUT = (
    "Your browser has not answered. Allow notifications for this site in it, then press the button again."
)


class DeviceForm(forms.Form):
    """What the page's script has from the browser."""

    endpoint = forms.CharField(max_length=LONGEST, widget=forms.HiddenInput)
    p256dh = forms.CharField(max_length=100, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=40, widget=forms.HiddenInput)


class ChangeForm(DeviceForm):
    """What the service worker has from the browser, whose address was ``former``."""

    former = forms.CharField(max_length=LONGEST)


@signed_in
@get_or_post
def devices(request: PersonRequest) -> HttpResponse:
    form = DeviceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        browser = named(request.headers.get("User-Agent", ""))
        done = "You are told on this device from now on."
        attempt(request, done, lambda: actions.allow(request.user, browser=browser, **form.cleaned_data))
        return redirect("push:devices")
    if form.is_bound:
        messages.error(request, WITHOUT)
        return redirect("push:devices")
    return page(request, "portal/push/devices.html", part(request.user))


def part(person: Person) -> dict[str, Any]:
    """What ``portal/push/_devices.html`` shows."""
    devices = Device.objects.visible_to(person).live().order_by("pk")
    return {"ready": PUSH.ready(), "devices": devices, "form": DeviceForm(), "key": own().public}


@csrf_exempt  # no page sends it; only this browser and the portal know the former address
@signed_in
@require_POST
def change(request: PersonRequest) -> HttpResponse:
    """The service worker says that the browser is reached elsewhere from now on."""
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    given = dict(form.cleaned_data)
    mine = Device.objects.visible_to(request.user).live()
    device = get_object_or_404(mine, place=place_of(given.pop("former")))
    try:
        actions.move(request.user, device, **given)
    except ValidationError:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@signed_in
@require_POST
def removal(request: PersonRequest, pk: int) -> HttpResponse:
    device = get_object_or_404(Device.objects.visible_to(request.user), pk=pk)
    attempt(request, f"You are not told on {device} any more.", actions.remove, request.user, device)
    return redirect("push:devices")


@anyone(because="a browser fetches it by itself when a notice comes; it holds nothing of anybody")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """From the root, because a service worker sees only pages below the place it came from."""
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8")


@cache
def _script() -> bytes:
    return SCRIPT.read_bytes()
