#!/usr/bin/env python3
"""Writes small sound inputs of every reader to the folder `seeds`, from which the fuzzer starts."""

import base64
import gzip
import hashlib
import io
import json
import pathlib
import struct
import tarfile
import zipfile

FOLDER = pathlib.Path(__file__).parent / "seeds"


def write(reader, name, contents):
    path = FOLDER / reader / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents.encode() if isinstance(contents, str) else contents)


def npy(descr, shape, data, version=1, fortran=False):
    header = str({"descr": descr, "fortran_order": fortran, "shape": shape})
    size = "<H" if version == 1 else "<I"
    header += " " * (-(10 + len(header) + 1) % 16) + "\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack(size, len(header)) + header.encode() + data


def archive(members, compression):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as zipped:
        for name, contents in members.items():
            zipped.writestr(zipfile.ZipInfo(name), contents, compression)
    return file.getvalue()


def tar(members, form):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as packed:
        for name, contents in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(contents)
            packed.addfile(info, io.BytesIO(contents))
    return file.getvalue()


def idx(shape, kind=8):
    count = 1
    for extent in shape:
        count *= extent
    return bytes([0, 0, kind, len(shape)]) + b"".join(struct.pack(">I", e) for e in shape) + bytes(i % 251 for i in range(count))


def data():
    write("csv", "comma", b"\0" + b"1,2.5,-3e2\n# comment\n4,\"5\",6\r\n")
    write("csv", "header", b"\2" + b"\xef\xbb\xbfa,b\n1,2\n\n3,4\n")
    write("csv", "names", b"\x0e" + b"b c a\n1 2 3\n4\t5 6\n")
    write("csv", "indices", b"\4" + b"1,2\n3,4\n")
    vowels = "".join(" ".join(f"{0.1 * (i + j):.3f}" for j in range(12)) + " \n" + "1.0 " * 12 + "\n" for i in range(3))
    write("series", "vowels", "\2" + vowels + "\0" + vowels)
    write("series", "laser", "\1" + "86\n141\n95\n41\n22\n")
    write("series", "sunspots", "\0" + "1749;01;1749.042;96.7;-1.0;-1;1\n1749;02;1749.123;104.3;-1.0;-1;1\n1749;03;1749.2;116.7;-1.0;-1;1\n1749;04;1749.3;92.8;-1.0;-1;1\n")
    for name, shape in [("vector", [5]), ("images", [2, 3, 4]), ("empty", [0, 3])]:
        write("idx", name, idx(shape))
        write("idx", name + ".gz", gzip.compress(idx(shape), mtime=0))
    write("npy", "float32", npy("<f4", (2, 3), struct.pack("<6f", *range(6))))
    write("npy", "fortran", npy(">i2", (2, 2), struct.pack(">4h", *range(4)), fortran=True))
    write("npy", "version2", npy("|u1", (3,), b"abc", version=2))
    write("npy", "scalar", npy("|b1", (), b"\1"))
    own = {
        "x_train.npy": npy("|u1", (4, 2), bytes(8)), "y_train.npy": npy("<i8", (4,), struct.pack("<4q", 0, 1, 1, 0)),
        "x_test.npy": npy("|u1", (1, 2), bytes(2)), "y_test.npy": npy("<i8", (1,), struct.pack("<q", 1)),
    }
    write("npz", "stored", archive(own, zipfile.ZIP_STORED))
    write("npz", "deflated", archive(own, zipfile.ZIP_DEFLATED))
    own["y_train.npy"], own["y_test.npy"] = npy("<f4", (4, 1), bytes(16)), npy("<f4", (1, 1), bytes(4))
    write("npz", "values", archive(own, zipfile.ZIP_DEFLATED))
    record = bytes([3]) + bytes(3072)
    files = {f"cifar-10-batches-bin/data_batch_{i}.bin": record for i in range(1, 6)}
    files["cifar-10-batches-bin/test_batch.bin"] = record
    write("tar", "cifar.gz", gzip.compress(tar(files, tarfile.USTAR_FORMAT), mtime=0))
    small = {"folder/" + "long" * 30 + "/data_batch_1.bin": b"\1", "test_batch.bin": b""}
    write("tar", "pax", tar(small, tarfile.PAX_FORMAT)[:4096])
    write("tar", "gnu", tar(small, tarfile.GNU_FORMAT)[:4096])
    write("cifar", "two", b"\0" + bytes([1, 4]) + bytes(3072) + bytes([19, 99]))
    write("cifar", "partial", b"\1" + bytes([1, 4, 5, 6]))
    pictures = pathlib.Path(__file__).parents[2] / "DatasetsTests/Fixtures/pictures"
    for name in ["grey1.png", "palette-alpha.png", "interlaced.png", "turned.png", "grey.jpg", "progressive.jpg", "cmyk.jpg"]:
        write("picture", name, (pictures / name).read_bytes())


def states():
    header = json.dumps({
        "__metadata__": {"a": "b"}, "w": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
        "b": {"dtype": "BF16", "shape": [], "data_offsets": [8, 10]}})
    header += " " * (-len(header) % 8)
    write("safetensors", "two", struct.pack("<Q", len(header)) + header.encode() + bytes(10))
    write("safetensors", "none", struct.pack("<Q", 8) + b"{}      ")
    sidecar = {
        "format": "tanren checkpoint", "version": 1, "digest": "0" * 64,
        "tensorFile": "checkpoint-00000001.safetensors", "tensorDigest": "TENSOR_DIGEST", "tensorByteCount": 0,
        "epoch": 2, "step": 20, "key": ["1", "18446744073709551615"],
        "plan": {"epochs": 3, "stepsPerEpoch": 10, "batchSize": 4, "order": "shuffled"},
        "configuration": "epochs: 3\n", "stopReason": None, "callbacks": {"monitor": {"best": 0.5, "none": "nan"}},
        "tensors": {}, "history": [
            {"epoch": 1, "step": 10, "trainingSeconds": 0.5, "evaluationSeconds": 0.25, "metrics": {"loss": 1e-3}}]}
    text = json.dumps(sidecar, indent=2) + "\n"
    write("checkpoint", "sidecar", text.replace('"tensorByteCount": 0', '"tensorByteCount": TENSOR_BYTES'))
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"library").digest()).decode().rstrip("=")
    write("record", "library", f"LIBRARY,sha256={digest},7\na.dist-info/RECORD,,\n")


