"""The portal's key for push services, and what a browser gave us, both as they are used."""

import hashlib
import json
from dataclasses import asdict, dataclass

from portal.push import vapid
from portal.push.encryption import read_public
from portal.push.models import Device, PushKey
from portal.sealing import seal, unseal

AUTH = 16  # bytes


def place_of(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()


@dataclass(frozen=True)
class Subscription:
    """Where a browser is reached, and with what: as it tells a page, in base64url. Raises ValueError if it is none."""

    endpoint: str
    p256dh: str
    auth: str

    def __post_init__(self) -> None:
        read_public(vapid.decoded(self.p256dh))
        if len(vapid.decoded(self.auth)) != AUTH:
            raise ValueError("no secret of 16 bytes")

    @property
    def place(self) -> str:
        """What the page compares to know its own browser."""
        return place_of(self.endpoint)

    def sealed(self) -> bytes:
        return seal(json.dumps(asdict(self)))


def subscription(device: Device) -> Subscription:
    """Raises Sealed where no key of the settings opens it."""
    return Subscription(**json.loads(unseal(bytes(device.subscription))))


def own() -> PushKey:
    """Made once; where two ask at once, both get the first."""
    found = PushKey.objects.first()
    if found is None:
        secret = vapid.new()
        found, _ = PushKey.objects.get_or_create(
            only=True, defaults={"secret": seal(secret), "public": vapid.public(secret)}
        )
    return found


def secret() -> str:
    """Raises Sealed where no key of the settings opens it."""
    return unseal(bytes(own().secret))
