import csv
import json
import os

from tanren._errors import TanrenError, pandas

_COUNTS = ("epoch", "step")


def history(path):
    path = os.fspath(path)
    if os.path.isdir(path):
        candidates = [os.path.join(path, name) for name in ("history.jsonl", "history.csv")]
        path = next((name for name in candidates if os.path.exists(name)), candidates[0])
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise TanrenError(f"{path} can't be read: {reason}: name the output folder of 'tanren run'") from error
    rows = _csv(text, path) if path.endswith(".csv") else _lines(text, path)
    columns = list(dict.fromkeys(name for row in rows for name in row)) or list(_COUNTS)
    return pandas().DataFrame(rows, columns=columns)


def _lines(text, path):
    lines = text.split("\n")
    # The last line has no end while it is written.
    lines.pop()
    return [_row(line, number, path, json.loads) for number, line in enumerate(lines, 1)]


def _csv(text, path):
    lines = text[:text.rfind("\n") + 1].splitlines()
    return [_row(row, number, path, dict) for number, row in enumerate(csv.DictReader(lines), 2)]


def _row(source, number, path, read):
    try:
        row = read(source)
        # In JSON, what isn't finite is a string; in a table, everything is, and what wasn't recorded is empty.
        return {
            name: int(value) if name in _COUNTS else float("nan" if value == "" else value)
            for name, value in row.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise TanrenError(f"{path}:{number}: no epoch of a history: {error}") from error
