#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a known-item set from an index of reports: who types a heading or a title wants what stands under it.

    tools/make_known_items.py --duan build/duan --index r.duan --out DIR [--count 500] [--seed 4] [--in-report]

A heading that stands once in the index, without its number and the stop behind it, is a query; the passages directly
under it and the heading itself are its answers. (扩大对外开放。 in one report and 扩大对外开放 in another are the same query to
any engine, and neither is the one answer.) So is a title that one report alone has: all passages of the report answer
it. At most a fifth are titles. With --in-report a query is the title of a report and a heading in it, of which other
reports may have the same, and what stands under it there answers. Writes DIR/queries.tsv and DIR/qrels.tsv, of the
docids that `duan search --trec` prints, and DIR/corpus.tsv, the same passages for other engines. The same index, count
and seed give the same files.
"""
import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys

NUMBER = re.compile(r"^\s*(?:第[一二三四五六七八九十百\d]+[章节条部分编篇]+|[（(][一二三四五六七八九十\d]+[)）]|"
                    r"[一二三四五六七八九十\d]+[、.．)）]|#+)[\s:：　]*")
STOP = re.compile(r"[。；：，、！？;:,.!?\s]+$")
HAN = re.compile("[㐀-鿿]")
MIN_HAN, MAX_CHARS, MAX_ANSWERS = 6, 60, 20


def docid(hit):
    """As render_docid has it for a report that is a file."""
    return re.sub(r"[\x00-\x20\x7f]", lambda m: "%%%02X" % ord(m.group()), hit["report"]["path"]) + \
        "#%d" % hit["passage"]["number"]


def reports(duan, index):
    n = json.loads(subprocess.run([duan, "info", "-i", index, "--json"], check=True, capture_output=True).stdout)["reports"]
    for number in range(1, n + 1):
        shown = subprocess.run([duan, "show", "-i", index, "--json", str(number)], check=True, capture_output=True)
        yield [json.loads(line) for line in shown.stdout.splitlines()]


def query_of(text):
    text = STOP.sub("", " ".join(NUMBER.sub("", text).split()))
    return text if len(HAN.findall(text)) >= MIN_HAN and len(text) <= MAX_CHARS else None


def add_report(passages, headings, titles):
    last = {}
    for hit in passages:
        section = hit["passage"]["section"]
        under = last.get(section[-1]) if section else None
        if under is not None:
            under.append(docid(hit))
        if hit["passage"]["heading"]:
            answers = last[hit["text"]] = [docid(hit)]
            query = query_of(hit["text"])
            if query:
                headings[query].append(answers)
    if passages:
        query = passages[0]["report"]["title"]
        if len(HAN.findall(query)) >= MIN_HAN:
            titles[query].append([docid(hit) for hit in passages])


def add_in_report(passages, found):
    headings, titles = collections.defaultdict(list), collections.defaultdict(list)
    add_report(passages, headings, titles)
    for title in titles:
        for heading, answers in headings.items():
            if heading not in title and len(title) + len(heading) < MAX_CHARS:
                found["%s %s" % (title, heading)] += answers


def choose_in_report(found, count):
    """Of a report that is there twice, in two formats, both answer."""
    joined = {q: [docid for answers in all_answers for docid in answers] for q, all_answers in found.items()}
    items = sorted(item for item in joined.items() if 2 <= len(item[1]) <= 2 * MAX_ANSWERS)
    return random.sample(items, min(count, len(items)))


def choose(found, low, high, count):
    alone = sorted((q, a[0]) for q, a in found.items() if len(a) == 1 and low <= len(a[0]) <= high)
    return random.sample(alone, min(count, len(alone)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--duan", default="build/duan")
    parser.add_argument("--index", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--in-report", action="store_true")
    args = parser.parse_args()
    headings, titles, in_report = (collections.defaultdict(list) for _ in range(3))
    os.makedirs(args.out, exist_ok=True)
    with open(os.path.join(args.out, "corpus.tsv"), "w", encoding="utf-8") as corpus:
        for passages in reports(args.duan, args.index):
            if args.in_report:
                add_in_report(passages, in_report)
            else:
                add_report(passages, headings, titles)
            for hit in passages:
                corpus.write("%s\t%s\n" % (docid(hit), " ".join(hit["text"].split())))
    random.seed(args.seed)
    for query in set(headings) & set(titles):
        del headings[query]
    if args.in_report:
        items = choose_in_report(in_report, args.count)
    else:
        items = choose(titles, 2, 1 << 30, args.count // 5)
        items = choose(headings, 2, MAX_ANSWERS, args.count - len(items)) + items
    with open(os.path.join(args.out, "queries.tsv"), "w", encoding="utf-8") as queries, \
            open(os.path.join(args.out, "qrels.tsv"), "w", encoding="utf-8") as qrels:
        for number, (query, answers) in enumerate(items):
            queries.write("%03d\t%s\n" % (number, query))
            for answer in answers:
                qrels.write("%03d 0 %s 1\n" % (number, answer))
    print("%d queries" % len(items), file=sys.stderr)


if __name__ == "__main__":
    main()
