#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the manual's two pages, man/duan.1 and man/duan.zh_CN.1, to the program: every option that a command's --help
lists stands in that command's subsection, and no other; and no line of text is taken for a request of roff's.

    tools/check_man.py DUAN          the program to ask"""
import re
import subprocess
import sys

PAGES = ('man/duan.1', 'man/duan.zh_CN.1')
MACRO = re.compile(r'\.(\\"|[A-Z][A-Za-z]?\b|(if|mso|ad|nh|nf|fi)\b)')


def commands(duan):
    """{command: its long options}, as --help has them; -h and --help are every command's."""
    def ask(*words):
        return subprocess.run([duan, *words], env={'DUAN_LANG': 'en'}, stdout=subprocess.PIPE, check=True).stdout.decode()
    names = re.findall(r'^  (\w+) ', ask('--help'), re.M)
    return {name: set(re.findall(r'^  (?:-\w, |    )--([\w-]+)', ask(name, '--help'), re.M)) - {'help'} for name in names}


def findings(page, wanted):
    text = open(page, encoding='utf-8').read()
    for number, line in enumerate(text.split('\n'), 1):
        if line.startswith('.') and not MACRO.match(line):
            yield f'{page}:{number}: roff takes this for a request: {line}'
    plain = re.sub(r'\\f[BIR]|\\&', '', text).replace('\\-', '-')
    synopsis, *sections = re.split(r'^\.S[sS] duan (?=\w+$)', plain, flags=re.M)
    described = {s.split('\n', 1)[0]: re.split(r'^\.S[hH]', s, maxsplit=1, flags=re.M)[0] for s in sections}
    for command, options in wanted.items():
        if not re.search(rf'^(\.Cm |duan ){command}\b', synopsis, re.M):
            yield f'{page}: the synopsis is without {command}'
        items = re.findall(r'^(?:\.It Fl|--?\w,? ?).*$', described.get(command, ''), re.M)
        had = set(re.findall(r'(?:--| -)([a-z][\w-]+)', ' '.join(items)))
        for option in sorted(options ^ had):
            yield f'{page}: {command}: --{option} is {"missing" if option in options else "no option"}'


def main():
    wanted = commands(sys.argv[1])
    found = [f for page in PAGES for f in findings(page, wanted)]
    print('\n'.join(found + ['']) if found else '', end='')
    return bool(found)


if __name__ == '__main__':
    sys.exit(main())
