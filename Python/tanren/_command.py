import os

from tanren._errors import TanrenError


def program():
    """The path of the program `tanren`: the package's own, in a checkout the one on the path."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "tanren")
    if os.path.exists(path):
        return path
    import shutil

    found = shutil.which("tanren")
    if found is None:
        raise TanrenError(f"the program 'tanren' is neither {path} nor on the path: reinstall the package tanren")
    return found


def output(*words):
    """What the program prints when it is called with these words."""
    import subprocess

    result = subprocess.run([program(), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode != 0:
        raise TanrenError(result.stderr.strip() or f"tanren {' '.join(words)} ended with status {result.returncode}")
    return result.stdout
