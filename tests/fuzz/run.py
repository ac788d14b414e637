#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs fuzz targets, each for so many seconds, some at a time; prints what each did, keeps what it found, and fails if it
found anything. usage: run.py --seconds N --seeds DIR --work DIR [--jobs 2] PROGRAM..."""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))


def folders(name, options):
    """What is learnt is kept beside the seeds, for the next time."""
    corpus = os.path.join(options.work, 'corpus', name)
    os.makedirs(corpus, exist_ok=True)
    found = os.path.join(HERE, 'found', name)
    return [corpus, os.path.join(options.seeds, name)] + ([found] if os.path.isdir(found) else [])


def fuzz(program, options):
    name = os.path.basename(program).removeprefix('fuzz_')
    keep = os.path.join(options.work, 'found', name + '-')
    words = os.path.join(options.seeds, name + '.dict')
    command = [program, '-max_total_time=%d' % options.seconds, '-print_final_stats=1', '-timeout=25', '-rss_limit_mb=4096',
               '-artifact_prefix=' + keep, '-verbosity=1', '-max_len=8192', '-len_control=20']
    if os.path.exists(words):
        command.append('-dict=' + words)
    log = os.path.join(options.work, name + '.log')
    memory = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
    with open(log, 'wb') as out, tempfile.TemporaryDirectory(dir=memory) as scratch:
        status = subprocess.call(command + folders(name, options), stdout=out, stderr=out,
                                 env=dict(os.environ, TMPDIR=scratch, ASAN_OPTIONS='quarantine_size_mb=8'))
    with open(log, encoding='utf-8', errors='replace') as file:
        text = file.read()
    executions = re.search(r'stat::number_of_executed_units:\s*(\d+)', text)
    coverage = re.findall(r'cov: (\d+)', text)
    print('%-14s %12s executions, %6s edges  %s' % (
        name, executions[1] if executions else '?', coverage[-1] if coverage else '?',
        'nothing found' if status == 0 else 'FOUND (exit %d), see %s' % (status, log)), flush=True)
    return status, int(executions[1]) if executions else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seconds', type=int, required=True)
    parser.add_argument('--seeds', required=True)
    parser.add_argument('--work', required=True)
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('programs', nargs='+')
    options = parser.parse_args()
    os.makedirs(os.path.join(options.work, 'found'), exist_ok=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda p: fuzz(p, options), options.programs))
    n_found = sum(1 for status, _ in results if status != 0)
    print('%d targets, %d seconds each, %d executions in all' % (
        len(results), options.seconds, sum(n for _, n in results)))
    print('%d passed, %d failed' % (len(results) - n_found, n_found))
    return 1 if n_found else 0


if __name__ == '__main__':
    sys.exit(main())
