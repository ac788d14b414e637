// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <time.h>
#include <unistd.h>

#include "common/command.h"
#include "common/index_folder.h"
#include "common/message.h"
#include "common/terminal.h"
#include "search/batch_line.h"
#include "search/commands.h"
#include "search/field_names.h"
#include "search/render.h"
#include "search/report_match.h"
#include "search/slip.h"

enum output { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_TREC, OUTPUT_COUNT };
enum { LEFT_OUT_BYTES_MAX = 1 << 20, HITS_MAX = 1000000 };

struct search_command {
    const char *folder, *batch, *timings;
    FILE *timings_file; /* or NULL */
    uint64_t limit, offset;
    bool wants_json, wants_trec, wants_count, is_raw, is_partial;
    int colour, sort;
    bool is_grouped, is_distinct;
    enum output output;
    struct render_options render;
    struct index *ix;
    struct error err;
    bool has_hits, has_failed, is_damaged, has_lost_field;
    size_t line; /* of the batch, from 1; 0 where there is none */
};

static void complain(struct search_command *c)
{
    if (c->line)
        error_context(&c->err, c->err.status, "%s:%zu", c->batch, c->line);
    command_failed(&c->err);
    c->has_failed = true;
    c->is_damaged |= c->err.status == STATUS_CORRUPT;
}

/* Behind the fields of any report, those that reports of this index have. */
static void put_field_names(struct index *ix)
{
    json_t *names, *n;
    struct error ignored; /* it is a hint */
    const char *name;
    bool is_known = field_names(ix, &names, &ignored) == STATUS_OK;
    fputs(tr("': looked up as text; fields are title, path, id, year, date"), stderr);
    json_object_del(names, "year"); /* of that name all reports have one */
    json_object_foreach(is_known ? names : NULL, name, n)
    {
        fputs(tr(", "), stderr);
        put_text(stderr, name, strlen(name));
    }
    json_decref(names);
    fputc('\n', stderr);
}

static bool reads(const struct clause *c, const char *word)
{
    return c->text_len == strlen(word) && memcmp(c->text, word, c->text_len) == 0;
}

/* What to say of a word that is an operator of other engines; NULL: it is none. */
static const char *advice_on(const struct query *q, const struct clause *c)
{
    const char *typed = q->text + c->start; /* an escaped one is meant as text */
    if (c->kind != CLAUSE_WORD || q->n_clauses == 1 || *typed == '\\')
        return NULL;
    if (reads(c, "NOT") || reads(c, "ＮＯＴ"))
        return tr("duan: 'NOT' is looked up as a word: -word leaves it out\n");
    if (reads(c, "AND") || reads(c, "ＡＮＤ"))
        return tr("duan: 'AND' is looked up as a word: (a b) asks for both\n");
    return NULL;
}

/* What nothing can be looked up for, and what reads like a field or an operator and is none, is said aloud: no part
 * of a query is dropped or taken for something else silently. */
static void report_odd_clauses(struct index *ix, const struct query *q)
{
    for (size_t i = 0; i < q->n_clauses; i++) {
        const struct clause *c = &q->clauses[i];
        const char *advice = advice_on(q, c);
        if (advice)
            fputs(advice, stderr);
        if (!c->is_empty && !c->is_unknown_field)
            continue;
        fputs(c->is_empty ? tr("duan: nothing to look up in '") : tr("duan: no such field in '"),
            stderr);
        put_text(stderr, c->text, c->text_len);
        if (c->is_empty)
            fputs(tr("': left out of the query\n"), stderr);
        else
            put_field_names(ix);
    }
}

static enum status print_count(
    struct search_command *c, const struct query *q, const char *qid, size_t qid_len)
{
    uint64_t count;
    enum status s = c->is_grouped ? search_count_reports(c->ix, q, &count, &c->err)
                                  : search_count(c->ix, q, &count, &c->err);
    if (s != STATUS_OK)
        return s;
    if (qid_len) {
        put_text(stdout, qid, qid_len);
        putchar('\t');
    }
    printf("%llu\n", (unsigned long long)count);
    c->has_hits |= count > 0;
    return STATUS_OK;
}

