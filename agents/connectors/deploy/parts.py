"""The line in the rail, for people who see a connection to deployments."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from portal.parts import Link


def links(request: HttpRequest) -> Iterator[Link]:
    yield Link("Deployments", reverse("deploy:list"), "rocket-launch", 47)
