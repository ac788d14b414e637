# SPDX-License-Identifier: GPL-2.0-or-later
"""The systems of the bench, each in the configuration that serves it best.

A system has: prepare(tsv) once, untimed; index(tsv, dir), the command that is measured; search(dir, queries), which
answers `(class, qid, text)` in one warm process and gives {qid: microseconds}; count(dir, queries), {qid: passages};
once(dir, text), a command that starts, answers one query and ends. Those whose ranking is measured (bench/rank) have
rank(dir, queries, n_hits): the text of a TREC run, for queries of which any term may match."""

import glob
import json
import os
import shutil
import sqlite3
import subprocess
import time

JARS = sum((sorted(glob.glob("/usr/share/java/lucene-%s-8.*.jar" % n))
            for n in ("core", "analyzers-common", "analyzers-smartcn")), [])


def run(command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def first_line(command):
    return run(command).splitlines()[0].strip()


def write_queries(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        out.writelines("\t".join(row) + "\n" for row in rows)
    return path


def read_rows(text, column):
    """{qid: number} of `class<TAB>qid<TAB>microseconds<TAB>hits` lines."""
    return {row[1]: float(row[column]) for row in (line.split("\t") for line in text.splitlines())}


def run_lines(qid, hits, tag):
    """The lines of a TREC run for (docid, score) pairs, best first."""
    return "".join("%s Q0 %s %d %.9g %s\n" % (qid, docid, i, score, tag) for i, (docid, score) in enumerate(hits, 1))


class System:
    is_folded = False  # its counts are held against the folded text
    one_at_a_time = False  # asked through one process a query
    index_of = None  # the name of a system whose index it asks
    note = ""

    def __init__(self, work):
        self.work = work

    def prepare(self, tsv):
        pass

    def check(self, folder):
        """Ends the bench where the index is not what it should be."""

    def folder_bytes(self, folder):
        """What it takes on disk: some files are sparse."""
        return sum(512 * os.lstat(os.path.join(where, n)).st_blocks for where, _, names in os.walk(folder) for n in names)


class Duan(System):
    name = "duan"
    is_folded = True

    def __init__(self, work, program, sources=None, memory="512M"):
        super().__init__(work)
        self.program, self.sources, self.memory = program, sources, memory
        self.name = "duan" if not sources else "duan, from files"
        if memory != "512M":
            self.name += ", --memory " + memory

    def version(self):
        try:
            commit = run(["git", "rev-parse", "--short", "HEAD"]).strip()
        except (OSError, subprocess.CalledProcessError):
            commit = "unknown"
        return "duan at " + commit

    def is_there(self):
        return os.access(self.program, os.X_OK)

    def index(self, tsv, folder):
        what = self.sources or ["--format", "tsv", tsv]
        return [self.program, "index", "--memory", self.memory, "-i", folder] + what

    def batch(self, queries):
        rows = [(qid, text if kind == "question" else '"%s"' % text) for kind, qid, text in queries]
        return write_queries(os.path.join(self.work, "duan.queries"), rows)

    def search(self, folder, queries):
        batch, timings = self.batch(queries), os.path.join(self.work, "duan.timings")
        command = [self.program, "search", "-i", folder, "--trec", "--timings", timings, "--batch", batch]
        with open(batch, encoding="utf-8") as file:
            rows = file.read()
        with open(batch, "w", encoding="utf-8") as file:
            file.write(2 * rows)  # the first pass warms up, as Lucene's do
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        with open(timings, encoding="utf-8") as file:  # of a qid the last counts
            return {qid: float(us) for qid, us in (line.split("\t") for line in file)}

    def count(self, folder, queries):
        command = [self.program, "search", "-i", folder, "--count", "--batch", self.batch(queries)]
        out = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True).stdout
        return {qid: int(n) for qid, n in (line.split("\t") for line in out.splitlines())}

    def once(self, folder, text):
        return [self.program, "search", "-i", folder, '"%s"' % text]


class Lucene(System):
    def __init__(self, work, mode, n_threads=os.cpu_count()):
        super().__init__(work)
        self.mode, self.n_threads = mode, n_threads
        self.name = "Lucene, " + mode
        self.note = "" if mode == "positions" else "all bigrams of a quote, unchecked"

    def version(self):
        return "%s, %s" % (os.path.basename(JARS[0]).removesuffix(".jar"),
                           subprocess.run(["java", "-version"], stderr=subprocess.PIPE, text=True,
                                          check=True).stderr.splitlines()[0])

    def is_there(self):
        return shutil.which("javac") is not None and len(JARS) == 3

    def java(self, *rest, heap="2g"):
        return ["java", "-Xmx" + heap, "-cp", ":".join(JARS + [self.work]), "LuceneBench", *rest]

    def prepare(self, tsv):
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "LuceneBench.java")
        run(["javac", "-cp", ":".join(JARS), "-d", self.work, source])

    def index(self, tsv, folder):
        return self.java("index", tsv, folder, self.mode, str(self.n_threads))

    def ask(self, what, folder, queries, n_passes):
        path = write_queries(os.path.join(self.work, "lucene.queries"), queries)
        return run(self.java(what, folder, path, self.mode, str(n_passes)))

    def search(self, folder, queries):
        return read_rows(self.ask("search", folder, queries, 5), 2)

    def count(self, folder, queries):
        return read_rows(self.ask("count", folder, queries, 0), 3)

    def rank(self, folder, queries, n_hits):
        return self.ask("rank", folder, queries, n_hits)

    def once(self, folder, text):
        path = write_queries(os.path.join(self.work, "lucene.once"), [("4", "1", text)])
        return self.java("search", folder, path, self.mode, "0")


