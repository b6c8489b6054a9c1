"""Mail that leaves: to all its recipients or to none, and whether it left is known or said to be unknown."""

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress

from portal.lookalikes import unseen
from portal.outgoing import Away, Refused, Unanswered
from portal.outgoing.deadlines import deadlines
from portal.outgoing.sockets import tls
from portal.scrubbing import scrubbed

CONNECTS, READS, IN_ALL = 10.0, 60.0, 180.0  # seconds: to connect, for one answer, for a whole session
LONGEST = 120  # characters of what a server says
FULL = re.compile(r"quota|full|insufficient (system )?storage", re.IGNORECASE)
POLICY = re.compile(r"5\.7\.|relay|authenticat", re.IGNORECASE)
Session = smtplib.SMTP
KNOWN = (235, 503)  # what a server says to a sign-in that is good


class NotTaken(Refused):
    """The server does not take this mail, and nothing was sent.

    ``code``: what it answered; ``said``: its own words; ``step``: to what (``session``, ``sender``, ``recipient``,
    ``mail``).
    """

    def __init__(self, words: str, code: int, said: str, step: str) -> None:
        super().__init__(words)
        self.code, self.said, self.step = code, said, step

    @property
    def by_policy(self) -> bool:
        """It takes no mail from us, whoever it is for: a sign-in or a setting is wrong."""
        return self.step in {"session", "sender"} or (
            self.step == "recipient" and bool(POLICY.search(self.said))
        )


class NotNow(Away):
    """The server says no for the moment. ``step``: to what, as above; to a recipient: ask again after some minutes."""

    def __init__(self, words: str, step: str) -> None:
        super().__init__(words)
        self.step = step


class _Over(smtplib.SMTP):
    """Over a connection that the portal opened."""

    def __init__(self, raw: socket.socket, host: str) -> None:
        self._raw = raw
        super().__init__(host, 1, timeout=READS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self._raw.settimeout(READS)
        return self._raw


@contextmanager
def talking(raw: socket.socket, host: str, *, starttls: bool) -> Iterator[smtplib.SMTP]:
    """A session over ``raw``, which it closes. Raises Refused, Away, or Unanswered for what is handed over within."""
    with closing(raw), deadlines.within(IN_ALL, raw):
        try:
            server = _Over(raw, host)
            server.ehlo_or_helo_if_needed()
            if starttls:
                if not server.has_extn("starttls"):
                    raise Refused(f"The server {host} offers no STARTTLS. Choose TLS in the settings.")
                _good(host, *server.starttls(context=tls()))
            secured: socket.socket = server.sock  # type: ignore[assignment]  # TLS took raw's place
            with closing(secured), deadlines.within(IN_ALL, secured):
                server.ehlo_or_helo_if_needed()
                yield server
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
        except smtplib.SMTPResponseException as error:
            raise _refused(host, error.smtp_code, error.smtp_error, "session") from error
        except ssl.SSLCertVerificationError as error:
            raise Refused(
                f"The certificate of {host} is not valid: {error.verify_message}. "
                "If the company has its own certificate authority, name its file in PORTAL_CA."
            ) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Away(
                f"The server {host} broke off before the mail was handed over. It did not leave."
            ) from error


def offer_password(server: smtplib.SMTP, user: str, password: str) -> int:
    """What the server says to it: one of ``KNOWN`` where it is good, 0 where it takes no passwords."""
    offered = server.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        return server.docmd("AUTH", "PLAIN " + coded(f"\0{user}\0{password}"))[0]
    if "LOGIN" in offered:
        server.docmd("AUTH", f"LOGIN {coded(user)}")
        return server.docmd(coded(password))[0]
    return 0


def hand_over(server: smtplib.SMTP, host: str, sender: str, to: Sequence[str], data: bytes) -> None:
    """Raises NotTaken, Away, or Unanswered where it may have left."""
    whole = re.sub(rb"\r\n|\r|\n", b"\r\n", data).rstrip(b"\r\n") + b"\r\n"
    options = [f"size={len(whole)}"] if server.has_extn("size") else []
    _good(host, *server.mail(sender, options), step="sender")
    for recipient in to:
        code, said = server.rcpt(recipient)
        if code not in (250, 251):
            raise _refused(host, code, said, "recipient", f"does not take mail to {recipient}")
    code, said = server.docmd("DATA")
    if code != 354:
        raise _refused(host, code, said, "mail")
    server.send(re.sub(rb"(?m)^\.", b"..", whole))
    # From here on the server has all of it: without its word nobody knows.
    try:
        server.send(b".\r\n")
        code, said = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Unanswered(f"The server {host} took the mail and broke off before it answered.") from error
    _good(host, code, said, step="mail")


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _good(host: str, code: int, said: bytes, *, step: str = "session") -> None:
    if not 200 <= code < 300:
        raise _refused(host, code, said, step)


def _refused(
    host: str, code: int, said: bytes | str, step: str, what: str = "refused the mail"
) -> NotNow | NotTaken:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    shown = " ".join("".join(" " if unseen(letter) else letter for letter in scrubbed(text)).split())
    words = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
    if not 500 <= code < 600 and not FULL.search(text):  # not even a number: half an answer
        return NotNow(f"The server {host} {what} for the moment: {words}", step)
    return NotTaken(f"The server {host} {what}, and nothing was sent: {words}", code, words, step)
