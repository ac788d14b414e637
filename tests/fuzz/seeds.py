#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes what the fuzz targets start from: OUT/<target>/<number>, and OUT/<target>.dict of words that mutation would not
hit upon. All of it is invented here or taken from the rows of tests/data; the same bytes each time."""
import json
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


def varint(v):
    out = bytearray()
    while v >= 0x80:
        out.append(v & 0x7f | 0x80)
        v >>= 7
    return bytes(out + bytes([v]))


def record_of(*members):
    return b''.join(varint(len(m)) + m if isinstance(m, bytes) else varint(m) for m in members)


def record():
    source = record_of(1, '/报告/云陵.txt'.encode(), 1234, 3400000000000000000, 2**63 + 5, 1, 0, 0, 2, 99, 0, 0, 1, 1, 12)
    report = record_of(1, 1, b'42', '云陵市公报'.encode(), 2023 << 9 | 2 << 5 | 15, b'{"place":"x"}', b'', 1, 12)
    return [b'\0' + source * 2, b'\0' + source[:-3], b'\1' + report * 2, b'\1' + report[:20], b'\2\x00',
            b'\3\x05\x40' + PROSE.encode()]


def text_block():
    texts = [line.encode() + b'\n' for line in PROSE.split('\n')[:4]] + [b'x']
    columns = b''.join(varint(len(t) * 2 + 1) for t in texts) + b'\2' + b'\0' * (5 * len(texts) - 1)
    block = varint(len(texts)) + varint(sum(map(len, texts))) + columns + b''.join(texts)
    return [b'', b'\1', b'\1\1\0' + b'\0' * 6, b'\0' + block, b'\0' + block[:-9], b'\1' + block[:2] + columns + b'\x81\xda\x01\xff\x03abc',
            b'\2\x09\x81\x82abc\xda\x00\xff\x01\xe4', b'\3' + PROSE.encode(), b'\3\xff\xff\x00' + bytes(range(256)),
            b'\4\x07' + PROSE.encode() * 3, b'\4\x00' + PROSE.encode()]


def constant(path, name):
    with open(os.path.join(DATA, '..', '..', path), encoding='utf-8') as file:
        return int(re.search(name + r' = (\d+)', file.read())[1])


def manifest():
    names = ['iamglass', 'postlist.glass', 'docdata.glass', 'checksums']
    stats = {k: 9 for k in ('sources', 'reports', 'passages', 'tokens', 'text_bytes', 'source_blocks', 'report_blocks',
                            'text_blocks', 'replaced')}
    segments = [{'name': 'seg-%06d' % i, 'stats': stats, 'dead': [1, 2, 9][:i], 'dead_reports': i, 'dead_passages': i,
                 'files': [{'name': n, 'size': 8192, 'hash': '%016x' % (i + 77)} for n in names]} for i in (1, 2)]
    whole = {'duan': 'manifest', 'format': constant('store/manifest.h', 'MANIFEST_FORMAT'),
             'analyzer': constant('tokenizer/tokenizer.h', 'ANALYZER_VERSION'), 'generation': 3, 'next_source': 12,
             'next_report': 12, 'next_segment': 3, 'segments': segments, 'failures': ['/a/b: 不是文本'], 'all_failures': 2}
    some_of = dict(whole, segments=[], failures=[], all_failures=0)
    return [json.dumps(m, separators=(',', ':'), ensure_ascii=False).encode()
            for m in (whole, some_of, dict(whole, format=99), dict(whole, segments=segments[::-1]))]


def passage():
    return [bytes([i & 1, 40 * i % 256]) + t for i, t in enumerate(some(rows('passages.test')))] + [
        b'\0\x10' + PROSE.encode(), b'\1\xff' + PROSE.encode(), b'\0\x20' + ('长' * 300 + '。') .encode() * 9,
        b'\0\x09' + '无边无际'.encode() * 700, b'\0\x05' + PROSE.replace('\n', '\r\n').encode()]


def reader():
    text = PROSE.encode()
    tsv = 'a1\t加装电梯\nb2\t营商环境，招商引资。\n\n坏行\nc\t\n'.encode()
    jsonl = '{"text":"加装电梯。\\n第二行","id":7,"title":"公报","date":"2023-02-15","来源":"日报"}\n{"id":1}\n[1]\n{\n'.encode()
    csv = '标题,发布日期,正文\n高铁,2024-05-06,"一""二""\n三"\n港口,,扩建\n'.encode()
    js = '[{"title":"甲","content":"一、总则"},{"正文":"第二","year":2023},3]'.encode()
    bodies = [text, text, tsv, jsonl, csv, js]
    return [bytes([i, 1, c]) + b for i, b in enumerate(bodies) for c in (0, 200)] + [
        b'\0\0\x07' + text, b'\0\2\x03' + PROSE.encode('gb18030'), b'\4\5\x09' + csv.decode().encode('utf-16-le'),
        '\4\1\x40正文,来源\n一,日\0报\n'.encode(), b'\2\1\x05\xef\xbb\xbf' + tsv, b'\4\1\x05a;b;c\n1;"2\n']


def glass():
    """Changes of the root's and a leaf's directory, of a posting list, of the version file, of a text block."""
    return [b'', b'\0\0\0\x04\0\0\0\1', b'\1\0\x0b\x04\x10\x20\xff\xff\xff', b'\2\0\x05\x01\x05\x00', b'\1\x1f\xf0\x0f' + b'\0' * 16,
            b'\1\x20\x0b\x02\x00\x20\x00', b'\2\x10\x40\x03\xff\xff\xff\xff', b'\0\0\x20\x09' + b'\xff' * 10]


def search():
    """Letters are bytes from 1; 33 ends a passage, 34 a report; a zero ends the corpus and the first text."""
    return [bytes([1, 2, 3, 33, 4, 1, 2, 34, 1, 14, 2, 12, 1, 0, 1, 2, 0, 3]), bytes([7, 8, 9, 10, 7, 33, 8, 9, 7, 15, 19, 0, 8, 9, 0, 19]),
            bytes([21, 33, 1, 0, 21, 0, 1]),
            bytes([5, 6, 13, 5, 33, 5, 17, 17, 34, 21, 1, 0, 5, 0, 21]), bytes(list(range(1, 33)) + [33] + list(range(32, 0, -1)) + [0, 12, 0, 26])]


TARGETS = {f.__name__: f for f in (tokenizer, fold, decode, query, record, text_block, manifest, passage, reader, glass,
                                       search)}

WORDS = {
    'tokenizer': ['会(huì )', '202*年', '2,112.8', '**', '%', 'C++', '㌕', '🙂', '\u200b', '\n', '\u3000'],
    'fold': ['会(huì )', '（huì）', '(', ')', 'zh', 'ü', '\u0301', '㌕', '½', '\u00ad', '\n\n', '\u2029', '\u3000', '\r'],
    'decode': [b'\xef\xbb\xbf', b'\xff\xfe', b'\xfe\xff', b'\x81\x30\x81\x30', b'\x88\x62', b'\xff', 'charset=gbk', '中'],
    'manifest': ['"dead":', '"segments":', '"files":', '"name":', '"seg-000001"', '"failures":', '4294967295', '1125899906842624',
                 '-1', '[]', '{}', '..', '\\u0000'],
    'passage': ['\n\n', '\r\n', '\u3000\u3000', '第一条', '一、', '（一）', '1.', '|', '---', '。', '；', '：', '\u2029', '\f', '**', '```', '会(huì )',
                '2023年2月15日', '市长 沈若川', '——'],
    'reader': ['\t', '\n', '"', '""', ',', ';', '{"text":"', '"}', '"id":', '"title":', '"date":"2023-02-15"', '正文', '标题', 'year', '[', ']',
               '\\u0000', '\\ud800', 'null', '1e99', '\ufeff'],
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
