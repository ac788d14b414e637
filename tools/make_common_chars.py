#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes tokenizer/common_chars_table.c: how common each Han character is, for the detection of encodings.

    tools/make_common_chars.py [--unicode DIR] [--check]

--check writes nothing and exits 1 where the file checked in differs; 77 where the package is absent.

What it uses, all from Unihan (Debian's unicode-data):
 kHanyuPinlu  how often each reading of a character was met in the corpus of the Modern Standard Beijing Chinese
              Frequency Dictionary; given for simplified and traditional forms alike
 kFrequency   five grades of frequency on Taiwanese Usenet. No figures come with it: SHARE says what part of running
              text each grade is taken to make up, which is how the first 121, 639, 1,299 ... characters of any
              modern Chinese corpus share it, roughly
 kGB0         rows 16-55 are the 3,755 common characters of GB 2312, rows 56-87 its rarer ones
 kBigFive     A440-C67E are the 5,401 common characters of Big5, C940-F9D5 its rarer ones

Each character gets the probability (half the first source, half the second, never less than FLOOR says), and the table
holds -log2 of it in whole bits, less COST_MIN, in four bits.
"""
import argparse
import math
import os
import re
import sys

from make_tables import HEAD, c_array, unihan

FIRST, LAST = 0x4E00, 0x9FFF
COST_MIN, COST_MAX = 6, 21
SHARE = {'1': .42, '2': .35, '3': .13, '4': .07, '5': .03}
FLOOR = {'common': 2.0 ** -16, 'rare': 2.0 ** -19}


def probabilities(folder):
    pinlu = unihan(folder, 'Unihan_Readings.txt', ('kHanyuPinlu',))['kHanyuPinlu']
    grade = unihan(folder, 'Unihan_DictionaryLikeData.txt', ('kFrequency',))['kFrequency']
    sets = unihan(folder, 'Unihan_OtherMappings.txt', ('kGB0', 'kBigFive'))
    p = {}
    count = {cp: sum(map(int, re.findall(r'\((\d+)\)', v))) for cp, v in pinlu.items()}
    total = sum(count.values())
    for cp, n in count.items():
        p[cp] = p.get(cp, 0) + .5 * n / total
    members = {g: sum(1 for v in grade.values() if v == g) for g in SHARE}
    for cp, g in grade.items():
        p[cp] = p.get(cp, 0) + .5 * SHARE[g] / members[g]
    for cp, code in sets['kGB0'].items():
        p[cp] = max(p.get(cp, 0), FLOOR['common' if int(code[:2]) < 56 else 'rare'])
    for cp, code in sets['kBigFive'].items():
        p[cp] = max(p.get(cp, 0), FLOOR['common' if int(code[:4], 16) <= 0xC67E else 'rare'])
    return p


def source(folder, head):
    p = probabilities(folder)

    def cost(cp):
        bits = round(-math.log2(p[cp])) if p.get(cp) else COST_MAX
        return min(max(bits, COST_MIN), COST_MAX) - COST_MIN
    pairs = [cost(cp) | cost(cp + 1) << 4 for cp in range(FIRST, LAST + 1, 2)]
    return head + c_array('const uint8_t common_chars[]', [str(x) for x in pairs])


def main():
    parser = argparse.ArgumentParser(description='makes the table of common characters')
    parser.add_argument('--unicode', default='/usr/share/unicode', help="unicode-data's folder")
    parser.add_argument('--check', action='store_true', help='compare with the file checked in')
    args = parser.parse_args()
    if not os.path.exists(os.path.join(args.unicode, 'ReadMe.txt')):
        print('make_common_chars.py: no Unicode data in %s: install the package unicode-data' % args.unicode,
              file=sys.stderr)
        return 77
    with open(os.path.join(args.unicode, 'ReadMe.txt'), encoding='utf-8') as f:
        head = HEAD % re.search(r'Version (\d+\.\d+)', f.read()).group(1)
    head = head.replace('make_tables.py', 'make_common_chars.py').replace('tables.h', 'common_chars.h')
    text = source(args.unicode, head)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tokenizer', 'common_chars_table.c')
    if not args.check:
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        return 0
    with open(path, encoding='utf-8') as f:
        if f.read() == text:
            return 0
    print('make_common_chars.py: tokenizer/common_chars_table.c differs from what this script makes', file=sys.stderr)
    return 1


if __name__ == '__main__':
    sys.exit(main())
