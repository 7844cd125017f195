import json
import os

from tanren._errors import TanrenError, pandas

# The meanings of the keys that are known; see `StudyReport.format`.
FORMATS = (2,)

_STATISTICS = {
    "mean": "mean", "sd": "standardDeviation", "median": "median", "q1": "lowerQuartile", "q3": "upperQuartile",
    "min": "minimum", "max": "maximum",
}


def read(path):
    path = os.fspath(path)
    if os.path.isdir(path):
        path = os.path.join(path, "report.json")
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except OSError as error:
        raise TanrenError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise TanrenError(f"{path} is no JSON: {error}") from error
    return Report(document, path)


class Report:
    """A study's report: the statistics of its arms, and verdicts. `document` has all of it, as Tanren writes it."""

    def __init__(self, document, path="the report"):
        if not isinstance(document, dict) or "format" not in document or "comparisons" not in document:
            raise TanrenError(f"{path} is no report: write one with 'tanren report --output report.json'")
        if document["format"] not in FORMATS:
            known = ", ".join(map(str, FORMATS))
            raise TanrenError(
                f"{path} has format {document['format']}, and this package reads {known}: "
                "use the package and the command of the same version")
        self.document = document
        self.name = document["facts"]["name"]
        self.title = document["facts"]["title"]
        #: What arms are compared by, and whether higher or lower is better.
        self.metric = document["facts"]["metric"]["name"]
        self.better = document["facts"]["metric"]["better"]

    @property
    def arms(self):
        """A row per arm: runs, how many diverged, and of the metric after the last and the best epoch mean, interval of
        the mean (`lower`, `upper`), standard deviation, median, quartiles and extremes; then medians of the costs."""
        rows = []
        for arm in self.document["arms"]:
            row = {"arm": arm["name"], "runs": len(arm["runs"]), "diverged": sum(r["isDiverged"] for r in arm["runs"])}
            for reading in ("last", "best"):
                summary = arm.get(reading) or {}
                for name, key in _STATISTICS.items():
                    row[f"{reading}_{name}"] = _number(summary.get(key))
                for end in ("lower", "upper"):
                    row[f"{reading}_{end}"] = _number((summary.get("interval") or {}).get(end))
            cost = arm.get("cost") or {}
            for name, key in (
                ("seconds", "seconds"), ("steps", "steps"), ("gradient_evaluations", "gradientEvaluations")):
                row[name] = _number((cost.get(key) or {}).get("median"))
            rows.append(row)
        return _frame(rows, ["arm", "runs", "diverged"])

    @property
    def comparisons(self):
        """A row per comparison: difference (candidate minus baseline) with its interval and bootstrap interval, the test
        and its p value, the p value adjusted for all comparisons, the finding and whether it is decided."""
        rows = []
        for entry in self.document["comparisons"]:
            comparison, verdict = entry["comparison"], entry["verdict"]
            # The first test is the one that decides.
            test = (comparison.get("tests") or [{}])[0]
            interval = comparison.get("interval") or {}
            bootstrap = comparison.get("bootstrap") or {}
            bootstrap = bootstrap.get("bca") or bootstrap.get("percentile") or {}
            rows.append({
                "candidate": entry["candidate"], "baseline": entry["baseline"], "seeds": len(comparison["differences"]),
                "difference": _number(comparison.get("meanDifference")),
                "lower": _number(interval.get("lower")), "upper": _number(interval.get("upper")),
                "bootstrap_lower": _number(bootstrap.get("lower")), "bootstrap_upper": _number(bootstrap.get("upper")),
                "effect_size": _number(comparison.get("effectSize")),
                "probability_of_improvement": _number((comparison.get("probabilityOfImprovement") or {}).get("value")),
                "test": test.get("kind"), "p": _number(test.get("p")), "p_adjusted": _number(verdict.get("p")),
                "finding": verdict["finding"], "decided": verdict["isDecided"],
            })
        return _frame(rows, ["candidate", "baseline", "difference", "p", "finding", "decided"])

    @property
    def trials(self):
        """A row per trial of a search that has ended: arm, number from 1, score, a column per setting, costs, after how
        many epochs it was stopped, and whether it was chosen. None of an arm's is if the study went on with the arm as it
        is written. Empty without a search."""
        rows = []
        for arm in (self.document["facts"].get("search") or {}).get("arms", []):
            for index, trial in enumerate(arm["trials"]):
                row = {"arm": arm["name"], "trial": index + 1, "score": _number(trial.get("score"))}
                for dimension, value in zip(arm["dimensions"], trial["values"]):
                    row[dimension["setting"]] = _setting(value)
                row["seconds"] = _number(trial["seconds"])
                row["gradient_evaluations"] = trial["gradientEvaluations"]
                row["stopped"] = trial.get("epochs")
                row["chosen"] = arm.get("chosen") == index
                rows.append(row)
        frame = _frame(rows, ["arm", "trial", "score"])
        if rows:
            frame["stopped"] = frame["stopped"].astype("Int64")
        return frame

    @property
    def settings(self):
        """The settings that arms were compared with: a row per arm, a column per setting. Missing where it is the
        default."""
        rows = [
            {"arm": arm["name"], **{s["path"]: s.get("number", s["value"]) for s in arm["settings"]}}
            for arm in self.document["facts"]["arms"]]
        return _frame(rows, ["arm"]).set_index("arm")


def _frame(rows, columns):
    names = list(dict.fromkeys(name for row in rows for name in row)) or columns
    return pandas().DataFrame(rows, columns=names)


def _number(value):
    """A number as Tanren writes it: what isn't finite is a string, and what there is none of is missing."""
    return float("nan") if value is None else float(value)


def _setting(text):
    try:
        return float(text)
    except ValueError:
        return text
