"""Writes events.tfrecord with TensorBoard's own messages and record writer."""

from pathlib import Path

from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

events = [
    event_pb2.Event(wall_time=1700000000.25, file_version="brain.Event:2"),
    event_pb2.Event(wall_time=1700000000.5, step=1, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START)),
]
scalars = event_pb2.Event(wall_time=1700000001.0, step=300)
scalars.summary.value.add(tag="train/loss", simple_value=0.1)
scalars.summary.value.add(tag="validation/正解率", simple_value=float("nan"))
scalars.summary.value.add(tag="train/" + "long" * 50, simple_value=-1e30)
events.append(scalars)

path = Path(__file__).with_name("events.tfrecord")
with path.open("wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()
print(f"{path.name}: {path.stat().st_size} bytes")
