#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Breaks duan on purpose and looks at the index after it (tests/RELIABILITY.md): kills it at each call that changes the disk,
fails each call and each allocation, and rebuilds the disk as it may be after a power cut. After each: the index opens,
`duan check` passes, every query is answered exactly as before the run or exactly as after it, and the next run ends in the
right state with nothing left over.
usage: torture.py --duan PROGRAM --shim SHIM.so [--seconds N] [--jobs 2] [--only KIND[/WORLD],...] [--seed N]
Tries all of it, or for N seconds: of each kind as many, drawn by the seed. Prints what was tried, and each failure with the
environment that makes it again. Exit 1 if there is any."""
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

sys.dont_write_bytecode = True  # the tree stays as it was
import replay  # noqa: E402
import world as w  # noqa: E402

CHANGES = 'create write pwrite writev fwrite fflush fsync rename unlink mkdir rmdir truncate'.split()
WRITES = ('write', 'pwrite', 'writev')
# Each call, and how it may fail: by an errno, or by doing only half.
FAULTS = {
    'create': ['ENOSPC', 'EMFILE', 'EACCES'], 'open': ['EMFILE', 'EIO', 'EINTR'], 'opendir': ['EMFILE', 'EIO'], 'readdir': ['EIO'],
    'read': ['EIO', 'EINTR', 'short'], 'pread': ['EIO', 'EINTR', 'short'], 'mmap': ['ENOMEM', 'ENODEV'], 'stat': ['EIO', 'ENOMEM'],
    'fread': ['EIO'], 'close': ['EIO', 'EINTR'], 'flock': ['ENOLCK', 'EINTR'], 'thread': ['EAGAIN'], 'socketpair': ['EMFILE'],
    'memfd': ['EMFILE'], 'write': ['ENOSPC', 'EIO', 'EINTR', 'short'], 'pwrite': ['ENOSPC', 'EIO', 'EINTR', 'short'],
    'writev': ['ENOSPC', 'EIO', 'EINTR', 'short'], 'fwrite': ['ENOSPC', 'EIO'], 'fflush': ['ENOSPC', 'EIO'], 'fsync': ['EIO', 'ENOSPC', 'EINTR'],
    'rename': ['EIO', 'ENOSPC'], 'unlink': ['EIO', 'EACCES'], 'mkdir': ['ENOSPC', 'EMFILE'], 'rmdir': ['EIO', 'EBUSY'], 'truncate': ['EIO', 'EINTR'],
    'alloc': ['ENOMEM']}
LASTING = WRITES + ('fwrite', 'create', 'open', 'pread', 'thread', 'alloc')
RANDOM_KILLS = 300
THREADS = 3
# What once found something is tried first, some of each: (kind/world, in its description).
FOUND = [('kill/merge', 'rmdir of'), ('kill/merge', 'fsync of'), ('fault/update', 'EIO: readdir of runs'), ('fault/first', 'EIO: stat of texts'),
         ('fault/automatic', 'EACCES: create of'), ('alloc/first', 'memory'), ('reader/merge', 'alloc of search --json'),
         ('reader/merge', 'alloc of search --group'), ('reader/merge', 'from then on: alloc of check'), ('reader/merge', 'stat of info')]
FOUND_EACH = 3
LEAST = 5  # of each kind, whatever the machine is busy with
TELL_SECONDS = 120  # how often it says how far it is


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
        yield {'AFTER': '%.6f' % random.Random(i).uniform(0, seconds)}, 'random moment', random_kill


def said(text, variables, noted=''):
    """Is that a clear error: a line, of duan's or of a file? Of memory, where that is what failed. noted: what is said anyway."""
    lines = sorted(set(text.splitlines()) - set(noted.splitlines()))
    return len(lines) == 1 and ': ' in lines[0] and not lines[0].startswith('terminate') and (
        variables['TORTURE_CALLS'] != 'alloc' or any(word in lines[0] for word in ('memory', 'threads')))


def fault(world, variables):
    """The run ends rightly, or says in a line why not, and the index is as before or as after. A text that could not be
    read is left as it was, the others not."""
    run = world.run(variables, threads=int(variables.get('TORTURE_THREADS', '1')))
    is_of_text = variables['TORTURE_ROOT'] == world.texts or run.text.startswith(world.texts + '/')
    if run.status not in (0, 2):
        return 'exit %d: %s' % (run.status, run.text)
    if run.status == 2 and not said(run.text, variables) and not (is_of_text and run.text):
        return 'no clear error: %s' % (run.text or 'nothing was said')
    if run.status == 0 and run.text:
        return 'exit 0, but: %s' % run.text
    what = world.fault_of_state(run.tree, is_done=run.status == 0, may_be_partial=run.status == 2 and is_of_text)
    return what and '%s (exit %d: %s)' % (what, run.status, run.text)


def faults(world):
    """Each call fails, in each way it can; writes, openings and allocations also for good."""
    for call in FAULTS:
        if call == 'alloc' or world.name == 'many':  # the calls of which are the same
            continue
        threads = THREADS if call == 'thread' else 1  # of one thread none is started
        for root in (world.runs, world.texts):
            for n, (_, path) in enumerate(world.count([call], root, threads), 1):
                for variables, what, attempt in strokes(world, call, n, os.path.relpath(path, world.base), root):
                    yield dict(variables, TORTURE_THREADS=str(threads)), what, attempt


def number(action):
    return getattr(errno, action, action)


def strokes(world, call, n, name, root):
    for action in FAULTS[call]:
        yield world.shim(number(action), [call], n, root), '%s: %s of %s' % (action, call, name), fault
    if call in LASTING:
        yield (world.shim(number(FAULTS[call][0]), [call], n, root, repeat=1),
               '%s from then on: %s of %s' % (FAULTS[call][0], call, name), fault)


