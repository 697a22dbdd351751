"""Framing, checked by TensorBoard's own reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.compat.tensorflow_stub import errors, pywrap_tensorflow

from medialog_core.sinks.tensorboard.records import frame


def read_back(path: Path, content: bytes) -> list[bytes]:
    path.write_bytes(content)
    reader = pywrap_tensorflow.PyRecordReader_New(str(path))
    records: list[bytes] = []
    while True:
        try:
            reader.GetNext()
        except errors.OutOfRangeError:
            return records
        records.append(reader.record())


def test_a_record_has_exactly_these_bytes() -> None:
    assert frame(b"abc").hex() == "0300000000000000" + "b099490e" + "616263" + "6e57f121"


@given(records=st.lists(st.binary(max_size=200), max_size=5))
@settings(max_examples=50, deadline=None)
def test_tensorboard_reads_the_records_back(
    tmp_path_factory: pytest.TempPathFactory, records: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("records") / "events"
    assert read_back(path, b"".join(map(frame, records))) == records


@pytest.mark.parametrize("position", [0, 9, 13, -1])
def test_a_flipped_bit_is_found_wherever_it_is(tmp_path: Path, position: int) -> None:
    framed = bytearray(frame(b"some data"))
    framed[position] ^= 1
    with pytest.raises(errors.DataLossError):
        read_back(tmp_path / "events", bytes(framed))
