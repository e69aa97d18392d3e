"""Compiles every Python file below the current directory and stops at the first that is no Python, with the place.

Unused folders are left out (tests, templates, dependencies, whatever starts with a dot): they may hold broken files on
purpose. No code of the release runs.
"""

import os
import sys

SKIPPED = {"node_modules", "site-packages", "templates", "test", "tests", "testdata", "fixtures", "venv", "env"}
FILES_MAX = 20_000


def python_files():
    count = 0
    for folder, folders, files in os.walk("."):
        folders[:] = sorted(f for f in folders if f not in SKIPPED and not f.startswith(".") and "{{" not in f)
        for name in sorted(files):
            if name.endswith(".py") and not name.startswith("."):
                count += 1
                if count > FILES_MAX:
                    return
                yield os.path.join(folder, name)[2:]


def main():
    for path in python_files():
        try:
            with open(path, "rb") as file:
                compile(file.read(), path, "exec", dont_inherit=True)
        except OSError:
            continue  # A dangling link, or a pipe that went away: not a syntax error.
        except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
            import traceback

            sys.stderr.write("".join(traceback.format_exception_only(fault)))
            return 1
    return 0


sys.exit(main())
