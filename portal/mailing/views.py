"""The page behind the link of a mail that stops such mails."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from portal.access import anyone
from portal.inbox import actions
from portal.mailing import switching
from portal.pages import get_or_post, page


@csrf_exempt  # mail providers press it themselves (RFC 8058); the link itself is signed
@anyone(because="the link of a mail is signed; it stops such mails to its person, or lets them come again")
@get_or_post
def switch(request: HttpRequest, token: str) -> HttpResponse:
    wish = switching.read(token)
    if wish is None:
        return page(request, "portal/mailing/dead.html", {}, status=410)
    if request.method == "POST":
        on = "again" in request.POST
        actions.switch(wish.person, wish.person, names=wish.kinds, channel=switching.CHANNEL, on=on)
    context = {"wish": wish, "titles": switching.titles(wish.kinds), "off": switching.stopped(wish)}
    return page(request, "portal/mailing/switch.html", context)
