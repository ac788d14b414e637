#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Xapian's own way with Chinese on the bench's passages: TermGenerator and QueryParser with CJK n-grams.

    xapian_bench.py index TSV DIR
    xapian_bench.py search|count DIR QUERIES        (lines `class<TAB>qid<TAB>text`)
    xapian_bench.py rank DIR QUERIES HITS

Prints `class<TAB>qid<TAB>microseconds<TAB>hits`, or for rank the lines of a TREC run.

In Python, as only store/xapian_c.cc includes <xapian.h>; python3-xapian is for /usr/bin/python3. Python's share,
on 2 MB beside the same program in C++: about 4 microseconds a query and one more for each of its ten hits (a tenth of a
quoted query); 60 for a question, whose terms pass through Python (4 %); 10 to 20 ms and 9 MB a process. While indexing,
about a microsecond a passage (the loop with empty texts), too little to see in the whole."""

import sys
import time

import xapian


def lines_of(path):
    with open(path, "rb") as file:
        for line in file:
            yield line.rstrip(b"\n")


def index_passages(tsv, folder):
    db = xapian.WritableDatabase(folder, xapian.DB_CREATE_OR_OVERWRITE)
    generator = xapian.TermGenerator()
    generator.set_flags(xapian.TermGenerator.FLAG_CJK_NGRAM)
    for line in lines_of(tsv):
        xdoc = xapian.Document()
        generator.set_document(xdoc)
        generator.set_termpos(0)
        generator.index_text(line[line.find(b"\t") + 1:])
        xdoc.set_data(line)
        db.add_document(xdoc)
    db.commit()


def terms_of(text):
    """The terms of a passage with this text."""
    generator, xdoc = xapian.TermGenerator(), xapian.Document()
    generator.set_flags(xapian.TermGenerator.FLAG_CJK_NGRAM)
    generator.set_document(xdoc)
    generator.index_text_without_positions(text)
    return [item.term for item in xdoc]


def parse(parser, kind, text):
    if kind == b"question":  # QueryParser would ask for all the n-grams of a run, and find next to nothing
        try:
            terms = list(parser.parse_query(text, parser.FLAG_CJK_NGRAM))
        except xapian.QueryParserError:  # one question of cmrc2018 is bad syntax to it
            terms = terms_of(text)
        return xapian.Query(xapian.Query.OP_OR, terms)
    return parser.parse_query(b'"' + text + b'"', parser.FLAG_CJK_NGRAM | parser.FLAG_PHRASE)


def data_bytes(hits):
    """The bytes of data of all hits: by the bare iterator, as Python's own reads six more things of each hit."""
    hit, n_bytes = hits._begin(), 0
    for _ in range(hits.size()):
        n_bytes += len(hit.get_document().get_data())
        next(hit)
    return n_bytes


def search(folder, queries, is_count):
    db = xapian.Database(folder)
    parser = xapian.QueryParser()
    for line in lines_of(queries):
        kind, qid, text = line.split(b"\t", 2)
        start = time.perf_counter_ns()
        enquire = xapian.Enquire(db)
        enquire.set_query(parse(parser, kind, text))
        hits = enquire.get_mset(0, 10, db.get_doccount() if is_count else 0)
        n_bytes = data_bytes(hits)
        took_us = (time.perf_counter_ns() - start) / 1000
        print("%s\t%s\t%g\t%d" % (kind.decode(), qid.decode(), took_us, hits.get_matches_estimated()))
        if not hits.empty() and n_bytes == 0:
            print("xapian_bench: no data", file=sys.stderr)


def rank(folder, queries, n_hits):
    db = xapian.Database(folder)
    parser = xapian.QueryParser()
    for line in lines_of(queries):
        kind, qid, text = line.split(b"\t", 2)
        enquire = xapian.Enquire(db)
        enquire.set_query(parse(parser, kind, text))
        for hit in enquire.get_mset(0, n_hits):
            docid = hit.document.get_data().split(b"\t", 1)[0]
            print("%s Q0 %s %d %.9g xapian" % (qid.decode(), docid.decode(), hit.rank + 1, hit.weight))


def main():
    n_wanted = {"index": 4, "search": 4, "count": 4, "rank": 5}
    if len(sys.argv) < 2 or n_wanted.get(sys.argv[1]) != len(sys.argv):
        print("usage: xapian_bench.py index|search|count FROM TO, or rank DIR QUERIES HITS", file=sys.stderr)
        sys.exit(2)
    what, source, target = sys.argv[1:4]
    if what == "index":
        index_passages(source, target)
    elif what == "rank":
        rank(source, target, int(sys.argv[4]))
    else:
        search(source, target, what == "count")


main()
