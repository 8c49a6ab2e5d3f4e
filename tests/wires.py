"""A transport without a wire, for tests of what is built on transports: it keeps what it is given, and does nothing."""

import asyncio


class Wire(asyncio.Transport):
    """Keeps what is sent in `sent`, and the names of the other calls in `asked`. It is closing when told to close."""

    def __init__(self, **extra: object) -> None:
        super().__init__(extra)
        self.sent: list[object] = []
        self.asked: list[str] = []
        self.protocol: asyncio.BaseProtocol | None = None

    def write(self, data: object) -> None:
        self.sent.append(data)

    def writelines(self, list_of_data: object) -> None:
        raise AssertionError("transports are bad at this")

    def is_closing(self) -> bool:
        return "close" in self.asked

    def close(self) -> None:
        self.asked.append("close")

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.asked.append("write_eof")

    def pause_reading(self) -> None:
        self.asked.append("pause")

    def resume_reading(self) -> None:
        self.asked.append("resume")

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        assert self.protocol is not None
        return self.protocol
