// SPDX-License-Identifier: GPL-2.0-or-later
/* One query against one index: plan, retrieve, verify, rank, and gather what is shown of each hit.
 */
#ifndef DUAN_SEARCH_SEARCH_H
#define DUAN_SEARCH_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"
#include "search/highlight.h"
#include "search/query.h"
#include "store/index.h"

enum search_sort {
    SORT_RELEVANCE,
    SORT_DATE, /* oldest first. Sorting by date, only passages that hold every word as typed */
    SORT_DATE_LATEST /* are hits: among the loosely matching ones the dates would put any on top */
};

struct search_options {
    size_t offset, limit;
    enum search_sort sort;
    bool is_grouped;  /* the best passage of each report only */
    bool is_distinct; /* of passages of the same text the first, with the others as its twins */
    bool is_raw;      /* passages as they stand in the file */
    bool is_brief;    /* report and passage only, without text, section and marks: for --trec */
};

struct search_hit {
    double score;
    uint32_t segment, docid;
    struct report report; /* strings in the results' arena */
    const char *path;
    size_t path_len;
    uint32_t passage; /* number, from 1 */
    /* From 1, as place_unit says. Of pages: on which the first mark begins and the last one ends, or, without marks, the
     * passage; last_page is 0 where there are none. */
    uint32_t line, last_page;
    enum place_unit place_unit;
    bool is_heading;
    const char **section; /* labels of the headings it stands under, outermost first */
    size_t n_section;
    struct shown_text shown;
    const struct search_hit *twins; /* other hits of the same text: report and passage only */
    size_t n_twins;
};

/* A page of hits; everything in one arena. */
struct search_results {
    struct arena arena;
    struct search_hit *hits;
    size_t n;
};

/* *out is filled on success only; release it then. */
enum status search_run(struct index *ix, const struct query *q,
    const struct search_options *options, struct search_results *out, struct error *err);
void search_results_release(struct search_results *r);

/* In how many live passages every word and every exact clause stands as typed, and no excluded one.
 * Exact. */
enum status search_count(
    struct index *ix, const struct query *q, uint64_t *count, struct error *err);
/* In how many reports such passages stand. */
enum status search_count_reports(
    struct index *ix, const struct query *q, uint64_t *count, struct error *err);

/* Fills a hit from a passage of the index: what search_run does for each hit, and `duan show` for a
 * passage. */
enum status search_describe(struct index *ix, uint32_t segment, uint32_t docid, struct arena *arena,
    struct search_hit *out, struct error *err);

#endif
