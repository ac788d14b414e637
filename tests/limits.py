#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tries the largest of everything that LIMITS of man/duan.1 names, and one past it.

    DUAN=build/release/duan tests/limits.py

A case builds an input at a limit and one past it, and says what each must give: the first must work, the second must end as
the manual says, and cost no more than what is too large. Prints a line a fault, and cmocka's counts. Not tried here, for
what they would take: 2^31 passages of a segment, 2^32 reports and files (tests/test_index_writer.c sets the counter near
its end), a million files of an archive, 256 MB and 512 MB of one document, 8 million strings and 16,384 sheets of a
spreadsheet, 1 TB of memory, 1 GB of names in a folder; 4,096 segments are tests/test_manifest.c's."""
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

DUAN = os.path.abspath(os.environ.get("DUAN", "build/release/duan"))
ENV = {**os.environ, "DUAN_LANG": "en", "TZ": "UTC"}
WORD = "环境"


class Fault(Exception):
    pass


def duan(*arguments, data=None):
    done = subprocess.run([DUAN, *arguments], input=data, capture_output=True, env=ENV)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def expect(got, status, text=""):
    if got[0] != status or text not in got[1] + got[2]:
        raise Fault(f"expected {status} and '{text}', got {got[0]} and '{(got[1] + got[2])[:400]}'")


def put(path, content):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())


def index(*arguments):
    return duan("index", "-i", "x", *arguments)


def count(query=WORD):
    status, out, err = duan("search", "-i", "x", "--count", query)
    if status == 2:
        raise Fault(err)
    return int(out)


def expect_count(n, query=WORD):
    if count(query) != n:
        raise Fault(f"{count(query)} passages hold '{query}', not {n}")


def pair(at_limit, past, message, status=2):
    """Of two files one is at the limit and one past it: the first is found, the second named, the third not harmed."""
    name = os.path.splitext(at_limit[0])[0]
    put("w/" + at_limit[0], at_limit[1])
    put("w/" + past[0], past[1])
    put("w/third.txt", WORD + "第三份\n")
    expect(index("w"), status, message)
    expect_count(2)
    return name


