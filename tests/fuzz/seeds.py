#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes what the fuzz targets start from: OUT/<target>/<number>, and OUT/<target>.dict of words that mutation would not
hit upon. All of it is invented here or taken from the rows of tests/data; the same bytes each time."""
import bz2
import gzip
import io
import json
import lzma
import os
import re
import struct
import sys
import tarfile
import zipfile

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
    changes = [b'', b'\0\0\0\x04\0\0\0\1', b'\1\0\x0b\x04\x10\x20\xff\xff\xff', b'\2\0\x05\x01\x05\x00', b'\1\x1f\xf0\x0f' + b'\0' * 16,
               b'\1\x20\x0b\x02\x00\x20\x00', b'\2\x10\x40\x03\xff\xff\xff\xff', b'\0\0\x20\x09' + b'\xff' * 10,
               b'\xc0recur\0\2\0001\4\x0f\0\0\0']
    return [bytes([what]) + c for c in changes for what in range(3)]


def search():
    """Letters are bytes from 1; 33 ends a passage, 34 a report; a zero ends the corpus and the first text."""
    return [bytes([1, 2, 3, 33, 4, 1, 2, 34, 1, 14, 2, 12, 1, 0, 1, 2, 0, 3]), bytes([7, 8, 9, 10, 7, 33, 8, 9, 7, 15, 19, 0, 8, 9, 0, 19]),
            bytes([21, 33, 1, 0, 21, 0, 1]),
            bytes([5, 6, 13, 5, 33, 5, 17, 17, 34, 21, 1, 0, 5, 0, 21]), bytes(list(range(1, 33)) + [33] + list(range(32, 0, -1)) + [0, 12, 0, 26])]


def html():
    page = ('<html><head><title>云陵</title><meta name=PubDate content="2024-02-03"></head><body><div id=nav>首页</div>'
            '<h1>公报</h1><p>中央<b>工作</b><br>中。<table><tr><td rowspan=2>中<td>2<tr><td>3</table><ul><li>一</ul></body>')
    return [b'\1' + t for t in some(rows('html.test'), 60)] + [b'\1' + page.encode(), b'\0' + page.encode('gb18030'),
                                                               b'\5' + page.encode('utf-16-le')]


def parts(kind, **members):
    return bytes([kind]) + b''.join(b'\1' + n.encode() + b'\2' + t.encode() for n, t in members.items())


def office():
    rels = "<Relationships xmlns='r'>%s</Relationships>"
    link = "<Relationship Id='r%d' Type='x/%s' Target='%s'/>"
    docx = {'_rels/.rels': rels % link % (1, 'officeDocument', 'word/document.xml'),
            'word/_rels/document.xml.rels': rels % (link % (1, 'styles', 'styles.xml') + link % (2, 'numbering', 'numbering.xml')),
            'word/styles.xml': "<w:styles xmlns:w='w'><w:style w:type='paragraph' w:styleId='h'><w:name w:val='heading 1'/><w:pPr>"
                               "<w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style></w:styles>",
            'word/numbering.xml': "<w:numbering xmlns:w='w'><w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:start w:val='1'/>"
                                  "<w:numFmt w:val='chineseCounting'/><w:lvlText w:val='%1、'/></w:lvl></w:abstractNum>"
                                  "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num></w:numbering>",
            'word/document.xml': "<w:document xmlns:w='w'><w:body><w:p><w:pPr><w:pStyle w:val='h'/></w:pPr><w:r><w:t>总则</w:t></w:r></w:p>"
                                 "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>中</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
                                 "<w:p><w:r><w:t>甲</w:t><w:br/><w:tab/><w:t>乙</w:t></w:r></w:p></w:body></w:document>"}
    item = "<w:p><w:pPr><w:numPr><w:ilvl w:val='%d'/><w:numId w:val='%d'/></w:numPr></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>"
    level = "<w:lvl w:ilvl='%d'><w:numFmt w:val='%s'/><w:lvlRestart w:val='0'/><w:lvlText w:val='第%%2条'/></w:lvl>"
    lists = dict(docx, **{
        'word/styles.xml': "<w:styles xmlns:w='w'><w:style w:type='paragraph' w:styleId='z'><w:rPr><w:vanish/></w:rPr></w:style></w:styles>",
        'word/numbering.xml': "<w:numbering xmlns:w='w'><w:abstractNum w:abstractNumId='0'><w:styleLink w:val='S'/>" + level % (1, 'decimal') +
                              "</w:abstractNum><w:abstractNum w:abstractNumId='1'><w:numStyleLink w:val='S'/></w:abstractNum><w:num w:numId='1'>"
                              "<w:abstractNumId w:val='1'/><w:lvlOverride w:ilvl='1'>" + level % (1, 'upperLetter') + "</w:lvlOverride></w:num></w:numbering>",
        'word/document.xml': "<w:document xmlns:w='w'><w:body>" + item % (1, 1, '中') + item % (0, 1, '') + "<w:tbl><w:tr><w:tc>" + item % (1, 1, '') +
                             "</w:tc></w:tr></w:tbl><w:p><w:pPr><w:pStyle w:val='z'/></w:pPr><w:r><w:t>暗</w:t></w:r></w:p></w:body></w:document>"})
    odt = {'mimetype': 'application/vnd.oasis.opendocument.text', 'styles.xml': "<o:styles xmlns:o='o'/>",
           'content.xml': "<o:d xmlns:o='o' xmlns:t='t'><o:body><o:text><t:h t:outline-level='1'>一、总则</t:h><t:list><t:list-item><t:p>中"
                          "<t:s t:c='3'/>文</t:p></t:list-item></t:list><table:table xmlns:table='b'><table:table-row><table:table-cell "
                          "table:number-columns-repeated='3'><t:p>值</t:p></table:table-cell></table:table-row></table:table></o:text></o:body></o:d>"}
    ods = dict(odt, mimetype='application/vnd.oasis.opendocument.spreadsheet')
    epub = {'mimetype': 'application/epub+zip', 'META-INF/container.xml': "<container><rootfiles><rootfile full-path='o/c.opf'/></rootfiles></container>",
            'o/c.opf': "<package><metadata><dc:title xmlns:dc='d'>书</dc:title></metadata><manifest><item id='a' href='a.xhtml' media-type="
                       "'application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine></package>",
            'o/a.xhtml': '<html><body><h1>第一章</h1><p>中文</p></body></html>'}
    pptx = {'_rels/.rels': rels % link % (1, 'officeDocument', 'ppt/presentation.xml'),
            'ppt/presentation.xml': "<p:presentation xmlns:p='p' xmlns:r='officeDocument/relationships'><p:sldIdLst><p:sldId r:id='r1'/></p:sldIdLst></p:presentation>",
            'ppt/_rels/presentation.xml.rels': rels % link % (1, 'slide', 'slides/slide1.xml'),
            'ppt/slides/slide1.xml': "<p:sld xmlns:p='p' xmlns:a='a'><p:sp><p:nvPr><p:ph type='title'/></p:nvPr><p:txBody><a:p><a:r><a:t>题</a:t></a:r></a:p>"
                                     "</p:txBody></p:sp><a:tbl><a:tr><a:tc><a:p><a:r><a:t>中</a:t></a:r></a:p></a:tc></a:tr></a:tbl></p:sld>"}
    xlsx = {'_rels/.rels': rels % link % (1, 'officeDocument', 'xl/workbook.xml'),
            'xl/workbook.xml': "<workbook xmlns:r='officeDocument/relationships'><sheets><sheet name='表' r:id='r1'/></sheets></workbook>",
            'xl/_rels/workbook.xml.rels': rels % (link % (1, 'worksheet', 'worksheets/sheet1.xml') + link % (2, 'sharedStrings', 'sharedStrings.xml')
                                                  + link % (3, 'styles', 'styles.xml')),
            'xl/sharedStrings.xml': '<sst><si><t>指标</t></si><si><r><t>中</t></r></si></sst>',
            'xl/styles.xml': "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy年m月'/></numFmts><cellXfs><xf numFmtId='0'/><xf numFmtId='164'/>"
                             "<xf numFmtId='10'/></cellXfs></styleSheet>",
            'xl/worksheets/sheet1.xml': "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' s='1'><v>45000</v></c></row><row r='2'>"
                                        "<c r='A2' t='s'><v>1</v></c><c r='B2' s='2'><v>.125</v></c><c t='inlineStr'><is><t>行</t></is></c></row></sheetData></worksheet>"}
    word = ("<w:wordDocument xmlns:w='w' xmlns:a='a'><w:lists><w:listDef w:listDefId='0'><w:lvl w:ilvl='0'><w:nfc w:val='37'/><w:lvlText w:val='%1、'/></w:lvl>"
            "</w:listDef><w:list w:ilfo='1'><w:ilst w:val='0'/></w:list></w:lists><w:styles><w:style w:type='paragraph' w:styleId='h'><w:name w:val='heading 1'/>"
            "</w:style></w:styles><w:body><w:p><w:pPr><w:pStyle w:val='h'/><w:listPr><w:ilvl w:val='0'/><w:ilfo w:val='1'/></w:listPr></w:pPr><w:r><w:t>中"
            "</w:t></w:r><w:r><w:footnote><w:p><w:r><w:t>注</w:t></w:r></w:p></w:footnote></w:r><a:annotation w:type='Word.Deletion'><w:r><w:t>删</w:t></w:r>"
            "</a:annotation></w:p></w:body></w:wordDocument>")
    flat = ("<office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'><office:meta><title>题</title></office:meta><office:body><office:text><h>中</h>"
            "<p>文<note><p>注</p></note></p></office:text></office:body></office:document>")
    package = ("<pkg:package xmlns:pkg='http://schemas.microsoft.com/office/2006/xmlPackage'>" +
               ''.join("<pkg:part pkg:name='/%s'><pkg:xmlData>%s</pkg:xmlData></pkg:part>" % (name, xml) for name, xml in docx.items()) +
               "<pkg:part pkg:name='/a.png'><pkg:binaryData>AAAA</pkg:binaryData></pkg:part></pkg:package>")
    excel = ("<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' xmlns:ss='s'><Styles><Style ss:ID='p'><NumberFormat ss:Format='0.0%'/></Style></Styles>"
             "<Worksheet ss:Name='表'><Table><Row><Cell ss:Index='2' ss:MergeAcross='1' ss:StyleID='p'><Data ss:Type='Number'>.5</Data></Cell><Cell><Data ss:Type='DateTime'>"
             "2024-05-06T00:00:00.000</Data><Comment><Data>中</Data></Comment></Cell></Row></Table></Worksheet></Workbook>")
    return ([parts(i, **m) for i, m in ((0, docx), (0, lists), (1, odt), (1, ods), (2, epub), (3, pptx), (4, xlsx))] +
            [b'\x80PK\x05\x06' + b'\0' * 18, b'\x82' + word.encode(), b'\x83' + flat.encode(), b'\x81' + excel.encode(), b'\x82' + package.encode()])


def rtf():
    head = rb'1\ansi\ansicpg936\deff0{\fonttbl{\f0\fcharset134 SimSun;}{\f1\fcharset0 Arial;}{\f2\fcharset136 MingLiU;}}'
    return [head + t + b'}' for t in some(rows('rtf.test'), 60)]


def doc():
    """The header, the text and a page for its paragraphs; in the table stream pieces, that page, a style and a list."""
    text = '一、总则\r中文\x13 PAGE \x14 1\x15。\r甲\x07乙\x07\x07'.encode('utf-16-le')
    modifiers = [b'\x40\x26\0', b'\x0b\x46\1\0', b'\x16\x24\1', b'\x16\x24\1', b'\x16\x24\1\x17\x24\1']
    ends, table, entries = [0x400], b'', {}
    for at in range(0, len(text), 2):
        if text[at:at + 2] in (b'\r\0', b'\7\0'):
            ends.append(0x400 + at + 2)
    page, data, offsets = b''.join(struct.pack('<I', e) for e in ends), b'', []
    for m in modifiers:
        offsets.append(0x100 + len(data))
        body = b'\0\0' + m
        data += bytes([0, (len(body) + 1) // 2]) + body + b'\0' * (len(body) % 2)
    page += b''.join(bytes([o // 2]) + b'\0' * 12 for o in offsets)
    page = (page.ljust(0x100, b'\0') + data).ljust(511, b'\0') + bytes([len(modifiers)])
    style = struct.pack('<5H', 1, 0xFFF1, 1, 0, 0) + struct.pack('<3H', 1, ord('x'), 0) + struct.pack('<2H', 5, 0) + b'\x40\x26\1\0'
    level = struct.pack('<I', 1) + bytes([37]) + b'\0' * 23 + struct.pack('<3H', 2, 0, 0x3001)
    for entry, part in ((33, b'\1\3\0\x3c\x08\0\2' + struct.pack('<IIIHIH', 16, 0, len(text) // 2, 0, 0x400, 1)),
                        (13, struct.pack('<3I', ends[0], ends[-1], 3)), (1, struct.pack('<3H', 4, 1, 10) + struct.pack('<H', len(style)) + style),
                        (73, struct.pack('<HI', 1, 7) + b'\0' * 22 + b'\1\0'), (-1, level), (74, struct.pack('<II', 1, 7) + b'\0' * 16)):
        entries[entry] = (len(table), len(part))
        table += part
    fib = bytearray(0x400)
    struct.pack_into('<HH', fib, 0, 0xA5EC, 0xC1)
    struct.pack_into('<H', fib, 0xA, 0x200)
    struct.pack_into('<I', fib, 0x4C, len(text) // 2)
    for entry, place in entries.items():
        if entry >= 0:
            struct.pack_into('<II', fib, 0x9A + 8 * entry, *place)
    word = (bytes(fib) + text).ljust(0x600, b'\0') + page
    return [struct.pack('<H', len(word)) + word + table]


def archive():
    files = {'甲/一.txt': '中文', '../../etc/passwd': 'x', '/abs/./b//c': ''}
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, 'w') as z:
        for name, text in files.items():
            z.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    too_long = io.BytesIO()  # names that are cut to be shown: behind a slash, and behind ..
    with zipfile.ZipFile(too_long, 'w') as z:
        for start in ('a' * 127 + '/', 'a' * 125 + '/..'):
            z.writestr(zipfile.ZipInfo(start + 'b' * 4096), 'x')
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode='w') as t:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            t.addfile(info, io.BytesIO(text.encode()))
    small = tarred.getvalue()[:6 * 512]
    return [b'\0' + zipped.getvalue(), b'\0' + zipped.getvalue()[:60], b'\0' + too_long.getvalue(), b'\0' + small, b'\0' + gzip.compress(small, mtime=0),
            b'\0' + lzma.compress(small), b'\0' + bz2.compress(small), b'\0' + gzip.compress('一、总则'.encode(), mtime=0),
            b'\1../../a', b'\1./' + '报告'.encode('gb18030'), b'\1//x/../y', b'\1..', b'\1\xff\xfe']


def frame(kind, payload):
    return kind + struct.pack('<I', len(payload)) + payload


def wire():
    def block(kind, level, page, text):
        return frame(b'B', struct.pack('<BBI', kind, level, page) + text.encode())
    document = (frame(b'K', b'\1\1\x63') + frame(b'M', b'\0' + '公报'.encode()) + frame(b'M', b'\1' + b'2024-02-03') +
                block(1, 1, 1, '一、总则') + block(0, 0, 1, '加装电梯。') + block(3, 0, 2, '甲 | 乙') + block(2, 0, 2, '项'))
    archived = frame(b'K', b'\x0a\1\x63') + frame(b'F', 'a/一.txt'.encode()) + frame(b'D', PROSE.encode()) + frame(b'F', b'skip') + frame(b'D', b'x')
    end, bad = frame(b'E', b'\0'), frame(b'E', b'\6damaged')
    return [b'\0' + document + end, b'\0' + archived + bad, b'\1' + document[8:] + end, b'\1' + document[8:], b'\1' + document[8:] + bad,
            b'\2' + archived[8:] + end, b'\2' + archived[8:-3], b'\2' + frame(b'E', b'\6'), b'\0B\xff\xff\xff\x7f', b'\0' + frame(b'B', b'\0\1\0\0\0\0a')]


def pdf():
    def line(x, y, size, text):
        return bytes([x, y, size, len(text)]) + bytes('abcdefghijklmnopqrstuvwxyz0123456789 '.index(c) for c in text)
    return [line(30, 250, 8, 'a first line of some words') + line(20, 244, 8, 'and it goes on') + line(140, 10, 8, '1') + b'\0\0\0\xff' +
            line(20, 250, 8, 'head') + line(30, 230, 14, 'title') + line(30, 100, 8, 'text ') + line(140, 10, 8, '2'),
            b''.join(line(20, 255, 8, 'running head %d' % i) + line(20, 200, 8, 'body') + b'\0\0\0\xff' for i in range(5))]


TARGETS = {f.__name__: f for f in (tokenizer, fold, decode, query, record, text_block, manifest, passage, reader, glass,
                                       search, html, office, rtf, doc, archive, wire, pdf)}

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
    'html': ['<p>', '</p>', '<div>', '<table>', '<tr>', '<td>', '<td rowspan=2>', '<h1>', '<li>', '<br>', '<title>', '<meta name=', '<!--', '-->', '&#x4E2D;',
             '&nbsp;', '<script>', '<pre>', '中', '<ruby>', '<rt>', 'style="display:none"', '<ol>', '</ol>', '<ol reversed>', ' start=', ' value=', ' type=', 'list-style-type:', 'upper-roman', '</li>', '<style>', '</style>', 'ol{list-style:none}', '.a', ' class=a', '/*', '*/', '@media',
             'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: text/html\n', 'Content-Transfer-Encoding: quoted-printable\n\n',
             'Content-Transfer-Encoding: base64\n\n', '\n--x', '=E4=B8=AD', '5Lit'],
    'rtf': ['{', '}', '\\par ', '\\cell', '\\row', '\\intbl', '\\itap2', '\\nestcell', '\\u20013?', '\\uc0', "\\'d6", '\\f1 ', '\\*', '\\footnote',
            '\\shpinst', '\\shptxt', '\\upr', '\\ud', '\\bin9 ', '\\listtext', '\\outlinelevel', '\\stylesheet', '\\info', '\\title', '\\v'],
    'office': ['<w:p>', '</w:p>', '<w:r>', '<w:t>', '<w:tbl>', '<w:tr>', '<w:tc>', "w:val='", '<w:txbxContent>', '<w:sdt>', '<w:del>', 'w:gridSpan', '<t:p>', '<t:span>',
               '<t:list>', '<table:table-cell>', "table:number-columns-repeated='9'", '<a:p>', '<a:t>', '<c t=', '<v>', '<si>', 'mc:AlternateContent', '\x01', '\x02',
               'word/document.xml', 'content.xml', 'xl/worksheets/sheet1.xml', '中', '<!DOCTYPE', '&amp;', '4294967295', '-1', 'decimal', '%1.%2',
               '<w:lvlOverride ', '<w:lvlRestart ', '<w:numStyleLink ', '<w:styleLink ', '<w:vanish/>', "<a:annotation w:type='Word.Comment'>", '</a:annotation>',
               '<w:footnote>', '</w:footnote>', '<office:body>', '<office:meta>'],
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
