# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench's passages and queries.

A passage is a non-empty line of the corpus, without the blanks at its ends; all systems get the same
file of `id<TAB>text` lines. Queries are drawn from the passages by a seed."""

import glob
import os
import random
import re
import shutil
import subprocess

HAN = re.compile("[\u4e00-\u9fff]+")
LENGTHS = (1, 2, 4, 8)


def copy_reports(corpora, target):
    """The texts alone: their twins in foreign formats are in no rival's file of passages."""
    for path in text_files(sorted(glob.glob(os.path.join(corpora, "reports-*")))):
        copy = os.path.join(target, os.path.relpath(path, corpora))
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        shutil.copy(path, copy)


def unpack(corpora, work):
    """The folders with the texts, unpacked once."""
    folders = []
    for name in ("laws-cn", "laws-tw"):
        folder = os.path.join(work, "corpora", name)
        if not os.path.isdir(folder):
            os.makedirs(folder + ".part", exist_ok=True)
            subprocess.run(["tar", "-xJf", os.path.join(corpora, name + ".tar.xz"), "-C", folder + ".part"],
                           check=True)
            os.rename(folder + ".part", folder)
        folders.append(folder)
    folder = os.path.join(work, "corpora", "reports")
    if not os.path.isdir(folder):
        copy_reports(corpora, folder + ".part")
        os.rename(folder + ".part", folder)
    return folders + [folder]


def text_files(folders):
    paths = []
    for folder in folders:
        for where, _, names in os.walk(folder):
            paths += [os.path.join(where, n) for n in names if n.endswith((".txt", ".md"))]
    return sorted(paths)


def lines_of(paths):
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                line = " ".join(line.split("\t")).strip()
                if line:
                    yield line


def write_passages(paths, target, limit_bytes):
    """Writes the first passages that hold limit_bytes of text, going round again if they are too few."""
    n_bytes = n = 0
    with open(target + ".part", "w", encoding="utf-8") as out:
        while n_bytes < limit_bytes:
            for line in lines_of(paths):
                n += 1
                n_bytes += len(line.encode())
                out.write("%d\t%s\n" % (n, line))
                if n_bytes >= limit_bytes:
                    break
            if limit_bytes == float("inf"):
                break
    os.rename(target + ".part", target)


def draw_queries(passages, questions, n, seed):
    """(class, qid, text): windows of n_chars Han characters of passages drawn at random, and questions."""
    rng = random.Random(seed)
    queries = []
    for n_chars in LENGTHS:
        drawn = 0
        while drawn < n:
            runs = [r for r in HAN.findall(rng.choice(passages)) if len(r) >= n_chars]
            if not runs:
                continue
            run = rng.choice(runs)
            at = rng.randrange(len(run) - n_chars + 1)
            drawn += 1
            queries.append((str(n_chars), "%d-%d" % (n_chars, drawn), run[at:at + n_chars]))
    picked = rng.sample(questions, min(n, len(questions)))
    return queries + [("question", "q-%d" % i, q) for i, q in enumerate(picked, 1)]


def read_questions(corpora):
    path = os.path.join(corpora, "retrieval", "stard-laws", "queries.tsv")
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t", 1)[1] for line in file]


def scan(path, texts):
    """How many lines of a file of `id<TAB>text` hold each text: the truth the systems are held against."""
    with open(path, "rb") as file:
        data = file.read()
    counts = []
    for text in texts:
        needle, at, n = text.encode(), 0, 0
        while (at := data.find(needle, at)) >= 0:
            n += 1
            at = data.find(b"\n", at)
            if at < 0:
                break
        counts.append(n)
    return counts
