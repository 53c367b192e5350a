#!/usr/bin/env python3
"""Prints the time of each test tier, from ctest's own timing, beside its budget."""
import collections
import sys
import xml.etree.ElementTree as ElementTree

BUDGET_S = {"unit": 60, "mpi": 90, "verification": 300, "service": 120, "docs": 60, "strut": 240,
            "invalid": 60, "told": 30, "layout": 10, "fuzz": 120}


def main():
    tiers = collections.Counter()
    for case in ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
        labels = [p.get("value", "") for p in case.iter("property")
                  if p.get("name") == "cmake_labels"]
        tier = labels[0].split(";")[0] if labels and labels[0] else case.get("name").split(".")[0]
        tiers[tier] += float(case.get("time", 0))
    late = False
    for tier, seconds in sorted(tiers.items()):
        budget = BUDGET_S.get(tier)
        over = budget is not None and seconds > budget
        late = late or over
        print(f"{tier:14s} {seconds:7.1f} s   budget {budget} s{'   OVER' if over else ''}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
