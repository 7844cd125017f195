import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class ProgramTests(unittest.TestCase):
    def test_programs_are_python(self):
        """Programs without a suffix, which no test imports, compile as well."""
        listed = subprocess.run(["git", "ls-files", "Benchmarks", "scripts", "Tests"], cwd=ROOT, capture_output=True, text=True, check=True)
        programs = [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
        found = [path for path in programs if path.suffix == ".py" or path.read_bytes()[:64].startswith(b"#!/usr/bin/env python3")]
        self.assertIn(ROOT / "Benchmarks" / "compare", found)
        for path in found:
            with self.subTest(path.name):
                compile(path.read_text(), str(path), "exec")
