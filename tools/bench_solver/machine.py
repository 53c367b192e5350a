"""Runs commands and measures them; facts about the machine."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

# Seconds after which a program is taken for hung, by far more than the slowest one takes.
PATIENCE = 1800
SOURCE = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("PROOFLOAD_BIN", SOURCE / "build/release/bin"))
RANKS = 2


def tell(text):
    print(text, file=sys.stderr, flush=True)


def descendants(root):
    """Process ids below `root`, itself included."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                parents.setdefault(int(stat[1]), []).append(int(entry.name))
            except (OSError, IndexError):
                continue
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += parents.get(pid, [])
    return found


def proportional_mb(pid):
    """Proportional set size in MB; 0 when the process has gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


class MemoryWatch(threading.Thread):
    """Greatest PSS of all processes below one, together, sampled ten times a second, and less often
    where a look takes long (the kernel walks through every page), so that it takes 5 % at most."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.total_mb, self.stopped = pid, 0.0, threading.Event()

    def run(self):
        while not self.stopped.is_set():
            start = time.monotonic()
            self.total_mb = max(self.total_mb,
                                sum(proportional_mb(pid) for pid in descendants(self.pid)))
            self.stopped.wait(max(0.1, 20 * (time.monotonic() - start)))


class Run:
    """One command: exit code, wall and CPU seconds, peak PSS of all its processes in MB, what it
    printed, and its lines on standard error with the second at which each came. Code 124: it took
    longer than `patience` seconds and was ended."""

    def __init__(self, command, threads=1, folder=None, extra=None, patience=PATIENCE):
        environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1",
                           OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_mpi_yield_when_idle="1",
                           OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads),
                           **(extra or {}))
        before, start = os.times(), time.monotonic()
        process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=environment, cwd=folder,
                                   start_new_session=True)
        self.late = False

        def give_up():
            self.late = True
            os.killpg(process.pid, signal.SIGTERM)  # mpiexec passes it on to its ranks

        alarm = threading.Timer(patience, give_up)
        alarm.start()
        watch = MemoryWatch(process.pid)
        watch.start()
        self.lines = []

        def read_errors():
            for line in process.stderr:
                self.lines.append((time.monotonic() - start, line.rstrip()))

        reader = threading.Thread(target=read_errors, daemon=True)
        reader.start()
        self.output = process.stdout.read()
        self.code = process.wait()
        alarm.cancel()
        if self.late:
            self.code = 124
        self.wall = time.monotonic() - start
        watch.stopped.set()
        watch.join()
        reader.join()
        after = os.times()
        self.cpu = (after.children_user + after.children_system
                    - before.children_user - before.children_system)
        self.memory_mb = watch.total_mb
        self.load = os.getloadavg()[0]

    def check(self, what):
        if self.code == 124:
            raise RuntimeError(f"{what}: ended after {self.wall:.0f} s without a result")
        if self.code != 0:
            tail = "\n".join(line for _, line in self.lines[-5:])
            raise RuntimeError(f"{what}: exit code {self.code}\n{tail}\n{self.output[-500:]}")
        return self


def mpi(command, ranks=RANKS):
    """As the pipeline starts its solver (service/pipeline/stages.cc)."""
    return ["mpiexec", "--oversubscribe", "--bind-to", "none", "--mca", "pml", "ob1", "--mca",
            "btl_vader_single_copy_mechanism", "none", "-n", str(ranks), *command]


def facts():
    """What a table must say about where it was measured."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())
    revision = subprocess.run(["git", "-C", SOURCE, "rev-parse", "--short", "HEAD"],
                              capture_output=True, text=True).stdout.strip()
    return {"cpu": cpu.group(1).strip() if cpu else "unknown", "cores": os.cpu_count(),
            "memory_gb": round(int(memory.group(1)) / 1024**2) if memory else None,
            "commit": revision or "unknown"}
