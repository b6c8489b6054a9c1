"""Real servers beside PostgreSQL, each on a port of its own: Redis and RabbitMQ."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

import amqp
import kombu
import psutil
import pytest
import redis

from tests.agents.at_once import kill
from tests.portal.machine import free_port, wait_until


def program(name: str, *places: str) -> str:
    """The server's program. Skips the test when there is none, unless this run must have all real parts."""
    found = shutil.which(name, path=os.pathsep.join([*places, os.environ.get("PATH", ""), "/usr/sbin"]))
    if not found:
        reason = f"no {name} here: install it (apt-get install {name})"
        if os.environ.get("PORTAL_TESTS_NEED_ALL"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def running(log: Path, *command: str, **variables: str) -> Iterator[None]:
    """A server in a session of its own; it goes with all that it started."""
    with log.open("wb") as said:
        env = os.environ | variables
        process = subprocess.Popen(command, env=env, stdout=said, stderr=said, start_new_session=True)
    try:
        yield
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        kill(process)
        for left in family:  # Erlang's helpers leave the session
            if left.is_running():
                left.kill()


@contextmanager
def redis_server(folder: Path, *ports: int) -> Iterator[str]:
    port = ports[0] if ports else free_port()
    listen = ("--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder))
    with running(folder / "log", program("redis-server"), *listen):
        wait_until(lambda: answers(lambda: redis.Redis(port=port).ping()), 10)
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def rabbitmq_server(folder: Path, *ports: int) -> Iterator[str]:
    # Debian's wrapper in /usr/sbin runs as another user, who may not write here.
    server = program("rabbitmq-server", "/usr/lib/rabbitmq/bin")
    port, between, names = ports or (free_port(), free_port(), free_port())
    variables = {"HOME": str(folder), "ERL_EPMD_PORT": str(names), "ERL_EPMD_ADDRESS": "127.0.0.1"}
    own = {"NODENAME": f"portal{port}@localhost", "NODE_IP_ADDRESS": "127.0.0.1", "NODE_PORT": str(port)}
    own |= {"DIST_PORT": str(between), "MNESIA_BASE": str(folder / "data"), "LOG_BASE": str(folder / "logs")}
    own |= {"CONF_ENV_FILE": "/dev/null", "CONFIG_FILE": str(folder / "none")}  # nothing of the machine's
    own["ENABLED_PLUGINS_FILE"] = str(folder / "plugins")
    variables |= {f"RABBITMQ_{name}": value for name, value in own.items()}
    # epmd first: one that Erlang starts itself stays for ever.
    with running(folder / "epmd", program("epmd"), **variables), running(folder / "log", server, **variables):
        wait_until(lambda: answers(amqp.Connection(f"127.0.0.1:{port}", connect_timeout=2).connect), 30)
        yield f"amqp://guest:guest@127.0.0.1:{port}//"


def answers(ask: Callable[[], object]) -> bool:
    with suppress(OSError, redis.ConnectionError, amqp.AMQPError):
        ask()
        return True
    return False


class Broker:
    """A server that a test kills and empties, on the same port all the time."""

    def __init__(self, server: Callable[..., AbstractContextManager[str]], folder: Path) -> None:
        self.server, self.folder, self.stack = server, folder, ExitStack()
        self.ports = [free_port() for _ in range(3)]

    def __enter__(self) -> "Broker":
        self.url = self.stack.enter_context(self.server(self.folder, *self.ports))
        return self

    def __exit__(self, *exception: object) -> None:
        self.stack.close()

    def killed(self, *given: object) -> None:
        self.stack.close()
        self.__enter__()

    def emptied(self, *given: object) -> None:
        with kombu.Connection(self.url) as place, suppress(*place.channel_errors):
            place.default_channel.queue_purge("portal")