def zip_of(members, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as z:
        for name, content in members:
            z.writestr(name, content)
    return out.getvalue()


def docx(body):
    return [("_rels/.rels", "<Relationships xmlns='r'><Relationship Id='r1' Type='t/officeDocument' "
             "Target='word/document.xml'/></Relationships>"),
            ("word/document.xml", f"<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>")]


# ---- texts ----

def a_passage_has_2000_characters():
    put("a.txt", "云陵\n\n" + "营商环境优" * 800 + "\n")
    expect(index("a.txt"), 0)
    sizes = [len(json.loads(line)["text"]) for line in duan("show", "-i", "x", "--json", "a.txt")[1].splitlines()]
    if max(sizes) != 2000 or sum(sizes) != 4002:
        raise Fault(f"passages of {sizes} characters")


def a_line_of_a_table_has_an_eighth_of_the_memory():
    put("a.tsv", "1\t" + WORD + "长" * 700000 + "\n2\t" + WORD + "\n3\t" + "长" * 2000000 + "\n")
    expect(index("-m", "32M", "a.tsv"), 2, "a.tsv:3: the line is too long")
    expect_count(2)


def a_word_has_64_bytes():
    for n, terms in (64, 1), (65, 2):
        out = duan("tokens", "a" * n)[1].splitlines()
        if len(out) != terms:
            raise Fault(f"{n} letters give {len(out)} terms")
    put("a.txt", "b" * 65 + "\n")
    expect(index("a.txt"), 0)
    expect_count(1, '"' + "b" * 65 + '"')


def an_id_has_1024_bytes():
    put("a.tsv", "i" * 1024 + f"\t{WORD}\n" + "i" * 1025 + f"\t{WORD}\n")
    expect(index("a.tsv"), 2, "a.tsv:2: the id is too long")
    expect_count(1)


def an_id_of_json_has_1024_bytes():
    put("a.jsonl", "".join(json.dumps({"id": "i" * n, "text": WORD}) + "\n" for n in (1024, 1025)))
    expect(index("a.jsonl"), 2, 'a.jsonl:2: "id"')
    expect_count(1)


def a_title_has_1024_bytes():
    put("a.jsonl", "".join(json.dumps({"title": "t" * n, "text": WORD}) + "\n" for n in (1024, 1025)))
    expect(index("a.jsonl"), 0)
    lines = duan("search", "-i", "x", "--json", WORD)[1].splitlines()
    sizes = sorted(len(json.loads(line)["report"]["title"]) for line in lines)
    if len(sizes) != 2 or not 1000 < sizes[0] <= sizes[1] <= 1024:
        raise Fault(f"titles of {sizes} bytes")


def the_fields_of_a_record_have_32_kb():
    for n, status in (32768, 0), (32769, 2):
        room = n - len('{"place":""}')
        put("a.jsonl", json.dumps({"text": WORD, "place": "p" * room}) + "\n")
        expect(index("a.jsonl"), status, "a.jsonl:1: fields left out: they are too long" if status else "")
        expect_count(1)
        expect_count(0 if status else 1, f"{WORD} place:{'p' * 40}")


def a_field_asked_for_has_a_name_of_60_bytes():
    put("a.jsonl", "".join(json.dumps({"text": WORD, "k" * n: "值甲"}) + "\n" for n in (60, 61)))
    expect(index("a.jsonl"), 0)
    expect_count(1, f"{WORD} {'k' * 60}:值甲")
    expect_count(0, f"\"{WORD}\" \"{'k' * 61}:值甲\"")


def a_group_of_fields_has_a_name_of_32_bytes():
    put("a.txt", WORD)
    expect(index("--fields", f"(?<{'k' * 32}>a)", "a.txt"), 0)
    expect(index("--fields", f"(?<{'k' * 33}>a)", "a.txt"), 2, "too long")


def json_goes_2048_levels_deep():
    def nest(n):
        return f'{{"text":"{WORD}","x":{"[" * n}{"]" * n}}}\n'
    put("a.jsonl", nest(2047) + nest(2048) + nest(100000))
    expect(index("a.jsonl"), 2, "a.jsonl:2: not JSON")
    expect_count(1)


def csv_has_1024_columns():
    def table(n):
        return ",".join(f"c{i}" for i in range(n)) + "\n" + ",".join([WORD] + [""] * (n - 1)) + "\n"
    pair(("a.csv", table(1024)), ("b.csv", table(1025)), "b.csv: more than 1024 columns")


def csv_has_names_of_256_bytes():
    put("a.csv", f"text,{'n' * 256},{'m' * 257}\n{WORD},甲,乙\n")
    expect(index("a.csv"), 0)
    fields = json.loads(duan("search", "-i", "x", "--json", WORD)[1])["report"]["fields"]
    if sorted(map(len, fields)) != [7, 256]:
        raise Fault(f"fields {fields}")


def metadata_has_256_columns_and_cells_of_16_kb():
    for columns, cell, status in (256, 16384, 0), (257, 10, 2), (256, 16385, 2):
        put("w/a.txt", WORD)
        put("w/metadata.csv", "file," + ",".join(f"c{i}" for i in range(1, columns)) + "\n" +
            "a.txt," + "v" * cell + "\n")
        expect(index("w"), status, "the line is too long" if status else "")
        expect_count(1)


# ---- paths ----

def below(folder, levels, name, content):
    """A file so many folders down; os.chdir, since the whole path may be longer than a call takes."""
    home = os.open(".", os.O_RDONLY)
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    for level in levels:
        os.makedirs(level, exist_ok=True)
        os.chdir(level)
    put(name, content)
    os.fchdir(home)
    os.close(home)


def folders_go_256_deep():
    below("w", ["d"] * 255, "a.txt", WORD)
    below("w", ["d"] * 256, "b.txt", WORD)
    expect(index("w"), 2, "too many folders within each other")
    expect_count(1)


def a_path_has_4095_bytes():
    levels, rest = ["d" * 250] * 15, 4095 - len(os.path.realpath(".") + "/w") - 15 * 251
    levels.append("e" * (rest - 1 - 101))
    below("w", levels, "a" * 100, WORD)
    below("w", levels, "b" * 101, WORD)
    expect(index("w"), 2, "a path below it is too long")
    expect_count(1)


def an_index_below_a_path_too_long_is_refused():
    put("a.txt", WORD)
    expect(duan("index", "-i", "d/" * 2040 + "d" * 100, "a.txt"), 2, "File name too long")


# ---- queries ----

def small_index():
    put("a.txt", WORD + "好\n")
    expect(index("a.txt"), 0)


def query(text, *options):
    return duan("search", "-i", "x", *options, text)


def a_query_has_8192_bytes():
    small_index()
    expect(query("字" * 2730 + "ab"), 1)
    expect(query("字" * 2730 + "abc"), 2, "query is longer than 8192 bytes")


def a_query_has_128_words():
    small_index()
    expect(query(" ".join([WORD] * 128)), 0)
    expect(query(" ".join([WORD] * 129)), 2, "query:385: more than 128 words")


def brackets_go_32_deep():
    small_index()
    expect(query("(" * 32 + WORD + ")" * 32), 0)
    expect(query("(" * 33 + WORD + ")" * 33), 2, "query:33: more than 32 brackets within each other")


def near_reaches_1000_characters():
    small_index()
    expect(query(f"{WORD} NEAR/1000 好"), 0)
    expect(query(f"{WORD} NEAR/1001 好"), 2, "NEAR/ takes a number from 0 to 1000")


def a_line_of_a_batch_has_12288_bytes():
    small_index()
    longest = "q" * (12288 - len(("\t" + WORD).encode()))
    put("b", f"{longest}\t{WORD}\n{longest}q\t{WORD}\nq3\t{WORD}\n")
    got = duan("search", "-i", "x", "--trec", "--batch", "b")
    expect(got, 2, "b:2: line is longer than 12288 bytes")
    if len(got[1].splitlines()) != 2:
        raise Fault(got[1][:200])


def numbers_of_options_have_bounds():
    small_index()
    for option, largest in ("-n", 1000000), ("--offset", 1000000):
        expect(query(WORD, option, str(largest)), 0 if option == "-n" else 1)
        expect(query(WORD, option, str(largest + 1)), 2, f"'{largest + 1}' is not between")
    expect(duan("show", "-i", "x", "--context", "1000", "a.txt#1"), 0)
    expect(duan("show", "-i", "x", "--context", "1001", "a.txt#1"), 2, "'1001' is not between 0 and 1000")
    for option, good, bad in ("-m", ["32M"], ["31M", "1025G"]), ("-t", ["1", "256"], ["0", "257"]):
        for value in good:
            expect(index(option, value, "a.txt"), 0)
        for value in bad:
            expect(index(option, value, "a.txt"), 2, "is not between")


def tokens_reads_64_mb():
    expect(duan("tokens", "-", data=b"\n" * (64 << 20)), 1)
    expect(duan("tokens", "-", data=b"\n" * ((64 << 20) + 1)), 2, "more than 64 MB")


def the_year_of_a_query_is_at_most_9999():
    small_index()
    expect(query(f"{WORD} year:9999"), 1)
    expect(query(f"{WORD} year:10000"), 2)


# ---- archives and documents ----

def an_archive_is_opened_in_one_other():
    one = zip_of([("b.zip", zip_of([("a.txt", WORD)]))])
    pair(("a.zip", one), ("b.zip", zip_of([("c.zip", one)])), "an archive within 2 others is not opened")


def an_archive_unpacks_to_200_times_its_size():
    pair(("a.zip", zip_of([("a.txt", WORD + "\n" * (60 << 20))])),
         ("b.zip", zip_of([("b.txt", "\n" * (65 << 20) + WORD)])), "unpacks to more than 200 times its size")


def a_name_in_an_archive_has_4096_bytes():
    put("w/a.zip", zip_of([("n" * 4097, WORD), ("a.txt", WORD)]))
    expect(index("w"), 2, "n: a name in it is no name, or too long")
    expect_count(1)
    room = 4096 - len(os.path.realpath("w") + "/b.zip!/")
    put("w/b.zip", zip_of([("n" * room, WORD), ("n" * (room + 1), WORD), ("a.txt", WORD)]))
    expect(index("w"), 2, "w/b.zip: the path of a file in it is too long")
    expect_count(3)


def xml_goes_200_deep():
    def nest(n):
        return docx("<w:sdt>" * (n - 5) + f"<w:p><w:r><w:t>{WORD}</w:t></w:r></w:p>" + "</w:sdt>" * (n - 5))
    pair(("a.docx", zip_of(nest(200))), ("b.docx", zip_of(nest(201))), "XML nested too deep")


def a_zip_of_a_document_has_65536_members():
    def many(n):
        body = docx(f"<w:p><w:r><w:t>{WORD}</w:t></w:r></w:p>")
        return zip_of([body[0]] + [(f"m{i}", "") for i in range(n - 2)] + body[1:])
    pair(("a.docx", many(65536)), ("b.docx", many(65537)), "a zip of too many members")


def a_pdf_has_100000_pages():
    pages = range(3, 100004)
    put("w/b.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 100001/Kids[" + b"".join(b"%d 0 R " % i for i in pages) + b"]>>endobj\n" +
        b"".join(b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n" % i for i in pages) +
        b"trailer<</Root 1 0 R>>\n%%EOF\n")
    put("w/a.txt", WORD)
    expect(index("w"), 2, "more than 100000 pages")
    expect_count(1)


def info_keeps_100_failures():
    for i in range(101):
        put(f"w/{i:03}.pdf", b"%PDF-1.4\nnothing")
    expect(index("w"), 2)
    said = json.loads(duan("info", "-i", "x", "--json")[1])
    if said["all_failures"] != 101 or len(said["failures"]) != 100:
        raise Fault(f"{said['all_failures']} failures, {len(said['failures'])} kept")


def main():
    cases = [f for f in globals().values() if callable(f) and getattr(f, "__doc__", 0) is None and "_" in f.__name__ and
             f.__code__.co_argcount == 0 and f.__name__ not in ("small_index",)]
    wanted, failed, home = sys.argv[1:], 0, os.getcwd()
    for case in cases:
        if wanted and case.__name__ not in wanted:
            continue
        folder = tempfile.mkdtemp(prefix="duan-limits-")
        os.chdir(folder)
        try:
            case()
        except Fault as fault:
            print(f"FAILED {case.__name__}: {fault}")
            failed += 1
        finally:
            os.chdir(home)
            shutil.rmtree(folder)
    n = len(wanted) or len(cases)
    print(f"[  PASSED  ] {n - failed} test(s).")
    if failed:
        print(f"[  FAILED  ] {failed} test(s), listed below:")
    return 1 if failed else 0


sys.exit(main())
