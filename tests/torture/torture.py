#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Breaks duan on purpose and looks at the index after it (tests/RELIABILITY.md): kills it at each call that changes the disk,
fails each call and each allocation, and rebuilds the disk as it may be after a power cut. After each: the index opens,
`duan check` passes, every query is answered exactly as before the run or exactly as after it, and the next run ends in the
right state with nothing left over.
usage: torture.py --duan PROGRAM --shim SHIM.so [--seconds N] [--jobs 2] [--only KIND[/WORLD],...]
Prints what was tried, and each failure with the environment that makes it again. Exit 1 if there is any."""
import argparse
import errno
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import world as w

CHANGES = 'create write pwrite writev fwrite fflush fsync rename unlink mkdir rmdir truncate'.split()
WRITES = ('write', 'pwrite', 'writev')
RANDOM_KILLS = 300


# ---- the worlds ------------------------------------------------------------------------------------------------------


def index_texts(world, index):
    status, _, err = world.tools.duan(['index', '-q', '--threads', '1', '-i', index, world.texts])
    if status != 0:
        raise SystemExit('%s: %s' % (world.name, err.decode()))


def first(world, index):
    """No index yet."""
    w.put_texts(world.texts)


def update(world, index):
    """Reports are added, changed and removed."""
    w.put_texts(world.texts)
    index_texts(world, index)
    w.change_texts(world.texts)


def automatic(world, index):
    """As many segments as may be, so that the update merges them."""
    w.put_texts(world.texts, 2)
    for i in range(8):
        w.put('%s/附%d.txt' % (world.texts, i), w.report('more %d' % i, 2))
        index_texts(world, index)
    w.change_texts(world.texts)


def merge(world, index):
    """Three segments, with dead reports."""
    update(world, index)
    index_texts(world, index)
    w.put(world.texts + '/附.txt', w.report('more'))
    index_texts(world, index)


def many(world, index):
    """More text, in more blocks."""
    w.put_texts(world.texts, 150, 10)
    index_texts(world, index)
    w.change_texts(world.texts)
    for i in range(150, 200):
        w.put('%s/报告%03d.txt' % (world.texts, i), w.report(i, 10))


WORLDS = {'first': ('index', first), 'update': ('index', update), 'automatic': ('index', automatic),
          'merge': ('merge', merge), 'many': ('index', many)}


# ---- what is tried ---------------------------------------------------------------------------------------------------


def kill(world, variables):
    run = world.run(variables)
    if run.status != -9:
        return 'was not killed: exit %d: %s' % (run.status, run.text)
    return world.fault_of_state(run.tree)


def kills(world):
    """Before each call that changes the disk, and half-way through each write."""
    for n, (call, path) in enumerate(world.count(CHANGES), 1):
        name = os.path.relpath(path, world.base)
        yield world.shim('kill', CHANGES, n), '%s of %s' % (call, name), kill
        if call in WRITES:
            yield world.shim('half', CHANGES, n), 'half a %s of %s' % (call, name), kill


def random_kill(world, variables):
    run = world.run({}, kill_after=float(variables['AFTER']), threads=2)
    if run.status not in (-9, 0):
        return 'exit %d: %s' % (run.status, run.text)
    return world.fault_of_state(run.tree, is_done=run.status == 0)


def random_kills(world):
    """At any moment of a run of two threads."""
    if world.name not in ('many', 'automatic'):
        return
    started = time.monotonic()
    world.run({}, threads=2)
    seconds = time.monotonic() - started
    for i in range(RANDOM_KILLS):
        yield {'AFTER': '%.4f' % random.Random(i).uniform(0, seconds)}, 'random moment', random_kill


KINDS = {'kill': kills, 'random': random_kills}


# ---- running it ------------------------------------------------------------------------------------------------------


class Torture:
    def __init__(self, options):
        self.options, self.lock, self.n_failed = options, threading.Lock(), 0
        self.tried, self.planned = Counter(), Counter()
        self.deadline = time.monotonic() + options.seconds if options.seconds else None

    def is_wanted(self, kind, name):
        only = self.options.only.split(',') if self.options.only else []
        return not only or any(o in (kind, '%s/%s' % (kind, name), name) for o in only)

    def plan(self, worlds):
        """All that can be tried, in an order in which a part of it is a fair part."""
        jobs = []
        for kind, make in KINDS.items():
            of_kind = [(kind, world) + job for world in worlds if self.is_wanted(kind, world.name) for job in make(world)]
            random.Random(self.options.seed).shuffle(of_kind)
            self.planned[kind] = len(of_kind)
            jobs += [((i + 1) / len(of_kind), job) for i, job in enumerate(of_kind)]
        return [job for _, job in sorted(jobs, key=lambda j: j[0])]

    def try_one(self, job):
        kind, world, variables, what, attempt = job
        if self.deadline and time.monotonic() > self.deadline:
            return
        try:
            fault = attempt(world, variables)
        except Exception as e:  # a fault of the harness is one, too
            fault = 'torture.py: %r' % e
        with self.lock:
            self.tried[kind] += 1
            if fault:
                self.n_failed += 1
                print('FAILED %s/%s, %s: %s\n    %s' % (kind, world.name, what, fault, ' '.join(
                    '%s=%s' % v for v in variables.items() if v[0] != 'LD_PRELOAD')), flush=True)

    def run(self, tools):
        names = [n for n in WORLDS if any(self.is_wanted(k, n) for k in KINDS)]
        worlds = [w.World(tools, n, *WORLDS[n]) for n in names if n != 'many' or not self.options.seconds]
        jobs = self.plan(worlds)
        with ThreadPoolExecutor(self.options.jobs) as pool:
            list(pool.map(self.try_one, jobs))
        n_states = sum(len(world.judged) for world in worlds)
        for kind in KINDS:
            if self.planned[kind]:
                print('%-8s %6d tried of %d' % (kind, self.tried[kind], self.planned[kind]))
        print('torture: %d tried, %d states of an index judged, %d failed' % (
            sum(self.tried.values()), n_states, self.n_failed))
        return 1 if self.n_failed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--duan', required=True)
    parser.add_argument('--shim', required=True)
    parser.add_argument('--seconds', type=float, default=0)
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--only', default='')
    parser.add_argument('--seed', type=int, default=0)
    options = parser.parse_args()
    memory = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
    work = os.path.realpath(tempfile.mkdtemp(prefix='torture-', dir=memory))
    try:
        return Torture(options).run(w.Tools(options.duan, options.shim, work))
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
