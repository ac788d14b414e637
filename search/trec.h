// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of an evaluation: judgements (`qid 0 docid relevance`), runs (`qid Q0 docid rank score
 * tag`) and queries (`qid<TAB>text`). Fields of the first two are parted by blanks.
 *
 * The order of a run is that of its scores, as for trec_eval, not of its rank column; of equal
 * scores the earlier line comes first. */
#ifndef DUAN_SEARCH_TREC_H
#define DUAN_SEARCH_TREC_H

#include <stddef.h>

#include "common/buf.h"
#include "common/error.h"

enum { TREC_FILE_MAX = 1 << 30 };

/* A line of judgements or of a run. */
struct trec_row {
    const char *qid, *docid; /* NUL-terminated, in the table's text */
    double value;            /* relevance or score */
    size_t line;             /* from 1 */
};
struct trec_table {
    struct buf text;
    struct trec_row *rows;
    size_t n_rows;
};

void trec_table_init(struct trec_table *t);
void trec_table_release(struct trec_table *t);

/* Read t->text, which the caller has filled (file_read) and which is taken apart; name is the file,
 * for messages: "run.txt:12: ...". STATUS_BAD_INPUT: a line with missing fields, a value that is no
 * number, a document twice for one query.
 * Judgements are sorted by qid, then docid; a run by qid, then as above. */
enum status trec_read_judgements(struct trec_table *t, const char *name, struct error *err);
enum status trec_read_run(struct trec_table *t, const char *name, struct error *err);
/* Queries keep the order of the file; docid is the query's text. */
enum status trec_read_queries(struct trec_table *t, const char *name, struct error *err);

/* The rows of one qid in a table sorted by it: the first, and how many. */
const struct trec_row *trec_find(const struct trec_table *t, const char *qid, size_t *n);
/* The judged relevance of a document among the n judgements of a query; 0 where it has none. */
double trec_relevance(const struct trec_row *judgements, size_t n, const char *docid);

#endif
