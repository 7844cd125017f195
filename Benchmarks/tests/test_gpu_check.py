"""scripts/gpu-check with programs that only pretend; `scripts/gpu-check --device cpu --small` is the check of the real ones."""

import argparse
import importlib.machinery
import importlib.util
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "gpu-check"
loader = importlib.machinery.SourceFileLoader("gpu_check", str(SCRIPT))
check = importlib.util.module_from_spec(importlib.util.spec_from_loader("gpu_check", loader))
loader.exec_module(check)


def contestant(worker, variant, median, own):
    return {"contestant": f"{worker} {variant}", "worker": worker.lower(), "variant": variant, "median": median, "about": {},
            "ratios": {"Tanren fit": own / median}}


class GoalTests(unittest.TestCase):
    def setUp(self):
        self.options = argparse.Namespace(small=False, device="cpu")
        self.measured, self.found = check.measured, None
        check.measured = lambda *_: self.found

    def tearDown(self):
        check.measured = self.measured

    def network(self, own, compiled, tuned):
        self.found = {"title": "WRN", "absent": {}, "measured": [
            contestant("Tanren", "fit", own, own), contestant("PyTorch", "channels-last", 0.5, own),
            contestant("PyTorch", "compile", compiled, own), contestant("PyTorch", "max-autotune", tuned, own)]}
        return check.network(self.options)

    def test_the_fastest_of_the_compiled_counts(self):
        found = self.network(0.010, 0.014, 0.013)
        self.assertAlmostEqual(found["speed over the fastest torch.compile"], 1.3)
        self.assertTrue(found["met"])
        self.assertAlmostEqual(found["images per second"]["Tanren fit"], 12_800)
        self.assertFalse(self.network(0.010, 0.014, 0.0119)["met"])

    def test_without_a_peer_nothing_is_met_or_missed(self):
        self.found = {"title": "WRN", "absent": {"PyTorch compile": "no torch"}, "measured": [contestant("Tanren", "fit", 1, 1)]}
        self.assertNotIn("met", check.network(self.options))

    def test_seeds_together(self):
        self.found = {"title": "seeds", "absent": {}, "measured": [], "compared": {"ten / one": 1.4}}
        self.assertTrue(check.seeds(self.options)["met"])
        self.found["compared"] = {"ten / one": 1.6}
        self.assertFalse(check.seeds(self.options)["met"])
        self.found["compared"] = {}
        self.assertRaises(check.Failure, check.seeds, self.options)


class RunningTests(unittest.TestCase):
    def test_what_takes_too_long_is_interrupted(self):
        # Whoever starts the tests may ignore interrupts, which Python would take over.
        wait = "import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nprint('begun', flush=True)\ntry: time.sleep(60)\nexcept KeyboardInterrupt: print('stopped')"
        start = time.monotonic()
        self.assertEqual(check.within([sys.executable, "-c", wait], 1), (None, "begun\nstopped\n"))
        self.assertLess(time.monotonic() - start, 30)
        self.assertEqual(check.within([sys.executable, "-c", "print(1); exit(3)"], 60), (3, "1\n"))

    def test_a_command_that_fails_says_why(self):
        with self.assertRaisesRegex(check.Failure, "status 1: .*ValueError: no card"):
            check.said([sys.executable, "-c", "raise ValueError('no card')"])
        self.assertRaises(check.Failure, check.said, ["/nowhere/tanren"])
        self.assertRaises(check.Failure, check.built, "/nowhere/tanren")

    def test_tests_that_fail_or_end_early(self):
        with tempfile.TemporaryDirectory() as folder:
            def tests(script):
                path = Path(folder) / "tests"
                path.write_text("#!/bin/sh\n" + script)
                path.chmod(0o755)
                return check.fixtures(argparse.Namespace(small=True, device="cpu", tests=str(path)))
            self.assertTrue(tests("echo '✔ Test run with 2 tests passed'")["met"])
            found = tests("echo '✘ Test a() recorded an issue at X.swift:3'; echo '✘ Test run with 2 tests failed'; exit 1")
            self.assertEqual((found["met"], len(found["failed"])), (False, 1))
            self.assertRaisesRegex(check.Failure, "before their end", tests, "echo 'no device'; exit 11")
            self.assertEqual(tests("test $TANREN_DEVICE = cpu && echo 'Test run with 1 test'")["summary"], "Test run with 1 test")


class ReportTests(unittest.TestCase):
    def test_each_part_has_a_row_and_a_chapter(self):
        report = {"device": "cuda", "small": False, "commit": "abc", "machine": "H200, 16 cores", "when": "now", "parts": {
            "engine": {"text": "plugin x", "took": 6}, "network": {"error": "no torch", "took": 60},
            "seeds": {"goal": "at most 1.5", "met": False, "ten over one": 1.6, "seconds": {"one": 0.025}, "took": 30}}}
        text = check.markdown(report)
        self.assertIn("| network |  | failed | 1.0 |", text)
        self.assertIn("| seeds | at most 1.5 | no | 0.5 |", text)
        for line in ["Failed: no torch", "plugin x", "- ten over one: 1.6", "  - one: 0.025"]:
            self.assertIn(line, text)


if __name__ == "__main__":
    unittest.main()