class Groonga(System):
    name = "Groonga"
    schema = ("table_create Passages TABLE_NO_KEY",
              "column_create Passages id COLUMN_SCALAR ShortText",
              "column_create Passages text COLUMN_SCALAR Text")
    lexicon = ("table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerNFKC150",
               "column_create Terms passages COLUMN_INDEX|WITH_POSITION Passages text")
    note = "loaded, then indexed in one go; of a question any of the terms, as for its ranking"
    is_similar = False

    def version(self):
        return first_line(["groonga", "--version"]).split(" [")[0]

    def is_there(self):
        return shutil.which("groonga") is not None

    def prepare(self, tsv):
        with open(tsv, encoding="utf-8") as passages, open(tsv + ".grn", "w", encoding="utf-8") as out:
            out.write("\n".join(self.schema) + '\nload --table Passages\n[["id","text"]')
            for line in passages:
                out.write(",\n" + json.dumps(line.rstrip("\n").split("\t", 1), ensure_ascii=False))
            out.write("\n]\n" + "\n".join(self.lexicon) + "\n")

    def index(self, tsv, folder):
        os.makedirs(folder, exist_ok=True)
        return ["groonga", "--file", tsv + ".grn", "-n", os.path.join(folder, "db")]

    def check(self, folder):
        if not json.loads(run(["groonga", os.path.join(folder, "db"), "object_exist Terms.passages"]))[1]:
            raise SystemExit("bench: Groonga made no index")

    def select(self, asked, rest, match="text"):
        return "select Passages --match_columns '%s' --query %s --cache no %s" % (match, self.quoted(asked), rest)

    def phrase(self, text):
        return self.quoted(text, '"')

    def asked(self, folder, queries):
        """Each query in Groonga's grammar: a phrase; a question as any of its terms, or as its similar search."""
        any_terms = iter(self.terms(folder, [q for q in queries if q[0] == "question"] if not self.is_similar else []))
        for kind, _, text in queries:
            if kind != "question":
                yield self.phrase(text)
            elif self.is_similar:
                yield "*S" + self.phrase(text)
            else:
                yield " OR ".join(map(self.phrase, next(any_terms)))

    def ask(self, folder, queries, rest, match="text"):
        path = os.path.join(self.work, "groonga.queries")
        write_queries(path, [(self.select(asked, rest, match),) for asked in self.asked(folder, queries)])
        out = run(["groonga", "--file", path, os.path.join(folder, "db")])
        return zip(queries, map(json.loads, out.splitlines()))

    def terms(self, folder, queries):
        """What TokenBigram makes of each query, without punctuation."""
        path = write_queries(os.path.join(self.work, "groonga.terms"), [
            ("tokenize TokenBigram %s NormalizerNFKC150 --mode GET" % self.quoted(text),) for _, _, text in queries])
        answers = run(["groonga", "--file", path, os.path.join(folder, "db")]).splitlines()
        for (_, _, text), answer in zip(queries, answers):
            values = [token["value"] for token in json.loads(answer)[1]]
            yield [v for v in values if any(c.isalnum() for c in v)] or [text]

    @staticmethod
    def quoted(text, mark="'"):
        return mark + text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark

    def rank(self, folder, queries, n_hits):
        """Any of the terms, a passage's score being how many it holds: of Groonga's scorers the best on each set. By
        default it sums their frequencies, and its tf_idf is not much better."""
        rest = "--limit %d --output_columns id,_score --sort_keys -_score" % n_hits
        answers = self.ask(folder, queries, rest, "scorer_tf_at_most(text, 1.0)")
        return "".join(run_lines(q[1], answer[1][0][2:], "groonga") for q, answer in answers)

    def search(self, folder, queries):
        rest = "--limit 10 --output_columns id,_score --sort_keys -_score"
        for _ in range(2):
            answers = list(self.ask(folder, queries, rest))
        return {q[1]: answer[0][2] * 1e6 for q, answer in answers}

    def count(self, folder, queries):
        return {q[1]: answer[1][0][0][0] for q, answer in self.ask(folder, queries, "--limit 0")}

    def once(self, folder, text):
        rest = "--limit 10 --output_columns id,text,_score --sort_keys -_score"
        return ["groonga", os.path.join(folder, "db"), self.select(self.phrase(text), rest)]


