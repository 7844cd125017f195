import json

from tanren._command import output
from tanren._errors import TanrenError, pandas
from tanren._report import Report

# As `RunState.sql`: a paused run is pending, and trained as far as it should be.
_STATE = """
    CASE WHEN runs.state = 'pending' AND runs.until <= (SELECT max(epoch) FROM epochs WHERE epochs.run = runs.key)
    THEN 'paused' ELSE runs.state END
"""


class Study:
    """A study of a store.

    Each frame is read when it is asked for, so it shows the study as it is then, also while it runs.
    """

    def __init__(self, store, name=None):
        self._store = store
        _, found = store.rows("SELECT key, name, title, plan FROM studies ORDER BY name")
        names = [row["name"] for row in found]
        if name is None and len(found) != 1:
            raise TanrenError(
                f"{store.path} has {len(found) or 'no'} studies" + (f": name one of {', '.join(names)}" if found else ""))
        chosen = [row for row in found if name in (None, row["name"])]
        if not chosen:
            raise TanrenError(f"{store.path} has no study '{name}': it has {', '.join(names) or 'none'}")
        (row,) = chosen
        self._key = row["key"]
        self.name = row["name"]
        self.title = row["title"]
        #: The plan as YAML.
        self.plan = row["plan"]

    def __repr__(self):
        return f"tanren.study({self._store.path!r}, {self.name!r})"

    @property
    def runs(self):
        """A row per run, in the plan's order: arm, seed, trial, id, state, the epochs trained and planned, the metrics of
        the last epoch, costs, whether it diverged, and where the data came from.

        Runs of a search have the number of their trial; it is missing in those that arms are compared by.
        """
        state = _STATE if self._store.version >= 4 else "runs.state"
        names, rows = self._rows(
            f"""
            {self._place}, {state} AS state, (SELECT max(epoch) FROM epochs WHERE epochs.run = runs.key) AS epoch,
            runs.epochs AS epochs, runs.seconds, runs.steps, runs.gradient_evaluations, runs.diverged, runs.attempts,
            runs.error, runs.started, runs.finished, runs.data_origin AS data, runs.configuration, runs.key
            """)
        metrics = self._metrics()
        last = [metrics.get((row["key"], row["epoch"]), {}) for row in rows]
        frame = _frame(names, rows, last, after="epochs")
        frame["epoch"] = frame["epoch"].astype("Int64")
        frame["steps"] = frame["steps"].astype("Int64")
        frame["diverged"] = frame["diverged"].astype("boolean")
        for name in ("seconds", "gradient_evaluations"):
            frame[name] = frame[name].astype("float64")
        for name in ("started", "finished"):
            frame[name] = _times(frame[name])
        return frame

    @property
    def epochs(self):
        """A row per epoch of each run: its number, step, seconds of training and evaluation, and the metrics. What isn't
        a number is NaN, also where a metric wasn't recorded."""
        names, rows = self._rows(
            f"{self._place}, epochs.epoch, epochs.step, epochs.training_seconds, epochs.evaluation_seconds, runs.key",
            "JOIN epochs ON epochs.run = runs.key", order="epochs.epoch")
        metrics = self._metrics()
        return _frame(names, rows, [metrics[row["key"], row["epoch"]] for row in rows])

    @property
    def attempts(self):
        """A row per try of a process at a run: when, how it ended, and where it computed, such as the device, processor and
        number of threads. A resumed run has several."""
        names, rows = self._rows(
            f"""
            {self._place}, attempts.number AS attempt, attempts.started, attempts.ended, attempts.outcome,
            environments.description AS environment, runs.key
            """,
            """
            JOIN attempts ON attempts.run = runs.key
            LEFT JOIN environments ON environments.key = attempts.environment
            """, order="attempts.number")
        environments = [json.loads(row["environment"] or "{}") for row in rows]
        frame = _frame(names, rows, environments, missing=None).drop(columns="environment")
        for name in ("started", "ended"):
            frame[name] = _times(frame[name])
        return frame

    def compare(self, alpha=None, margin=None):
        """The study's report, made by the command `tanren report`.

        alpha  -- the significance level, by default 0.05
        margin -- the largest difference that doesn't matter, by default the plan's
        """
        words = ["report", self._store.path, "--study", self.name, "--format", "json"]
        for name, value in (("--alpha", alpha), ("--margin", margin)):
            if value is not None:
                words += [name, repr(float(value))]
        return Report(json.loads(output(*words)))

    @property
    def report(self):
        """The report as the plan wants it; see `compare`."""
        return self.compare()

    @property
    def arms(self):
        """A row per arm; see `Report.arms`."""
        return self.report.arms

    @property
    def comparisons(self):
        """A row per comparison with its verdict; see `Report.comparisons`."""
        return self.report.comparisons

    @property
    def trials(self):
        """A row per trial of a search; see `Report.trials`."""
        return self.report.trials

    @property
    def _place(self):
        trial = "memberships.trial" if self._store.version >= 4 else "NULL"
        return f"memberships.arm, memberships.seed, {trial} AS trial, runs.id AS run"

    def _rows(self, columns, join="", order="runs.key"):
        """What a table says of the study's runs, in the plan's order: the columns' names, and rows."""
        return self._store.rows(
            f"""
            SELECT {columns} FROM memberships JOIN runs ON runs.key = memberships.run {join}
            WHERE memberships.study = ? ORDER BY memberships.position, {order}
            """, (self._key,))

    def _metrics(self):
        """The metrics of each run and epoch."""
        _, rows = self._store.rows(
            """
            SELECT epochs.run, epochs.epoch, name, value FROM epochs
            LEFT JOIN metrics ON metrics.run = epochs.run AND metrics.epoch = epochs.epoch
            WHERE epochs.run IN (SELECT run FROM memberships WHERE study = ?) ORDER BY epochs.run, epochs.epoch, position
            """, (self._key,))
        metrics = {}
        for row in rows:
            values = metrics.setdefault((row["run"], row["epoch"]), {})
            if row["name"] is not None:
                values[row["name"]] = row["value"]
        return metrics