/* note, where not NULL, is said before the hits, if there are any. */
static enum status print_hits(struct search_command *c, const struct query *q, const char *qid,
    size_t qid_len, const char *note, size_t *n_hits)
{
    struct search_results results;
    struct search_options options = {.offset = c->offset,
        .limit = c->limit,
        .sort = (enum search_sort)c->sort,
        .is_grouped = c->is_grouped,
        .is_distinct = c->is_distinct,
        .is_raw = c->is_raw,
        .is_brief = c->output == OUTPUT_TREC};
    enum status s = search_run(c->ix, q, &options, &results, &c->err);
    *n_hits = 0;
    if (s != STATUS_OK)
        return s;
    *n_hits = results.n;
    c->has_hits |= results.n > 0;
    if (note && results.n)
        fputs(note, stderr);
    if (c->batch && c->output == OUTPUT_TEXT) {
        put_text(stdout, qid, qid_len);
        putchar('\t');
        put_text(stdout, q->text, q->text_len);
        fputs("\n\n", stdout);
    }
    for (size_t i = 0; s == STATUS_OK && i < results.n; i++) {
        size_t rank = c->offset + i + 1;
        if (c->output == OUTPUT_TREC)
            render_trec(stdout, qid, qid_len, rank, &results.hits[i]);
        else if (c->output == OUTPUT_JSON)
            s = render_json(stdout, rank, qid, qid_len, &results.hits[i], &c->err);
        else
            render_hit(stdout, &c->render, rank, &results.hits[i]);
    }
    search_results_release(&results);
    return s;
}

static enum status hint_at_slips(struct search_command *c, const struct query *q)
{
    char likely[SLIP_BYTES_MAX];
    enum status s = STATUS_OK;
    for (size_t i = 0; s == STATUS_OK && i < q->n_clauses; i++) {
        s = slip_find(c->ix, &q->clauses[i], likely, &c->err);
        if (s != STATUS_OK || !*likely)
            continue;
        fputs(tr("duan: did you mean this? "), stderr);
        put_text(stderr, likely, strlen(likely));
        fputc('\n', stderr);
    }
    return s;
}

/* Has the query a hit, on whatever page? */
static enum status has_hit(struct search_command *c, const struct query *q, bool *out)
{
    struct search_results results;
    const struct search_options options = {
        .limit = 1, .sort = (enum search_sort)c->sort, .is_brief = true};
    enum status s = search_run(c->ix, q, &options, &results, &c->err);
    if (s != STATUS_OK)
        return s;
    *out = results.n > 0;
    search_results_release(&results);
    return STATUS_OK;
}

/* For a reader at a terminal: hints, and where nothing meets the conditions, what their words find.
 * Programs get what they asked for. */
static enum status print_for_reader(struct search_command *c, struct query *q)
{
    size_t n_hits;
    enum status s = print_hits(c, q, NULL, 0, NULL, &n_hits);
    bool is_met = n_hits > 0;
    if (s == STATUS_OK)
        s = hint_at_slips(c, q);
    if (s == STATUS_OK && !is_met && c->offset)
        s = has_hit(c, q, &is_met);
    if (s != STATUS_OK || is_met || !query_relax(q))
        return s;
    return print_hits(c, q, NULL, 0,
        tr("duan: nothing stands so in any passage; these hold parts of it\n"), &n_hits);
}

/* Is it a field of the index? A fault in reading the reports stays in c->err. */
static bool has_field(void *context, const char *name, size_t n)
{
    struct search_command *c = context;
    bool has = false;
    c->has_lost_field |= report_has_field(c->ix, name, n, &has, &c->err) != STATUS_OK;
    return has;
}

/* Answers one query; a fault of it is reported and remembered, and a batch goes on. */
static void answer(
    struct search_command *c, const char *text, size_t n, const char *qid, size_t qid_len)
{
    struct query q;
    const struct query_fields fields = {.has = has_field, .context = c};
    c->has_lost_field = false;
    enum status s = query_parse_with(text, n, &fields, &q, &c->err);
    if (s == STATUS_OK && c->has_lost_field) {
        s = c->err.status; /* what it asks is not known */
        query_release(&q);
    } else if (s == STATUS_OK) {
        report_odd_clauses(c->ix, &q);
        size_t n_hits;
        if (c->output == OUTPUT_COUNT)
            s = print_count(c, &q, qid, qid_len);
        else if (c->output == OUTPUT_TEXT && !c->batch)
            s = print_for_reader(c, &q);
        else
            s = print_hits(c, &q, qid, qid_len, NULL, &n_hits);
        query_release(&q);
    }
    if (s != STATUS_OK)
        complain(c);
}

static void answer_timed(
    struct search_command *c, const char *text, size_t n, const char *qid, size_t qid_len)
{
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    answer(c, text, n, qid, qid_len);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double us =
        (double)(end.tv_sec - start.tv_sec) * 1e6 + (double)(end.tv_nsec - start.tv_nsec) / 1e3;
    fprintf(c->timings_file, "%.*s\t%.1f\n", (int)qid_len, qid, us);
}

