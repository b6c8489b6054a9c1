"""What people do with the devices on which they are told."""

from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.audit.record import action, detail, on
from portal.events import Event
from portal.notices.telling import tell
from portal.people.models import Person
from portal.push import keys, services
from portal.push.models import Device

MOST = 20  # devices of a person


@action(Event.DEVICE_ALLOWED)
def allow(actor: Person, *, browser: str, endpoint: str, p256dh: str, auth: str) -> Device:
    """Tell the person on this browser from now on, and nobody else. Raises ValidationError for what is no browser's."""
    found = _read(endpoint, p256dh, auth)
    if Device.objects.live().filter(person=actor).exclude(place=found.place).count() >= MOST:
        raise ValidationError(f"You are told on {MOST} devices already. Take one of them out first.")
    on(actor)
    detail(device=browser)
    device, _ = Device.objects.update_or_create(
        place=found.place,
        defaults={
            "person": actor,
            "name": browser,
            "subscription": found.sealed(),
            "key": keys.own().public,
            "epoch": actor.session_epoch,
            "sent_at": None,
        },
    )
    return device


@action(Event.DEVICE_ALLOWED)
def move(actor: Person, device: Device, *, endpoint: str, p256dh: str, auth: str) -> Device:
    """The browser was given another address by its maker. Raises ValidationError for what is no browser's."""
    found = _read(endpoint, p256dh, auth)
    on(actor)
    detail(device=device.name)
    Device.objects.filter(place=found.place).exclude(pk=device.pk).delete()
    device.place, device.subscription = found.place, found.sealed()
    device.save(update_fields=["place", "subscription"])
    return device


def _read(endpoint: str, p256dh: str, auth: str) -> keys.Subscription:
    if not services.may_name(endpoint):
        raise ValidationError(
            "This browser uses a push service that the portal does not reach. An admin can add it to "
            "PORTAL_PUSH_SERVICES."
        )
    try:
        return keys.Subscription(endpoint, p256dh, auth)
    except ValueError:
        raise ValidationError(
            "The browser’s answer cannot be read. Try again, or use another browser."
        ) from None


@action(Event.DEVICE_REMOVED)
def remove(actor: Person, device: Device) -> None:
    on(actor)
    detail(device=device.name)
    device.delete()


@action(Event.DEVICE_GONE)
def end(actor: str, device: Device) -> None:
    """Its push service says that it is no more: the browser was reset, or the person took the permission back there."""
    on(device.person)
    detail(device=device.name)
    key, link = str(device.pk), reverse("push:devices")
    tell([device.person], "device.gone", device.person, link, key=key, device=device.name)
    device.delete()
