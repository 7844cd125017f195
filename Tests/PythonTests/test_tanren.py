"""The module `tanren` on what the command writes; scripts/python-tests runs this."""

import importlib.util
import math
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import tanren
from tanren._store import Store

HAS_PANDAS = importlib.util.find_spec("pandas") is not None
PLANS = {
    "rates": """
        title: Two optimizers
        seeds: 0..5
        base: {data: 'syntheticDigits(train: 500, test: 200)', epochs: 2}
        arms: {sgd: {optimizer: sgd}, adam: {optimizer: adam}}
        """,
    "searched": """
        seeds: 2
        base: {data: 'syntheticDigits(train: 500, test: 200)', epochs: 1}
        arms: {adam: {optimizer: adam}, sgd: {optimizer: sgd}}
        search: {trials: 2, judgedBy: heldOut(fraction: 0.2), space: {optimizer.learningRate: 'log(1e-3, 1e-1)'}}
        """,
}


def command(*words):
    result = subprocess.run(["tanren", *words], capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"tanren {' '.join(words)}: {result.stderr}")
    return result.stdout


folder = tempfile.mkdtemp(prefix="tanren-python-")
unittest.addModuleCleanup(shutil.rmtree, folder)


def setUpModule():
    """Makes a store with two studies, and a run."""
    for name, plan in PLANS.items():
        path = os.path.join(folder, name + ".yml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(line.strip() for line in plan.strip().split("\n")))
        command("study", "run", path, "--store", Files.store, "--output", os.path.join(folder, name), "--quiet")
    data = "syntheticDigits(train: 300, test: 100)"
    command("run", "--data", data, "--epochs", "2", "--output", Files.run_folder, "--quiet")


class Files(unittest.TestCase):
    folder = folder
    # Characters that mean something in an address.
    store = os.path.join(folder, "a store? 50% #1.sqlite")
    run_folder = os.path.join(folder, "run")

    def path(self, name, text=None):
        path = os.path.join(self.folder, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return path

    def copy(self, *statements):
        """A copy of the store, changed."""
        path = self.path("copy.sqlite")
        shutil.copy(self.store, path)
        database = sqlite3.connect(path)
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.close()
        return path

    def refuses(self, words, call, *arguments):
        with self.assertRaises(tanren.TanrenError) as caught:
            call(*arguments)
        self.assertIn(words, str(caught.exception))


class ErrorTests(Files):
    """What needs no pandas."""

    def test_stores_of_other_versions_are_refused(self):
        with Store(self.store).open() as database:
            newest, = database.execute("PRAGMA user_version").fetchone()
        # A version of the schema that the command writes and this module doesn't read has to be looked at.
        self.assertEqual(Store(self.store).version, newest)
        path = self.copy(f"PRAGMA user_version = {newest + 1}")
        self.refuses(f"has version {newest + 1} of the schema, and this package reads", tanren.study, path)
        self.refuses("pip install --upgrade tanren", tanren.study, path)
        self.refuses("has version 0 of the schema", tanren.study, self.copy("PRAGMA user_version = 0"))

    def test_other_files_are_refused(self):
        self.refuses("another program's database", tanren.study, self.copy("PRAGMA application_id = 7"))
        self.refuses("no store of studies", tanren.study, self.path("text.sqlite", "no database at all " * 100))
        self.refuses("is missing", tanren.study, self.path("nowhere.sqlite"))
        self.refuses("is a folder", tanren.study, self.folder)

    def test_studies_have_names(self):
        self.refuses("has 2 studies: name one of rates, searched", tanren.study, self.store)
        self.refuses("no study 'rate': it has rates, searched", tanren.study, self.store, "rate")
        study = tanren.study(self.store, "rates")
        self.assertEqual((study.name, study.title), ("rates", "Two optimizers"))
        self.assertIn("optimizer: adam", study.plan)
        only = self.copy(
            "DELETE FROM memberships WHERE study = (SELECT key FROM studies WHERE name = 'rates')",
            "DELETE FROM studies WHERE name = 'rates'")
        self.assertEqual(tanren.study(only).name, "searched")
        self.refuses("has no studies", tanren.study, self.copy("DELETE FROM memberships", "DELETE FROM studies"))

    def test_nothing_is_written(self):
        path = self.copy()
        with Store(path).open() as database:
            with self.assertRaises(sqlite3.OperationalError):
                database.execute("DELETE FROM runs")

    def test_reports_of_other_formats_are_refused(self):
        self.refuses("can't be read", tanren.report, self.path("nothing"))
        self.refuses("is no JSON", tanren.report, self.path("report-1.json", "{"))
        self.refuses("is no report", tanren.report, self.path("report-2.json", "[1]"))
        path = self.path("report-3.json", '{"format": 99, "comparisons": []}')
        self.refuses("has format 99, and this package reads 2", tanren.report, path)
        self.assertEqual(tanren.report(self.path("rates")).metric, "val_accuracy")

    def test_the_command_says_what_is_wrong(self):
        self.refuses("alpha", tanren.study(self.store, "rates").compare, 7)

    def test_broken_histories_are_refused(self):
        self.refuses("can't be read", tanren.history, self.path("no-run"))
        self.refuses("broken.jsonl:2: no epoch", tanren.history, self.path("broken.jsonl", '{"epoch": 1}\n[]\n'))
        self.refuses("broken.csv:3: no epoch", tanren.history, self.path("broken.csv", "epoch,loss\n1,0.5\n2,much\n"))

    def test_the_command_runs_as_a_module(self):
        result = subprocess.run(
            [sys.executable, "-m", "tanren", "--version"], capture_output=True, text=True, check=True)
        self.assertEqual(result.stdout, command("--version"))
        status = subprocess.run([sys.executable, "-m", "tanren", "run", "epochs=-1"], capture_output=True).returncode
        self.assertEqual(status, 2)

    @unittest.skipIf(HAS_PANDAS, "pandas is installed")
    def test_pandas_is_asked_for(self):
        with self.assertRaisesRegex(ImportError, r"pip install 'tanren\[pandas\]'"):
            tanren.history(self.run_folder)


@unittest.skipUnless(HAS_PANDAS, "pandas is not installed")
class FrameTests(Files):
    def exported(self, name):
        """The same numbers by the command: (arm, seed, trial, epoch, metric) and value."""
        rows = command("study", "export", name, "--store", self.store, "--format", "csv").splitlines()
        names = rows[0].split(",")
        for row in rows[1:]:
            row = dict(zip(names, row.split(",")))
            place = row["arm"], int(row["seed"]), row.get("trial", ""), int(row["epoch"]), row["metric"]
            yield place, float(row["value"])

    def test_epochs_are_the_commands(self):
        for name in PLANS:
            frame = tanren.study(self.store, name).epochs
            expected = dict(self.exported(name))
            metrics = [name for name in frame.columns if name.endswith(("loss", "accuracy"))]
            frame["trial"] = frame.trial.astype("string").fillna("")
            found = {
                (row["arm"], row["seed"], row["trial"], row["epoch"], metric): row[metric]
                for row in frame.to_dict("records") for metric in metrics}
            self.assertEqual(found, expected)
            self.assertEqual(metrics, ["loss", "accuracy", "val_loss", "val_accuracy"])

    def test_runs(self):
        study = tanren.study(self.store, "rates")
        runs, epochs = study.runs, study.epochs
        self.assertEqual(len(runs), 12)
        self.assertEqual(set(runs.state), {"done"})
        self.assertEqual(set(runs.epoch), {2})
        self.assertEqual(list(runs.groupby("arm").seed.apply(list)), [[0, 1, 2, 3, 4, 5]] * 2)
        self.assertFalse(runs.diverged.any())
        last = epochs[epochs.epoch == 2]
        self.assertEqual(list(last.val_accuracy), list(runs.val_accuracy))
        self.assertEqual(list(last.run), list(runs.run))
        self.assertTrue((runs.finished > runs.started).all())
        self.assertEqual(str(runs.started.dt.tz), "UTC")
        attempts = study.attempts
        self.assertEqual(set(attempts.outcome), {"done"})
        self.assertEqual(set(attempts.device), {"cpu"})
        self.assertEqual(set(attempts.tanren), {command("--version").strip()})

    def test_unfinished_runs(self):
        path = self.copy(
            "UPDATE runs SET state = 'pending', seconds = NULL, steps = NULL, diverged = NULL, finished = NULL",
            "DELETE FROM epochs WHERE epoch = 2 OR run = 1", "UPDATE runs SET until = 1",
            "UPDATE metrics SET value = NULL WHERE name = 'loss'",
            # A metric that is called as a column is.
            "UPDATE metrics SET name = 'steps' WHERE name = 'val_loss'")
        runs = tanren.study(path, "rates").runs
        self.assertEqual(list(runs.state), ["pending"] + ["paused"] * 11)
        self.assertTrue(runs.epoch.isna()[0] and (runs.epoch[1:] == 1).all())
        self.assertTrue(runs.val_accuracy.isna()[0] and runs.val_accuracy[1:].notna().all())
        self.assertTrue(runs.loss.isna().all() and runs.steps.isna().all() and runs.diverged.isna().all())
        self.assertTrue(runs.metric_steps[1:].notna().all())
        counts = tanren.studies(path).set_index("name").loc["rates"]
        self.assertEqual((counts.done, counts.pending, counts.paused), (0, 1, 11))

    def test_older_stores(self):
        path = self.copy(
            "DROP TRIGGER runs_open", "DROP INDEX memberships_open", "DROP INDEX memberships_open_anywhere",
            "DROP INDEX runs_by_data", "DROP INDEX runs_by_end", "ALTER TABLE memberships DROP COLUMN open",
            "DROP INDEX memberships_by_grouping", "ALTER TABLE memberships DROP COLUMN grouping",
            "ALTER TABLE studies DROP COLUMN share", "ALTER TABLE memberships DROP COLUMN trial", "ALTER TABLE memberships DROP COLUMN until",
            "ALTER TABLE runs DROP COLUMN until", "ALTER TABLE studies DROP COLUMN expected", "PRAGMA user_version = 3")
        new, old = tanren.study(self.store, "rates"), tanren.study(path, "rates")
        self.assertTrue(new.runs.equals(old.runs) and new.epochs.equals(old.epochs))
        self.assertEqual(list(tanren.studies(path).done), list(tanren.studies(self.store).done))

    def test_comparisons(self):
        study = tanren.study(self.store, "rates")
        row, = study.comparisons.to_dict("records")
        final = study.runs.pivot(index="seed", columns="arm", values="val_accuracy")
        self.assertEqual((row["candidate"], row["baseline"], row["seeds"]), ("adam", "sgd", 6))
        self.assertAlmostEqual(row["difference"], (final.adam - final.sgd).mean(), places=12)
        self.assertEqual((row["test"], row["p"], row["finding"], row["decided"]), ("signFlip", 0.03125, "better", True))
        self.assertTrue(row["lower"] < row["difference"] < row["upper"])
        arms = study.arms.set_index("arm")
        for arm in ("sgd", "adam"):
            self.assertAlmostEqual(arms.last_mean[arm], final[arm].mean(), places=12)
            self.assertAlmostEqual(arms.last_sd[arm], final[arm].std(), places=12)
        # The plan's margin and level unless others are given.
        self.assertEqual(study.compare(alpha=0.01).comparisons.decided[0], False)
        self.assertEqual(study.compare(margin=0.9).comparisons.finding[0], "equivalent")
        written = tanren.report(os.path.join(self.folder, "rates"))
        self.assertTrue(written.comparisons.equals(study.comparisons))
        self.assertEqual(list(written.settings.optimizer), ["sgd", "adam"])

    def test_trials(self):
        study = tanren.study(self.store, "searched")
        trials, runs = study.trials, study.runs
        self.assertEqual(len(trials), 4)
        # The study went on with the settings of one trial, or with the arm as it is written.
        settings = study.report.settings["optimizer.learningRate"]
        for arm, rates in trials.groupby("arm"):
            chosen = list(rates[rates.chosen]["optimizer.learningRate"])
            self.assertEqual(chosen, [] if math.isnan(settings[arm]) else [settings[arm]])
        self.assertTrue(trials.chosen.any())
        # A trial has the number that its runs have; 0 is the arm as it is written.
        scores = runs[runs.trial > 0].set_index(["arm", "trial"]).val_accuracy
        for trial in trials.itertuples():
            self.assertEqual(trial.score, scores[trial.arm, trial.trial])
        self.assertTrue(trials["optimizer.learningRate"].between(1e-3, 1e-1).all())
        self.assertEqual(len(runs[runs.trial.isna()]), 4)
        self.assertEqual(len(tanren.study(self.store, "rates").trials), 0)

    def test_histories(self):
        lines = tanren.history(self.run_folder)
        table = tanren.history(os.path.join(self.run_folder, "history.csv"))
        self.assertTrue(lines.equals(table))
        self.assertEqual(list(lines.epoch), [1, 2])
        self.assertEqual(
            list(lines.columns), [
                "epoch", "step", "training_seconds", "evaluation_seconds", "loss", "accuracy", "val_loss", "val_accuracy"])
        text = '{"epoch": 1, "loss": "nan"}\n{"epoch": 2, "loss": "-inf", "late": 3}\n{"epoch": 3, "lo'
        frame = tanren.history(self.path("strange.jsonl", text))
        self.assertTrue(math.isnan(frame.loss[0]) and frame.loss[1] == -math.inf and math.isnan(frame.late[0]))
        # What is being written isn't an epoch yet.
        self.assertEqual(len(frame), 2)
        frame = tanren.history(self.path("strange.csv", "epoch,loss,late\n1,nan,\n2,-inf,3.5\n3,0."))
        self.assertTrue(math.isnan(frame.loss[0]) and frame.loss[1] == -math.inf and math.isnan(frame.late[0]))
        self.assertEqual(len(frame), 2)
        self.assertEqual(len(tanren.history(self.path("empty.jsonl", ""))), 0)


if __name__ == "__main__":
    unittest.main()
