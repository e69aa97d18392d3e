"""Prints what pyproject.toml asks for ([project] dependencies, PEP 621) as lines for `pip install -r`."""

import sys
import tomllib

try:
    with open("pyproject.toml", "rb") as file:
        project = tomllib.load(file).get("project", {})
except tomllib.TOMLDecodeError as fault:
    sys.exit(f"pyproject.toml is not valid TOML: {fault}")

dependencies = project.get("dependencies", [])
if not isinstance(dependencies, list) or not all(isinstance(line, str) for line in dependencies):
    sys.exit("pyproject.toml: [project] dependencies must be a list of texts")
print("\n".join(line.replace("\n", " ") for line in dependencies))
