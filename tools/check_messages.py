#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds common/message_zh.c to the messages in the source: each has a Chinese side, and no line is left over.

A message is a string literal in an argument that goes through tr() (see CALLS), in the help of an option row, in the
summary of a command, or in duan.c's table of commands. What consists of names alone ('%s', 'index') counts too; only
texts without two letters in a row need no Chinese. Prints what is missing or left over, and then exits 1."""
import glob
import re
import sys

STRING = r'"(?:[^"\\]|\\.)*"'
STRINGS = rf'{STRING}(?:\s*{STRING})*'
# Function, and which of its arguments (from 0) holds the text.
CALLS = {'tr': 0, 'error_set': 2, 'error_context': 2, 'error_errno': 1, 'command_misused': 1,
         'index_segment_damaged': 2, 'wrong': 1, 'lexer_fault': 2,
         'block_fail': 2, 'refuse_xml': 1}
CALL = re.compile(r'\b(' + '|'.join(CALLS) + r')\s*\(')
TABLES = [
    re.compile(rf'\.(?:help|summary) = ({STRINGS})'),
    # {"index", 'i', OPTION_STRING, &folder, "DIR", "the help", …
    re.compile(rf"\{{\s*{STRING},\s*(?:'.'|0),\s*OPTION_\w+,\s*[^,]+,\s*(?:NULL|{STRING}),\s*({STRINGS})"),
    # struct option_command command = {"index", "PATH", "the summary", …
    re.compile(rf'struct option_command \w+ = \{{\s*{STRING},\s*{STRING},\s*({STRINGS})'),
    # {"index", "the summary", index_command},
    re.compile(rf'\{{\s*{STRING},\s*({STRINGS}),\s*\w+_command\}}'),
    # static const char *const units[] = {"bytes",
    re.compile(r'\bunits\[\] = \{("bytes")'),
]
# Texts that come from elsewhere: strerror(3).
FROM_ELSEWHERE = {
    'Bad file descriptor', 'Broken pipe', 'Cannot allocate memory', 'Device or resource busy', 'Directory not empty',
    'Disk quota exceeded', 'File exists', 'File name too long', 'File too large', 'Input/output error',
    'Invalid argument', 'Is a directory', 'No space left on device', 'No such device or address',
    'No such file or directory', 'Not a directory', 'Operation not permitted', 'Operation not supported',
    'Permission denied', 'Read-only file system', 'Resource temporarily unavailable', 'Stale file handle',
    'Text file busy', 'Too many levels of symbolic links', 'Too many open files', 'Too many open files in system'}


def without_comments(text):
    return re.sub(rf'({STRING})|/\*.*?\*/|//[^\n]*', lambda m: m.group(1) or ' ', text, flags=re.S)


def joined(literals):
    return ''.join(s[1:-1] for s in re.findall(STRING, literals))


def arguments(text, at):
    """The arguments of the call whose bracket opens just before `at`."""
    depth, start, found = 0, at, []
    for m in re.compile(rf"{STRING}|'(?:[^'\\]|\\.)'|[(){{}}\[\],]").finditer(text, at):
        mark = m.group()
        if mark in '({[':
            depth += 1
        elif mark in ')}]' and depth:
            depth -= 1
        elif depth == 0 and mark in ',)':
            found.append(text[start:m.start()])
            start = m.end()
            if mark == ')':
                return found
    return found


def is_text(message):
    return re.search('[A-Za-z]{2}', re.sub(r'%[-.*\d]*(?:ll|[lzh])?[a-z]', '', message))


def messages():
    found = {}
    for path in sorted(glob.glob('*/*.c') + glob.glob('*/*.cc') + ['duan.c']):
        if path.startswith(('tests/', 'bench/')) or re.match('tokenizer/.*_table.c', path) or path == 'common/message_zh.c':
            continue
        text = without_comments(open(path, encoding='utf-8').read())
        for m in CALL.finditer(text):
            holding = arguments(text, m.end())
            if len(holding) > CALLS[m.group(1)]:
                for literals in re.findall(STRINGS, holding[CALLS[m.group(1)]]):
                    found.setdefault(joined(literals), path)
        for table in TABLES:
            for m in table.finditer(text):
                found.setdefault(joined(m.group(1)), path)
    return found


def catalogue():
    text = open('common/message_zh.c', encoding='utf-8').read()
    return [joined(m.group(1)) for m in re.finditer(rf'\{{\s*({STRINGS})\s*,\s*{STRINGS}\s*\}}', text)]


def main():
    wanted, known = messages(), set(catalogue())
    faults = [f'{path}: no Chinese for "{text}"' for text, path in wanted.items()
              if is_text(text) and text not in known]
    faults += [f'common/message_zh.c: nobody says "{text}"'
               for text in sorted(known) if text not in wanted and text not in FROM_ELSEWHERE]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
