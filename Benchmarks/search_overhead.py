#!/usr/bin/env python3
"""Measures what a search costs beside the same trials as a plain plan: the numbers of docs/search.md.

    swift build -c release --product tanren
    python Benchmarks/search_overhead.py .build/release/tanren

Both plans train the same runs by one worker on one thread, with all programs compiled before. Times are of the processor
(user and system, as getrusage has them), which a busy machine changes far less than those of a clock. Plans take turns, and a
different one begins each round. Needs nothing but Python.
"""

import argparse
import math
import os
import pathlib
import sqlite3
import statistics
import subprocess
import tempfile

BASE = "base: {{data: '{data}', model: 'mlp(hidden: [32])', batchSize: 50, epochs: {epochs}}}"
SEARCH = """\
name: search
seeds: 0..0
{base}
arms:
  sgd: {{optimizer: sgd}}
  adam: {{optimizer: adam}}
search:
  trials: {trials}
  sampler: {sampler}
  space:
    optimizer.learningRate: log(1e-4, 1)
"""


def plain(store, base):
    """The runs of a store as arms of a plan of one seed; the final runs get the seed of the trials."""
    with sqlite3.connect(store) as connection:
        texts = [text for (text,) in connection.execute("SELECT configuration FROM runs ORDER BY key")]
    lines = ["name: plain", "seeds: [1000000]", base, "arms:"]
    for place, text in enumerate(texts):
        settings = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
        optimizer = settings["optimizer"].replace("rate:", "learningRate:")
        lines.append(f"  run{place}: {{data: {settings['data']}, optimizer: {optimizer}}}")
    return "\n".join(lines) + "\n", len(texts)


def processor_seconds(program, plan, folder):
    """Trains the runs of a plan in a store of a new folder, as the only task; there is no report."""
    command = [program, "study", "task", plan, "--task", "1", "--tasks", "1", "--folder", folder]
    command += ["--vectorize", "off", "--threads", "1", "--quiet"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {child.returncode}")
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the tanren program")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--trials", type=int, default=20, help="of each of two arms")
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--sampler", default="halton")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        plans = {"search": folder / "search.yml", "plain": folder / "plain.yml"}
        data = f"syntheticDigits(train: {options.examples}, test: 500)"
        base = BASE.format(data=data, epochs=options.epochs)
        plans["search"].write_text(SEARCH.format(base=base, **vars(options)))
        first = folder / "first"
        processor_seconds(options.program, str(plans["search"]), str(first))
        text, runs = plain(first / "task-0001.sqlite", base)
        plans["plain"].write_text(text)
        processor_seconds(options.program, str(plans["plain"]), str(folder / "second"))
        seconds = {plan: [] for plan in plans}
        loads = []
        for turn in range(options.rounds):
            order = list(plans) if turn % 2 == 0 else list(plans)[::-1]
            for plan in order:
                stores = folder / f"{plan}{turn}"
                seconds[plan].append(processor_seconds(options.program, str(plans[plan]), str(stores)))
            loads.append(os.getloadavg()[0])
        quotients = [one / other for one, other in zip(seconds["search"], seconds["plain"])]
    for plan, times in seconds.items():
        print(f"{plan}: {runs} runs, median {statistics.median(times):.3f} s of the processor:", *(f"{t:.2f}" for t in times))
    mean = statistics.mean(quotients)
    error = statistics.stdev(quotients) / math.sqrt(len(quotients)) if len(quotients) > 1 else math.nan
    print(
        f"search / plain: median {statistics.median(quotients):.4f}, mean {mean:.4f} ± {error:.4f} (standard error); "
        f"{options.rounds} rounds, load {min(loads):.1f} to {max(loads):.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
