// SPDX-License-Identifier: GPL-2.0-or-later
/* Small indexes in the world's folder, of sources whose texts the test gives, and what a test sees of
 * them as one string, which lives until the next call of the same function. Whatever fails here fails
 * the test. */
#ifndef DUAN_TESTS_INDEX_FIXTURE_H
#define DUAN_TESTS_INDEX_FIXTURE_H

#include <stdint.h>

#include "search/search.h"
#include "store/index.h"
#include "store/index_writer.h"
#include "tests/world.h"

/* ---- building ---- */

/* As the world's, but of one thread. */
extern const struct builder_options fixture_options;

struct index_writer *fixture_open_writer(void);
void fixture_begin(struct index_writer *w, struct source *s, const char *name);

/* A report of passages, a NULL behind the last; it returns the report's number. */
uint32_t fixture_add_report(struct index_writer *w, const char *title, const char *const *texts);
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A source of one report, both of that name. Returns the report's number. */
uint32_t fixture_add(struct index_writer *w, const char *name, const char *const *texts);

/* Two segments: a and b, then c. */
void fixture_build_two(void);
void fixture_drop(struct index_writer *w, uint32_t segment, uint32_t number);

/* ---- looking ---- */

/* The passages that hold a term, boolean: "segment.docid segment.docid". */
const char *fixture_found(struct index *ix, const char *term);
/* The live ones: "segment:number" and the path, or the title and the passages: "0:1/a(2) ". */
const char *fixture_sources(struct index *ix);
const char *fixture_reports(struct index *ix);
/* The answer to a query, of the world's index; for the caller to release. */
struct search_results fixture_search(const char *text, const struct search_options *options);
/* What lies in the index folder, but for lock and manifest, sorted. */
const char *fixture_folder(void);
/* The path of a name in the index folder, until world_tear_down. */
const char *fixture_in(const char *name);

#endif
