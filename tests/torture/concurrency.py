#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One writer that changes reports and merges without end, and 50 readers beside it.

    DUAN=build/release/duan tests/torture/concurrency.py     (concurrent_reader and concurrent_step are below DUAN's folder)

Run g of the writer changes a quarter of the reports, by a plan that follows from g (plan(), and the same in
concurrent_reader.c); some it removes. Every passage carries its report, its version (the run that wrote it), its number and
how many there are. So whoever reads knows what he must see: each report whole, of one version, and all of them as they were
after one run, not older than the last that was committed before he began. Readers are processes of `duan search` and
`duan show`, and concurrent_reader, which opens the index in its own process, and holds it.

Then writers meet: while one holds the index, a second says who does, and ends with 2. At last a writer is stopped at each
system call that changes the index, and a reader must succeed there (concurrent_step).

CONCURRENT_SECONDS (20) how long, CONCURRENT_READERS (50), CONCURRENT_SEED. Prints what was done, and cmocka's line."""
import json
import mmap
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

SECONDS = int(os.environ.get("CONCURRENT_SECONDS", "20"))
READERS = int(os.environ.get("CONCURRENT_READERS", "50"))
SEED = int(os.environ.get("CONCURRENT_SEED", "0")) or random.randrange(1, 1 << 30)
DUAN = os.path.abspath(os.environ.get("DUAN", "build/release/duan"))
TOOLS = os.path.dirname(DUAN) + "/tests/torture"
REPORTS = 40  # as in concurrent_reader.c
MASK = (1 << 64) - 1
MARK = re.compile(r"rep(\d+) ver(\d+) par(\d+) of(\d+)")


def mix(x):
    x = x + 0x9E3779B97F4A7C15 & MASK
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def plan(report, run):
    return mix(run * 1000 + report)


def is_touched(report, run):
    return report == 0 or run == 0 or plan(report, run) % 4 == 0


def is_removed(report, run):
    return report != 0 and run != 0 and plan(report, run) // 256 % 5 == 0


def paragraphs(report, version):
    return 2 + plan(report, version) // 65536 % 6


def version_after(report, run):
    """Its version, or -1 where it is removed."""
    while not is_touched(report, run):
        run -= 1
    return -1 if is_removed(report, run) else run


class World:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="duan-concurrent-")
        self.index, self.reports = self.dir + "/index", self.dir + "/reports"
        os.mkdir(self.reports)
        with open(self.dir + "/shared", "wb") as f:
            f.write(bytes(16))
        self.file = open(self.dir + "/shared", "r+b")
        self.shared = mmap.mmap(self.file.fileno(), 16)
        self.is_over = threading.Event()
        self.failures, self.lock = [], threading.Lock()
        self.figures = dict.fromkeys(
            ("runs", "merges", "searches", "shows", "opens", "reads", "reader_seconds", "second_writers", "stops"), 0)

    committed = property(lambda self: struct.unpack_from("=Q", self.shared, 0)[0],
                         lambda self, g: struct.pack_into("=Q", self.shared, 0, g))
    begun = property(lambda self: struct.unpack_from("=Q", self.shared, 8)[0],
                     lambda self, g: struct.pack_into("=Q", self.shared, 8, g))

    def count(self, what, n=1):
        with self.lock:
            self.figures[what] += n

    def fail(self, text):
        with self.lock:
            self.failures.append(text)
            if len(self.failures) <= 20:
                print("FAILURE:", text, flush=True)


def duan(*arguments):
    return subprocess.run([DUAN, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**os.environ, "DUAN_LANG": "en"})


# ---- the writer ----

def text_of(report, run, rng):
    n = paragraphs(report, run)
    lines = [f"rep{report:02d} ver{run:06d} par0 of{n} 云陵市政府工作报告"]
    for i in range(1, n + 1):
        noise = "".join(chr(rng.randrange(0x4E00, 0x6000)) for _ in range(rng.randrange(20, 200)))
        lines.append(f"rep{report:02d} ver{run:06d} par{i} of{n} 全市优化营商环境，{noise}。")
    return "\n\n".join(lines) + "\n"


