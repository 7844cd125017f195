"""The command `tanren`: the program that this package brings, in place of this process."""

import os
import sys

from tanren import TanrenError
from tanren._command import program


def main():
    try:
        path = program()
        os.execv(path, [path, *sys.argv[1:]])
    except (OSError, TanrenError) as error:
        sys.exit(f"tanren: {error}")


if __name__ == "__main__":
    main()
