#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Damage: in a small index of several segments a bit is flipped, a block is zeroed, a file is cut short, lengthened, removed or
swapped for another's, one thing at a time, and every command is run on what is left.

What must hold: no command dies of a signal or hangs; each either gives the answer that it gives on the whole index or fails
with exit status 2 and a message; `duan check` names the file; `duan search --partial` answers as if the segment were not there.

Bits are flipped in every byte of a file of up to SMALL bytes and of every block's header, and at random places of what else
there is. $TORTURE_SECONDS (20) bounds the whole; what is left out then is left out at random. SEED makes a run again.
usage: [DUAN=build/duan] tests/torture/corrupt.py [--all]"""
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

SMALL, BLOCK, HEADER, PLACES = 4096, 8192, 16, 400
CASES_MIN = 40  # whatever the machine is busy with
INDEX = 'x.duan'
ANSWERS = [
    ['search', '--json', '-n', '8', '营商环境 电梯'],
    ['search', '--json', '"加装电梯" OR (优化 NEAR/9 审批)'],
    ['search', '--count', '"审批"'],
    ['search', '--json', '--group', '--sort', '-date', '环境'],
    ['search', '--count', '环境 -"第7"'],
    ['show', '--raw', '2'],
    ['show', '--json', '--context', '1', 'b2#3'],
    ['info'],
]
PARTIAL = ['search', '--json', '--partial', '-n', '50', '营商环境 电梯']
CHANGES = [['merge'], ['index', '-q', 'src']]


def main():
    seed = int(os.environ.get('SEED') or time.time_ns() % 10**9)
    whole = '--all' in sys.argv
    seconds = 10**6 if whole else int(os.environ.get('TORTURE_SECONDS') or 20)
    print('seed %d' % seed, flush=True)
    with tempfile.TemporaryDirectory(dir='/dev/shm' if os.access('/dev/shm', os.W_OK) else None) as work:
        return Torture(os.path.abspath(os.environ.get('DUAN', 'build/duan')), work, random.Random(seed), seconds).run()


class Torture:
    def __init__(self, duan, work, dice, seconds):
        self.duan, self.work, self.dice = duan, work, dice
        self.end = time.monotonic() + seconds
        self.lock = threading.Lock()
        self.failures, self.counts = [], {}
        self.numbers = itertools.count()
        self.n_cases = self.n_runs = 0

    # ---- running

    def call(self, words, folder, engine='native'):
        env = dict(os.environ, LC_ALL='C', DUAN_LANG='en', DUAN_ENGINE=engine)
        return subprocess.run([self.duan, words[0], '-i', INDEX] + words[1:], cwd=folder, env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60, check=False)

    def build(self):
        """Three sources, two reports each, a run each, so that there are segments to lose; of some blocks."""
        base = os.path.join(self.work, 'base')
        os.makedirs(os.path.join(base, 'src'))
        for name in 'abc':
            with open(os.path.join(base, 'src', name + '.jsonl'), 'w', encoding='utf-8') as file:
                for report in (1, 2):
                    lines = ['第%d%s段：营商环境持续优化，审批时间压缩%d天；支持加装电梯。%s' % (
                        i, name, i * 7 % 31, ''.join(chr(0x4e00 + (i * 37 + k * k * 11 + ord(name)) % 3000) for k in range(60)))
                        for i in range(60)]
                    file.write('{"id":"%s%d","title":"%s公报","date":"202%d-0%d-02","text":"%s"}\n' % (
                        name, report, name, report, report + 3, '\\n\\n'.join(lines)))
            done = self.call(['index', '-q', 'src'], base)
            assert done.returncode == 0, done.stderr
        return base

    # ---- what is done to a file

    def damages(self, base):
        """(file, kind, where) in random order, but those first of which there are few."""
        few, many = [], []
        index = os.path.join(base, INDEX)
        for folder, _, names in sorted(os.walk(index)):
            for name in sorted(names):
                path = os.path.relpath(os.path.join(folder, name), index)
                size = os.path.getsize(os.path.join(folder, name))
                few += [(path, 'remove', 0), (path, 'lengthen', 1)]
                few += [(path, 'cut', n) for n in {0, 1, size // 2, size - 1} if n < size]
                if folder != index:
                    few.append((path, 'swap', 0))
                for start in range(0, size, BLOCK):
                    few.append((path, 'zero', start))
                    many += [(path, 'cut', start)] if start else []
                    many += [(path, 'flip', start + i) for i in range(min(HEADER, size - start))]
                places = range(size) if size <= SMALL else self.dice.sample(range(size), min(size, PLACES))
                many += [(path, 'flip', place) for place in places]
        many = sorted(set(many))
        self.dice.shuffle(few)
        self.dice.shuffle(many)
        return [(damage, self.dice.randrange(8)) for damage in few + many]

    @staticmethod
    def damage(index, path, kind, where, bit):
        """False where nothing changed."""
        full = os.path.join(index, path)
        if kind == 'remove':
            os.remove(full)
            return True
        if kind == 'swap':
            folder, name = os.path.split(path)
            others = sorted(s for s in os.listdir(index) if s.startswith('seg-') and s != folder)
            with open(os.path.join(index, others[0], name), 'rb') as file:
                new = file.read()
        with open(full, 'rb') as file:
            old = bytearray(file.read())
        if kind == 'flip':
            new = old[:where] + bytes([old[where] ^ 1 << bit]) + old[where + 1:]
        elif kind == 'zero':
            new = old[:where] + b'\0' * len(old[where:where + BLOCK]) + old[where + BLOCK:]
        elif kind == 'cut':
            new = old[:where]
        elif kind == 'lengthen':
            new = old + b'\n'
        os.remove(full)  # a link
        with open(full, 'wb') as file:
            file.write(new)
        return new != old

    def copy(self, base, name):
        """Of links, as no command writes into a file that is there; but for the lock, which holds a process's number."""
        folder = os.path.join(self.work, name)
        os.makedirs(folder)
        os.symlink(os.path.join(base, 'src'), os.path.join(folder, 'src'))
        shutil.copytree(os.path.join(base, INDEX), os.path.join(folder, INDEX), copy_function=os.link)
        os.remove(os.path.join(folder, INDEX, 'lock'))
        shutil.copy(os.path.join(base, INDEX, 'lock'), os.path.join(folder, INDEX, 'lock'))
        return folder

    # ---- judging

    def note(self, case, words, done, why):
        with self.lock:
            self.failures.append('%s: %s: duan %s: exit %d: %s' % (
                ' '.join(map(str, case)), why, ' '.join(words), done.returncode, done.stderr.decode(errors='replace').strip()[:300]))

    def judge(self, case, words, done, expected):
        """The right answer, or a failure that says so."""
        is_right = expected is not None and (done.returncode, done.stdout) == expected
        is_error = done.returncode == 2 and (done.stderr.strip() or words[0] == 'check')
        if done.returncode < 0 or done.returncode > 2:
            self.note(case, words, done, 'died')
        elif not is_right and not is_error:
            self.note(case, words, done, 'a wrong answer')
        with self.lock:
            self.n_runs += 1
            kind = 'right' if is_right else 'refused'
            self.counts[kind] = self.counts.get(kind, 0) + 1

    def ask(self, case, folder):
        for words, expected in zip(ANSWERS, self.expected):
            if words == ['info'] and 'after' in case:
                continue  # other segments, and so other sizes
            self.judge(case, words, self.call(words, folder), expected)

    def try_check(self, case, folder):
        done = self.call(['check'], folder)
        self.judge(case, ['check'], done, (0, done.stdout) if case[0] == 'lock' else None)
        if case[0] != 'lock' and (done.returncode != 2 or case[0].encode() not in done.stdout + done.stderr):
            self.note(case, ['check'], done, 'does not name the file: ' + done.stdout.decode(errors='replace')[:200])

    def try_partial(self, case, folder):
        done = self.call(PARTIAL, folder)
        segment = case[0].split('/')[0]
        self.judge(case, PARTIAL, done, self.without.get(segment))
        if segment in self.without and (done.returncode, done.stdout) != self.without[segment]:
            self.note(case, PARTIAL, done, 'is not the answer of the other segments')

    def try_xapian(self, case, folder):
        """The other engine trusts what it reads: it must not be given this."""
        for words, expected in zip(ANSWERS[:2], self.expected):
            self.judge(case, words, self.call(words, folder, engine='xapian'), expected)

    def try_change(self, case, folder, words):
        done = self.call(words, folder)
        self.judge(case, words, done, (0, done.stdout))
        self.ask(case + ('after', words[0]), folder)

    def one(self, numbered):
        damage, bit = numbered
        if time.monotonic() > self.end and self.n_cases >= CASES_MIN:
            return
        try:
            self.one_case(damage, bit)
        except subprocess.TimeoutExpired as late:
            with self.lock:
                self.failures.append('%s: hangs: %s' % (damage, late.cmd))

    def one_case(self, damage, bit):
        number = next(self.numbers)
        folders = [self.copy(self.base, '%d-%d' % (number, i)) for i in range(1 + len(CHANGES))]
        if all([self.damage(os.path.join(f, INDEX), *damage, bit) for f in folders]):
            if damage[0] != 'lock':
                self.ask(damage, folders[0])
                self.try_partial(damage, folders[0])
                self.try_xapian(damage, folders[0])
            self.try_check(damage, folders[0])
            for folder, words in zip(folders[1:], CHANGES):
                self.try_change(damage, folder, words)
            with self.lock:
                self.n_cases += 1
        for folder in folders:
            shutil.rmtree(folder)

    # ---- the whole

    def prepare(self):
        self.base = self.build()
        self.expected = [(d.returncode, d.stdout) for d in (self.call(w, self.base) for w in ANSWERS)]
        assert all(status == 0 and out for status, out in self.expected), [status for status, _ in self.expected]
        segments = [s for s in sorted(os.listdir(os.path.join(self.base, INDEX))) if s.startswith('seg-')]
        assert len(segments) > 1, segments
        self.without = {}
        for segment in segments:
            folder = self.copy(self.base, 'without')
            shutil.rmtree(os.path.join(folder, INDEX, segment))
            done = self.call(PARTIAL, folder)
            assert done.returncode == 2 and done.stdout and segment.encode() in done.stderr, done.stderr
            self.without[segment] = (2, done.stdout)
            shutil.rmtree(folder)

    def run(self):
        self.prepare()
        damages = self.damages(self.base)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self.one, damages))
        print('%d of %d damages tried, %d commands run: %s' % (
            self.n_cases, len(damages), self.n_runs, ', '.join('%d %s' % (n, k) for k, n in sorted(self.counts.items()))))
        for failure in self.failures[:40]:
            print(failure)
        if self.failures:
            print('[  FAILED  ] %d test(s), listed below:' % len(self.failures))
        print('[  PASSED  ] %d test(s).' % self.n_cases)
        return 1 if self.failures else 0


if __name__ == '__main__':
    sys.exit(main())
