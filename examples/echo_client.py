"""A client for `examples/echo_server.py`: it says something, and shows what it hears.

Run `python examples/echo_client.py "some words"`, with the server's port as second argument if that is not 8888.
"""

import asyncio
import sys

import streamgauge.reference as streams


async def say(words: str, port: int) -> str:
    """What the server makes of `words`."""
    reader, writer = await streams.open_connection("127.0.0.1", port)
    try:
        writer.write(words.encode())
        writer.write_eof()  # so that the server knows that this was all, and ends, too
        return (await reader.read()).decode()
    finally:
        writer.close()
        await writer.wait_closed()


async def main(words: str, port: int) -> None:
    """Say it and show it."""
    print(f"Said  {words!r}")
    print(f"Heard {await say(words, port)!r}")


if __name__ == "__main__":
    said = sys.argv[1] if len(sys.argv) > 1 else "Hello?"
    asyncio.run(main(said, int(sys.argv[2]) if len(sys.argv) > 2 else 8888))
