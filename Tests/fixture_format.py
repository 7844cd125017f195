"""How the fixture generators write arrays and files.

An array is {"dtype", "shape", "values"}, values in row-major order. Booleans are 0 and 1, floats
carry every digit, non-finite floats are the strings "nan", "inf", "-inf", and integers that a
double can't hold are decimal strings.
"""

import json
import math
from pathlib import Path

import numpy as np


def scalar(value):
    """One number as JSON can carry it."""
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (int, np.integer)):
        value = int(value)
        return value if abs(value) <= 2**53 else str(value)
    value = float(value)
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def scalars(values):
    return [scalar(value) for value in np.asarray(values).reshape(-1)]


def array(value):
    value = np.asarray(value)
    return {"dtype": str(value.dtype), "shape": list(value.shape), "values": scalars(value)}


def line(value):
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def write_list(script, name, rows):
    """Writes `rows` as a JSON list, one row per line, beside the generator `script`."""
    names = [row["name"] for row in rows]
    repeated = {n for n in names if names.count(n) > 1}
    if repeated:
        raise ValueError(f"names used twice: {sorted(repeated)}")
    path = Path(script).with_name(name)
    path.write_text("[\n" + ",\n".join(line(row) for row in rows) + "\n]\n")
    print(f"{path.name}: {len(rows)} cases, {path.stat().st_size} bytes")
