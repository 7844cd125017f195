#!/usr/bin/env python3
"""Measures what a large study costs: registering and claiming its runs, reading and showing what it found.

    Benchmarks/studies/measure.py                                1,000 arms, 100 seeds, 20 epochs
    Benchmarks/studies/measure.py --arms 100 --seeds 10          a smaller one
    Benchmarks/studies/measure.py --store large.sqlite           keeps the store, and takes it if it is there

The store is made by study-filler beside this file, through the same calls as trainings use; nothing is trained. Needs
release builds: swift build -c release --product tanren; swift build -c release --product study-filler.
"""

import argparse
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arms", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--store", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / ".build/release", help="folder of the programs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or pathlib.Path(folder) / "large.sqlite"
        print(f"{options.arms} arms, {options.seeds} seeds, {options.epochs} epochs; {processor()}, load {os.getloadavg()[0]:.1f}", flush=True)
        if not store.exists():
            fill(options, store)
        print(f"store: {store.stat().st_size / 1e6:.0f} MB")
        show(options.build / "tanren", store, pathlib.Path(folder))


def fill(options, store):
    command = [options.build / "study-filler", store, options.arms, options.seeds, options.epochs]
    seconds = {}
    child = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    for line in child.stdout:
        name, time_, count = line.split()
        seconds.setdefault(name, []).append((float(time_), int(count)))
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit("study-filler failed")
    (registered, count), = seconds["register"]
    print(f"register: {registered:.1f} s for {count:,} runs, at most {usage.ru_maxrss / 1024:.0f} MB")
    for name in ("claim", "store"):
        rates = [count / own for own, count in seconds[name]]
        print(f"{name}: {rates[0]:,.0f} runs per second at first, {rates[len(rates) // 2]:,.0f} halfway, {rates[-1]:,.0f} at last")


def show(tanren, store, folder):
    where = ["--store", store]
    commands = {
        "study list": ["study", "list", *where],
        "study show": ["study", "show", *where],
        "study show --runs": ["study", "show", "--runs", *where],
        "study export (csv)": ["study", "export", *where, "--output", folder / "large.csv"],
        "study export (json)": ["study", "export", "--format", "json", *where, "--output", folder / "large.json"],
        "report (html)": ["report", *where, "--output", folder / "large.html"],
        "report (csv)": ["report", *where, "--output", folder / "report.csv"],
        "study merge": ["study", "merge", store, "--store", folder / "merged.sqlite"],
    }
    for name, words in commands.items():
        seconds, megabytes = measure([tanren, *words])
        output = words[-1] if "--output" in words else None
        size = f", writes {output.stat().st_size / 1e6:.1f} MB" if output else ""
        print(f"{name}: {seconds:.1f} s, at most {megabytes:.0f} MB{size}", flush=True)
    serve(tanren, store)


def measure(command):
    begun = time.perf_counter()
    child = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{' '.join(map(str, command))} failed")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def serve(tanren, store):
    """Asks for each page twice: the second answer may come from the server's memory."""
    server = subprocess.Popen(
        [str(tanren), "serve", str(store), "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://\S+", server.stdout.readline()).group().rstrip("/")
        threading.Thread(target=server.stdout.read, daemon=True).start()
        for page in ("/", "/studies/large", "/studies/large/live", "/studies/large/report"):
            times = []
            for _ in range(2):
                begun = time.perf_counter()
                with urllib.request.urlopen(address + page, timeout=600) as answer:
                    size = len(answer.read())
                times.append(time.perf_counter() - begun)
            print(f"serve {page}: {times[0]:.2f} s, then {times[1]:.2f} s, {size / 1e6:.2f} MB", flush=True)
        status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+)", status)
        print(f"serve: at most {int(peak.group(1)) / 1024:.0f} MB")
    finally:
        server.terminate()
        server.wait(20)


def processor():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} cores"


main()
