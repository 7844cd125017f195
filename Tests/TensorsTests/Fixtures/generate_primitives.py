"""Writes primitives.json: what each primitive should give, computed by NumPy, SciPy and JAX.

    python3 -m pip install -r Tests/fixture-requirements.txt
    python3 Tests/TensorsTests/Fixtures/generate_primitives.py

A case is {"name", "primitive", "inputs", "attributes", "outputs"}; see Tests/fixture_format.py for
arrays. NumPy and SciPy serve where they can, because JAX shares its compiler with Tanren; where JAX
serves, a plain NumPy formula checks it. Structured operations mean what `jax.lax` means by them.
"""

import sys
from itertools import product
from pathlib import Path

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import scipy.special

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from fixture_format import array, write_list  # noqa: E402

jax.config.update("jax_enable_x64", True)

NAN, INF = float("nan"), float("inf")
cases = []
random = np.random.default_rng(20)


def draw(*shape, scale=2.0):
    """Short decimals, so that the file stays small."""
    return np.round(random.standard_normal(shape) * scale, 2)


def f64(*values):
    return np.array(values, dtype=np.float64)


def case(name, primitive, inputs, outputs, **attributes):
    outputs = outputs if isinstance(outputs, list) else [outputs]
    cases.append({
        "name": name, "primitive": primitive, "inputs": [array(x) for x in inputs],
        "attributes": attributes, "outputs": [array(x) for x in outputs]})


def unary():
    general = f64(-3.7, -2.5, -1.5, -1, -0.5, -1e-3, 0, 1e-3, 0.5, 1, 1.5, 2.5, 3.7, 30)
    special = f64(NAN, INF, -INF)
    positive = f64(1e-300, 1e-8, 0.25, 0.5, 1, 2, 2.718281828459045, 10, 1e8, 1e300)
    functions = {
        "negate": (np.negative, [general, special]),
        "abs": (np.abs, [general, special]),
        "sign": (np.sign, [general, special]),
        "exp": (np.exp, [general, f64(-745, -700, 700, 709, 710, -INF, INF, NAN)]),
        "expm1": (np.expm1, [general, f64(-1e-16, 1e-16, 1e-12, -1e-8, -50, 700, -INF, INF, NAN)]),
        "log": (np.log, [positive, f64(0, -1, INF, NAN)]),
        "log1p": (np.log1p, [f64(-0.999, -0.5, -1e-16, 0, 1e-16, 1e-12, 1e-8, 0.5, 10, 1e300), f64(-1, -2, INF, NAN)]),
        "sqrt": (np.sqrt, [positive, f64(0, -1, INF, NAN)]),
        "rsqrt": (lambda x: 1 / np.sqrt(x), [positive, f64(0, -1, INF, NAN)]),
        "cbrt": (np.cbrt, [f64(-27, -2, -1e-9, 0, 1e-9, 2, 27, 1e30), special]),
        "tanh": (np.tanh, [general, f64(-1e-12, 1e-12, 20, 400, -1e4, INF, -INF, NAN)]),
        "logistic": (scipy.special.expit, [general, f64(-700, -40, 40, 700, INF, -INF, NAN)]),
        "sin": (np.sin, [general, f64(100, -1000, 1e-9, INF, NAN)]),
        "cos": (np.cos, [general, f64(100, -1000, 1e-9, INF, NAN)]),
        "floor": (np.floor, [general, f64(-0.2, 1e15 + 0.5, INF, -INF, NAN)]),
        "ceil": (np.ceil, [general, f64(-0.2, 1e15 + 0.5, INF, -INF, NAN)]),
        "roundNearestEven": (np.rint, [general, f64(0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 1e15 + 0.5, INF, NAN)]),
        "erf": (scipy.special.erf, [general, f64(-1e-12, 1e-8, 0.1, 2, 4, 5.8, 6.5, -6.5, INF, -INF, NAN)]),
        "isFinite": (np.isfinite, [general[:4], f64(NAN, INF, -INF, 0, 1.7e308)]),
    }
    with np.errstate(all="ignore"):
        for name, (function, inputs) in functions.items():
            for suffix, x in zip(["", "-special"], inputs):
                case(name + suffix, name, [x], function(x))
        for name in ["negate", "abs", "exp", "log1p", "tanh", "logistic", "erf"]:
            x = np.float32([0, 0.125, 0.5, 1, 2.25, 9])
            case(name + "-float32", name, [x], functions[name][0](x.astype(np.float64)).astype(np.float32))
    case("exp-rank0", "exp", [np.float64(1)], np.exp(np.float64(1)))
    case("tanh-empty", "tanh", [np.zeros((0, 3))], np.zeros((0, 3)))
    integers = np.int32([-7, -1, 0, 1, 7])
    for name, function in {"negate": np.negative, "abs": np.abs, "sign": np.sign}.items():
        case(name + "-int32", name, [integers], function(integers))
    case("not-bool", "not", [np.array([[True, False], [False, True]])], np.array([[False, True], [True, False]]))
    case("not-int32", "not", [integers], np.invert(integers))
    case("not-uint8", "not", [np.uint8([0, 1, 170, 255])], np.invert(np.uint8([0, 1, 170, 255])))


