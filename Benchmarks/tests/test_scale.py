"""The cost model of Benchmarks/scale, held against hand-made cases, and its tables in docs/scale.md."""

import importlib.machinery
import importlib.util
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
BENCHMARKS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(BENCHMARKS))
loader = importlib.machinery.SourceFileLoader("scale", str(BENCHMARKS / "scale"))
scale = importlib.util.module_from_spec(importlib.util.spec_from_loader("scale", loader))
loader.exec_module(scale)

from harness.scale import Level, Link, Network, all_reduce, best, efficiency, ring, step, tree

LINK = Link("1 GB/s", 1e9, 1e-3)


class CollectiveTests(unittest.TestCase):
    def test_a_device_alone_exchanges_nothing(self):
        for exchange in [ring, tree, best]:
            self.assertEqual(exchange(1, 1e9, LINK, start=1.0), 0.0)
        self.assertEqual(all_reduce([Level(1, LINK), Level(1, LINK)], 1e9, start=1.0), 0.0)

    def test_seconds(self):
        # Two devices send each other half, twice: two messages of 0.5 GB. Four send six of a quarter.
        self.assertAlmostEqual(ring(2, 1e9, LINK), 2e-3 + 1.0)
        self.assertAlmostEqual(ring(4, 1e9, LINK, start=0.5), 0.5 + 6e-3 + 1.5)
        self.assertAlmostEqual(tree(4, 1e9, LINK), 4e-3 + 2.0)

    def test_small_arrays_take_trees_and_large_ones_rings(self):
        self.assertEqual(best(64, 1e3, LINK), tree(64, 1e3, LINK))
        self.assertEqual(best(64, 1e10, LINK), ring(64, 1e10, LINK))

    def test_levels_follow_each_other(self):
        fast = Link("10 GB/s", 1e10, 1e-6)
        self.assertAlmostEqual(all_reduce([Level(8, fast), Level(4, LINK)], 1e9), best(8, 1e9, fast) + best(4, 1e9, LINK))


class StepTests(unittest.TestCase):
    network = Network("a second per example at 1 operation per second, 4 GB of gradients", 1.0, 1e9, exchanges=3)

    def test_exchanges_add_to_computing(self):
        levels = [Level(2, LINK)]
        computing, exchanging = step(self.network, 10, 1.0, levels)
        self.assertEqual(computing, 10)
        self.assertAlmostEqual(exchanging, ring(2, 4e9, LINK) + 3 * best(2, 256, LINK))
        self.assertAlmostEqual(efficiency(self.network, 10, 1.0, levels), computing / (computing + exchanging))

    def test_what_overlaps_is_hidden_but_for_the_small_exchanges(self):
        _, exchanging = step(self.network, 10, 1.0, [Level(2, LINK)], hidden=1.0)
        self.assertAlmostEqual(exchanging, 3 * best(2, 256, LINK))


class DocumentTests(unittest.TestCase):
    def test_the_tables_are_those_of_the_model(self):
        text = scale.DOCUMENT.read_text()
        self.assertEqual(scale.renewed(text), text, "Benchmarks/scale --write renews them")


if __name__ == "__main__":
    unittest.main()
