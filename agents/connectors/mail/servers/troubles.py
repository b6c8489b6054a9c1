"""What goes wrong with a mail server, in one line that says what to do."""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from agents.connectors.base import Busy, ConnectorError, Unavailable
from agents.connectors.mail import decoding
from agents.connectors.mail.servers import encrypted

# Response codes (RFC 5530, RFC 9208) and the words of servers that send none.
FULL = re.compile(r"\[OVERQUOTA\]|quota exceeded|mailbox (is )?full|over ?quota", re.IGNORECASE)
AWAY = re.compile(r"\[(UNAVAILABLE|SERVERBUG|LIMIT)\]|try again|temporar|too many", re.IGNORECASE)
EXPIRED = re.compile(r"\[EXPIRED\]|password (has |is )?expired", re.IGNORECASE)
UNDER = re.compile(r"deleted under us", re.IGNORECASE)
IN_USE = re.compile(r"\[INUSE\]", re.IGNORECASE)
GONE = re.compile(
    r"\[(NONEXISTENT|TRYCREATE)\]|doesn.t exist|does not exist|unknown mailbox|no such", re.IGNORECASE
)
FORBIDDEN = re.compile(r"\[(NOPERM|READ-ONLY)\]|permission denied|read-only", re.IGNORECASE)


class Cut(Unavailable):
    """The connection to the server broke: how far it got is not known, and trying again does nothing twice."""


@contextmanager
def in_words(host: str) -> Iterator[None]:
    try:
        yield
    except ConnectorError:
        raise
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            raise Cut(f"The mail server {host} broke off during the sign-in. It is tried again.") from error
        raise refused(host, str(error)) from error
    except IMAPClientAbortError as error:
        raise Cut(f"The mail server {host} broke off in the middle. It is tried again.") from error
    except (ProtocolError, UnicodeError, ValueError, IndexError, KeyError, TypeError) as error:
        raise Cut(f"The mail server {host} sent half an answer. It is tried again.") from error
    except IMAPClientError as error:
        raise _answered(host, str(error)) from error
    except ssl.SSLCertVerificationError as error:
        raise encrypted.untrusted(host, error) from error
    except ssl.SSLError as error:
        raise Cut(
            f"No encrypted connection to {host} could be made. Check the port and the kind of TLS."
        ) from error
    except socket.gaierror as error:
        raise Unavailable(f"No mail server is called {host}, or its name cannot be looked up now.") from error
    except TimeoutError as error:
        raise Cut(f"The mail server {host} is too slow: it did not answer in time.") from error
    except OSError as error:
        raise Cut(f"The mail server {host} cannot be reached. It may be away for a moment.") from error


def refused(host: str, said: str) -> ConnectorError:
    """A sign-in that the server did not take."""
    if AWAY.search(said):
        return Unavailable(f"The mail server {host} takes no sign-in for the moment.")
    if EXPIRED.search(said):
        return ConnectorError(
            f"The password for {host} has expired. Choose a new one there and enter it on the connection's page."
        )
    return ConnectorError(
        f"The mail server {host} refused the sign-in. Enter the user and the password or token again, "
        "on the connection's page."
    )


def _answered(host: str, said: str) -> ConnectorError:
    """The server said no."""
    if UNDER.search(said):
        return Cut("The folder was changed by the mail server meanwhile. It is tried again.")
    if FULL.search(said):
        return ConnectorError(
            "The mailbox is full: its quota is used up, and nothing was written. Its owner can make room."
        )
    if IN_USE.search(said):
        return Busy("The mailbox is in use by another program. It is tried again.")
    if GONE.search(said):
        return ConnectorError(
            "The folder is not there any more: somebody renamed or removed it. Nothing was changed."
        )
    if FORBIDDEN.search(said):
        return ConnectorError("The mail server does not allow this sign-in to do that. Nothing was changed.")
    if AWAY.search(said):
        return Unavailable(f"The mail server {host} is not available for the moment.")
    return ConnectorError(f"The mail server {host} refused it: {decoding.clean_header(said, 120)}")