def binary():
    a, b = draw(2, 3), draw(2, 3)
    awkward = [f64(1, NAN, NAN, INF, -INF, INF, -2, 0), f64(NAN, 1, NAN, -INF, 3, INF, -INF, 5)]
    functions = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
                 "maximum": np.maximum, "minimum": np.minimum, "atan2": np.arctan2}
    with np.errstate(all="ignore"):
        for name, function in functions.items():
            case(name, name, [a, b], function(a, b))
            if name in ("add", "divide", "maximum", "minimum"):
                case(name + "-special", name, awkward, function(*awkward))
            case(name + "-float32", name, [a.astype(np.float32), b.astype(np.float32)],
                 function(a.astype(np.float32), b.astype(np.float32)))
        x, y = f64(1, -1, 0, INF, -INF, NAN), f64(0, 0, 0, 0, 0, 0)
        case("divide-by-zero", "divide", [x, y], np.divide(x, y))
        x, y = f64(2, 2.5, 0, 0, -2, -2, -8, 1, 10, INF, 9), f64(3, -1.5, 0, 2, 3, -2, 0.5, NAN, 308, -1, 0.5)
        case("power", "power", [x, y], np.power(x, y))
        x, y = f64(7, -7, 7, -7, 5.5, -5.5, 1, 0), f64(3, 3, -3, -3, 2, 2, INF, 4)
        case("remainder", "remainder", [x, y], np.fmod(x, y))
        x, y = f64(1, INF, NAN, 2), f64(0, 2, 2, NAN)
        case("remainder-special", "remainder", [x, y], np.fmod(x, y))
        x, y = f64(0, 0, 1, -1, INF, NAN), f64(1, -1, 0, 0, 1, 1)
        case("atan2-axes", "atan2", [x, y], np.arctan2(x, y))
    x, y = np.int32([7, -7, 7, -7, 2147483647, 0]), np.int32([3, 3, -3, -3, 2, 5])
    case("add-int32-wraps", "add", [x, y], x + y)
    case("subtract-int32", "subtract", [x, y], x - y)
    case("multiply-int32-wraps", "multiply", [x, y], x * y)
    case("divide-int32-truncates", "divide", [x, y], np.trunc(x / y).astype(np.int32))
    case("remainder-int32", "remainder", [x, y], np.fmod(x, y))
    case("maximum-int32", "maximum", [x, y], np.maximum(x, y))
    x, y = np.uint8([250, 3, 255]), np.uint8([10, 5, 255])
    case("add-uint8-wraps", "add", [x, y], x + y)
    case("add-rank0", "add", [np.float64(1.5), np.float64(2)], np.float64(3.5))
    case("add-empty", "add", [np.zeros((2, 0)), np.zeros((2, 0))], np.zeros((2, 0)))
    case("add-bfloat16", "add", [np.array([1, 256, 0.5], ml_dtypes.bfloat16), np.array([1 / 128, 1, 0.25], ml_dtypes.bfloat16)],
         np.array([1 + 1 / 128, 256, 0.75], ml_dtypes.bfloat16))
    t, f = np.array([True, True, False, False]), np.array([True, False, True, False])
    x, y = np.int32([-1, 6, 0, 255]), np.int32([3, 3, 7, -256])
    for name, function in {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}.items():
        case(name + "-bool", name, [t, f], function(t, f))
        case(name + "-int32", name, [x, y], function(x, y))
    x, y = np.uint32([1, 3, 2**31, 2**32 - 1, 5]), np.uint32([0, 4, 1, 31, 1])
    case("shiftLeft-uint32", "shiftLeft", [x, y], x << y)
    case("shiftRightLogical-uint32", "shiftRightLogical", [x, y], x >> y)
    x = np.int32([-1, -8, 8, 1])
    s = np.int32([28, 1, 2, 0])
    case("shiftLeft-int32", "shiftLeft", [x, s], x << s)
    case("shiftRightLogical-int32", "shiftRightLogical", [x, s], (x.view(np.uint32) >> s.astype(np.uint32)).view(np.int32))
    x, s = np.uint64([2**63 + 5, 1]), np.uint64([3, 63])
    case("shiftRightLogical-uint64", "shiftRightLogical", [x, s], x >> s)
    case("shiftLeft-uint64", "shiftLeft", [x, s], x << s)


