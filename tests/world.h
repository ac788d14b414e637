// SPDX-License-Identifier: GPL-2.0-or-later
/* One index in a folder of its own, made of invented sources. What a source holds follows from its
 * seed, so that a test can make any of them again. An index is compared as its rendering: all that
 * is stored of each live source, report and passage. Whatever fails here fails the test. */
#ifndef DUAN_TESTS_WORLD_H
#define DUAN_TESTS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/index.h"
#include "store/index_writer.h"
#include "store/merge.h"

struct world {
    char *dir;
    const char *place; /* of the index, in dir */
    struct error err;
    enum builder_kind kind; /* of all that is built */
};
extern struct world world;

int world_set_up(void **state);
int world_tear_down(void **state);

#define OK(call)                                                                                   \
    do {                                                                                           \
        world.err.message[0] = '\0';                                                               \
        if ((call) != STATUS_OK)                                                                   \
            fail_msg("%s: %s", #call, world.err.message);                                          \
    } while (0)

/* A random number below n. */
uint64_t world_below(uint64_t *state, uint64_t n);

/* ---- making ---- */

struct invented {
    uint64_t seed;
    unsigned n_reports, n_passages; /* at most, of the source and of each report */
    uint32_t number, first_report;  /* as the index gave them */
};

/* What takes in a source: a writer, or a bare builder that gives no numbers. */
struct world_sink {
    struct index_writer *writer;
    struct segment_builder *builder;
};

struct builder_options world_builder_options(void);
struct index_writer *world_open_writer(void);
void world_put(struct world_sink *to, struct invented *s, bool is_abandoned);
void world_drop(struct index_writer *w, uint32_t number);
/* Commits and closes. */
void world_commit(struct index_writer *w);
/* A run that adds n sources of consecutive seeds. */
void world_run(struct invented *sources, size_t n, uint64_t seed, unsigned n_passages);

struct merge_options world_merge_options(bool wants_one);
struct merge_counts world_merge(bool wants_one);

/* ---- looking ---- */

struct index *world_open_index(void);
size_t world_n_segments(void);
/* The names in the index's folder, sorted; until the next call. */
const char *world_names(void);

/* All that is alive, by source number; freed by the caller. world_rendered opens the index itself. */
char *world_render(struct index *ix, bool has_numbers);
char *world_rendered(void);
/* The 50 best for 40 random queries of up to five bigrams: path, report, passage, score; freed by
 * the caller. */
char *world_searched(struct index *ix, uint64_t seed);

/* duan check finds nothing. */
void world_assert_whole(void);
/* That, and the index holds just what it did. Frees text. */
void world_assert_holds(char *text);

#endif
