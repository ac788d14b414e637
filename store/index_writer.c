// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "store/index_parts.h"
#include "store/index_writer_parts.h"
#include "store/leftovers.h"

enum { ABANDONED_BYTES_MAX = 1 << 30 };

/* ---- opening ---- */

static enum status make_dir(struct index_writer *w, struct error *err)
{
    if (mkdir(w->dir, 0777) == 0) {
        w->has_made_dir = true;
        return STATUS_OK;
    }
    return errno == EEXIST ? STATUS_OK : error_errno(err, "cannot make '%s'", w->dir);
}

/* Before the lock, which would leave a file in somebody else's folder. */
static enum status check_folder(const char *dir, struct error *err)
{
    struct manifest m;
    enum status s = manifest_read(dir, &m, err);
    manifest_release(&m);
    return s == STATUS_MISSING || s == STATUS_FOREIGN ? leftovers_check_folder(dir, err) : s;
}

/* This run's failures replace the last one's, which are kept aside to see whether anything changed.
 */
static void set_failures_aside(struct index_writer *w)
{
    w->old_failures = w->manifest.failures;
    w->n_old_failures = w->manifest.n_failures;
    w->n_old_failures_all = w->manifest.n_failures_all;
    w->manifest.failures = NULL;
    w->manifest.n_failures = 0;
    w->manifest.n_failures_all = 0;
}

static enum status read_state(struct index_writer *w, struct error *err)
{
    enum status s = manifest_read(w->dir, &w->manifest, err);
    if (s != STATUS_OK && s != STATUS_MISSING)
        return s;
    w->has_manifest = s == STATUS_OK;
    set_failures_aside(w);
    s = leftovers_remove(w->dir, &w->manifest, err);
    if (s == STATUS_OK && w->manifest.n_segments)
        s = index_open(w->dir, &w->reader, err);
    return s;
}

enum status index_writer_open(const char *dir, const struct builder_options *options,
    struct index_writer **out, struct error *err)
{
    struct index_writer *w = calloc(1, sizeof *w);
    if (!w)
        return error_no_memory(err);
    w->lock.fd = -1;
    w->options = *options;
    manifest_init(&w->manifest);
    buf_init(&w->source_path, PATH_BYTES_MAX);
    buf_init(&w->abandoned, ABANDONED_BYTES_MAX);
    w->dir = strdup(dir);
    enum status s = w->dir ? make_dir(w, err) : error_no_memory(err);
    if (s == STATUS_OK)
        s = check_folder(dir, err);
    if (s == STATUS_OK)
        s = lock_take(dir, &w->lock, err);
    if (s == STATUS_OK)
        s = read_state(w, err);
    if (s == STATUS_OK)
        *out = w;
    else
        index_writer_close(w);
    return s;
}

struct index *index_writer_reader(struct index_writer *w)
{
    return w->reader;
}

/* ---- merging ---- */

/* A merge reads no input: what the last run could not read it still cannot. */
static void put_failures_back(struct index_writer *w)
{
    w->manifest.failures = w->old_failures;
    w->manifest.n_failures = w->n_old_failures;
    w->manifest.n_failures_all = w->n_old_failures_all;
    w->old_failures = NULL;
    w->n_old_failures = 0;
}

enum status index_writer_misused(const char *call, struct error *err)
{
    return error_set(err, STATUS_INTERNAL, "index writer: %s out of order", call);
}

enum status index_writer_begin_merge(
    struct index_writer *w, const uint32_t *segments, size_t n, struct error *err)
{
    size_t n_all = w->manifest.n_segments;
    if (!w->reader || w->builder || w->is_merged || w->has_dropped || w->manifest.n_failures_all)
        return index_writer_misused("begin_merge", err);
    w->is_merged = calloc(n_all, sizeof *w->is_merged);
    if (!w->is_merged)
        return error_no_memory(err);
    for (size_t i = 0; i < n; i++) {
        if (segments[i] >= n_all)
            return index_writer_misused("begin_merge", err);
        w->is_merged[segments[i]] = true;
    }
    put_failures_back(w);
    return STATUS_OK;
}

/* ---- adding ---- */

/* By the number of the process: a writer whose folder was removed meets nothing of the one that made it anew. */
static enum status building_path(struct index_writer *w, struct error *err)
{
    char name[SEGMENT_NAME_MAX];
    snprintf(name, sizeof name, "tmp-%06ld", (long)getpid());
    return file_join(w->dir, name, w->building, err);
}

/* Passes on what the builder says. Bad input it refuses as if it had never come; after anything
 * else the segment is not to be trusted. */
static enum status built(struct index_writer *w, enum status s)
{
    w->is_failed |= s != STATUS_OK && s != STATUS_BAD_INPUT;
    return s;
}

static enum status need_builder(struct index_writer *w, struct error *err)
{
    if (w->builder)
        return STATUS_OK;
    enum status s = building_path(w, err);
    if (s == STATUS_OK)
        s = built(w, segment_builder_open(w->building, &w->options, &w->builder, err));
    return s;
}