def comparing():
    x, y = f64(1, 2, 2, NAN, 1, NAN, INF, -INF, -0.0), f64(2, 1, 2, 1, NAN, NAN, INF, INF, 0.0)
    functions = {"EQ": np.equal, "NE": np.not_equal, "LT": np.less, "LE": np.less_equal, "GT": np.greater, "GE": np.greater_equal}
    for direction, function in functions.items():
        case(f"compare-{direction}", "compare", [x, y], function(x, y), direction=direction)
    x, y = np.uint32([1, 2**31, 5]), np.uint32([2, 1, 5])
    case("compare-uint32-LT", "compare", [x, y], x < y, direction="LT")
    x, y = np.int32([1, -2, 5]), np.int32([2, 1, 5])
    case("compare-int32-GE", "compare", [x, y], x >= y, direction="GE")
    t, f = np.array([True, False, True]), np.array([True, True, False])
    case("compare-bool-EQ", "compare", [t, f], t == f, direction="EQ")
    p, a, b = np.array([[True, False, True], [False, False, True]]), draw(2, 3), draw(2, 3)
    case("select", "select", [p, a, b], np.where(p, a, b))
    b[0, 0], a[0, 1] = NAN, INF
    case("select-unchosen-nan", "select", [p, a, b], np.where(p, a, b))
    case("select-int32", "select", [p[0], np.int32([1, 2, 3]), np.int32([-1, -2, -3])], np.int32([1, -2, 3]))
    low, high = np.float64(-1), np.float64(1)
    x = f64(-5, -1, -0.5, 0, 0.5, 1, 5, INF, -INF, NAN)
    case("clamp-scalar-bounds", "clamp", [low, x, high], np.clip(x, low, high))
    low, high, x = draw(2, 2) - 2, draw(2, 2) + 2, draw(2, 2, scale=6)
    case("clamp", "clamp", [low, x, high], np.minimum(np.maximum(low, x), high))
    case("clamp-int32", "clamp", [np.int32(-2), np.int32([-9, 0, 9]), np.int32(3)], np.int32([-2, 0, 3]))


def converting():
    x = f64(0, 0.1, -1.9, 2.5, 1.00390625, 1.01171875, 3.3e38, 1e-30, 65504, 12345.678, INF, -INF, NAN)
    f32 = x.astype(np.float32)
    bf16 = f32.astype(ml_dtypes.bfloat16)
    case("convert-float64-float32", "convert", [x], f32, dtype="float32")
    case("convert-float32-bfloat16", "convert", [f32], bf16, dtype="bfloat16")
    case("convert-bfloat16-float32", "convert", [bf16], bf16.astype(np.float32), dtype="float32")
    case("convert-float32-float64", "convert", [f32], f32.astype(np.float64), dtype="float64")
    small = np.float32([0, 0.1, -1.9, 65504, 6e-8, 2049, 1e-3])
    case("convert-float32-float16", "convert", [small], small.astype(np.float16), dtype="float16")
    case("convert-float16-float32", "convert", [small.astype(np.float16)], small.astype(np.float16).astype(np.float32), dtype="float32")
    t = f64(-3.9, -1, -0.5, 0, 0.5, 1.999, 7)
    case("convert-float64-int32-truncates", "convert", [t], np.trunc(t).astype(np.int32), dtype="int32")
    case("convert-float64-bool", "convert", [t], t != 0, dtype="bool")
    b = np.array([True, False])
    case("convert-bool-float32", "convert", [b], np.float32([1, 0]), dtype="float32")
    case("convert-bool-int32", "convert", [b], np.int32([1, 0]), dtype="int32")
    u = np.uint8([0, 1, 127, 128, 255])
    case("convert-uint8-float32", "convert", [u], u.astype(np.float32), dtype="float32")
    case("convert-uint8-int32", "convert", [u], u.astype(np.int32), dtype="int32")
    i = np.int32([-1, 0, 1, 300, 2147483647])
    case("convert-int32-float32", "convert", [i], i.astype(np.float32), dtype="float32")
    case("convert-int32-int64", "convert", [i], i.astype(np.int64), dtype="int64")
    case("convert-int32-uint32", "convert", [i], i.astype(np.uint32), dtype="uint32")
    case("convert-int32-uint8-wraps", "convert", [i[:4]], i[:4].astype(np.uint8), dtype="uint8")
    case("convert-uint32-float64", "convert", [np.uint32([0, 2**32 - 1])], f64(0, 2**32 - 1), dtype="float64")


