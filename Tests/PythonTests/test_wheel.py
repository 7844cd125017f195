"""The parts of scripts/wheel that need no build."""

import importlib.machinery
import importlib.util
import os
import shutil
import sys
import tempfile
import unittest
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("wheel", os.path.join(ROOT, "scripts/wheel"))
wheel = importlib.util.module_from_spec(importlib.util.spec_from_loader("wheel", loader))
loader.exec_module(wheel)


@unittest.skipIf(shutil.which("objdump") is None, "objdump is not installed")
class WheelTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tanren-wheel-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.stage = os.path.join(self.folder, "stage")
        os.makedirs(os.path.join(self.stage, "tanren"))
        shutil.copy(os.path.realpath("/bin/cat"), os.path.join(self.stage, "tanren/program"))
        wheel.write(self.stage, "tanren/a, b.txt", "text")
        self.glibc = wheel.needed_glibc(self.stage)

    def packed(self, glibc):
        info = "tanren-1.dist-info"
        wheel.write(self.stage, f"{info}/METADATA", wheel.metadata("1", ["part==1.0 --hash=sha256:0"]))
        wheel.write(self.stage, f"{info}/RECORD", "")
        os.remove(os.path.join(self.stage, f"{info}/RECORD"))
        wheel.write(self.stage, f"{info}/RECORD", wheel.record(self.stage, f"{info}/RECORD"))
        path = os.path.join(self.folder, f"tanren-1-py3-none-manylinux_2_{glibc}_x86_64.whl")
        wheel.pack(self.stage, path)
        return path

    def refuses(self, words, path):
        with self.assertRaises(SystemExit) as caught:
            wheel.check(path)
        self.assertIn(words, str(caught.exception))

    def test_a_tag_that_promises_less_is_refused(self):
        self.assertGreater(self.glibc, 16)
        self.assertIn(f"glibc 2.{self.glibc} or later", wheel.check(self.packed(self.glibc)))
        wheel.check(self.packed(self.glibc + 1))
        self.refuses(f"promises to run with glibc 2.{self.glibc - 1}", self.packed(self.glibc - 1))

    def test_files_must_be_as_they_are_listed(self):
        path = self.packed(self.glibc)
        with zipfile.ZipFile(path) as archive:
            self.assertEqual(archive.getinfo("tanren/program").external_attr >> 16 & 0o777, 0o755)
            self.assertEqual(archive.getinfo("tanren/a, b.txt").external_attr >> 16 & 0o777, 0o644)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("tanren/more", "")
        self.refuses("not both: ['tanren/more']", path)
        listing = os.path.join(self.stage, "tanren-1.dist-info/RECORD")
        with open(listing, encoding="utf-8") as file:
            text = file.read()
        wheel.write(self.stage, "tanren-1.dist-info/RECORD", text.replace(",4\n", ",5\n"))
        wheel.pack(self.stage, path)
        self.refuses("a, b.txt isn't what is listed", path)

    def test_libraries_that_a_bare_system_lacks_are_refused(self):
        # objdump needs libbfd.
        shutil.copy(os.path.realpath(shutil.which("objdump")), os.path.join(self.stage, "tanren"))
        with self.assertRaises(SystemExit) as caught:
            wheel.needed_glibc(self.stage)
        self.assertIn("which a bare system doesn't have", str(caught.exception))

    def test_the_description_has_pins_and_licences(self):
        text = wheel.metadata("1.2", ["part==1.0 --hash=sha256:0"])
        self.assertIn("\nRequires-Dist: part==1.0\n", text)
        self.assertIn("\nRequires-Dist: pandas>=1.5; extra == 'pandas'\n", text)
        self.assertIn("\nLicense-Expression: Apache-2.0 AND (Apache-2.0 WITH Swift-exception) AND ", text)
        names = [name for name, _ in wheel.licence_files()]
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertIn(f"\nLicense-File: {name}\n", text)
        self.assertTrue(os.path.exists(wheel.LINKED[1][2].format(root=ROOT)))


if __name__ == "__main__":
    unittest.main()
