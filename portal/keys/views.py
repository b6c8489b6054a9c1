"""The page about the keys by which stored secrets are encrypted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from portal.access import PersonRequest, requires
from portal.keys.rotation import counted, rotate
from portal.pages import get_or_post, page
from portal.permissions import PortalPermission
from portal.words import plural


@requires(PortalPermission.MANAGE_KEYS)
@get_or_post
def keys(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        return page(request, "portal/keys/keys.html", {"secrets": counted()})
    changed = rotate(request.user).older
    messages.success(
        request,
        f"{plural(changed, 'secret is', 'secrets are')} encrypted anew."
        if changed
        else "All secrets had the first key already.",
    )
    return redirect("keys:keys")