def shaping():
    x = draw(2, 3)

    def broadcast(name, x, shape, dims):
        case(name, "broadcast", [x], jax.lax.broadcast_in_dim(x, shape, dims), shape=list(shape), dims=list(dims))

    broadcast("broadcast-scalar", np.float64(2.5), (2, 3), ())
    broadcast("broadcast-leading", x, (4, 2, 3), (1, 2))
    broadcast("broadcast-trailing", draw(2), (2, 3), (0,))
    broadcast("broadcast-extent-one", draw(2, 1), (2, 3), (0, 1))
    broadcast("broadcast-both", draw(1, 3), (2, 2, 3), (0, 2))
    broadcast("broadcast-to-zero", draw(3), (0, 3), (1,))
    for name, x0, shape in [("reshape", x, (3, 2)), ("reshape-flat", draw(2, 1, 3), (6,)), ("reshape-to-rank0", draw(1, 1), ()),
                            ("reshape-from-rank0", np.float64(3), (1, 1)), ("reshape-empty", np.zeros((0, 4)), (2, 0))]:
        case(name, "reshape", [x0], np.reshape(x0, shape), shape=list(shape))
    for name, x0, p in [("transpose", x, (1, 0)), ("transpose-3", draw(2, 3, 2), (2, 0, 1)), ("transpose-rank0", np.float64(1), ())]:
        case(name, "transpose", [x0], np.transpose(x0, p), permutation=list(p))
    y = draw(4, 5)
    for name, start, limit, strides in [("slice", (1, 0), (3, 5), (1, 1)), ("slice-strided", (0, 1), (4, 5), (2, 3)), ("slice-empty", (2, 0), (2, 5), (1, 1))]:
        case(name, "slice", [y], y[start[0]:limit[0]:strides[0], start[1]:limit[1]:strides[1]],
             start=list(start), limit=list(limit), strides=list(strides))
    value = np.float64(-1.5)
    for name, low, high, interior in [
            ("pad", (1, 0), (0, 2), (0, 0)), ("pad-interior", (0, 1), (1, 0), (1, 2)),
            ("pad-negative-low", (-1, 1), (0, 0), (0, 0)), ("pad-negative-high", (0, 0), (2, -2), (0, 0)),
            ("pad-negative-interior", (-1, -2), (0, 1), (1, 1))]:
        out = jax.lax.pad(x, value, list(zip(low, high, interior)))
        case(name, "pad", [x, value], out, low=list(low), high=list(high), interior=list(interior))
    case("pad-empty", "pad", [np.zeros((0,)), value], np.full((3,), -1.5), low=[1], high=[2], interior=[0])
    a, b, c = draw(2, 1), draw(2, 2), np.zeros((2, 0))
    case("concatenate-1", "concatenate", [a, b, c], np.concatenate([a, b, c], 1), axis=1)
    a, b = draw(1, 3), draw(2, 3)
    case("concatenate-0", "concatenate", [a, b], np.concatenate([a, b], 0), axis=0)
    case("concatenate-one", "concatenate", [a], a, axis=0)
    for axes in [(0,), (1,), (0, 1)]:
        case("reverse-" + "".join(map(str, axes)), "reverse", [x], np.flip(x, axes), axes=list(axes))
    for name, shape, axis, dtype in [("iota", (5,), 0, "int32"), ("iota-rows", (2, 3), 0, "float64"),
                                     ("iota-columns", (2, 3), 1, "float32"), ("iota-empty", (0, 2), 1, "int32")]:
        out = np.broadcast_to(np.arange(shape[axis]).reshape([-1 if i == axis else 1 for i in range(len(shape))]), shape)
        case(name, "iota", [], out.astype(dtype), shape=list(shape), axis=axis, dtype=dtype)


def indexing():
    x = draw(4, 5)
    for name, starts in [("", (1, 2)), ("-clamped-high", (3, 9)), ("-clamped-low", (-4, -1))]:
        # StableHLO clamps negative starts; `jax.lax` would count them from the end first.
        i, j = np.clip(starts, 0, np.array(x.shape) - (2, 3))
        starts = [np.int32(s) for s in starts]
        case("dynamicSlice" + name, "dynamicSlice", [x, *starts], x[i:i + 2, j:j + 3], sizes=[2, 3])
        update = draw(2, 3)
        out = x.copy()
        out[i:i + 2, j:j + 3] = update
        case("dynamicUpdateSlice" + name, "dynamicUpdateSlice", [x, update, *starts], out)
    case("dynamicSlice-rank1", "dynamicSlice", [f64(1, 2, 3), np.int32(1)], f64(2), sizes=[1])
    table = draw(4, 3)
    for name, indices, axis in [
            ("take-rows", np.int32([2, 0, 2]), 0), ("take-columns", np.int32([1, 1]), 1), ("take-scalar", np.int32(3), 0),
            ("take-matrix", np.int32([[0, 1], [3, 2], [1, 1]]), 0), ("take-matrix-columns", np.int32([[0, 2]]), 1),
            ("take-clamped", np.int32([-5, 9, 1]), 0), ("take-none", np.zeros((0,), np.int32), 0)]:
        case(name, "take", [table, indices], np.take(table, indices, axis, mode="clip"), axis=axis)
    case("take-int32", "take", [np.int32([5, 6, 7]), np.int32([2, 0])], np.int32([7, 5]), axis=0)
    for name, indices in [("scatterAdd", [2, 0, 2, 1]), ("scatterAdd-all-same", [1, 1, 1, 1]), ("scatterAdd-none", [])]:
        indices = np.array(indices, np.int32)
        updates = draw(len(indices), 3)
        out = table.copy()
        np.add.at(out, indices, updates)
        case(name, "scatterAdd", [table, indices, updates], out)
    out = np.zeros(3)
    np.add.at(out, [0, 0, 2], f64(1, 2, 4))
    case("scatterAdd-rank1", "scatterAdd", [np.zeros(3), np.int32([0, 0, 2]), f64(1, 2, 4)], out)


