"""Opus packets into an Ogg stream, as they come and as they are.

What it is: the mapping of RFC 7845 on the pages of RFC 3533, without encoding anything a
second time and without looking back, so that the stream can go to a pipe. What it is not:
a reader. ``containers`` calls it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import BinaryIO

_FIRST, _LAST = 0x02, 0x04
_MOST_SEGMENTS = 255
_SERIAL = 0x44756C63
_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class OggOpusWriter:
    """Writes one Opus stream; close it, or the last packet is missing."""

    def __init__(self, out: BinaryIO, *, pre_skip: int, packet_ticks: int, sample_rate: int) -> None:
        """Write the two header pages.

        Args:
            out: stays open at `close`; never sought.
            pre_skip: 48 kHz ticks to drop from the start of the decoded audio.
            packet_ticks: length of every packet in 48 kHz ticks.
            sample_rate: Hz before encoding, for information.
        """
        self._out = out
        self._packet_ticks = packet_ticks
        self._ticks = 0
        self._pages = 0
        self._held: list[bytes] = []
        head = struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, pre_skip, sample_rate, 0, 0)
        vendor = b"Dulcet"
        tags = struct.pack("<8sI6sI", b"OpusTags", len(vendor), vendor, 0)
        self._page([head], _FIRST)
        self._page([tags], 0)

    def write(self, packets: Sequence[bytes]) -> None:
        """Write packets, all but the last, which may be the stream's."""
        self._held += packets
        while len(self._held) > 1:
            count = _fitting(self._held[:-1])
            self._audio(count, 0)

    def close(self) -> None:
        """End the stream. A stream without a packet ends too, with an empty page."""
        self._audio(len(self._held), _LAST)

    def _audio(self, count: int, flags: int) -> None:
        packets, self._held = self._held[:count], self._held[count:]
        self._ticks += count * self._packet_ticks
        self._page(packets, flags)

    def _page(self, packets: Sequence[bytes], flags: int) -> None:
        lacing = b"".join(map(_lacing, packets))
        page = bytearray(
            struct.pack(
                "<4sBBqIIIB",
                b"OggS",
                0,
                flags,
                self._ticks,
                _SERIAL,
                self._pages,
                0,
                len(lacing),
            )
        )
        page += lacing
        page += b"".join(packets)
        page[22:26] = struct.pack("<I", _checksum(page))
        self._out.write(page)
        self._pages += 1


def _fitting(packets: Sequence[bytes]) -> int:
    """Count the packets that one page holds, from the first on."""
    segments = 0
    for count, packet in enumerate(packets):
        segments += len(packet) // 255 + 1
        if segments > _MOST_SEGMENTS:
            return count
    return len(packets)


def _lacing(packet: bytes) -> bytes:
    return b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])


def _checksum(page: bytes | bytearray) -> int:
    """Give Ogg's CRC (polynomial 04c11db7, start 0, most significant bit first).

    zlib's has the same polynomial with all bits reversed, inverted at start and end.
    """
    reversed_crc = zlib.crc32(page.translate(_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{reversed_crc:032b}"[::-1], 2)
