"""A server on the reference's streams: whatever a client says, it hears again.

Run `python examples/echo_server.py`, or with a port as argument, 0 for any that is free; it says where it listens.
Then run `python examples/echo_client.py`. With `from asyncio import streams` the program is the same.
"""

import asyncio
import sys

import streamgauge.reference as streams


async def echo(reader: streams.StreamReader, writer: streams.StreamWriter) -> None:
    """Send everything back until the client has no more."""
    try:
        while data := await reader.read(2**16):
            writer.write(data)
            await writer.drain()  # A client that does not listen is not listened to, either.
    finally:
        writer.close()
        await writer.wait_closed()


async def main(port: int) -> None:
    """Serve until interrupted."""
    server = await streams.start_server(echo, "127.0.0.1", port)
    host, port = server.sockets[0].getsockname()
    print(f"Listening on {host}:{port}", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8888))
    except KeyboardInterrupt:
        print("Stopped")
