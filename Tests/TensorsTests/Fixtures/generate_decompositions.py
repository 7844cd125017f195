"""Writes decompositions.json: decompositions of matrices and least squares, computed by NumPy and SciPy.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/TensorsTests/Fixtures/generate_decompositions.py

The format is that of generate_primitives.py. Vectors are unique up to their signs, so their magnitudes are stored, and
eigenvalues that may be complex in ascending order of their real and imaginary parts, each by itself.
"""

import sys
from pathlib import Path

import numpy as np
import scipy.linalg

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, write_list  # noqa: E402

cases = []
random = np.random.default_rng(31)


def draw(*shape):
    """Short decimals, so that the file stays small."""
    return np.round(random.standard_normal(shape) * 2, 2)


def case(name, primitive, inputs, *outputs):
    cases.append({
        "name": name, "primitive": primitive, "inputs": [array(x) for x in inputs], "attributes": {},
        "outputs": [array(x) for x in outputs]})


def eigh(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return values, np.abs(vectors)


def eigvals(matrix):
    values = np.linalg.eigvals(matrix).astype(complex)
    return np.sort(values.real, axis=-1), np.sort(values.imag, axis=-1)


def svd(matrix):
    u, values, vt = np.linalg.svd(matrix, full_matrices=False)
    return np.abs(u), values, np.abs(vt)


def qr(matrix):
    q, r = np.linalg.qr(matrix)
    return np.abs(q), np.abs(r)


def lu(matrix):
    order, lower, upper = scipy.linalg.lu(matrix, p_indices=True)
    # SciPy's order is where A's rows go to in L U.
    return np.argsort(order, axis=-1).astype(np.int32), lower, upper


functions = {"eigh": eigh, "eigvals": eigvals, "svd": svd, "qr": qr, "lu": lu}
square = [("", (4, 4)), ("-1", (1, 1)), ("-batched", (2, 3, 3, 3)), ("-9", (9, 9))]
rectangular = [("-tall", (5, 3)), ("-wide", (3, 5)), ("-tall-batched", (2, 4, 2))]
for name, function in functions.items():
    for kind, shape in square + (rectangular if name in ("svd", "qr") else []):
        matrix = draw(*shape)
        if name == "eigh":
            # Numbers above the diagonal aren't read.
            case(name + kind, name, [matrix], *function(np.tril(matrix) + np.swapaxes(np.tril(matrix, -1), -1, -2)))
        else:
            case(name + kind, name, [matrix], *function(matrix))
    matrix = draw(3, 3).astype(np.float32)
    whole = np.tril(matrix) + np.tril(matrix, -1).T if name == "eigh" else matrix
    found = function(whole.astype(np.float64))
    case(name + "-float32", name, [matrix], *[x if x.dtype == np.int32 else x.astype(np.float32) for x in found])

# A rotation, whose eigenvalues are complex, and a zero where elimination without pivoting would divide.
case("eigvals-rotation", "eigvals", [np.array([[0.0, -1], [1, 0]])], np.zeros(2), np.array([-1.0, 1]))
singular = np.array([[0.0, 2, 1], [0, 4, 2], [3, 0, 0.25]])
case("lu-singular", "lu", [singular], *lu(singular))

for kind, shape in [("-tall", (7, 3)), ("-square", (4, 4)), ("-wide", (3, 6))]:
    a, b = draw(*shape), draw(shape[0], 2)
    case("lstsq" + kind, "lstsq", [a, b], np.linalg.lstsq(a, b, rcond=None)[0])
a, b = draw(2, 5, 3), draw(2, 5, 1)
case("lstsq-batched", "lstsq", [a, b], np.stack([np.linalg.lstsq(x, y, rcond=None)[0] for x, y in zip(a, b)]))

write_list(__file__, "decompositions.json", cases)
