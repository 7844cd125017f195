"""The results of Tanren as pandas frames.

    import tanren

    history = tanren.history("out/run")              # the epochs of `tanren run`
    study = tanren.study("out/studies.sqlite")       # a study, while it runs or after
    study.runs.groupby("arm").val_accuracy.agg(["mean", "std"])
    study.comparisons[["candidate", "baseline", "difference", "p", "finding"]]
    tanren.report("out/rates/report.json").arms      # a report that was written as JSON

Stores are opened for reading only. pandas is imported when the first frame is made: `pip install 'tanren[pandas]'`.
"""

from tanren._errors import TanrenError

__all__ = ["Report", "Study", "TanrenError", "history", "report", "studies", "study"]


def study(store="out/studies.sqlite", name=None):
    """A study of a store.

    store -- the path of the SQLite file
    name  -- the study's name; may be left out where the store has one study
    """
    from tanren._store import Store
    from tanren._study import Study

    return Study(Store(store), name)


def studies(store="out/studies.sqlite"):
    """The studies of a store: a frame with a row per study and the numbers of its runs by state."""
    from tanren._store import Store
    from tanren._study import studies

    return studies(Store(store))


def history(path="out/run"):
    """The epochs of a run: a frame with a row per epoch.

    path -- the output folder of `tanren run`, or a `history.jsonl` or `history.csv`
    """
    from tanren._history import history

    return history(path)


def report(path):
    """A report that `tanren report --format json` or a study wrote.

    path -- a `report.json`, or the folder that it is in
    """
    from tanren._report import read

    return read(path)


def __getattr__(name):
    # Classes are imported when they are asked for: the command `tanren` starts sooner without SQLite and JSON.
    if name == "Study":
        from tanren._study import Study

        return Study
    if name == "Report":
        from tanren._report import Report

        return Report
    if name == "__version__":
        from importlib.metadata import version

        return version("tanren")
    raise AttributeError(f"module 'tanren' has no attribute '{name}'")
