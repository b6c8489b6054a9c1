"""The inbox: what the reader was told."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from portal.access import PersonRequest, signed_in
from portal.notices import reading
from portal.notices.models import Notice


@signed_in
def open_notice(request: PersonRequest, pk: int) -> HttpResponse:
    """Its link, here and in mails: read from now on, and on to what it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    reading.read(notice)
    return redirect(notice.link)
