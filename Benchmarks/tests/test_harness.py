"""python3 -m unittest discover Benchmarks/tests"""

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness import history, paired, roofline, table
from harness.measuring import measure
from harness.workers import Fresh, Resident, WorkerError, ours
from harness.workloads import WORKLOADS, Contestant, Workload

READY = "import sys; print('{\"ready\": true, \"framework\": \"F 1\"}', flush=True)\n"
ANSWERING = READY + "for line in sys.stdin:\n    print('{\"seconds\": 0.5}', flush=True)\n"


def python(program):
    return [sys.executable, "-c", program]


class OursTests(unittest.TestCase):
    def program(self, folder, usage):
        path = Path(folder) / "program"
        path.write_text(f"#!/bin/sh\necho '{usage}'\n")
        path.chmod(0o755)
        return str(path)

    def test_a_worker_of_its_own_and_one_that_is_a_command(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.program(folder, "USAGE: tanren-bench --workload <workload>")
            self.assertEqual(ours(path), [path])
        with tempfile.TemporaryDirectory() as folder:
            path = self.program(folder, "USAGE: tanren bench-worker --workload <workload>")
            self.assertEqual(ours(path), [path, "bench-worker"])
        self.assertEqual(ours("/nowhere/tanren-bench"), ["/nowhere/tanren-bench"])


class ResidentTests(unittest.TestCase):
    def test_rounds(self):
        worker = Resident(python(ANSWERING), 20)
        self.assertEqual(worker.about["framework"], "F 1")
        self.assertEqual([worker.round()["seconds"] for _ in range(3)], [0.5] * 3)
        worker.end()

    def test_chatter_before_and_in_one_write_with_the_answer_is_passed_over(self):
        worker = Resident(python("print('hello\\n[1]\\n7\\n{\"ready\": true}', flush=True)\ninput()"), 20)
        worker.end()

    def refusal(self, program, limit=20):
        with self.assertRaises(WorkerError) as caught:
            Resident(python(program), limit)
        return str(caught.exception)

    def test_error_message_is_the_reason(self):
        self.assertEqual(self.refusal("print('{\"error\": \"no such variant\"}')"), "no such variant")

    def test_death_gives_status_and_last_words(self):
        self.assertEqual(self.refusal("import sys; sys.exit('gone')"), "ended with status 1: gone")

    def test_silence_ends_at_the_limit(self):
        self.assertIn("no answer within 0.3 s", self.refusal("import time; time.sleep(60)", 0.3))

    def test_first_message_must_be_ready(self):
        self.assertIn("not that it is ready", self.refusal("print('{\"seconds\": 1}')"))

    def test_missing_program(self):
        with self.assertRaises(WorkerError) as caught:
            Resident(["/nowhere/tanren-bench"], 1)
        self.assertIn("/nowhere/tanren-bench", str(caught.exception))

    def test_death_in_a_round(self):
        worker = Resident(python(READY + "input(); sys.exit('broken')"), 20)
        with self.assertRaises(WorkerError) as caught:
            worker.round()
        self.assertIn("broken", str(caught.exception))
        worker.end()


class FreshTests(unittest.TestCase):
    # Says how many files it finds in its cache, and leaves one more.
    COUNTING = """
import json, os, sys, tempfile
folder = sys.argv[sys.argv.index("--cache") + 1] if "--cache" in sys.argv else None
print(json.dumps({"found": len(os.listdir(folder)) if folder else None}), flush=True)
if folder: tempfile.mkstemp(dir=folder)
"""

    def found(self, condition):
        worker = Fresh(python(self.COUNTING), condition, True, 20)
        answers = [worker.round() for _ in range(2)]
        worker.end()
        self.assertTrue(all(0 < answer["seconds"] < 20 for answer in answers))
        return [answer["found"] for answer in answers]

    def test_cold_is_empty_each_time(self):
        self.assertEqual(self.found("cold"), [0, 0])

    def test_warm_holds_what_earlier_processes_left(self):
        self.assertEqual(self.found("warm"), [1, 2])

    def test_no_cache_is_named(self):
        self.assertEqual(self.found(None), [None, None])


    def test_a_worker_that_times_itself_must_say_the_time(self):
        with self.assertRaises(WorkerError) as caught:
            Fresh(python(self.COUNTING), None, False, 20)
        self.assertIn("says no time", str(caught.exception))
        worker = Fresh(python("print('{\"seconds\": 0.25}')"), None, False, 20)
        self.assertEqual(worker.round()["seconds"], 0.25)
        worker.end()


class MeasuringTests(unittest.TestCase):
    HUNGRY = "hoard = bytearray(300_000_000)\nfor i in range(0, len(hoard), 4096): hoard[i] = 1\n"

    def test_everyone_takes_turns_and_the_peak_of_memory_is_known(self):
        good, hungry, broken = (Contestant("tanren", name) for name in ["good", "hungry", "broken"])
        programs = {good: ANSWERING, hungry: self.HUNGRY + ANSWERING, broken: READY + "input(); sys.exit('broken')"}
        seconds, about, absent = measure(list(programs), lambda c: Resident(python(programs[c]), 20), 2)
        self.assertEqual(seconds, {good: [0.5, 0.5], hungry: [0.5, 0.5]})
        self.assertIn("in round 1", absent[broken])
        self.assertTrue(290e6 < about[hungry]["peak"] - about[good]["peak"] < 330e6)


class PairedTests(unittest.TestCase):
    def test_p_values_count_flips(self):
        self.assertEqual(paired.p_value([1.0] * 6), 2 / 64)
        # Of 8 sign patterns of 1, 2 and 3, the sums of 4 and more in size are 6, 4, -4 and -6.
        self.assertEqual(paired.p_value([-1.0, 2.0, 3.0]), 4 / 8)
        self.assertEqual(paired.p_value([]), 1)

    def test_interval_holds_what_is_not_rejected(self):
        values = [0.1, 0.12, 0.08, 0.11, 0.09, 0.13, 0.07, 0.1, 0.12]
        low, high = paired.interval(values)
        self.assertTrue(0.07 < low < 0.1 < high < 0.13)
        for edge, direction in [(low, -1), (high, 1)]:
            self.assertGreater(paired.p_value([v - edge + direction * 1e-4 for v in values]), 0.05)
            self.assertLessEqual(paired.p_value([v - edge - direction * 1e-4 for v in values]), 0.05)
        self.assertEqual(paired.interval([1.0] * 5)[1], float("inf"))

    def test_holm(self):
        for found, expected in zip(paired.holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]):
            self.assertAlmostEqual(found, expected)

    def test_verdicts(self):
        steady = [1.0, 1.01, 0.99, 1.02, 0.98, 1.0, 1.01, 0.99, 1.0]
        slower = [1.2 * s for s in steady[1:] + steady[:1]]
        rows = paired.verdicts({"a": (slower, steady), "b": (steady, slower), "c": (steady, steady[::-1])})
        self.assertEqual([row[3] for row in rows.values()], ["slower", "faster", "no difference seen"])
        self.assertAlmostEqual(rows["a"][0], 1.2)
        self.assertTrue(rows["a"][1][0] < 1.2 < rows["a"][1][1])

    def test_noise_is_called_a_difference_as_rarely_as_alpha_says(self):
        random = __import__("random").Random(1)
        found = 0
        for _ in range(400):
            # Skewed noise, the same for both.
            values = [tuple(random.lognormvariate(0, 0.1) for _ in range(8)) for _ in range(2)]
            found += paired.p_value(paired.differences(*values)) <= 0.05
        self.assertLess(found, 0.05 * 400 + 2.5 * (400 * 0.05 * 0.95) ** 0.5)
        self.assertGreater(found, 4)


