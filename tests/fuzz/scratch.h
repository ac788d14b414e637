// SPDX-License-Identifier: GPL-2.0-or-later
/* A folder for a fuzz target, in memory where there is one, and small indexes in it. */
#ifndef DUAN_TESTS_FUZZ_SCRATCH_H
#define DUAN_TESTS_FUZZ_SCRATCH_H

#include "store/index_writer.h"
#include "tests/fuzz/fuzz.h"

/* Made by the first call under $TMPDIR, else /dev/shm, else /tmp; removed at exit. */
const char *scratch_dir(void);
/* A name in it, until the fourth call from here. */
const char *scratch_path(const char *name);
void scratch_remove(const char *name);

char *scratch_read(const char *path, size_t *n);
void scratch_write(const char *path, const void *bytes, size_t n);

/* Begins an index at that name, and a report of its own source; ends both. All must succeed. */
struct index_writer *scratch_index_begin(const char *name);
void scratch_report_begin(
    struct index_writer *w, struct source *source, const char *path, uint32_t date);
void scratch_passage(struct index_writer *w, const char *text, size_t n, uint32_t number);
void scratch_report_end(struct index_writer *w, const struct source *source);
void scratch_index_end(struct index_writer *w);

#endif
