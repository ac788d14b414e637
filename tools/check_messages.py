#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds common/message_zh.c to the messages in the source: each has a Chinese side, and no line is left over.

A message is the text of tr(), error_set(), error_context(), error_errno(); of an option row or a command table; and
what a line marks with the comment /* tr */. Prints what is missing or left over, and then exits 1."""
import glob
import re
import sys

STRING = r'"(?:[^"\\]|\\.)*"'
STRINGS = rf'({STRING}(?:\s*{STRING})*)'
CALLS = [
    rf'\btr\(\s*{STRINGS}',
    rf'\berror_set\(\s*[^,;]+,\s*STATUS_\w+\s*,\s*{STRINGS}',
    rf'\berror_context\(\s*[^,;]+,\s*[^,;]+,\s*{STRINGS}',
    rf'\berror_errno\(\s*[^,;]+,\s*{STRINGS}',
    rf'{STRINGS}\s*/\* tr \*/',
]
OPTION_ROW = re.compile(rf'\{{\s*{STRING}\s*,\s*[^,]+,\s*OPTION_\w+\s*,[^,]+,\s*(NULL|{STRING})\s*,\s*{STRINGS}', re.S)
COMMAND = re.compile(rf'struct option_command \w+ = \{{\s*{STRING}\s*,\s*({STRING})\s*,\s*{STRINGS}', re.S)
MAIN_ROW = re.compile(rf'^\s*\{{"\w+", ({STRING}),\s*\w+_command\}}', re.M)


def joined(literals):
    return ''.join(s[1:-1] for s in re.findall(STRING, literals))


def messages():
    found = {}
    for path in sorted(glob.glob('*/*.c') + glob.glob('*/*.cc') + glob.glob('*/*.h') + ['duan.c']):
        if path.startswith(('tests/', 'bench/')) or path == 'common/message_zh.c':
            continue
        text = open(path, encoding='utf-8').read()
        for call in CALLS:
            for m in re.finditer(call, text):
                found.setdefault(joined(m.group(1)), path)
        for m in OPTION_ROW.finditer(text):
            found.setdefault(joined(m.group(2)), path)
        for m in COMMAND.finditer(text):
            found.setdefault(joined(m.group(2)), path)
        for m in MAIN_ROW.finditer(text):
            found.setdefault(joined(m.group(1)), path)
    return found


def catalogue():
    text = open('common/message_zh.c', encoding='utf-8').read()
    return [joined(m.group(1)) for m in re.finditer(rf'\{{\s*{STRINGS}\s*,\s*{STRINGS}\s*\}}', text)]


# Texts that come from elsewhere: strerror(3), and what is put together at run time.
FROM_ELSEWHERE = {'Is a directory', 'No such file or directory', 'No space left on device', 'Permission denied',
                  'Not a directory', 'Input/output error', 'Too many open files', 'File name too long',
                  'Read-only file system', 'Too many levels of symbolic links'}


def main():
    wanted, known = messages(), catalogue()
    bad = False
    for text, path in wanted.items():
        if text not in known and re.search('[A-Za-z]{2}', re.sub(r'%[-.*\d]*[a-z]+', '', text)):
            print(f'{path}: no Chinese for "{text}"')
            bad = True
    for text in known:
        if text not in wanted and text not in FROM_ELSEWHERE:
            print(f'common/message_zh.c: nobody says "{text}"')
            bad = True
    if known != sorted(known, key=lambda s: s.encode().decode('unicode_escape').encode('latin-1', 'replace')):
        print('common/message_zh.c: not sorted')
        bad = True
    return bad


if __name__ == '__main__':
    sys.exit(main())
