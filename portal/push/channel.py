"""The channel *push*: the person's browsers show notices, also while no page of the portal is open."""

import hashlib
import json
import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from portal import addresses
from portal.audit.record import PORTAL
from portal.notices.channels import Away, Refused, Shown
from portal.outgoing import OutgoingError
from portal.outgoing.http import Answer, Client, retry_after
from portal.outgoing.inside import networks
from portal.people.models import Person
from portal.push import actions, keys, services, vapid
from portal.push.encryption import encrypt
from portal.push.models import Device
from portal.reasons import because
from portal.sealing import Sealed
from portal.words import plural

log = logging.getLogger(__name__)

SECONDS = 10.0  # for one device; a person with many has at most IN_ALL
IN_ALL = 45.0
ANSWER = 65_536  # bytes
LIVES = 24 * 3600  # seconds that a service keeps what a browser that is off did not fetch
EACH = 3  # notices shown one by one; more are counted
LONGEST = 300  # characters of a text
GONE = {404, 410}
LOCAL = {"localhost", "127.0.0.1", "::1"}
REASONS = {
    "push.away": "The push service of the browser did not take it for the moment.",
    "push.none": "No device of this person shows notices.",
    "push.refused": "The push service of the browser does not take it.",
    "push.key": "The key for push services cannot be decrypted. An admin can bring back the key it was stored with.",
}


class PushChannel:
    name = "push"
    title = "Devices"
    missing = "None of your devices shows notices."

    def ready(self) -> bool:
        """Browsers show notices of pages that came by https only, or from their own machine."""
        base = urlsplit(addresses.base())
        return bool(settings.PUSH_SERVICES) and (base.scheme == "https" or base.hostname in LOCAL)

    def may(self, person: Person) -> bool:
        return Device.objects.live().filter(person=person).exists()

    def send(self, person: Person, notices: Sequence[Shown]) -> None:
        """To all devices of the person. One that took it is enough; what is gone for good is taken out."""
        found = list(Device.objects.live().filter(person=person).order_by("pk"))
        try:
            secret = keys.secret() if found else ""
        except Sealed:
            raise Away(everybody=True, why=because("push.key")) from None
        reached, troubles = 0, list[Away | Refused]()
        body, headers = payload(notices), head(notices)
        until = timezone.now().timestamp() + IN_ALL
        for device in found:
            seconds = min(SECONDS, until - timezone.now().timestamp())
            try:
                reached += _told(device, body, headers, secret, seconds)
            except (Away, Refused) as trouble:
                troubles.append(trouble)
        if not reached:
            raise worst(troubles)


def payload(notices: Sequence[Shown]) -> bytes:
    """What the browser's service worker reads. The same notice has the same tag, so that it is shown once."""
    shown = [
        {
            "text": one.text[:LONGEST],
            "link": one.link,
            "tag": f"notice-{one.id}",
            "at": one.made_at.timestamp(),
        }
        for one in notices
    ]
    if len(shown) > EACH:
        latest, link = shown[-1], addresses.absolute(reverse("notices:list"))
        shown = [latest | {"text": f"{plural(len(shown), 'notice')} for you.", "link": link}]
    return json.dumps({"title": "Agent Portal", "notices": shown}, ensure_ascii=False).encode()


def head(notices: Sequence[Shown]) -> dict[str, str]:
    """RFC 8030. The same topic again takes the place of what the browser did not fetch yet."""
    told = ",".join(str(one.id) for one in notices)
    return {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LIVES),
        "Topic": vapid.encoded(hashlib.sha256(told.encode()).digest())[:32],
        "Urgency": "high" if any(one.urgent for one in notices) else "normal",
    }


def worst(troubles: Sequence[Away | Refused]) -> Away | Refused:
    """One that passes counts more than one that stays: then it is tried again."""
    away = [trouble for trouble in troubles if isinstance(trouble, Away)]
    waits = [trouble.retry_after for trouble in away if trouble.retry_after is not None]
    if away:
        return Away(max(waits) if waits else None, why=away[0].why)
    return troubles[0] if troubles else Refused(because("push.none"))


def _told(device: Device, body: bytes, headers: dict[str, str], secret: str, seconds: float) -> bool:
    """Did its service take it? False: the device is gone. Raises Away or Refused."""
    try:
        to = keys.subscription(device)
    except Sealed:
        raise Away(why=because("push.key")) from None
    if not services.may_name(to.endpoint):  # the settings have changed
        raise Refused(because("push.refused"))
    if seconds <= 0:
        raise Away(why=because("push.away"))
    sealed = encrypt(body, vapid.decoded(to.p256dh), vapid.decoded(to.auth))
    signed = vapid.authorization(secret, to.endpoint, contact(), timezone.now().timestamp())
    try:
        with Client(inside=networks(settings.INSIDE), seconds=seconds, most=ANSWER) as client:
            answer = client.request(
                "POST", to.endpoint, headers={**headers, "Authorization": signed}, content=sealed
            )
    except OutgoingError as error:
        log.warning("Device #%s was not reached: %s", device.pk, error)
        raise Away(why=because("push.away")) from None  # sent again with the same topic and tag
    return _taken(device, answer)


def _taken(device: Device, answer: Answer) -> bool:
    if answer.ok:
        Device.objects.filter(pk=device.pk).update(sent_at=timezone.now())
        return True
    if answer.status in GONE:
        actions.end(PORTAL, device)
        return False
    log.warning("The push service of device #%s answered %s", device.pk, answer.status)
    if answer.status == 429 or answer.status >= 500:
        raise Away(retry_after(answer.headers.get("retry-after", "")), why=because("push.away"))
    raise Refused(because("push.refused"))


def contact() -> str:
    """Whom a service may ask about what it gets from here."""
    base = addresses.base()
    return (
        base
        if base.startswith("https:")
        else f"mailto:{settings.SMTP.address if settings.SMTP else 'portal@localhost'}"
    )


PUSH = PushChannel()
