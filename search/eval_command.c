// SPDX-License-Identifier: GPL-2.0-or-later
/* duan eval: how good are the answers, by judgements; and are they better than another run's? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/command.h"
#include "common/file.h"
#include "common/index_folder.h"
#include "common/message.h"
#include "search/commands.h"
#include "search/metrics.h"
#include "search/render.h"
#include "search/trec.h"

struct eval {
    const char *folder, *queries_path, *judgements_path, *run_path, *other_path, *per_query_path;
    struct trec_table judgements, queries, run, other;
    const char **qids; /* judged queries, in the order of the judgements */
    size_t n_qids;
    struct metrics *of_run, *of_other; /* of each of them */
    struct error err;
};

/* ---- the queries answered here ---- */

static enum status answer(
    struct eval *e, struct index *ix, const struct trec_row *row, FILE *out, bool *is_skipped)
{
    struct query q;
    struct search_results results;
    struct search_options options = {.limit = METRICS_RECALL_CUT, .is_brief = true};
    enum status s = query_parse(row->docid, strlen(row->docid), &q, &e->err);
    *is_skipped = s == STATUS_BAD_INPUT;
    if (s != STATUS_OK)
        return s;
    s = search_run(ix, &q, &options, &results, &e->err);
    for (size_t i = 0; s == STATUS_OK && i < results.n; i++)
        render_trec(out, row->qid, strlen(row->qid), i + 1, &results.hits[i]);
    if (s == STATUS_OK)
        search_results_release(&results);
    query_release(&q);
    return s;
}

/* A query that is refused (it asks for nothing) has no answer and counts as such. */
static enum status answer_all(struct eval *e, struct index *ix, FILE *out)
{
    for (size_t i = 0; i < e->queries.n_rows; i++) {
        bool is_skipped;
        enum status s = answer(e, ix, &e->queries.rows[i], out, &is_skipped);
        if (s != STATUS_OK && !is_skipped)
            return s;
        if (s != STATUS_OK)
            command_failed(&e->err);
    }
    return STATUS_OK;
}

/* Answers go through the text of a run, so that they are judged as any other run is. */
static enum status make_run(struct eval *e)
{
    char *text = NULL;
    size_t n = 0;
    struct index *ix;
    enum status s = index_open(index_folder(e->folder), &ix, &e->err);
    if (s != STATUS_OK)
        return s;
    FILE *out = open_memstream(&text, &n);
    s = out ? answer_all(e, ix, out) : error_no_memory(&e->err);
    if (out && fclose(out) != 0 && s == STATUS_OK)
        s = error_no_memory(&e->err);
    if (s == STATUS_OK && !buf_append(&e->run.text, text, n))
        s = error_no_memory(&e->err);
    free(text);
    index_close(ix);
    return s == STATUS_OK ? trec_read_run(&e->run, "run", &e->err) : s;
}

/* ---- reading ---- */

static enum status read_run(struct eval *e, const char *path, struct trec_table *out)
{
    enum status s = file_read(path, &out->text, &e->err);
    return s == STATUS_OK ? trec_read_run(out, path, &e->err) : s;
}

static enum status read_all(struct eval *e)
{
    enum status s = file_read(e->judgements_path, &e->judgements.text, &e->err);
    if (s == STATUS_OK)
        s = trec_read_judgements(&e->judgements, e->judgements_path, &e->err);
    if (s == STATUS_OK && e->queries_path)
        s = file_read(e->queries_path, &e->queries.text, &e->err);
    if (s == STATUS_OK && e->queries_path)
        s = trec_read_queries(&e->queries, e->queries_path, &e->err);
    if (s == STATUS_OK)
        s = e->run_path ? read_run(e, e->run_path, &e->run) : make_run(e);
    if (s == STATUS_OK && e->other_path)
        s = read_run(e, e->other_path, &e->other);
    return s;
}

/* ---- judging ---- */

static bool is_asked(const struct eval *e, const char *qid)
{
    for (size_t i = 0; i < e->queries.n_rows; i++)
        if (strcmp(e->queries.rows[i].qid, qid) == 0)
            return true;
    return !e->queries_path;
}

/* The queries that count: those with a relevant document, of --queries where that is given. */
static enum status collect_qids(struct eval *e)
{
    const struct trec_table *t = &e->judgements;
    e->qids = calloc(t->n_rows + 1, sizeof *e->qids);
    if (!e->qids)
        return error_no_memory(&e->err);
    for (size_t i = 0, n; i < t->n_rows; i += n) {
        const struct trec_row *rows = trec_find(t, t->rows[i].qid, &n);
        bool has_relevant = false;
        for (size_t j = 0; j < n; j++)
            has_relevant |= rows[j].value > 0;
        if (has_relevant && is_asked(e, rows->qid))
            e->qids[e->n_qids++] = rows->qid;
    }
    if (e->n_qids == 0)
        return error_set(
            &e->err, STATUS_BAD_INPUT, "'%s' judges none of the queries", e->judgements_path);
    return STATUS_OK;
}

static enum status judge_query(
    struct eval *e, const struct trec_table *run, const char *qid, struct metrics *out)
{
    size_t n_judged, n_ranked;
    const struct trec_row *judged = trec_find(&e->judgements, qid, &n_judged);
    const struct trec_row *ranked = trec_find(run, qid, &n_ranked);
    double *relevances = malloc((n_judged + n_ranked) * sizeof *relevances);
    if (!relevances)
        return error_no_memory(&e->err);
    for (size_t i = 0; i < n_judged; i++)
        relevances[i] = judged[i].value;
    for (size_t i = 0; i < n_ranked; i++)
        relevances[n_judged + i] = trec_relevance(judged, n_judged, ranked[i].docid);
    *out = metrics_of_query(relevances + n_judged, n_ranked, relevances, n_judged);
    free(relevances);
    return STATUS_OK;
}

