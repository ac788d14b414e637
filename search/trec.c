// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/trec.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void trec_table_init(struct trec_table *t)
{
    *t = (struct trec_table){0};
    buf_init(&t->text, TREC_FILE_MAX);
}

void trec_table_release(struct trec_table *t)
{
    buf_release(&t->text);
    free(t->rows);
    trec_table_init(t);
}

/* ---- lines ---- */

static char *next_field(char **at)
{
    char *start = *at + strspn(*at, " \t");
    if (!*start)
        return NULL;
    *at = start + strcspn(start, " \t");
    if (**at)
        *(*at)++ = '\0';
    return start;
}

static bool read_number(const char *field, double *out)
{
    char *end;
    *out = strtod(field, &end);
    return end != field && !*end && isfinite(*out);
}

/* Both kinds of row: the fields before the value differ in number. */
static bool read_row(char *line, int n_before_value, struct trec_row *row)
{
    char *qid = next_field(&line), *second = next_field(&line), *docid = next_field(&line);
    char *value = NULL;
    for (int i = 3; i <= n_before_value; i++)
        value = next_field(&line);
    row->qid = qid;
    row->docid = docid;
    return second && value && read_number(value, &row->value);
}

static bool read_judgement(char *line, struct trec_row *row)
{
    return read_row(line, 3, row) && row->value >= 0;
}

static bool read_ranked(char *line, struct trec_row *row)
{
    return read_row(line, 4, row);
}

static bool read_query(char *line, struct trec_row *row)
{
    char *tab = strchr(line, '\t');
    if (!tab || tab == line)
        return false;
    *tab = '\0';
    row->qid = line;
    row->docid = tab + 1;
    return true;
}

static bool is_blank(const char *line)
{
    return !line[strspn(line, " \t")];
}

typedef bool line_reader(char *line, struct trec_row *row);

static enum status read_lines(
    struct trec_table *t, line_reader *read, const char *shape, const char *name, struct error *err)
{
    size_t n_lines = 1;
    if (!buf_terminate(&t->text))
        return error_no_memory(err);
    for (size_t i = 0; i < t->text.len; i++)
        n_lines += t->text.data[i] == '\n';
    t->rows = calloc(n_lines, sizeof *t->rows);
    if (!t->rows)
        return error_no_memory(err);
    char *line = t->text.data, *end = line + t->text.len;
    for (size_t number = 1; line < end; number++) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        *stop = '\0';
        line[strcspn(line, "\r")] = '\0';
        struct trec_row *row = &t->rows[t->n_rows];
        row->line = number;
        if (!is_blank(line) && !read(line, row))
            return error_set(err, STATUS_BAD_INPUT, "%s:%zu: no '%s'", name, number, shape);
        t->n_rows += row->qid != NULL;
        line = stop + 1;
    }
    return STATUS_OK;
}

/* ---- orders ---- */

static int by_docid(const void *a, const void *b)
{
    const struct trec_row *x = a, *y = b;
    int order = strcmp(x->qid, y->qid);
    return order ? order : strcmp(x->docid, y->docid);
}

static int by_score(const void *a, const void *b)
{
    const struct trec_row *x = a, *y = b;
    int order = strcmp(x->qid, y->qid);
    if (order)
        return order;
    if (x->value != y->value)
        return x->value < y->value ? 1 : -1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static enum status refuse_twins(const struct trec_table *t, const char *name, struct error *err)
{
    for (size_t i = 1; i < t->n_rows; i++) {
        const struct trec_row *a = &t->rows[i - 1], *b = &t->rows[i];
        if (by_docid(a, b) == 0)
            return error_set(err, STATUS_BAD_INPUT, "%s:%zu: '%s' stands twice for query '%s'",
                name, a->line > b->line ? a->line : b->line, b->docid, b->qid);
    }
    return STATUS_OK;
}

enum status trec_read_judgements(struct trec_table *t, const char *name, struct error *err)
{
    enum status s = read_lines(t, read_judgement, "qid 0 docid relevance", name, err);
    if (s != STATUS_OK)
        return s;
    qsort(t->rows, t->n_rows, sizeof *t->rows, by_docid);
    return refuse_twins(t, name, err);
}

enum status trec_read_run(struct trec_table *t, const char *name, struct error *err)
{
    enum status s = read_lines(t, read_ranked, "qid Q0 docid rank score tag", name, err);
    if (s != STATUS_OK)
        return s;
    qsort(t->rows, t->n_rows, sizeof *t->rows, by_docid);
    s = refuse_twins(t, name, err);
    qsort(t->rows, t->n_rows, sizeof *t->rows, by_score);
    return s;
}

enum status trec_read_queries(struct trec_table *t, const char *name, struct error *err)
{
    return read_lines(t, read_query, "qid<TAB>query", name, err);
}

/* ---- looking up ---- */

const struct trec_row *trec_find(const struct trec_table *t, const char *qid, size_t *n)
{
    size_t low = 0, high = t->n_rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(t->rows[middle].qid, qid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *n = 0;
    while (low + *n < t->n_rows && strcmp(t->rows[low + *n].qid, qid) == 0)
        ++*n;
    return t->rows + low;
}

double trec_relevance(const struct trec_row *judgements, size_t n, const char *docid)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(judgements[middle].docid, docid);
        if (order == 0)
            return judgements[middle].value;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}