def reducing():
    x = draw(2, 3, 2)
    functions = {"sum": np.sum, "product": np.prod, "max": np.max, "min": np.min}
    for name, function in functions.items():
        for axes in [(0,), (1, 2), (0, 1, 2), ()]:
            case(f"{name}-" + ("none" if not axes else "".join(map(str, axes))), name, [x], function(x, axis=axes) if axes else x, axes=list(axes))
    case("sum-rank0", "sum", [np.float64(4)], np.float64(4), axes=[])
    empty = np.zeros((2, 0))
    for name, identity in {"sum": 0.0, "product": 1.0, "max": -INF, "min": INF}.items():
        case(name + "-of-nothing", name, [empty], np.full((2,), identity), axes=[1])
        case(name + "-to-nothing", name, [empty], np.zeros((0,)), axes=[0])
    awkward = np.array([[1, NAN, 3], [INF, -INF, 2], [-INF, -INF, -INF]])
    with np.errstate(all="ignore"):
        for name, function in functions.items():
            case(name + "-special", name, [awkward], function(awkward, axis=1), axes=[1])
    i = np.int32([[1, -2, 3], [4, 5, -6]])
    for name, function in functions.items():
        case(name + "-int32", name, [i], function(i, axis=1).astype(np.int32), axes=[1])
    case("sum-float32", "sum", [np.float32([0.5, 0.25, 8])], np.float32(8.75), axes=[0])
    ties = f64(3, 1, 3, 2, 1, 1, 0, 5, 5).reshape(3, 3)
    case("argMax-ties-1", "argMax", [ties], np.argmax(ties, 1).astype(np.int32), axis=1)
    case("argMax-ties-0", "argMax", [ties], np.argmax(ties, 0).astype(np.int32), axis=0)
    case("argMax-nan", "argMax", [f64(1, NAN, 3, NAN)], np.int32(1), axis=0)
    case("argMax-infinite", "argMax", [np.array([[-INF, -INF], [-INF, INF]])], np.int32([0, 1]), axis=1)
    case("argMax-int32", "argMax", [i], np.argmax(i, 1).astype(np.int32), axis=1)
    b = np.array([[True, False, False], [True, True, True], [False, False, False]])
    case("any", "any", [b], b.any(1), axes=[1])
    case("all", "all", [b], b.all(1), axes=[1])
    case("any-every-axis", "any", [b], b.any(), axes=[0, 1])
    case("any-of-nothing", "any", [np.zeros((2, 0), bool)], np.zeros(2, bool), axes=[1])
    case("all-of-nothing", "all", [np.zeros((2, 0), bool)], np.ones(2, bool), axes=[1])
    y = draw(3, 4)
    for axis in (0, 1):
        case(f"cumulativeSum-{axis}", "cumulativeSum", [y], np.cumsum(y, axis), axis=axis, reverse=False)
        case(f"cumulativeSum-{axis}-reverse", "cumulativeSum", [y], np.flip(np.cumsum(np.flip(y, axis), axis), axis), axis=axis, reverse=True)
    case("cumulativeSum-empty", "cumulativeSum", [np.zeros((0,))], np.zeros((0,)), axis=0, reverse=False)
    case("cumulativeSum-int32", "cumulativeSum", [np.int32([1, -2, 3, 4])], np.int32([1, -1, 2, 6]), axis=0, reverse=False)
    for name, axis, descending in [("", 1, False), ("-0", 0, False), ("-descending", 1, True)]:
        z = f64(3, -1, 2, -1, 0, 7, 7, -2, 3, 3, 3, 1).reshape(3, 4)
        order = np.argsort(-z if descending else z, axis, kind="stable")
        case("sort" + name, "sort", [z], np.take_along_axis(z, order, axis), axis=axis, descending=descending)
        case("argsort" + name, "argsort", [z], order.astype(np.int32), axis=axis, descending=descending)
    z = f64(2, NAN, -INF, INF, 1)
    case("sort-nan-last", "sort", [z], np.sort(z), axis=0, descending=False)
    case("sort-int32", "sort", [np.int32([3, -1, 2])], np.int32([-1, 2, 3]), axis=0, descending=False)
    case("sort-empty", "sort", [np.zeros((0,))], np.zeros((0,)), axis=0, descending=False)


def algebra():
    def dot(name, a, b, einsum, lb=(), rb=(), lc=(), rc=()):
        out = np.asarray(jax.lax.dot_general(a, b, ((lc, rc), (lb, rb))))
        if a.dtype == np.float64:
            np.testing.assert_allclose(out, np.einsum(einsum, a, b), rtol=1e-14, atol=1e-14)
        case(name, "dotGeneral", [a, b], out, lhsBatch=list(lb), rhsBatch=list(rb), lhsContract=list(lc), rhsContract=list(rc))

    dot("dotGeneral-matmul", draw(2, 3), draw(3, 4), "ij,jk->ik", lc=(1,), rc=(0,))
    dot("dotGeneral-first-axes", draw(3, 2), draw(3, 4), "ji,jk->ik", lc=(0,), rc=(0,))
    dot("dotGeneral-vectors", draw(3), draw(3), "i,i->", lc=(0,), rc=(0,))
    dot("dotGeneral-outer", draw(2), draw(3), "i,j->ij")
    dot("dotGeneral-batched", draw(2, 3, 4), draw(2, 4, 2), "bij,bjk->bik", (0,), (0,), (2,), (1,))
    dot("dotGeneral-batch-last", draw(3, 4, 2), draw(4, 2, 2), "ijb,jbk->bik", (2,), (1,), (1,), (0,))
    dot("dotGeneral-two-batches", draw(2, 2, 3), draw(2, 2, 3), "abi,bai->ab", (0, 1), (1, 0), (2,), (2,))
    dot("dotGeneral-two-contracted", draw(2, 3, 2), draw(3, 2, 2), "ijk,jkl->il", lc=(1, 2), rc=(0, 1))
    dot("dotGeneral-contracted-crossed", draw(2, 3), draw(3, 2), "ij,ji->", lc=(0, 1), rc=(1, 0))
    dot("dotGeneral-contract-nothing", np.zeros((2, 0)), np.zeros((0, 3)), "ij,jk->ik", lc=(1,), rc=(0,))
    dot("dotGeneral-rank0", np.float64(2), draw(3), ",i->i")
    dot("dotGeneral-float32", np.float32([[0.5, 2]]), np.float32([[4], [0.25]]), "", lc=(1,), rc=(0,))

    for name, shape in [("cholesky", (3, 3)), ("cholesky-batched", (2, 3, 3)), ("cholesky-1", (1, 1)), ("cholesky-4", (4, 4))]:
        a = draw(*shape)
        spd = np.round(a @ np.swapaxes(a, -1, -2) + 2 * np.eye(shape[-1]), 4)
        case(name, "cholesky", [spd], np.linalg.cholesky(spd))
    for left, lower, transposed, unit in product((True, False), repeat=4):
        a, b = draw(3, 3, scale=1) + 3 * np.eye(3), draw(*((3, 2) if left else (2, 3)))
        solve_triangle("triangularSolve" + ("-left" if left else "-right") + ("-lower" if lower else "-upper")
                       + ("-transposed" if transposed else "") + ("-unit" if unit else ""), a, b, left, lower, transposed, unit)
    a = draw(2, 2, 2, scale=1) + 3 * np.eye(2)
    solve_triangle("triangularSolve-batched", a, draw(2, 2, 3), True, True, False, False)


