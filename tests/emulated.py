"""Services of other companies that emulate stands for, on this machine: started when a test first needs one."""

import atexit
import urllib.error
import urllib.request
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.brokers import running
from tests.node import node
from tests.portal.machine import free_port, wait_until


@cache
def service(name: str, seed: str) -> str:
    """Its address. One for each process that runs tests, until that ends; ``seed``: what there is, as YAML."""
    binary, packages = node("emulate")
    program = packages / "node_modules" / "emulate" / "dist" / "index.js"
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="emulate-")))
    (folder / "seed.yaml").write_text(seed)
    port = free_port()
    place = ("--port", str(port), "--seed", str(folder / "seed.yaml"))
    stack.enter_context(running(folder / "log", binary, str(program), "start", "--service", name, *place))
    url = f"http://localhost:{port}"  # as it calls itself
    wait_until(lambda: _answers(url), 30)
    return url


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
