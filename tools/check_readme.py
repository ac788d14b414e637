#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the session of README.md and README.zh-CN.md over examples/ and compares what is printed, times apart.

    tools/check_readme.py DUAN          the program to run"""
import os
import re
import shutil
import subprocess
import sys
import tempfile


def without_times(text):
    return re.sub(r' in [\d.]+ s \(.*?\)', '', text).strip()


def differences(readme, duan):
    text = open(readme, encoding='utf-8').read()
    session = re.search(r'```console\n(\$ duan index.*?)```', text, re.S).group(1)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree('examples', os.path.join(folder, 'examples'))
        os.symlink(duan, os.path.join(folder, 'duan'))
        environment = {**os.environ, 'PATH': folder + ':' + os.environ['PATH'], 'DUAN_LANG': 'en'}
        environment.pop('DUAN_INDEX', None)
        for part in re.split(r'^\$ ', session, flags=re.M)[1:]:
            command, _, wanted = part.partition('\n')
            ran = subprocess.run(command, shell=True, cwd=folder, env=environment, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, check=False)
            printed = ran.stdout.decode('utf-8', 'replace')
            if without_times(printed) != without_times(wanted):
                yield f'{readme}: $ {command}\n--- it says\n{wanted}--- it prints\n{printed}'


def main():
    found = [d for readme in ('README.md', 'README.zh-CN.md') for d in differences(readme, os.path.abspath(sys.argv[1]))]
    print('\n'.join(found), end='')
    return bool(found)


if __name__ == '__main__':
    sys.exit(main())
