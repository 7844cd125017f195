"""Medians, spreads, ratios, and the table of a workload."""

from statistics import median, quantiles

from .workloads import OURS


def summary(seconds):
    if len(seconds) > 1:
        low, _, high = quantiles(seconds, n=4, method="inclusive")
    else:
        low = high = seconds[0]
    return {"minimum": min(seconds), "median": median(seconds), "quartiles": [low, high]}


def ratio(ours, theirs):
    """Median over the rounds of ours / theirs: rounds are neighbours in time, so a slow minute hits both."""
    return median(a / b for a, b in zip(ours, theirs))


def table(workload, seconds, about, absent):
    """`seconds`: contestant -> one number per round; `absent`: contestant -> why."""
    ours = [c for c in workload.contestants if c.worker == OURS and not c.build and c in seconds]
    # Where each of ours has a partner of its own, the quotients below say it all.
    if workload.compared and len(ours) > 2:
        ours = []
    header = ["", f"median, {workload.unit}", "quartiles", "least"] + [f"{c.label} / it" for c in ours] + ["peak MB", "test accuracy"]
    rows = []
    for contestant, values in seconds.items():
        s = summary(values)
        show = lambda x: f"{x / workload.scale:.3g}" if x / workload.scale < 1000 else f"{x / workload.scale:.0f}"
        accuracy, peak = about[contestant].get("accuracy"), about[contestant].get("peak")
        rows.append([contestant.label, show(s["median"]), " - ".join(map(show, s["quartiles"])), show(s["minimum"])]
                    + [f"{ratio(seconds[c], values):.2f}" for c in ours]
                    + [f"{peak / 1e6:.0f}" if peak else "", f"{accuracy:.4f}" if accuracy is not None else ""])
    kept = [i for i, name in enumerate(header) if name not in ("peak MB", "test accuracy") or any(row[i] for row in rows)]
    header, rows = [header[i] for i in kept], [[row[i] for i in kept] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *rows)]
    lines = [f"\n{workload.title}"]
    for row in [header] + rows:
        lines.append("  " + row[0].ljust(widths[0]) + "".join("   " + cell.rjust(w) for cell, w in zip(row[1:], widths[1:])))
    for one, other in workload.compared:
        if one in seconds and other in seconds:
            lines.append(f"  {one.label} / {other.label}: {ratio(seconds[one], seconds[other]):.2f}")
    lines += [f"  {c.label}: not measured, {why}" for c, why in absent.items()]
    return "\n".join(lines)


def result(workload, seconds, about, absent):
    """The same for the JSON file."""
    ours = [c for c in seconds if c.worker == OURS]
    return {
        "workload": workload.name, "title": workload.title,
        "measured": [
            {"contestant": c.label, "worker": c.worker, "variant": c.variant, "cache": c.condition, "build": c.build, "seconds": values,
             **summary(values), "about": about[c], "ratios": {o.label: ratio(seconds[o], values) for o in ours}}
            for c, values in seconds.items()],
        "compared": {f"{a.label} / {b.label}": ratio(seconds[a], seconds[b])
                     for a, b in workload.compared if a in seconds and b in seconds},
        "absent": {c.label: why for c, why in absent.items()},
    }