class GroongaSimilar(Groonga):
    name = "Groonga, *S"
    index_of = Groonga.name
    note = "the same database; questions through *S, which asks for the rarest few of their terms"
    is_similar = True

    def prepare(self, tsv):
        if not os.path.exists(tsv + ".grn"):
            super().prepare(tsv)


class Sqlite(System):
    name = "SQLite FTS5 trigram"
    note = "1 and 2 characters: a scan of the texts (the index knows none shorter than 3)"
    budget_s = 20  # a class; what is not answered by then is left out

    def version(self):
        return "SQLite " + first_line(["sqlite3", "--version"]).split()[0]

    def is_there(self):
        return shutil.which("sqlite3") is not None

    def index(self, tsv, folder):
        os.makedirs(folder, exist_ok=True)
        sql = ("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;\n"
               "CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, text, tokenize='trigram');\n"
               '.mode ascii\n.separator "\\t" "\\n"\n.import "%s" t\n' % tsv)
        script = write_queries(tsv + ".sql", [(sql,)])
        return ["sqlite3", os.path.join(folder, "db"), ".read " + script]

    def statement(self, kind, text):
        if kind in ("1", "2"):
            return "instr(text, ?)", text
        if kind != "question":
            return "t MATCH ?", '"%s"' % text
        text = text.replace('"', "")
        return "t MATCH ?", " OR ".join('"%s"' % text[i:i + 3] for i in range(max(1, len(text) - 2)))

    def search(self, folder, queries):
        db = sqlite3.connect(os.path.join(folder, "db"))
        times, spent = {}, {}
        for kind, qid, text in queries:
            if spent.get(kind, 0) > self.budget_s:
                continue
            where, value = self.statement(kind, text)
            if kind in ("1", "2"):
                sql = "SELECT count(*) FROM t WHERE " + where
            else:
                sql = "SELECT id FROM t WHERE %s ORDER BY rank LIMIT 10" % where
            start = time.perf_counter()
            db.execute(sql, (value,)).fetchall()
            times[qid] = (time.perf_counter() - start) * 1e6
            spent[kind] = spent.get(kind, 0) + times[qid] / 1e6
        return times

    def count(self, folder, queries):
        db = sqlite3.connect(os.path.join(folder, "db"))
        counts = {}
        for kind, qid, text in queries:
            where, value = self.statement(kind, text)
            counts[qid] = db.execute("SELECT count(*) FROM t WHERE " + where, (value,)).fetchone()[0]
        return counts

    def rank(self, folder, queries, n_hits):
        db = sqlite3.connect(os.path.join(folder, "db"))
        sql = "SELECT id, -rank FROM t WHERE t MATCH ? ORDER BY rank LIMIT %d" % n_hits
        return "".join(run_lines(qid, db.execute(sql, (self.statement(kind, text)[1],)), "sqlite")
                       for kind, qid, text in queries)

    def once(self, folder, text):
        return ["sqlite3", os.path.join(folder, "db"),
                "SELECT id, text FROM t WHERE t MATCH '\"%s\"' ORDER BY rank LIMIT 10" % text]


class XapianOwn(System):
    name = "Xapian, TermGenerator"
    note = ("CJK n-grams with positions; a quote is a phrase of single characters, which passes over punctuation; "
            "through Python, whose share bench/xapian_bench.py tells")

    python = "/usr/bin/python3"  # Debian's, for which python3-xapian is installed
    program = [python, os.path.join(os.path.dirname(os.path.abspath(__file__)), "xapian_bench.py")]

    def version(self):
        return "Xapian " + first_line([self.python, "-c", "import xapian; print(xapian.version_string())"])

    def is_there(self):
        tried = subprocess.run([self.python, "-c", "import xapian"], check=False, stderr=subprocess.DEVNULL)
        return tried.returncode == 0

    def index(self, tsv, folder):
        return self.program + ["index", tsv, folder]

    def ask(self, what, folder, queries):
        return run(self.program + [what, folder, write_queries(os.path.join(self.work, "xapian.queries"), queries)])

    def search(self, folder, queries):
        self.ask("search", folder, queries)
        return read_rows(self.ask("search", folder, queries), 2)

    def count(self, folder, queries):
        return read_rows(self.ask("count", folder, queries), 3)

    def rank(self, folder, queries, n_hits):
        path = write_queries(os.path.join(self.work, "xapian.queries"), queries)
        return run(self.program + ["rank", folder, path, str(n_hits)])

    def once(self, folder, text):
        path = write_queries(os.path.join(self.work, "xapian.once"), [("4", "1", text)])
        return self.program + ["search", folder, path]


class Grep(System):
    name = "grep -r -F -c"
    note = "a process a query, over the files"
    one_at_a_time = True

    def __init__(self, work, folders):
        super().__init__(work)
        self.folders = folders

    def version(self):
        return first_line(["grep", "--version"])

    def is_there(self):
        return True

    def once(self, folder, text):
        return ["grep", "-r", "-F", "-c", text] + self.folders
