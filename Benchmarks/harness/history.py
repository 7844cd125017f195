"""The record of all runs: one line of JSON each, with machine, commit and ratios."""

import json
from pathlib import Path

from .workloads import OURS

FILE = "history.jsonl"


def entry(run):
    """What is kept of a run."""
    rows = {}
    for result in run["results"]:
        for measured in result["measured"]:
            # Another build's numbers belong to another commit.
            if measured["worker"] == OURS and not measured["build"]:
                name = measured["contestant"]
                peers = {other["contestant"]: round(other["ratios"][name], 4) for other in result["measured"] if other["worker"] != OURS}
                rows.setdefault(result["workload"], {})[name] = {
                    "seconds": measured["median"], "rounds": len(measured["seconds"]), "peak": measured["about"].get("peak"), "ratios": peers}
    return {"when": run["when"], "device": run["device"], **{key: run["machine"][key] for key in ["commit", "processor", "cores", "load"]},
            "rows": rows}


def append(run, path):
    """Adds a run that measured anything of ours."""
    line = entry(run)
    if line["rows"]:
        with Path(path).open("a") as file:
            file.write(json.dumps(line) + "\n")
    return bool(line["rows"])


def read(path):
    lines = Path(path).read_text().splitlines() if Path(path).exists() else []
    return [json.loads(line) for line in lines if line.strip()]


def best(row):
    """The peer nearest to us: (its name, our time over its), or None."""
    return max(row["ratios"].items(), key=lambda item: item[1], default=None)


def table(entries, workloads=(), last=8):
    """Of each workload and contestant of ours: the time, and its ratio to the best peer, in the last runs that measured it."""
    lines = []
    for name in sorted({(w, c) for e in entries for w, row in e["rows"].items() for c in row if not workloads or w in workloads}):
        workload, contestant = name
        found = [e for e in entries if contestant in e["rows"].get(workload, {})][-last:]
        lines.append(f"{workload}, {contestant}")
        for e in found:
            row = e["rows"][workload][contestant]
            peer = best(row)
            beside = f"{peer[1]:6.2f} of {peer[0]}" if peer else "no peer"
            lines.append(f"  {e['when'][:10]}  {e['commit'][:18]:18}  {1e3 * row['seconds']:10.4g} ms  {beside:32}  {e['processor']}, load {e['load'][0]:.1f}")
    return "\n".join(lines)
