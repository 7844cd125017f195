import json
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks"))

import method_comparison as comparison


class MethodTests(unittest.TestCase):
    def setUp(self):
        self.names = json.loads(comparison.NAMES.read_text())
        self.methods = comparison.own_methods(comparison.METHODS.read_text())

    def test_the_page_is_what_the_names_say(self):
        self.assertEqual(comparison.PAGE.read_text(), comparison.page(self.names, self.methods), "run Benchmarks/method_comparison.py page")

    def test_every_name_has_a_row(self):
        rows = comparison.table(self.names, self.methods)
        for place, package in enumerate(comparison.PACKAGES):
            listed = sum(cells[place].count("`") // 2 for *_, cells in rows)
            self.assertEqual(listed, len(set(self.names[package]["names"])), package)

    def test_counterparts_exist(self):
        outside = {"with", "by", "s", "decay", "for", "any", "optimizer", "lossScale", "skipNonFinite"}
        for text in comparison.OURS.values():
            for word in comparison.re.findall(r"\w+", text):
                if word not in outside:
                    self.assertIn(word, self.methods, text)

    def test_reasons_are_for_names_that_exist(self):
        rows = {name for name, *_ in comparison.table(self.names, self.methods)}
        self.assertEqual(set(comparison.REASONS) - rows, set())
        self.assertEqual(set(comparison.REASONS) & {comparison.plain(m) for m in self.methods}, set())

    def test_a_new_name_needs_a_reason(self):
        self.names["optax"]["names"].append("something_new")
        with self.assertRaises(SystemExit) as caught:
            comparison.table(self.names, self.methods)
        self.assertIn("something_new", str(caught.exception))