def settings():
    write("yaml", "run", "# a run\nmodel: mlp(hidden: [64, 32])\noptimizer: {name: adam, rate: 1e-3}\nepochs: 3\n"
          "metrics: [accuracy]\nlabels: &a\n")
    write("yaml", "methods", "data: syntheticDigits(train: 100, test: 20)\noptimizer: sgd(rate: 0.1)\nbatch: 20\n"
          "penalties: [l2(1e-4)]\nseed: 7\naugmentation: [crop(padding: 2)]\n")
    write("yaml", "quoted", "data: 'npz(path: \"a b.npz\")'\nmodel: \"mlp\"\nloss: crossEntropy\ndtype: float32\n")
    write("yaml", "experiment", "experiment: reservoirPrediction(units: 50, readout: cholesky(lambda: 1e-6))\ndata: narma\n")
    write("plan", "arms", "name: p\ntitle: A study\nmetric: val_accuracy\nseeds: 0..2\nbaseline: sgd\nbase:\n"
          "  epochs: 2\n  model: mlp(hidden: [8])\narms:\n  sgd: {optimizer: sgd(rate: 0.1)}\n  adam:\n"
          "    optimizer: adam\n    optimizer.rate: 0.001\n")
    write("plan", "grid", "seeds: [1, 2]\ntargets: [0.9]\ngrid:\n  optimizer.rate: [0.1, 0.01]\n  batch: [10, 20]\n")
    write("plan", "list", "metric: {name: val_loss, better: less}\narms:\n  - name: a\n    batch: 5\n    printed: 0.9\n  - name: b\n")
    for kind, name, text in [
        (0, "value", "[1, true, sgd(rate: 0.1), word]"), (0, "number", "-1.5e-3"),
        (1, "choice", "mlp(hidden: [64, 32], activation: gelu(exact: true))"), (2, "count", "5"),
        (2, "range", "0..9"), (2, "list", "[1, 2, 7..9]"), (3, "assignment", "optimizer.rate=0.5"),
        (3, "method", "model=cnn(filters: [8, 16])"), (4, "seeds", "seeds=3"), (4, "axis", "optimizer.rate=0.1,0.2"),
        (5, "canonical", "model: mlp\nepochs: 2\n"),
    ]:
        write("notation", name, bytes([kind]) + text.encode())


def texts():
    rows = "".join(f"{i},{'pq'[i % 2]},{'train' if i < 7 else 'test'},{'uv'[i // 2 % 2]}\n" for i in range(12))
    write("table", "classes", b"\x00\x00" + b"x,c,part,y\n" + rows.encode())
    write("table", "evaluated", b"\x04\x03" + b"x,c,part,y\n" + rows.encode() + b"\x00part;c;y;x\ntest;q;u;100\n,p;v;-1\n")
    write("table", "split", b"\x80\x80" + b"x,c,part,y\n" + rows.encode() + b"\x00x,c,part,y\n1,p,test,u\n")
    values = "".join(f"{i},5;\"a {i % 3}\";{i * i},25\r\n" for i in range(12))
    write("table", "values", b"\x72\x41" + b"\xef\xbb\xbfx;c;y\r\n" + values.encode() + b"\x00x;c;y\r\n;\"a 1\";3\r\n")
    write("table", "headerless", b"\x01\x05" + b"u\t1\nv\t2\nu\t3\nv\t4\nu\t5\n\x00v\t9\n")
    steps = "".join(f"{i},{i * i / 4}\n" for i in range(12))
    write("log", "plain", b"\x00\x00" + b"a,b\n" + steps.encode())
    write("log", "windows", b"\x0a\x00" + b"a,b\n" + steps.encode() + b"\x00a,b\n1,2\n3,4\n5,6\n7,8\n9,1\n")
    write("log", "gaps", b"\x37\x42" + b"# log\na;b\n" + steps.replace(",", ";").replace(".", ",").replace("3;", ";").encode())
    write("log", "targets", b"\x06\xc1" + b"a,b\n" + steps.encode() + b"\x00b,a\n" + steps.encode())


def requests():
    write("request", "page", "GET /study/a?b HTTP/1.1\r\nHost: localhost:8080\r\nIf-None-Match: \"x\"\r\n\r\n")
    write("request", "two", "\nHEAD http://a/b HTTP/1.0\nConnection: close\n\nGET / HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc")


def stores():
    write("store", "plan", bytes([2, 0]) + b"name: s\nseeds: 1\n")
    write("store", "configuration", bytes([4, 0]) + b"epochs: 2\n")
    write("store", "environment", bytes([10, 0]) + b'{"device": "cpu"}')
    write("store", "number", bytes([12, 2]) + b"0.25")
    write("store", "whole", bytes([13, 1]) + b"2")
    write("store", "bytes", bytes([255]) + bytes([0, 3, 0x21, 0x80, 0, 7, 0xff, 0xf0, 1]))


if __name__ == "__main__":
    data()
    texts()
    states()
    settings()
    requests()
    stores()
