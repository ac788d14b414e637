// SPDX-License-Identifier: GPL-2.0-or-later
/* Hits as they are printed: for a reader at a terminal, as JSON, as lines for trec_eval. */
#ifndef DUAN_SEARCH_RENDER_H
#define DUAN_SEARCH_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "search/search.h"

struct render_options {
    bool has_colour;
    size_t columns; /* text is wrapped to so many; 0: not at all */
};

/* One hit, `rank` counted from 1: title and date, sections (without a first one that repeats the title), place, then the
 * passage with its marks. */
void render_hit(
    FILE *out, const struct render_options *o, size_t rank, const struct search_hit *hit);

/* One hit as a JSON object on a line: schema 1 (README, "JSON"). qid, of a batch, may be empty. */
enum status render_json(FILE *out, size_t rank, const char *qid, size_t qid_len,
    const struct search_hit *hit, struct error *err);

/* `qid Q0 docid rank score duan`. The docid is the id of a tsv or jsonl report, with `#passage` where the report has several,
 * else `path#passage`; blanks in it are %20. */
void render_trec(
    FILE *out, const char *qid, size_t qid_len, size_t rank, const struct search_hit *hit);

/* "2023", "2023-02" or "2023-02-22", as much as is known; empty for none. */
enum { DATE_TEXT_MAX = 16 };
void render_date(uint32_t date, char out[DATE_TEXT_MAX]);

#endif
