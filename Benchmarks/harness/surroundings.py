"""The machine, the peers' Python, and the data."""

import hashlib
import os
import platform
import subprocess
import sys
from pathlib import Path

IDX_FILES = [f"{part}-ubyte.gz" for part in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]]


class SetupError(Exception):
    """What is missing and how to mend it."""


def peers_python(benchmarks):
    """The interpreter of Benchmarks/.venv, made or brought up to date with requirements.txt first."""
    requirements, folder = benchmarks / "requirements.txt", benchmarks / ".venv"
    python, stamp = folder / "bin" / "python", folder / "requirements.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return str(python)
    print(f"Setting up the peers in {folder} (once; some 2 GB of packages) ...", flush=True)
    for command in [[sys.executable, "-m", "venv", str(folder)],
                    [str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)]]:
        if subprocess.run(command).returncode != 0:
            raise SetupError(f"'{' '.join(command)}' failed. Mend what it says and run again, or name a Python "
                             "that has the peers with --python, or measure Tanren alone with --no-peers")
    stamp.write_text(wanted)  # Last, so that an interrupted set-up is taken up again.
    return str(python)


def build(root):
    print(f"swift build -c release in {root} ...", flush=True)
    if subprocess.run(["swift", "build", "-c", "release", "--product", "tanren-bench"], cwd=root).returncode != 0:
        raise SetupError("the release build failed: fix it, or measure the peers alone with --peers-only")


def build_of(root, given):
    """The tanren-bench of a path, of a revision, which is built in a work tree of its own if it isn't there yet, or of a dot:
    the working tree, built now."""
    if given == ".":
        build(root)
        return str(root / ".build" / "release" / "tanren-bench")
    if Path(given).is_file():
        return str(Path(given).resolve())
    commit = said_by("git", "rev-parse", "--verify", "--quiet", f"{given}^{{commit}}", cwd=root)
    if not commit:
        raise SetupError(f"'{given}' is neither a file nor a revision; name a tanren-bench, a revision, or . for the working tree")
    tree = root / ".build" / "compared" / commit[:12]
    binary = tree / ".build" / "release" / "tanren-bench"
    if not binary.is_file():
        if not tree.exists():
            said_by("git", "worktree", "prune", cwd=root)
            subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(tree), commit], cwd=root, check=True)
        build(tree)
    return str(binary)


def mnist():
    """The folder of MNIST's files under TANREN_DATA, or None."""
    for place in filter(None, os.environ.get("TANREN_DATA", "").split(os.pathsep)):
        for folder in [Path(place), Path(place) / "mnist"]:
            if all((folder / name).is_file() for name in IDX_FILES):
                return str(folder.resolve())
    return None


def said_by(*command, cwd=None):
    try:
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=30).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return said_by("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()


def has_bfloat16():
    """Whether the processor has instructions for bfloat16; None where that can't be told."""
    try:
        flags = {f for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith(("flags", "Features")) for f in line.split()}
    except OSError:
        return None
    return bool(flags & {"avx512_bf16", "amx_bf16", "bf16"})


def machine(root):
    return {"processor": processor(), "bfloat16": has_bfloat16(), "cores": os.cpu_count(), "system": platform.platform(), "load": list(os.getloadavg()),
            "commit": said_by("git", "describe", "--always", "--dirty", cwd=root), "swift": said_by("swift", "--version").split("\n")[0]}