def solve_triangle(name, a, b, left, lower, transposed, unit):
    """The other triangle holds numbers that must not be read."""
    triangle = np.tril(a) if lower else np.triu(a)
    if unit:
        n = a.shape[-1]
        triangle = triangle * (1 - np.eye(n)) + np.eye(n)
    if transposed:
        triangle = np.swapaxes(triangle, -1, -2)
    if left:
        x = np.linalg.solve(triangle, b)
    else:
        x = np.swapaxes(np.linalg.solve(np.swapaxes(triangle, -1, -2), np.swapaxes(b, -1, -2)), -1, -2)
    expected = jax.lax.linalg.triangular_solve(a, b, left_side=left, lower=lower, transpose_a=transposed, unit_diagonal=unit)
    np.testing.assert_allclose(x, expected, rtol=1e-12, atol=1e-13)
    case(name, "triangularSolve", [a, b], x, leftSide=left, lower=lower, transposeA=transposed, unitDiagonal=unit)


def dilate_and_pad(x, dilation, padding):
    """Zeros between and around the elements of axes 1 and 2; negative padding crops."""
    n, h, w, c = x.shape
    out = np.zeros((n, max((h - 1) * dilation[0] + 1, 0), max((w - 1) * dilation[1] + 1, 0), c))
    out[:, ::dilation[0], ::dilation[1]] = x
    out = np.pad(out, [(0, 0)] + [(max(lo, 0), max(hi, 0)) for lo, hi in padding] + [(0, 0)])
    crop = [slice(max(-lo, 0), out.shape[i + 1] - max(-hi, 0)) for i, (lo, hi) in enumerate(padding)]
    return out[:, crop[0], crop[1]]


def convolve(x, k, strides, padding, lhs_dilation, rhs_dilation, groups):
    """Cross-correlation by its definition, one output pixel at a time."""
    x = dilate_and_pad(x, lhs_dilation, padding)
    spread = np.zeros(((k.shape[0] - 1) * rhs_dilation[0] + 1, (k.shape[1] - 1) * rhs_dilation[1] + 1) + k.shape[2:])
    spread[::rhs_dilation[0], ::rhs_dilation[1]] = k
    kh, kw, per_group, features = spread.shape
    oh, ow = (x.shape[1] - kh) // strides[0] + 1, (x.shape[2] - kw) // strides[1] + 1
    out = np.zeros((x.shape[0], oh, ow, features))
    for i, j, f in product(range(oh), range(ow), range(features)):
        first = f // (features // groups) * per_group
        patch = x[:, i * strides[0]:i * strides[0] + kh, j * strides[1]:j * strides[1] + kw, first:first + per_group]
        out[:, i, j, f] = (patch * spread[..., f]).sum((1, 2, 3))
    return out


