#!/usr/bin/env python3
"""docs/reference is what proofload-manual prints now.

Usage: check_manual.py SOURCE_DIR BIN_DIR DESCRIPTOR_SET
"""
import pathlib
import subprocess
import sys


def main():
    source, programs, descriptors = sys.argv[1:4]
    stale = []
    for message in ("Case", "Report"):
        page = pathlib.Path(source) / "docs/reference" / f"{message.lower()}.md"
        command = [f"{programs}/proofload-manual", descriptors, message]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if page.read_text() != text:
            stale.append(f"{page} is not current: proofload-manual {descriptors} {message} > {page}")
    print("\n".join(stale) if stale else "the manual is current")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