def write_files(world, run, rng):
    for report in range(REPORTS):
        path = f"{world.reports}/rep{report:02d}.txt"
        if not is_touched(report, run):
            continue
        if is_removed(report, run):
            if os.path.exists(path):
                os.unlink(path)
            continue
        with open(path + ".new~", "w", encoding="utf-8") as f:
            f.write(text_of(report, run, rng))
        os.rename(path + ".new~", path)


def write_run(world, run, rng, command=None):
    """Changes the files and the index; `command` is put before duan."""
    write_files(world, run, rng)
    world.begun = run
    done = subprocess.run([*(command or []), DUAN, "index", "-q", "-i", world.index, world.reports],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode == 0:
        world.committed = run
        world.count("runs")
    return done


def writer(world):
    rng = random.Random(SEED)
    run = world.committed
    while not world.is_over.is_set():
        run += 1
        done = write_run(world, run, rng)
        if done.returncode != 0:
            world.fail(f"index ended with {done.returncode}: {done.stderr.strip()}")
            return
        if run % 7 == 0:
            done = duan("merge", "-q", "-i", world.index)
            world.count("merges")
            if done.returncode != 0:
                world.fail(f"merge ended with {done.returncode}: {done.stderr.strip()}")


# ---- readers that are processes ----

def check_passages(world, report, texts, low, high, what):
    """All passages of one report, in some order; none: it must have been removed."""
    possible = {version_after(report, run) for run in range(low, high + 1)}
    marks = [MARK.search(t) for t in texts]
    if not all(marks):
        return world.fail(f"{what}: no mark in {texts}")
    found = [tuple(map(int, m.groups())) for m in marks]
    versions = {f[1] for f in found} or {-1}
    if len(versions) > 1:
        return world.fail(f"{what}: versions {versions} in one report")
    version = versions.pop()
    if version not in possible:
        return world.fail(f"{what}: version {version} of {possible}, runs {low} to {high}")
    if version >= 0 and sorted(found) != [(report, version, i, paragraphs(report, version))
                                          for i in range(paragraphs(report, version) + 1)]:
        return world.fail(f"{what}: half a report: {found}")


def read_by_search(world, report):
    low = world.committed
    done = duan("search", "-i", world.index, "--json", "-n", "1000", f'"rep{report:02d}"')
    high = world.begun
    world.count("searches")
    if done.returncode not in (0, 1):
        return world.fail(f"search ended with {done.returncode}: {done.stderr.strip()}")
    # What stands as typed nowhere is looked up as words: of another report.
    texts = [json.loads(line)["text"] for line in done.stdout.splitlines()]
    check_passages(world, report, [t for t in texts if f"rep{report:02d} " in t], low, high, f"search rep{report:02d}")


def read_by_show(world, report):
    low = world.committed
    done = duan("show", "-i", world.index, "--json", f"rep{report:02d}.txt")
    high = world.begun
    world.count("shows")
    texts = [json.loads(line)["text"] for line in done.stdout.splitlines()]
    if done.returncode != 0 and "no report" not in done.stderr:
        return world.fail(f"show ended with {done.returncode}: {done.stderr.strip()}")
    check_passages(world, report, texts, low, high, f"show rep{report:02d}")


def process_reader(world, number):
    rng = random.Random(SEED + number)
    start = time.monotonic()
    while not world.is_over.is_set():
        (read_by_search if rng.random() < .7 else read_by_show)(world, rng.randrange(REPORTS))
    world.count("reader_seconds", time.monotonic() - start)


def reader_command(world, seconds, seed):
    return [TOOLS + "/concurrent_reader", world.index, world.dir + "/shared", str(seconds), str(seed)]


def library_reader(world, number):
    start = time.monotonic()
    done = subprocess.run(reader_command(world, SECONDS, SEED + number), capture_output=True, text=True)
    world.count("reader_seconds", time.monotonic() - start)
    said = re.fullmatch(r"opens (\d+) reads (\d+)\n", done.stdout)
    if done.returncode != 0 or not said:
        return world.fail(f"concurrent_reader ended with {done.returncode}: {done.stdout}{done.stderr}".strip())
    world.count("opens", int(said[1]))
    world.count("reads", int(said[2]))


# ---- two writers, and readers at each instant ----

def second_writer(world, rng):
    """A first that waits for its standard input holds the index, of more than one segment, so that there is something to merge."""
    while len(json.loads(duan("info", "-i", world.index, "--json").stdout)["segments"]) < 2:
        if write_run(world, world.committed + 1, rng).returncode != 0:
            return world.fail("a run before the second writer failed")
    first = subprocess.Popen([DUAN, "index", "-q", "-i", world.index, "-"], stdin=subprocess.PIPE)
    expected, end = f"process {first.pid} is writing to index", time.monotonic() + 60
    while first.poll() is None and time.monotonic() < end:
        with open(world.index + "/lock", encoding="ascii") as f:
            if f.read().strip() == str(first.pid):
                break
        time.sleep(.01)
    for command in (["index", "-i", world.index, world.reports], ["merge", "-i", world.index]):
        done = duan(*command)
        world.count("second_writers")
        if done.returncode != 2 or expected not in done.stderr:
            world.fail(f"a second writer ended with {done.returncode}: {done.stderr.strip()}")
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdin.close()


def stepped_writer(world, rng):
    """Runs with a reader at every instant; a merge too, which changes no run."""
    search = f"'{DUAN}' search -i '{world.index}' -c rep00 >/dev/null"
    command = " ".join(f"'{a}'" for a in reader_command(world, 0, 1)) + " && " + search
    step = [TOOLS + "/concurrent_step", command]
    for i in range(3):
        done = write_run(world, world.committed + 1, rng, step) if i != 1 else \
            subprocess.run([*step, DUAN, "merge", "-q", "-i", world.index], capture_output=True, text=True)
        if done.returncode == 77:
            return print("nothing may be traced here: no reader at each instant", flush=True)
        stops = re.search(r"^stops (\d+)$", done.stdout, re.M)
        if done.returncode != 0 or not stops or int(stops[1]) < 10:
            return world.fail(f"stepped writer ended with {done.returncode}: {done.stdout}{done.stderr}".strip())
        world.count("stops", int(stops[1]))


def guarded(task, world, *arguments):
    """What goes wrong in a thread of ours is a failure, too."""
    try:
        task(world, *arguments)
    except Exception as e:  # pylint: disable=broad-except
        world.fail(f"{task.__name__}: {e!r}")


def main():
    world, rng = World(), random.Random(SEED)
    print(f"seed {SEED}", flush=True)
    try:
        done = write_run(world, 0, rng)
        if done.returncode != 0:
            world.fail(f"the first run ended with {done.returncode}: {done.stderr.strip()}")
        tasks = [(process_reader if i % 2 else library_reader, world, i) for i in range(READERS)] + [(writer, world)]
        threads = [threading.Thread(target=guarded, args=task, daemon=True) for task in tasks]
        for t in threads:
            t.start()
        time.sleep(SECONDS)
        world.is_over.set()
        for t in threads:
            t.join()
        guarded(second_writer, world, rng)
        guarded(stepped_writer, world, rng)
        done = duan("check", "-i", world.index)
        if done.returncode != 0:
            world.fail(f"check: {done.stdout}{done.stderr}".strip())
    finally:
        shutil.rmtree(world.dir, ignore_errors=True)
    f = world.figures
    print(f"{f['reader_seconds']:.0f} reader-seconds, {f['searches']} searches, {f['shows']} shows, {f['opens']} opens "
          f"({f['reads']} reports read), beside {f['runs']} runs and {f['merges']} merges; {f['second_writers']} second "
          f"writers, {f['stops']} stops; {len(world.failures)} failures")
    print(f"[  {'FAILED ' if world.failures else 'PASSED '} ] 1 test(s)" + (", listed below:" if world.failures else "."))
    sys.exit(1 if world.failures else 0)


main()