def windows():
    def convolution(name, x, k, strides=(1, 1), padding=((0, 0), (0, 0)), lhs=(1, 1), rhs=(1, 1), groups=1):
        out = convolve(x, k, strides, padding, lhs, rhs, groups)
        again = jax.lax.conv_general_dilated(x, k, strides, padding, lhs_dilation=lhs, rhs_dilation=rhs,
                                             dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=groups)
        np.testing.assert_allclose(out, again, rtol=1e-12, atol=1e-12)
        case(name, "convolution", [x, k], out, strides=list(strides), padding=[list(p) for p in padding],
             lhsDilation=list(lhs), rhsDilation=list(rhs), groups=groups)

    convolution("convolution-valid", draw(2, 4, 4, 2), draw(3, 3, 2, 3))
    convolution("convolution-same", draw(1, 4, 4, 2), draw(3, 3, 2, 2), padding=((1, 1), (1, 1)))
    convolution("convolution-strided", draw(1, 5, 6, 1), draw(2, 3, 1, 2), strides=(2, 3), padding=((0, 1), (1, 0)))
    convolution("convolution-1x1", draw(2, 2, 3, 3), draw(1, 1, 3, 2))
    convolution("convolution-dilated-kernel", draw(1, 6, 6, 1), draw(2, 3, 1, 2), rhs=(2, 2), padding=((1, 1), (0, 0)))
    convolution("convolution-dilated-input", draw(1, 3, 3, 2), draw(3, 3, 2, 1), lhs=(2, 2), padding=((2, 1), (1, 2)))
    convolution("convolution-groups", draw(1, 4, 4, 4), draw(3, 3, 2, 4), groups=2, padding=((1, 1), (1, 1)))
    convolution("convolution-depthwise", draw(1, 4, 3, 3), draw(2, 2, 1, 6), groups=3)
    convolution("convolution-negative-padding", draw(1, 5, 5, 1), draw(2, 2, 1, 1), padding=((-1, 0), (0, -1)))

    def reduce_window(name, x, window, strides, padding):
        for kind, combine, identity in [("max", np.max, -INF), ("sum", np.sum, 0.0)]:
            padded = np.pad(x, padding, constant_values=identity)
            shape = [(n - w) // s + 1 for n, w, s in zip(padded.shape, window, strides)]
            out = np.zeros(shape)
            for at in product(*map(range, shape)):
                out[at] = combine(padded[tuple(slice(i * s, i * s + w) for i, s, w in zip(at, strides, window))])
            operation, primitive = ((jax.lax.max, "reduceWindowMax") if kind == "max" else (jax.lax.add, "reduceWindowSum"))
            np.testing.assert_allclose(out, jax.lax.reduce_window(x, identity, operation, window, strides, padding), rtol=1e-13, atol=1e-13)
            case(primitive + name, primitive, [x], out, window=list(window), strides=list(strides), padding=[list(p) for p in padding])

    none = ((0, 0),) * 4
    reduce_window("", draw(1, 4, 4, 2), (1, 2, 2, 1), (1, 2, 2, 1), none)
    reduce_window("-overlapping", draw(1, 5, 5, 1), (1, 3, 3, 1), (1, 2, 2, 1), none)
    reduce_window("-padded", draw(1, 3, 4, 1), (1, 3, 3, 1), (1, 1, 2, 1), ((0, 0), (1, 1), (0, 1), (0, 0)))
    reduce_window("-rank1", draw(6), (3,), (1,), ((2, 0),))
    reduce_window("-rest", draw(1, 5, 5, 1), (1, 2, 2, 1), (1, 2, 2, 1), none)


def random_bits():
    algorithm = jax.lax.RandomAlgorithm.RNG_THREE_FRY
    for key in [(0, 0), (42, 7), (2**64 - 1, 2**63 + 3)]:
        key = np.uint64(key)
        for shape, dtype in [((5,), "uint32"), ((2, 3), "uint32"), ((4,), "uint64")]:
            state, bits = jax.lax.rng_bit_generator(key, shape, dtype=dtype, algorithm=algorithm)
            case(f"rngBits-{key[0]}-{key[1]}-{dtype}-" + "x".join(map(str, shape)), "rngBits", [key],
                 [np.asarray(state), np.asarray(bits)], shape=list(shape), dtype=dtype, algorithm="THREE_FRY")
        # A derived key: the 64 bits that a number counts to under another key.
        for number in [0, 12, 2 ** 63 + 5]:
            _, bits = jax.lax.rng_bit_generator(np.array([key[0] ^ np.uint64(0x9e3779b97f4a7c15), number], np.uint64), (1,),
                                                dtype="uint64", algorithm=algorithm)
            case(f"foldedKey-{key[0]}-{key[1]}-{number}", "foldedKey", [key, np.array(number, np.uint64)],
                 [np.array([bits[0], 0], np.uint64)])


def inverses():
    x = f64(-0.999, -0.5, -1e-9, 0, 1e-3, 0.3, 0.9, 0.9999999)
    case("erfInverse", "erfInverse", [x], scipy.special.erfinv(x))
    x = f64(-1, 1, 1.5, NAN)
    case("erfInverse-special", "erfInverse", [x], scipy.special.erfinv(x))
    # A zero where elimination without pivoting would divide.
    a, b = np.array([[0, 2, 1], [1, -1, 0.5], [3, 0, 0.25]]), draw(3, 2)
    case("linearSolve-pivots", "linearSolve", [a, b], np.linalg.solve(a, b))
    a, b = draw(2, 5, 5), draw(2, 5, 1)
    case("linearSolve-batched", "linearSolve", [a, b], np.linalg.solve(a, b))
    case("linearSolve-1", "linearSolve", [f64(4).reshape(1, 1), f64(2, 6).reshape(1, 2)], f64(0.5, 1.5).reshape(1, 2))


def differences(function, inputs, cotangents):
    """Gradients by central differences of a definition, in extended precision."""
    inputs, found = [v.astype(np.longdouble) for v in inputs], []
    for which, point in enumerate(inputs):
        gradient = np.zeros(point.shape)
        for at in np.ndindex(point.shape):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [v.copy() for v in inputs]
                moved[which][at] += step
                ends.append(sum((c * v).sum() for c, v in zip(cotangents, function(*moved))))
            gradient[at] = (ends[0] - ends[1]) / 2e-6
        found.append(gradient)
    return found


def normalized(x, scale, offset, epsilon, relu):
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axes), x.var(axes)
    out = (x - mean) / np.sqrt(variance + epsilon) * scale + offset
    return [np.maximum(out, 0) if relu else out, mean, variance]


