"""The bytes of the wire protocol, against the vectors that JavaScript reads too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime import messages
from realtime.errors import LocalProtocolError, RemoteProtocolError
from realtime.messages import Audio

VECTORS = Path(__file__).parent / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    assert rows
    return rows


@pytest.mark.parametrize("row", vectors("client.json"), ids=lambda row: row["text"][:40])
def test_client_messages_round_trip_to_identical_bytes(row: dict[str, Any]) -> None:
    assert messages.encode(messages.decode_client(row["text"])) == row["text"]


@pytest.mark.parametrize("row", vectors("server.json"), ids=lambda row: row["text"][:40])
def test_server_messages_round_trip_to_identical_bytes(row: dict[str, Any]) -> None:
    assert messages.encode(messages.decode_server(row["text"])) == row["text"]


@pytest.mark.parametrize("row", vectors("audio.json"), ids=lambda row: row["name"])
def test_audio_messages_round_trip_to_identical_bytes(row: dict[str, Any]) -> None:
    packets = tuple(bytes.fromhex(packet) for packet in row["packets"])
    audio = Audio(row["turn"], row["seq"], row["position"], packets, row["flags"])
    assert messages.encode_audio(audio).hex() == row["hex"]
    assert messages.decode_audio(bytes.fromhex(row["hex"])) == audio


@pytest.mark.parametrize("row", vectors("bad_audio.json"), ids=lambda row: row["name"])
def test_a_damaged_audio_message_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(RemoteProtocolError):
        messages.decode_audio(bytes.fromhex(row["hex"]))


@pytest.mark.parametrize("row", vectors("refused.json"), ids=lambda row: row["text"][:60])
def test_a_bad_message_is_refused_naming_code_and_field(row: dict[str, Any]) -> None:
    with pytest.raises(RemoteProtocolError) as refused:
        messages.decode_client(row["text"])
    assert (refused.value.code, refused.value.field) == (row["code"], row["field"])


def test_every_type_of_message_has_a_vector() -> None:
    told = {json.loads(row["text"])["type"] for row in vectors("client.json")}
    told |= {json.loads(row["text"])["type"] for row in vectors("server.json")}
    protocol = (Path(messages.__file__).parent / "PROTOCOL.md").read_text(encoding="utf-8")
    assert all(f"`{kind}`" in protocol for kind in told)
    assert len(told) == 19


def test_a_refusal_names_the_limit() -> None:
    with pytest.raises(RemoteProtocolError, match=r"speed.*less than or equal to 2"):
        messages.decode_client('{"type":"turn.start","turn":"t","speed":3}')


def test_an_audio_message_that_does_not_fit_its_header_is_our_bug() -> None:
    with pytest.raises(LocalProtocolError):
        messages.encode_audio(Audio(-1, 0, 0, ()))
    with pytest.raises(LocalProtocolError):
        messages.encode_audio(Audio(0, 0, 0, (bytes(70_000),)))


@given(st.binary(max_size=200))
def test_any_bytes_are_audio_or_refused(data: bytes) -> None:
    try:
        audio = messages.decode_audio(data)
    except RemoteProtocolError:
        return
    assert messages.encode_audio(audio) == data


@given(st.text(max_size=200))
def test_any_text_is_a_message_or_refused(text: str) -> None:
    try:
        messages.decode_client(text)
    except RemoteProtocolError as error:
        assert error.code
