"""The echo server and client among the examples, run as a reader of theirs would."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="there, a console program cannot be interrupted without its parent"
)
EXAMPLES = Path(__file__).parent.parent / "examples"


def stopped(server: subprocess.Popen[str]) -> tuple[str, str]:
    """What the server said; one that does not stop is killed rather than waited for."""
    try:
        return server.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.communicate()


@pytest.fixture
def port() -> Iterator[str]:
    """Where the echo server listens, until the test is over; Ctrl-C stops it (tests/conftest.py)."""
    command = [sys.executable, str(EXAMPLES / "echo_server.py"), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        told = re.fullmatch(r"Listening on 127\.0\.0\.1:(\d+)\n", server.stdout.readline())
        try:
            assert told
            yield told[1]
        finally:
            server.send_signal(signal.SIGINT)
            last_words, _ = stopped(server)
        assert last_words == "Stopped\n"
        assert server.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a console program cannot be interrupted alone there")
@pytest.mark.parametrize("words", ["Hello?", "", "Grüße\n" * 5000], ids=["one-line", "nothing", "much"])
def test_what_the_client_says_comes_back(port: str, words: str) -> None:
    client = [sys.executable, "-X", "utf8", str(EXAMPLES / "echo_client.py"), words, port]
    heard = subprocess.run(client, capture_output=True, encoding="utf-8", check=True).stdout
    assert heard == f"Said  {words!r}\nHeard {words!r}\n"
