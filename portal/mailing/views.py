"""The page behind the link of a mail that stops such mails."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.access import anyone
from portal.inbox import actions
from portal.mailing import switching
from portal.pages import get_or_post, page

BECAUSE = "the link of a mail is signed; it stops such mails to its person, or lets them come again"


@csrf_exempt  # mail providers press it themselves (RFC 8058); the link itself is signed
@anyone(because=BECAUSE)
@get_or_post
def switch(request: HttpRequest, token: str) -> HttpResponse:
    wish = switching.read(token)
    if wish is None:
        return page(request, "portal/mailing/dead.html", {}, status=410)
    if request.method == "POST":
        actions.switch(wish.person, wish.person, names=wish.kinds, channel=switching.CHANNEL, on=False)
    context = {"wish": wish, "token": token, "titles": switching.titles(wish.kinds)}
    context["off"] = switching.stopped(wish)
    return page(request, "portal/mailing/switch.html", context)


@csrf_exempt
@anyone(because=BECAUSE)
@require_POST
def resume(request: HttpRequest, token: str) -> HttpResponse:
    if wish := switching.read(token):
        actions.switch(wish.person, wish.person, names=wish.kinds, channel=switching.CHANNEL, on=True)
    return redirect("mailing:switching", token)