class HistoryTests(unittest.TestCase):
    def run_of(self, when, seconds):
        ours, twin, theirs = Contestant("tanren", "step"), Contestant("tanren", "step", build="before"), Contestant("jax", "step")
        workload = Workload("mlp-step", "A title", "ms", 1e-3, 3, "resident", [ours, twin, theirs])
        result = table.result(workload, {ours: [seconds] * 3, twin: [9.0] * 3, theirs: [0.004] * 3}, {c: {"peak": 1000} for c in (ours, twin, theirs)}, {})
        return {"when": when, "device": "cpu", "machine": {"commit": "abc", "processor": "P", "cores": 2, "load": [0.1, 0, 0]}, "results": [result]}

    def test_a_run_is_a_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "history.jsonl"
            self.assertEqual(history.read(path), [])
            for when, seconds in [("2026-11-30T1", 0.002), ("2026-12-01T1", 0.001)]:
                self.assertTrue(history.append(self.run_of(when, seconds), path))
            self.assertFalse(history.append({**self.run_of("2026-12-02T1", 1), "results": []}, path))
            entries = history.read(path)
        self.assertEqual([e["rows"]["mlp-step"]["Tanren step"]["ratios"] for e in entries], [{"JAX step": 0.5}, {"JAX step": 0.25}])
        lines = history.table(entries).splitlines()
        self.assertEqual(lines[0], "mlp-step, Tanren step")
        self.assertIn("0.25 of JAX step", lines[2])
        self.assertEqual(len(lines), 3)
        self.assertEqual(history.table(entries, ["other"]), "")


