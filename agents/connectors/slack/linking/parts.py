"""The part of the profile page: each workspace that the person sees, and whether their account is linked."""

from collections.abc import Iterator

from django.http import HttpRequest

from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.linking.views import places
from portal.parts import HomePart
from portal.people.models import Person


def profile_parts(request: HttpRequest) -> Iterator[HomePart]:
    person: Person = request.user  # type: ignore[assignment]
    links = {link.connection_id: link for link in Link.objects.current().filter(person=person)}
    if rows := [(place, links.get(place.pk)) for place in places(person)]:
        yield HomePart("slack/_profile.html", {"places": rows}, order=50)
