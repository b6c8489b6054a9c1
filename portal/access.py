"""Who may open a view: its first line says so. A view that says nothing fails ``manage.py check``."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from portal.people.models import Person

View = Callable[..., HttpResponseBase]


class Refused(PermissionDenied):
    """Seen, but not allowed: the message says why and who can change it; the 403 page shows it."""


class PersonRequest(HttpRequest):
    """A request after ``signed_in`` or ``requires``: its user is a Person."""

    user: Person


def may(person: Person, permission: str, target: models.Model | None = None) -> bool:
    """Does the person hold ``permission`` by role, or on this object (guardian's rows, or ``permits`` of its model)?"""
    if target is None:
        return person.has_perm(permission)
    if permits := getattr(target, "permits", None):
        return bool(permits(person, permission))
    return person.has_perm(permission) or person.has_perm(permission, target)


def anyone(because: str) -> Callable[[View], View]:
    """Open without signing in. ``because`` says why that is right."""

    def decorate(view: View) -> View:
        return _marked(view, view, f"anyone: {because}")

    return decorate


def signed_in(view: View) -> View:
    """Open to every active person."""
    return _marked(login_required(_unless_held(view)), view, "signed in")


def while_held(view: View) -> View:
    """Also for who came in by a link that admins made, before it is confirmed that it is the person."""
    view.while_held = True  # type: ignore[attr-defined]
    return view


def _unless_held(view: View) -> View:
    """Everything is closed to whoever came in by such a link: no page has to remember it."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.held_since and not getattr(view, "while_held", False):  # type: ignore[union-attr]
            return redirect("people:held")
        return view(request, *args, **kwargs)

    return wrapper


def requires(
    permission: str, on: type[models.Model] | None = None, through: str = "visible_to"
) -> Callable[[View], View]:
    """Open to holders of ``permission``: by role, or with ``on`` on the object that the URL's ``pk`` names.

    With ``on`` the view gets the object as its second argument, fetched by ``on.objects.visible_to(person)`` or the
    method that ``through`` names: what the person cannot see is 404, what they may not do is 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            person: Person = request.user  # type: ignore[assignment]
            if on is None:
                if not may(person, permission):
                    raise Refused(refusal(permission))
                return view(request, *args, **kwargs)
            pk = kwargs.pop("pk")
            seen = getattr(on.objects, through)(person)  # type: ignore[attr-defined]
            target = get_object_or_404(seen, pk=pk)
            if not may(person, permission, target):
                raise Refused(refusal(permission, target))
            return view(request, target, *args, **kwargs)

        return _marked(login_required(_unless_held(wrapper)), view, f"requires {permission}")

    return decorate


def refusal(permission: str, target: models.Model | None = None) -> str:
    """Why not, and who can change it."""
    right = getattr(permission, "label", permission)
    if target is None:
        return f"You need the right “{right}”. An admin can give you a role with it."
    return f"You need the right “{right}” on {target}. Its managers can give it to you."


def _marked(outer: View, inner: View, rule: str) -> View:
    if outer is not inner:
        wraps(inner)(outer)
    outer.access = rule  # type: ignore[attr-defined]
    return outer