class RooflineTests(unittest.TestCase):
    def test_work_of_a_dense_layer(self):
        # Forwards, and the kernel's gradient: two products of 10 x 3 x 4. Parameters, three times; rows in; results, three times.
        self.assertEqual(roofline.dense(10, [3, 4]), (2 * 2 * 10 * 3 * 4, 4 * (3 * 16 + 30 + 3 * 40)))

    def test_rows_hold_the_best_times_against_the_roof(self):
        peaks = {"f32": 1e11, "f64": 5e10, "copy": 1e10}
        ours, slower, peer = Contestant("tanren", "step"), Contestant("tanren", "fit"), Contestant("jax", "step")
        workload = Workload("mlp-step", "A title", "ms", 1e-3, 1, "resident", [ours, slower, peer])
        result = table.result(workload, {ours: [0.001], slower: [0.002], peer: [0.003]}, {c: {} for c in (ours, slower, peer)}, {})
        row, = roofline.rows({"results": [result, {"workload": "pictures", "measured": []}]}, peaks)
        self.assertEqual((row["seconds"], row["peer"], row["peer seconds"]), (0.001, "JAX step", 0.003))
        self.assertAlmostEqual(row["roof"], max(34.66e6 / 1e11, row["bytes"] / 1e10), delta=1e-9)
        self.assertEqual(roofline.rows({"results": []}, peaks), [])


class WorkloadTests(unittest.TestCase):
    def test_names_are_of_one_workload_and_contestants_different(self):
        names = [w.name for w in WORKLOADS]
        self.assertEqual(len(set(names)), len(names))
        for workload in WORKLOADS:
            self.assertEqual(len(set(workload.contestants)), len(workload.contestants), workload.name)
            self.assertEqual(workload.half, workload.name.endswith("-bf16"))


class TableTests(unittest.TestCase):
    def test_ratios_pair_the_rounds(self):
        # A slow second round hits both; the ratio stays one half.
        self.assertEqual(table.ratio([1, 10, 2], [2, 20, 4]), 0.5)

    def test_table_shows_medians_ratios_and_the_absent(self):
        ours, theirs, gone = Contestant("tanren", "step"), Contestant("jax", "step", "warm"), Contestant("keras", "fit")
        workload = Workload("w", "A title", "ms", 1e-3, 3, "resident", [ours, theirs, gone])
        text = table.table(workload, {ours: [0.001, 0.002, 0.003], theirs: [0.004, 0.008, 0.012]}, {ours: {}, theirs: {}}, {gone: "not here"})
        self.assertIn("Keras fit: not measured, not here", text)
        self.assertEqual(text.splitlines()[3].split(), ["Tanren", "step", "2", "1.5", "-", "2.5", "1", "1.00"])
        self.assertEqual(text.splitlines()[4].split(), ["JAX", "step", "(warm", "cache)", "8", "6", "-", "10", "4", "0.25"])
        self.assertNotIn("accuracy", text)

    def test_quotients_of_a_workloads_own_pairs(self):
        one, other = Contestant("pytorch", "sam"), Contestant("pytorch", "sgd")
        workload = Workload("w", "A title", "ms", 1e-3, 3, "resident", [one, other], False, ((one, other),))
        seconds, about = {one: [2, 30, 4], other: [1, 10, 2]}, {one: {}, other: {}}
        self.assertIn("PyTorch sam / PyTorch sgd: 2.00", table.table(workload, seconds, about, {}))
        self.assertEqual(table.result(workload, seconds, about, {})["compared"], {"PyTorch sam / PyTorch sgd": 2})
        del seconds[other]
        self.assertNotIn("PyTorch sam /", table.table(workload, seconds, about, {}))

    def test_many_pairs_are_shown_as_quotients_only(self):
        pairs = tuple((Contestant("keras", name), Contestant("tanren", name)) for name in ["shift", "zoom", "shear"])
        workload = Workload("w", "A title", "ms", 1e-3, 1, "resident", [c for pair in pairs for c in pair], False, pairs)
        seconds = {c: [4.0 if c.worker == "keras" else 2.0] for pair in pairs for c in pair}
        text = table.table(workload, seconds, {c: {} for c in seconds}, {})
        self.assertNotIn("/ it", text)
        self.assertEqual(text.count(": 2.00"), 3)

    def test_another_build_takes_part_right_after_ours(self):
        ours, theirs = Contestant("tanren", "step"), Contestant("jax", "step")
        workload = Workload("w", "A title", "ms", 1e-3, 3, "resident", [ours, theirs]).beside("before")
        twin = ours._replace(build="before")
        self.assertEqual(workload.contestants, [ours, twin, theirs])
        text = table.table(workload, {ours: [1.0, 2.0], twin: [2.0, 4.0], theirs: [4.0, 8.0]}, {c: {} for c in workload.contestants}, {})
        self.assertIn("Tanren step / Tanren step of before: 0.50", text)
        self.assertEqual(text.count("/ it"), 1)

    def test_one_round(self):
        self.assertEqual(table.summary([3.0]), {"minimum": 3.0, "median": 3.0, "quartiles": [3.0, 3.0]})


if __name__ == "__main__":
    unittest.main()