def studies(store):
    """A row per study of a store."""
    states = ("pending", "running", "paused", "done", "failed")
    state = _STATE if store.version >= 4 else "runs.state"
    counts = ", ".join(f"count(*) FILTER (WHERE state = '{name}') AS {name}" for name in states)
    names, rows = store.rows(
        f"""
        SELECT name, title, created, changed, {counts}
        FROM studies LEFT JOIN (
          SELECT DISTINCT memberships.study, runs.key, {state} AS state
          FROM memberships JOIN runs ON runs.key = memberships.run
        ) AS members ON members.study = studies.key
        GROUP BY studies.key ORDER BY name
        """)
    frame = pandas().DataFrame.from_records(rows, columns=names)
    for name in ("created", "changed"):
        frame[name] = _times(frame[name])
    return frame


def _frame(names, rows, more, after=None, missing=float("nan")):
    """A frame of rows of runs with further columns, at the end or after another one."""
    fixed = [name for name in names if name != "key"]
    # A metric may be called as a column is.
    further = {
        name: f"metric_{name}" if name in names else name
        for name in dict.fromkeys(name for values in more for name in values)}
    place = fixed.index(after) + 1 if after else len(fixed)
    for row, values in zip(rows, more):
        for name, column in further.items():
            value = values.get(name)
            row[column] = missing if value is None else value
    columns = fixed[:place] + list(further.values()) + fixed[place:]
    frame = pandas().DataFrame.from_records(rows, columns=columns)
    frame["trial"] = frame["trial"].astype("Int64")
    return frame


def _times(seconds):
    """Seconds since 1970 as times."""
    return pandas().to_datetime(seconds.astype("float64"), unit="s", utc=True)
