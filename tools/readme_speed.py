#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Carries the tables of a whole `make bench` into the Speed section of both READMEs; the text around them stays, and is to be
read again. usage: readme_speed.py [build/bench/table.md]"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# The name in the bench's table; how a row of either README begins.
ROWS = [('duan', r'duan'), ('duan, from files', r'duan(, from the|，读) '), ('Lucene, positions', r'Lucene.*(positions|位置)'),
        ('Lucene, frequencies', r'Lucene.*(frequencies|词频)'), ('Groonga', r'Groonga(?!.*\*S).*'), ('Groonga, *S', r'Groonga.*\*S'), ('SQLite FTS5 trigram', r'SQLite.*'),
        ('Xapian, TermGenerator', r'Xapian.*')]
FILES = {'README.md': ('%s (%s×)', ' (%s asked)'), 'README.zh-CN.md': ('%s（%s 倍）', '（%s 问）')}


def cells_of(line):
    return [c.strip() for c in line.strip().strip('|').split('|')]


def tables(text):
    """The rows below each head: three tables, by what they are of."""
    found = {}
    for block in re.split(r'\n\s*\n', text):
        lines = [line for line in block.split('\n') if line.startswith('|')]
        if lines:
            kind = 'index' if 'CPU s' in lines[0] and 'counts' in lines[0] else 'size' if 'MB/s' in lines[0] else 'query'
            found[kind] = [cells_of(line) for line in lines[2:]]
    return found


def digits(value):
    number = float(value)
    return '%.0f' % number if number >= 100 else value


def with_ratio(cell, form):
    """**9.2×** 19.1 as 19.1 (9.2×)"""
    ratio = re.match(r'\*\*([\d.]+)×\*\* ([\d.]+)$', cell)
    if not ratio:
        return cell
    times = float(ratio[1])
    return form % (digits(ratio[2]), '%.0f' % times if times >= 10 else ratio[1])


def without_ratio(cell):
    return re.sub(r'\*\*[\d.]+×\*\* ', '', cell)


def query_cell(cell, asked):
    """Of fewer queries than were asked the mean alone: the rest would say nothing."""
    few = re.match(r'([\d.]+) /.*\((\d+) asked\)', without_ratio(cell))
    return few[1] + asked % few[2] if few else without_ratio(cell)


def renewed(line, found, forms):
    label, n = cells_of(line)[0], len(cells_of(line))
    size = re.match(r'\d+', label)
    if n == 4 and size:
        for row in found['size']:
            if row[0] == size[0]:
                return '| %s | %s | %s | %s |' % (label, row[2], row[3], row[5])
    for name, pattern in ROWS:
        if n == 6 and re.fullmatch(pattern if name == 'duan' else pattern + '.*', label):
            kind = 'query' if ' / ' in line else 'index'
            for row in found[kind]:
                if row[0] == name and kind == 'query':
                    return '| %s | %s |' % (label, ' | '.join(query_cell(c, forms[1]) for c in row[1:]))
                if row[0] == name:
                    times = [without_ratio(c) if name.startswith('duan') else with_ratio(c, forms[0]) for c in row[1:3]]
                    cells = times + [row[3], row[4], without_ratio(row[6])]
                    return '| %s | %s |' % (label, ' | '.join(cells))
    return line


def main():
    with open(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, 'build/bench/table.md'), encoding='utf-8') as file:
        found = tables(file.read())
    for name, forms in FILES.items():
        path = os.path.join(ROOT, name)
        with open(path, encoding='utf-8') as file:
            lines = file.read().split('\n')
        start = next(i for i, line in enumerate(lines) if line in ('## Speed', '## 速度'))
        end = next(i for i in range(start + 1, len(lines)) if lines[i].startswith('## '))
        for i in range(start, end):
            if lines[i].startswith('| ') and not lines[i].startswith('| |'):
                lines[i] = renewed(lines[i], found, forms)
        with open(path, 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines))


if __name__ == '__main__':
    main()
