#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes what the fuzz targets start from: OUT/<target>/<number>, and OUT/<target>.dict of words that mutation would not
hit upon. All of it is invented here or taken from the rows of tests/data; the same bytes each time."""
import os
import re
import sys

DATA = os.path.join(os.path.dirname(__file__), '..', 'data')

PROSE = '''云陵市2023年政府工作报告
2023年2月15日

各位代表：
一、2022年工作回顾
全市地区生产总值达到2112.8亿元，增长6.1%。營商環境(huán )持續(xù)優化，審批時間壓縮到半個工
作日。
（一）产业升级。推动老旧小区改造；支持具备条件的小区加装电梯。
1.招商引资。新签项目45个，其中四十五亿元以上的202*年落地。
——全面实施“一窗受理”，《云陵市条例》第三条规定：
| 指标 | 数值 |
|---|---|
| GDP | 9.7% |

**二、2023年安排**
C++、COVID-19与A股　都是词。🙂
'''


def rows(name):
    """The second column, and the first of those that have two, unescaped as tests/rows.c does."""
    out = []
    with open(os.path.join(DATA, name), encoding='utf-8') as file:
        for line in file:
            if line.startswith('#') or '\t' not in line:
                continue
            cells = line.rstrip('\n').split('\t')
            text = cells[1] if len(cells) > 2 else cells[0]
            text = re.sub(r'\\u\{([0-9A-Fa-f]+)\}', lambda m: chr(int(m[1], 16)), text)
            text = re.sub(r'\\([nrt\\])', lambda m: {'n': '\n', 'r': '\r', 't': '\t', '\\': '\\'}[m[1]], text)
            out.append(re.sub(rb'\\x([0-9A-Fa-f]{2})', lambda m: bytes([int(m[1], 16)]),
                              text.encode('utf-8', 'surrogatepass')))
    return out


def some(texts, most=40):
    """At most so many, from all parts of the list."""
    step = max(1, len(texts) // most)
    return texts[::step]


def tokenizer():
    return [b'\x07' + t for t in some(rows('tokens.test'))] + [b'\x3f' + PROSE.encode()]


def fold():
    return some(rows('folded_text.test')) + [PROSE.encode(), '㌕½㈠ﬀ\u200b会\u00ad(huì)\ufeff'.encode()]


def decode():
    names = ['utf-8', 'gb18030', 'cp950', 'big5hkscs', 'utf-16-le', 'utf-16-be']
    out = []
    for i, name in enumerate(names):
        text = PROSE.encode(name, 'ignore')
        out += [bytes([i, 7]) + text, bytes([i, 1]) + text[:101] + b'\xff\x80' + text[101:160]]
    declared = b'<meta charset="gb2312"><p>' + PROSE.encode('gb18030')[:200]
    return out + [b'\x00\x05\xef\xbb\xbf' + PROSE.encode(), b'\x01\x40' + declared, b'\x00\x03\x00\x01\x02PK']


def query():
    return some(rows('query.test'), 80)


TARGETS = {f.__name__: f for f in (tokenizer, fold, decode, query)}

WORDS = {
    'tokenizer': ['会(huì )', '202*年', '2,112.8', '**', '%', 'C++', '㌕', '🙂', '\u200b', '\n', '\u3000'],
    'fold': ['会(huì )', '（huì）', '(', ')', 'zh', 'ü', '\u0301', '㌕', '½', '\u00ad', '\n\n', '\u2029', '\u3000', '\r'],
    'decode': [b'\xef\xbb\xbf', b'\xff\xfe', b'\xfe\xff', b'\x81\x30\x81\x30', b'\x88\x62', b'\xff', 'charset=gbk', '中'],
    'query': ['"', '“', '”', '「', '」', 'OR', '|', 'NEAR', 'NEAR/4', '-', '－', '(', ')', '（', '）', ':', 'title:', 'year:',
              'date:', '2020..2024', 'source:', '..', '\\', '\u3000', '*', '电梯'],
}


def write(path, content):
    with open(path, 'wb') as file:
        file.write(content)


def main(out):
    for name, make in TARGETS.items():
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        for number, seed in enumerate(make()):
            write(os.path.join(folder, '%03d' % number), seed)
        if name in WORDS:
            lines = ['"%s"' % ''.join('\\x%02X' % b for b in (w if isinstance(w, bytes) else w.encode())) for w in WORDS[name]]
            write(os.path.join(out, name + '.dict'), ('\n'.join(lines) + '\n').encode())


if __name__ == '__main__':
    main(sys.argv[1])
