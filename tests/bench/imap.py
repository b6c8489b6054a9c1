"""``python -m tests.bench.imap [MESSAGES]``: a mailbox on a real server, beside a bare IMAP client in the same run.

Processor time of this process alone: for a list of all messages in pages, and for each message read. The bare client
asks for the same heads and messages and reads them with the same parser. Then the first page of a large folder.
"""

import os
import resource
import shutil
import sys
import time
import tracemalloc
from collections.abc import Callable

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402

from agents.connectors.base import CallContext  # noqa: E402
from agents.connectors.mail import heads, parse  # noqa: E402
from agents.connectors.mail.connector import Mail  # noqa: E402
from agents.connectors.mail.servers import kept, session  # noqa: E402
from agents.connectors.mail.tests.dovecot import Dovecot, server  # noqa: E402

PAGE = 50
mail = Mail()


def letter(number: int) -> bytes:
    text = "The lamps that you ordered are on their way. " * 20
    return (
        f"From: Person {number} <p{number}@example.org>\r\nTo: support@example.com\r\nSubject: Order {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\n{text}\r\n"
    ).encode()


def fill(box: Dovecot, user: str, many: int) -> None:
    """As a mail server delivers, beside the server: that takes no time worth telling."""
    owner, begun = (box.home / "mail").stat(), time.time() - 30 * 86_400
    place = box.home / "mail" / user
    for part in ("cur", "new", "tmp"):
        (place / part).mkdir(parents=True)
    for number in range(many):
        file, at = place / "cur" / f"{int(begun) + 20 * number}.M{number}.bench:2,", begun + 20 * number
        file.write_bytes(letter(number).replace(b"\r\n", b"\n"))
        os.utime(file, (at, at))
        os.chown(file, owner.st_uid, owner.st_gid)
    for path in (place, *(place / part for part in ("cur", "new", "tmp"))):
        os.chown(path, owner.st_uid, owner.st_gid)


def bare(box: Dovecot, user: str, many: int) -> tuple[float, float]:
    with box.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        began = time.process_time()
        client.use_uid = False
        for low in range(1, many + 1, PAGE):
            numbers = range(low, min(low + PAGE, many + 1))
            answer = client.fetch(
                numbers, ["UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "BODY.PEEK[HEADER]<0.65536>"]
            )
            for item in answer.values():
                heads.head(item[b"BODY[HEADER]<0>"])
        client.use_uid = True
        listed = time.process_time() - began
        uids = client.search()
        began = time.process_time()
        for uid in uids:
            answer = client.fetch([uid], ["FLAGS", "BODY.PEEK[]<0.2097152>"])
            parse.parse(answer[uid][b"BODY[]<0>"])
        return listed, time.process_time() - began


def ours(box: Dovecot, user: str, many: int) -> tuple[float, float]:
    connection = box.connection(user)

    def call(name: str, **arguments: object) -> dict[str, list[dict[str, str]]]:
        data = mail.perform(connection, CallContext(name, arguments, "k", 1, "a", 1, 1)).data
        assert isinstance(data, dict)
        return data

    began, ids = time.process_time(), []
    for page in range(1, many // PAGE + 1):
        ids += [row["id"] for row in call("mail.list", page=page)["messages"]]
    listed = time.process_time() - began
    began = time.process_time()
    for message in ids:
        call("mail.read", message=message)
    return listed, time.process_time() - began


def first_page(box: Dovecot, user: str, many: int) -> None:
    """The first page after a pause: a new connection, and the server's own files warm."""
    connection = box.connection(user)
    context = CallContext("mail.list", {}, "k", 1, "a", 1, 1)
    mail.perform(connection, context)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    began = time.perf_counter()
    data = mail.perform(connection, context).data
    took, peak = time.perf_counter() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"first page of {data['total']:,}: {took * 1000:.0f} ms; at most {peak / 1e6:.1f} MB more "
          f"(process {after / 1e3:.0f} MB, {(after - before) / 1e3:+.0f})")  # fmt: skip


def drafts(box: Dovecot, user: str, many: int = 30) -> None:
    """So many drafts are looked for among the newest 500 mails of a folder of sent ones; none of them was sent."""
    connection, place = box.connection(user), box.home / "mail" / user / ".Sent"
    shutil.copytree(box.home / "mail" / user / "cur", place / "cur", copy_function=shutil.move)
    owner = (box.home / "mail").stat()
    for path in (place, *place.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
    for said, how in (("what changed", kept.newest), ("all", lambda *_: None)):
        session.close_all()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(kept, "newest", how)
            wall, began = time.perf_counter(), time.process_time()
            for number in range(many):
                mail.verified(connection, f"{number:024x}")
            took = time.process_time() - began
            print(
                f"{many} drafts looked for, asking for {said}: {time.perf_counter() - wall:.2f} s, "
                f"{took:.2f} s of it ours"
            )


def timed(name: str, measure: Callable[[Dovecot, str, int], tuple[float, float]], *given: object) -> float:
    listed, read = measure(*given)  # type: ignore[arg-type]
    print(f"{name}: list {listed:.2f} s, read {read:.2f} s of processor time")
    return listed + read


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with server(quota="100G") as box:
        settings.OWN_CA = str(box.home / "cert.pem")
        user, large = box.anybody(), box.anybody()
        fill(box, user, many)
        client, portal = (
            timed("bare client", bare, box, user, many),
            timed("mail connector", ours, box, user, many),
        )
        print(f"ratio {portal / client:.2f}")
        user = box.anybody()
        fill(box, user, 1_000)
        drafts(box, user)
        fill(box, large, 10 * many)
        first_page(box, large, 10 * many)


if __name__ == "__main__":
    main()
