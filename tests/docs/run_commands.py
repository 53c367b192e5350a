#!/usr/bin/env python3
"""Runs the commands that README and docs tell a reader to type.

Usage: run_commands.py SOURCE_DIR BIN_DIR. Every line of a ```sh block is run with the programs on
PATH, in a scratch folder that sees the source tree's cases; "# exit N" behind a command names the
exit code expected (default 0). The set-up commands (tools/…) are not run here, they run this: it is
only checked that the file is there and executable.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)
EXIT = re.compile(r"#\s*exit (\d+)")


def commands(path):
    for block in BLOCK.findall(path.read_text()):
        for line in block.splitlines():
            line = line.strip()
            if line and not line.startswith("#"):
                yield line


def check_tool(source, line):
    tool = source / line.split()[0]
    return [] if os.access(tool, os.X_OK) else [f"{line}: {tool} is not an executable file"]


def run(line, folder, environment):
    wanted = int(EXIT.search(line).group(1)) if EXIT.search(line) else 0
    result = subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True,
                            text=True, timeout=240)
    if result.returncode == wanted:
        return []
    return [f"{line}: exit {result.returncode}, expected {wanted}\n{result.stdout[-500:]}"
            f"\n{result.stderr[-1500:]}"]


def main():
    source, programs = map(pathlib.Path, sys.argv[1:3])
    failures, count = [], 0
    environment = dict(os.environ, PATH=f"{programs}:{os.environ['PATH']}")
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(source / "cases", pathlib.Path(folder) / "cases")
        os.symlink(source / "core", pathlib.Path(folder) / "core")
        for path in [source / "README.md", *sorted((source / "docs").glob("*.md"))]:
            for line in commands(path):
                if line.startswith("git clone") or line.startswith("cd "):
                    continue
                count += 1
                if line.startswith(("./tools/", "tools/")):
                    failures += check_tool(source, line)
                else:
                    failures += [f"{path.name}: {f}" for f in run(line, folder, environment)]
    print("\n".join(failures) if failures else f"{count} commands do what the text says")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