def normalizing():
    for name, shape in [("", (2, 3, 2, 3)), ("-rank2", (5, 2))]:
        for relu in [False, True]:
            x, scale, offset = draw(*shape), draw(shape[-1]), draw(shape[-1], scale=0.5)
            values = normalized(x, scale, offset, 1e-3, relu)
            kind = name + ("-relu" if relu else "")
            case("batchNormalization" + kind, "batchNormalization", [x, scale, offset], values, relu=relu)
            cotangents = [draw(*v.shape) for v in values]
            found = differences(lambda *v: normalized(*v, 1e-3, relu), [x, scale, offset], cotangents)
            case("batchNormalizationGradient" + kind, "batchNormalizationGradient",
                 [x, scale, offset, values[1], values[2], *cotangents], found, relu=relu)


def convolution_gradients():
    def gradients(name, shape, window, strides=(1, 1), padding=((0, 0), (0, 0)), rhs=(1, 1), groups=1):
        x, k = draw(*shape), draw(*window)
        g = draw(*convolve(x, k, strides, padding, (1, 1), rhs, groups).shape)
        # A convolution is linear: an element's cotangent is the product with what it alone brings about.
        attributes = dict(strides=list(strides), padding=[list(p) for p in padding], lhsDilation=[1, 1],
                          rhsDilation=list(rhs), groups=groups)
        for which, (point, kind) in enumerate([(x, "Input"), (k, "Kernel")]):
            out = np.zeros(point.shape)
            for at in np.ndindex(point.shape):
                unit = np.zeros(point.shape)
                unit[at] = 1
                pair = (unit, k) if which == 0 else (x, unit)
                out[at] = (g * convolve(*pair, strides, padding, (1, 1), rhs, groups)).sum()
            operation = f"convolution{kind}Gradient"
            case(operation + name, operation, [g, k] if which == 0 else [x, g], out,
                 space=list(shape[1:-1]), window=list(window[:-2]), **attributes)

    gradients("", (2, 4, 4, 2), (3, 3, 2, 3))
    gradients("-strided", (1, 6, 5, 2), (3, 2, 2, 2), strides=(2, 2), padding=((1, 1), (0, 1)))
    gradients("-dilated", (1, 5, 5, 1), (2, 2, 1, 2), rhs=(2, 3), padding=((0, 1), (1, 0)))
    gradients("-groups", (2, 3, 3, 4), (2, 2, 2, 4), groups=2, padding=((1, 0), (0, 1)))


def cross_entropies():
    # The second has more columns than a kernel takes rows at a time, and large logits.
    for name, shape, scale in [("", (3, 5), 2), ("-wide", (2, 70), 30), ("-rank3", (2, 3, 4), 1), ("-rank1", (4,), 2)]:
        x, t = draw(*shape, scale=scale), np.abs(draw(*shape, scale=0.5))
        g = draw(*shape[:-1]) if len(shape) > 1 else np.array(0.75)
        logarithms = scipy.special.log_softmax(x, axis=-1)
        case("crossEntropy" + name, "crossEntropy", [x, t], np.asarray(-(t * logarithms).sum(-1)))
        case("crossEntropyGradient" + name, "crossEntropyGradient", [x, t, g],
             (np.exp(logarithms) * t.sum(-1, keepdims=True) - t) * np.asarray(g)[..., None])


def rows():
    # The second has more columns than a kernel computes at once, the third a scale and an offset for each group.
    for name, shape, groups in [("", (3, 5), 0), ("-wide", (2, 2, 35), 0), ("-groups", (2, 3, 4), 1)]:
        x, g = draw(*shape, scale=2), draw(*shape)
        y = scipy.special.softmax(x, axis=-1)
        case("softmax" + name, "softmax", [x], y)
        case("softmaxGradient" + name, "softmaxGradient", [y, g], y * (g - (y * g).sum(-1, keepdims=True)))
        parts = shape[:groups] + shape[-1:]
        scale, offset = draw(*parts), draw(*parts, scale=0.5)
        spread = shape[:groups] + (1,) * (len(shape) - 1 - groups) + shape[-1:]

        def layer(x, scale, offset):
            mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
            return (x - mean) / np.sqrt(variance + 1e-3) * scale.reshape(spread) + offset.reshape(spread)

        case("layerNormalization" + name, "layerNormalization", [x, scale, offset], layer(x, scale, offset))
        found = differences(lambda *v: [layer(*v)], [x, scale, offset], [g])
        case("layerNormalizationGradient" + name, "layerNormalizationGradient", [x, scale, g], found)


families = [unary, binary, comparing, converting, shaping, indexing, reducing, algebra, windows, random_bits, inverses]
for family in families + [normalizing, convolution_gradients, cross_entropies, rows]:
    family()
write_list(__file__, "primitives.json", cases)