/* Takes the next of numbers that are never used again; what is merged keeps the one it has. */
static enum status take_number(
    const struct index_writer *w, uint32_t *next, uint32_t *out, struct error *err)
{
    if (w->is_merged)
        return *out < *next ? STATUS_OK : index_writer_misused("number", err);
    if (*next == UINT32_MAX)
        return error_set(
            err, STATUS_BAD_INPUT, "the index has used up its numbers: remove it and index again");
    *out = (*next)++;
    return STATUS_OK;
}

enum status index_writer_begin_source(
    struct index_writer *w, struct source *source, struct error *err)
{
    if (w->is_in_source || w->is_committed)
        return index_writer_misused("begin_source", err);
    enum status s = need_builder(w, err);
    if (s == STATUS_OK)
        s = take_number(w, &w->manifest.next_source, &source->number, err);
    if (s == STATUS_OK)
        s = built(w, segment_builder_begin_source(w->builder, source, err));
    if (s != STATUS_OK)
        return s;
    buf_clear(&w->source_path);
    if (!buf_append(&w->source_path, source->path, source->path_len))
        return built(w, error_no_memory(err));
    w->source = (struct source){.number = source->number, .format = source->format};
    w->is_in_source = true;
    return STATUS_OK;
}

enum status index_writer_begin_report(
    struct index_writer *w, struct report *report, struct error *err)
{
    if (!w->is_in_source)
        return index_writer_misused("begin_report", err);
    enum status s = take_number(w, &w->manifest.next_report, &report->number, err);
    report->source = w->source.number;
    if (s == STATUS_OK)
        s = built(w, segment_builder_begin_report(w->builder, report, err));
    if (s == STATUS_OK)
        w->source.n_reports++;
    return s;
}

enum status index_writer_add_passage(
    struct index_writer *w, const struct passage *passage, struct error *err)
{
    if (!w->is_in_source)
        return index_writer_misused("add_passage", err);
    enum status s = built(w, segment_builder_add_passage(w->builder, passage, err));
    if (s == STATUS_OK)
        w->source.n_passages++;
    return s;
}

enum status index_writer_end_source(
    struct index_writer *w, const struct source *source, struct error *err)
{
    if (!w->is_in_source || source->number != w->source.number)
        return index_writer_misused("end_source", err);
    enum status s = built(w, segment_builder_end_source(w->builder, source, err));
    w->is_in_source = false;
    return s;
}

enum status index_writer_abandon_source(struct index_writer *w, struct error *err)
{
    if (!w->is_in_source)
        return index_writer_misused("abandon_source", err);
    struct source source = w->source;
    source.path = w->source_path.data;
    source.path_len = w->source_path.len;
    enum status s = index_writer_end_source(w, &source, err);
    if (s != STATUS_OK)
        return s;
    if (!buf_append(&w->abandoned, &w->source, sizeof w->source))
        return built(w, error_no_memory(err));
    w->n_abandoned++;
    return STATUS_OK;
}

enum status index_writer_drop_source(
    struct index_writer *w, uint32_t segment, const struct source *source, struct error *err)
{
    struct source stored;
    if (!w->reader || segment >= w->manifest.n_segments)
        return index_writer_misused("drop_source", err);
    enum status s = index_source_by_number(w->reader, segment, source->number, &stored, err);
    if (s == STATUS_OK)
        s = manifest_add_dead(&w->manifest, segment, &stored, err);
    if (s == STATUS_OK)
        w->has_dropped = true;
    return s;
}

enum status index_writer_add_failure(struct index_writer *w, const char *line, struct error *err)
{
    return manifest_add_failure(&w->manifest, line, err);
}

/* ---- closing ---- */

/* What is on the disk decides, not what we meant to do: a commit may have failed after its swap. */
static void undo(struct index_writer *w)
{
    struct manifest m;
    struct error ignored;
    char path[PATH_MAX];
    enum status s = manifest_read(w->dir, &m, &ignored);
    if ((s == STATUS_OK || s == STATUS_MISSING) &&
        leftovers_remove(w->dir, &m, &ignored) == STATUS_OK && s == STATUS_OK && !w->has_manifest &&
        m.n_segments == 0 && file_join(w->dir, "manifest", path, &ignored) == STATUS_OK &&
        unlink(path) == 0)
        s = STATUS_MISSING;
    manifest_release(&m);
    if (s == STATUS_MISSING && w->has_made_dir &&
        file_join(w->dir, "lock", path, &ignored) == STATUS_OK) {
        unlink(path);
        rmdir(w->dir);
    }
}

void index_writer_close(struct index_writer *w)
{
    if (!w)
        return;
    segment_builder_close(w->builder);
    index_close(w->reader);
    if (w->lock.fd >= 0 && !w->is_committed && lock_is_in_place(w->dir, &w->lock))
        undo(w);
    lock_release(&w->lock);
    for (size_t i = 0; i < w->n_old_failures; i++)
        free(w->old_failures[i]);
    free(w->old_failures);
    free(w->is_merged);
    manifest_release(&w->manifest);
    buf_release(&w->source_path);
    buf_release(&w->abandoned);
    free(w->dir);
    free(w);
}