static enum status judge(struct eval *e, const struct trec_table *run, struct metrics **out)
{
    *out = calloc(e->n_qids, sizeof **out);
    enum status s = *out ? STATUS_OK : error_no_memory(&e->err);
    for (size_t i = 0; s == STATUS_OK && i < e->n_qids; i++)
        s = judge_query(e, run, e->qids[i], &(*out)[i]);
    return s;
}

/* ---- saying ---- */

static double mean_of(const struct metrics *all, size_t n, enum metric m)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += all[i].of[m];
    return sum / (double)n;
}

static enum status print_comparison(struct eval *e, enum metric m)
{
    double *differences = malloc(e->n_qids * sizeof *differences);
    if (!differences)
        return error_no_memory(&e->err);
    for (size_t i = 0; i < e->n_qids; i++)
        differences[i] = e->of_run[i].of[m] - e->of_other[i].of[m];
    double run = mean_of(e->of_run, e->n_qids, m), other = mean_of(e->of_other, e->n_qids, m);
    printf("%s\t%.4f\t%.4f\t%+.4f\t%.4f\n", metric_name(m), run, other, run - other,
        metrics_p_value(differences, e->n_qids));
    free(differences);
    return STATUS_OK;
}

static enum status print_means(struct eval *e)
{
    enum status s = STATUS_OK;
    printf("queries\t%zu\n", e->n_qids);
    if (e->of_other)
        puts(tr("measure\trun\tother\tdifference\tp"));
    for (enum metric m = 0; s == STATUS_OK && m < METRIC_COUNT; m++) {
        if (e->of_other)
            s = print_comparison(e, m);
        else
            printf("%s\t%.4f\n", metric_name(m), mean_of(e->of_run, e->n_qids, m));
    }
    return s;
}

static enum status write_per_query(struct eval *e)
{
    FILE *file = fopen(e->per_query_path, "w");
    if (!file)
        return error_errno(&e->err, "cannot write '%s'", e->per_query_path);
    fputs("qid", file);
    for (enum metric m = 0; m < METRIC_COUNT; m++)
        fprintf(file, "\t%s", metric_name(m));
    fputc('\n', file);
    for (size_t i = 0; i < e->n_qids; i++) {
        fputs(e->qids[i], file);
        for (enum metric m = 0; m < METRIC_COUNT; m++)
            fprintf(file, "\t%.6f", e->of_run[i].of[m]);
        fputc('\n', file);
    }
    bool has_failed = ferror(file);
    if (fclose(file) != 0 || has_failed)
        return error_errno(&e->err, "cannot write '%s'", e->per_query_path);
    return STATUS_OK;
}

static enum status evaluate(struct eval *e)
{
    enum status s = read_all(e);
    if (s == STATUS_OK)
        s = collect_qids(e);
    if (s == STATUS_OK)
        s = judge(e, &e->run, &e->of_run);
    if (s == STATUS_OK && e->other_path)
        s = judge(e, &e->other, &e->of_other);
    if (s == STATUS_OK && e->per_query_path)
        s = write_per_query(e);
    return s == STATUS_OK ? print_means(e) : s;
}

static void release(struct eval *e)
{
    trec_table_release(&e->judgements);
    trec_table_release(&e->queries);
    trec_table_release(&e->run);
    trec_table_release(&e->other);
    free(e->qids);
    free(e->of_run);
    free(e->of_other);
}

static const char *const examples[] = {
    "duan eval --queries queries.tsv --qrels qrels.tsv",
    "duan eval --qrels qrels.tsv --run a.txt --compare b.txt",
    NULL,
};

int eval_command(int argc, char **argv)
{
    struct eval e = {0};
    const struct option_row rows[] = {
        index_folder_option(&e.folder),
        {"queries", 0, OPTION_STRING, &e.queries_path, "FILE",
            "lines 'qid<TAB>query', which the index answers; with --run: those that count", 0, 0,
            NULL},
        {"qrels", 0, OPTION_STRING, &e.judgements_path, "FILE",
            "judgements: lines 'qid 0 docid relevance'", 0, 0, NULL},
        {"run", 0, OPTION_STRING, &e.run_path, "FILE",
            "judge this run ('qid Q0 docid rank score tag') instead of asking the index", 0, 0,
            NULL},
        {"compare", 0, OPTION_STRING, &e.other_path, "FILE",
            "another run: differences, and p of a paired randomisation test", 0, 0, NULL},
        {"per-query", 0, OPTION_STRING, &e.per_query_path, "FILE",
            "write the figures of each query to FILE", 0, 0, NULL},
        {0},
    };
    const struct option_command command = {"eval", "",
        "measure answers against judgements: nDCG@10, MRR@10, Recall@100", rows, examples, false};
    struct option_result words;
    int exit_status;
    if (!command_parse(&command, argc, argv, &words, &exit_status))
        return exit_status;
    trec_table_init(&e.judgements);
    trec_table_init(&e.queries);
    trec_table_init(&e.run);
    trec_table_init(&e.other);
    if (words.n)
        exit_status = command_misused("eval", tr("it takes options only"));
    else if (!e.judgements_path || (!e.queries_path && !e.run_path))
        exit_status = command_misused("eval", tr("give --qrels, and --queries or --run"));
    else if (evaluate(&e) != STATUS_OK)
        exit_status = command_failed(&e.err);
    else
        exit_status = command_finish(EXIT_DONE);
    release(&e);
    option_result_release(&words);
    return exit_status;
}