def allocations(world):
    """Each allocation fails, alone and with all that follow."""
    for n in range(1, len(world.count(['alloc'])) + 1 if world.name != 'many' else 1):
        yield from strokes(world, 'alloc', n, 'memory', world.base)


READING = [['search', '营商环境'], ['search', '--count', '"加装电梯"'], ['search', '--sort', 'date', '如何申请养老补贴'],
           ['search', '--json', '"老旧小区" -教育'], ['search', '--group', 'level:2 记录 云'], ['show', '页.html#1'], ['info'], ['check']]


def look(world, variables):
    """A reader under a fault: the right answer, or a clear error."""
    command = READING[int(variables['TORTURE_COMMAND'])]
    words = command[:1] + ['-i', world.kept] + command[1:]
    right, seen = world.right_of(words), world.tools.duan(words, variables)
    text = seen[2].decode(errors='replace').strip()
    if command[0] == 'check':  # whose faults are what it prints
        text = text or (seen[1].splitlines() or [b''])[0].decode(errors='replace')
    if seen[0] == right[0] and seen[1] == right[1]:
        return None
    if seen[0] != 2:
        return 'exit %d: %s, %d bytes of an answer' % (seen[0], text, len(seen[1]))
    return None if said(text, variables, right[2].decode()) else 'no clear error: %s' % (text or 'nothing was said')


def readers(world):
    """Each call and each allocation of a search, show, info and check fails."""
    if world.name != 'merge':
        return
    for i, command in enumerate(READING):
        for call in FAULTS:
            log = world.base + '/log'
            world.tools.duan(command[:1] + ['-i', world.kept] + command[1:], world.shim('kill', [call], 0, count=log))
            with open(log, encoding='utf-8', errors='replace') as file:
                n_calls = sum(1 for _ in file)
            for n in range(1, n_calls + 1):
                for variables, what, _ in strokes(world, call, n, ' '.join(command), world.base):
                    yield dict(variables, TORTURE_COMMAND=str(i)), what, look


def replayed(world, variables):
    return world.fault_of_state(variables['state'], is_done=variables['IS_DONE'])


def replays(world):
    """The disk after a power cut behind each call."""
    ops, start, index = world.record()
    seen = set()
    for n in range(len(ops) + 1):
        for what, lost, torn, zeroed in replay.losses(ops, n):
            tree = replay.build(ops, n, start, lost, torn, zeroed).tree(index)
            key = (w.key_of(tree), n == len(ops))
            if key not in seen:
                seen.add(key)
                yield {'CUT': n, 'IS_DONE': n == len(ops), 'state': tree}, 'behind call %d of %d: %s' % (n, len(ops), what), replayed


KINDS = {'kill': kills, 'random': random_kills, 'fault': faults, 'alloc': allocations, 'reader': readers, 'replay': replays}


# ---- running it ------------------------------------------------------------------------------------------------------


class Torture:
    def __init__(self, options):
        self.options, self.lock, self.n_failed, self.n_least = options, threading.Lock(), 0, 0
        self.tried, self.planned = Counter(), Counter()
        self.deadline, self.told = None, time.monotonic()

    def is_wanted(self, kind, name):
        only = self.options.only.split(',') if self.options.only else []
        return not only or any(o in (kind, '%s/%s' % (kind, name), name) for o in only)

    def plan(self, worlds):
        """All that can be tried, of each kind the next in turn, so that a part of it has as many of each."""
        jobs = []
        print('seed %d' % self.options.seed, flush=True)
        for kind, make in KINDS.items():
            of_kind = [(kind, world) + job for world in worlds if self.is_wanted(kind, world.name) for job in make(world)]
            random.Random(self.options.seed).shuffle(of_kind)
            self.planned[kind] = len(of_kind)
            jobs += enumerate(of_kind)
        jobs = [job for _, job in sorted(jobs, key=lambda j: j[0])]
        first = []
        for kind in KINDS:
            first += [j for j in jobs if j[0] == kind][:LEAST]
        self.n_least = len(first)
        for place, what in FOUND:
            first += [j for j in jobs if place == '%s/%s' % (j[0], j[1].name) and what in j[3] and j not in first][:FOUND_EACH]
        return first + [j for j in jobs if j not in first]

    def try_one(self, numbered):
        n, (kind, world, variables, what, attempt) = numbered
        if self.deadline and time.monotonic() > self.deadline and n >= self.n_least:
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
                    '%s=%s' % v for v in variables.items() if v[0] not in ('LD_PRELOAD', 'state'))), flush=True)
            if time.monotonic() - self.told > TELL_SECONDS:
                self.told = time.monotonic()
                print('%d of %d tried, %d failed' % (sum(self.tried.values()), sum(self.planned.values()), self.n_failed), flush=True)

    def run(self, tools):
        names = [n for n in WORLDS if any(self.is_wanted(k, n) for k in KINDS)]
        worlds = [w.World(tools, n, *WORLDS[n]) for n in names if n != 'many' or not self.options.seconds]
        jobs = self.plan(worlds)
        if self.options.seconds:
            self.deadline = time.monotonic() + self.options.seconds
        with ThreadPoolExecutor(self.options.jobs) as pool:
            list(pool.map(self.try_one, enumerate(jobs)))
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
    parser.add_argument('--seed', type=int, default=int(time.time()))
    options = parser.parse_args()
    memory = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
    work = os.path.realpath(tempfile.mkdtemp(prefix='torture-', dir=memory))
    try:
        return Torture(options).run(w.Tools(options.duan, options.shim, work))
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