/* A batch: `qid<TAB>query` lines. */
static void answer_batch_line(struct search_command *c, const char *line, size_t n)
{
    if (n == 0)
        return;
    const char *tab = memchr(line, '\t', n);
    if (!tab || tab == line) {
        error_set(&c->err, STATUS_BAD_INPUT, "no 'qid<TAB>query'");
        complain(c);
        return;
    }
    size_t qid_len = (size_t)(tab - line);
    if (c->timings_file)
        answer_timed(c, tab + 1, n - qid_len - 1, line, qid_len);
    else
        answer(c, tab + 1, n - qid_len - 1, line, qid_len);
}

/* What a query has freed stays for the next: given back to the system, it would come again as pages to be cleared,
 * which was a third of what a query of one character costs. */
static void keep_freed_memory(void)
{
#ifdef __GLIBC__
    enum { KEPT_BYTES = 64 << 20, MAPPED_BYTES_MIN = 32 << 20 };
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES_MIN);
#endif
}

static void answer_batch(struct search_command *c)
{
    keep_freed_memory();
    bool is_stdin = strcmp(c->batch, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(c->batch, "r");
    if (!file) {
        error_errno(&c->err, "cannot open '%s'", c->batch);
        complain(c);
        return;
    }
    char *line = malloc(BATCH_LINE_MAX);
    enum status status = STATUS_OK;
    while (line && status != STATUS_MISSING) {
        size_t n;
        status = batch_line_read(file, c->line == 0, line, &n, &c->err);
        c->line += status != STATUS_MISSING;
        if (status == STATUS_OK)
            answer_batch_line(c, line, n);
        else if (status != STATUS_MISSING)
            complain(c);
    }
    if (!line || ferror(file)) {
        error_errno(&c->err, "cannot read '%s'", c->batch);
        complain(c);
    }
    free(line);
    if (!is_stdin)
        fclose(file);
    c->line = 0;
}

static void answer_batch_with_timings(struct search_command *c)
{
    c->timings_file = fopen(c->timings, "w");
    if (!c->timings_file) {
        error_errno(&c->err, "cannot make '%s'", c->timings);
        complain(c);
        return;
    }
    answer_batch(c);
    bool is_written = !ferror(c->timings_file);
    if (fclose(c->timings_file) != 0 || !is_written) {
        error_errno(&c->err, "cannot write '%s'", c->timings);
        complain(c);
    }
}

/* The words of the command line, one query. */
static char *joined(const struct option_result *words)
{
    size_t n = 1;
    for (size_t i = 0; i < words->n; i++)
        n += strlen(words->arguments[i]) + 1;
    char *text = calloc(1, n);
    for (size_t i = 0; text && i < words->n; i++) {
        if (i)
            strcat(text, " ");
        strcat(text, words->arguments[i]);
    }
    return text;
}

/* Opens what of the index is whole, and says what is not: an answer from a part is never taken for the whole. */
static enum status open_part(struct search_command *c)
{
    struct buf left_out;
    size_t n;
    buf_init(&left_out, LEFT_OUT_BYTES_MAX);
    enum status s = index_open_partial(index_folder(c->folder), &c->ix, &left_out, &n, &c->err);
    for (size_t at = 0, len; s == STATUS_OK && at < left_out.len; at += len + 1) {
        len = (size_t)((char *)memchr(left_out.data + at, '\n', left_out.len - at) -
                       (left_out.data + at));
        fputs("duan: ", stderr);
        put_text(stderr, left_out.data + at, len);
        fputc('\n', stderr);
    }
    if (s == STATUS_OK && n) {
        fprintf(stderr,
            tr("duan: the answer is not complete: %zu of %zu segments were left out; see 'duan "
               "check'\n"),
            n, n + index_manifest(c->ix)->n_segments);
        c->has_failed = true;
    }
    buf_release(&left_out);
    return s;
}

static enum status open_index(struct search_command *c)
{
    if (c->is_partial)
        return open_part(c);
    return index_open(index_folder(c->folder), &c->ix, &c->err);
}

/* Where there is something to answer from: an index of several segments is seldom damaged in all of them. */
static void hint_at_partial(const struct search_command *c)
{
    struct manifest m;
    struct error ignored;
    if (!c->is_damaged || c->is_partial)
        return;
    if (manifest_read(index_folder(c->folder), &m, &ignored) == STATUS_OK && m.n_segments > 1)
        fputs(tr("duan: 'duan check' says what is damaged; 'duan search --partial' answers from "
                 "the rest\n"),
            stderr);
    manifest_release(&m);
}

static int run(struct search_command *c, const struct option_result *words)
{
    if (open_index(c) != STATUS_OK) {
        complain(c);
        hint_at_partial(c);
        return EXIT_FAULT;
    }
    if (c->timings) {
        answer_batch_with_timings(c);
    } else if (c->batch) {
        answer_batch(c);
    } else {
        char *text = joined(words);
        if (text) {
            answer(c, text, strlen(text), NULL, 0);
        } else {
            error_no_memory(&c->err);
            complain(c);
        }
        free(text);
    }
    index_close(c->ix);
    hint_at_partial(c);
    int exit_status = command_finish(c->has_failed ? EXIT_FAULT
                                     : c->has_hits ? EXIT_DONE
                                                   : EXIT_NONE);
    if (exit_status == EXIT_NONE && !c->batch && c->output == OUTPUT_TEXT)
        fputs(tr("no passage found\n"), stderr);
    return exit_status;
}

static const char *const sort_names[] = {"relevance", "date", "-date", NULL};
static const char *const colour_names[] = {"auto", "always", "never", NULL};
static const char *const examples[] = {
    "duan search 营商环境",
    "duan search '老旧小区 \"加装电梯\" -厂房'",
    "duan search '(养老 OR 托育) 补贴 year:2020..2024'",
    "duan search '电梯 NEAR/10 加装 title:工作报告'",
    "duan search --json -n 3 2023年 | jq .text",
    "duan search --count '\"市场主体\"'",
    "duan search --batch queries.tsv --trec -n 100 > run.txt",
    NULL,
};

int search_command(int argc, char **argv)
{
    struct search_command c = {.limit = 10};
    const struct option_row rows[] = {
        index_folder_option(&c.folder),
        {"limit", 'n', OPTION_NUMBER, &c.limit, "N", "how many hits (10)", 1, HITS_MAX, NULL},
        {"offset", 0, OPTION_NUMBER, &c.offset, "N", "skip the first N hits", 0, HITS_MAX, NULL},
        {"sort", 0, OPTION_CHOICE, &c.sort, "ORDER",
            "by relevance, or by date those that hold every word as typed", 0, 0, sort_names},
        {"group", 0, OPTION_FLAG, &c.is_grouped, NULL, "only the best passage of each report", 0, 0,
            NULL},
        {"distinct", 0, OPTION_FLAG, &c.is_distinct, NULL,
            "passages of the same text once, with where else they stand", 0, 0, NULL},
        {"count", 'c', OPTION_FLAG, &c.wants_count, NULL,
            "only count the passages that hold every word as typed", 0, 0, NULL},
        {"json", 0, OPTION_FLAG, &c.wants_json, NULL, "one JSON object a hit", 0, 0, NULL},
        {"raw", 0, OPTION_FLAG, &c.is_raw, NULL, "passages as they stand in the file, uncleaned", 0,
            0, NULL},
        {"partial", 0, OPTION_FLAG, &c.is_partial, NULL,
            "leave out damaged segments, say which, and exit with 2 (reads the whole index first)",
            0, 0, NULL},
        {"batch", 0, OPTION_STRING, &c.batch, "FILE",
            "answer each line 'qid<TAB>query' of FILE ('-': standard input)", 0, 0, NULL},
        {"timings", 0, OPTION_STRING, &c.timings, "FILE",
            "write the time of each answer to FILE, 'qid<TAB>microseconds' (with --batch)", 0, 0,
            NULL},
        {"trec", 0, OPTION_FLAG, &c.wants_trec, NULL,
            "lines 'qid Q0 docid rank score duan' (with --batch)", 0, 0, NULL},
        {"color", 0, OPTION_CHOICE, &c.colour, "WHEN", "when to print in colour", 0, 0,
            colour_names},
        {0},
    };
    const struct option_command command = {"search", "QUERY",
        "find passages: words are ranked together, \"quoted\" text must stand as it is, -word must "
        "not",
        rows, examples, true};
    struct option_result words;
    int exit_status;
    if (!command_parse(&command, argc, argv, &words, &exit_status))
        return exit_status;
    c.output = c.wants_count  ? OUTPUT_COUNT
               : c.wants_json ? OUTPUT_JSON
               : c.wants_trec ? OUTPUT_TREC
                              : OUTPUT_TEXT;
    c.render.has_colour = terminal_has_colour(STDOUT_FILENO, (enum colour_mode)c.colour);
    c.render.columns = terminal_is(STDOUT_FILENO) ? terminal_columns(STDOUT_FILENO) : 0;
    if (c.wants_count + c.wants_json + c.wants_trec > 1)
        exit_status =
            command_misused("search", tr("--count, --json and --trec exclude each other"));
    else if (c.wants_count && c.is_distinct)
        exit_status = command_misused("search", tr("--count and --distinct exclude each other"));
    else if (c.wants_trec && !c.batch)
        exit_status = command_misused("search", tr("--trec needs --batch"));
    else if (c.timings && !c.batch)
        exit_status = command_misused("search", tr("--timings needs --batch"));
    else if ((c.batch != NULL) == (words.n > 0))
        exit_status = command_misused("search", tr("give either a query or --batch"));
    else
        exit_status = run(&c, &words);
    option_result_release(&words);
    return exit_status;
}
