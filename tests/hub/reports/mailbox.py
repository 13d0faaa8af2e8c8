"""A mail server on loopback that can refuse, hang up in the middle, and show what it took."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message


@dataclass
class Mail:
    raw: bytes

    @property
    def message(self) -> Message:
        return message_from_bytes(self.raw)

    @property
    def subject(self) -> str:
        return str(make_header(decode_header(self.message["Subject"] or "")))

    @property
    def text(self) -> str:
        return "".join(
            part.get_payload(decode=True).decode("utf-8")  # type: ignore[union-attr]
            for part in self.message.walk()
            if part.get_content_type() == "text/plain"
        )

    @property
    def files(self) -> dict[str, bytes]:
        return {
            part.get_filename() or "": part.get_payload(decode=True)  # type: ignore[misc]
            for part in self.message.walk()
            if part.get_content_disposition() == "attachment"
        }


@dataclass
class Mailbox:
    """``answers`` says to the nth mail, from 1, what the server does: take it, refuse it, or keep
    whoever sends it waiting until ``let_go``."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    answers: Callable[[int], str] = lambda _: "take"
    tried: int = 0
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        more = "from=hub@example.com&to=shop@example.com&mode=insecure"
        return f"mailto://127.0.0.1:{self.port}/?{more}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).strip():
            word = line.split(b" ")[0].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                raw = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                raw = raw.replace(b"\r\n..", b"\r\n.")  # RFC 5321, 4.5.2
                self.tried += 1
                does = self.answers(self.tried)
                if does == "wait":
                    self.reached.set()
                    await self.let_go.wait()
                if does == "refuse":
                    writer.write(b"451 not now\r\n")
                else:
                    self.mails.append(Mail(raw))
                    writer.write(b"250 taken\r\n")
            else:
                writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 good\r\n")
                if word == b"QUIT":
                    break
            await writer.drain()
        writer.close()


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    server = await asyncio.start_server(box._serve, "127.0.0.1", 0)
    box.port = int(server.sockets[0].getsockname()[1])
    async with server:
        yield box
