// SPDX-License-Identifier: GPL-2.0-or-later
/* What a crash leaves behind, step by step:
 *   building in tmp-004711      the folder, after the process: not named by the manifest, removed by the next writer
 *   manifest of no segments     of a new index, so that no segment ever stands there without a manifest
 *   renamed to seg-000007       likewise
 *   writing manifest.tmp        likewise; the old manifest stands
 *   renamed to manifest         the new state, whole; segments that only the old one named are
 *                               removed by the next writer
 *
 * Before each rename what it names is on the disk: the builder syncs the segment, we sync the folder
 * before the manifest names it, and file_write_atomically syncs the manifest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "store/index_writer_parts.h"
#include "store/leftovers.h"

static enum status add_file(const struct index_writer *w, struct manifest_segment *s,
    const char *dir, const char *name, struct error *err)
{
    char path[PATH_MAX];
    struct manifest_file *f = &s->files[s->n_files];
    if (s->n_files == sizeof s->files / sizeof *s->files || strlen(name) >= sizeof f->name)
        return error_set(err, STATUS_INTERNAL, "unexpected file '%s' in segment '%s'", name, dir);
    enum status status = file_join(dir, name, path, err);
    if (status != STATUS_OK)
        return status;
    strcpy(f->name, name);
    s->n_files++;
    return segment_builder_knows_hash(w->builder, name, &f->size, &f->hash)
               ? STATUS_OK
               : file_hash(path, &f->size, &f->hash, err);
}

static int compare_file(const void *a, const void *b)
{
    return strcmp(((const struct manifest_file *)a)->name, ((const struct manifest_file *)b)->name);
}

static enum status add_files(
    const struct index_writer *w, struct manifest_segment *s, const char *dir, struct error *err)
{
    DIR *d = opendir(dir);
    enum status status;
    const char *name;
    if (!d)
        return error_errno(err, "cannot open '%s'", dir);
    while ((status = file_next_name(d, dir, &name, err)) == STATUS_OK && name)
        if (name[0] != '.' && (status = add_file(w, s, dir, name, err)) != STATUS_OK)
            break;
    closedir(d);
    qsort(s->files, s->n_files, sizeof *s->files, compare_file);
    return status;
}

/* A folder with segments and no manifest has lost it, and no writer may take them for leftovers. */
static enum status write_first_manifest(const struct index_writer *w, struct error *err)
{
    struct manifest none;
    manifest_init(&none);
    enum status s = w->has_manifest ? STATUS_OK : manifest_write(w->dir, &none, err);
    manifest_release(&none);
    return s;
}

/* Where the folder was moved or removed meanwhile, another writer may be at work in its place. */
static enum status check_place(const struct index_writer *w, struct error *err)
{
    return lock_is_in_place(w->dir, &w->lock)
               ? STATUS_OK
               : error_set(err, STATUS_IO,
                     "index '%s' was moved or removed while it was written: nothing is changed",
                     w->dir);
}

/* Gives the finished segment its name, and names it in the manifest. */
static enum status take_in_segment(
    struct index_writer *w, const struct segment_stats *stats, struct error *err)
{
    char path[PATH_MAX];
    struct manifest_segment segment = {.stats = *stats};
    snprintf(
        segment.name, sizeof segment.name, "seg-%06lu", (unsigned long)w->manifest.next_segment);
    enum status s = file_join(w->dir, segment.name, path, err);
    if (s == STATUS_OK)
        s = check_place(w, err);
    if (s != STATUS_OK)
        return s;
    if (write_first_manifest(w, err) != STATUS_OK)
        return err->status;
    if (rename(w->building, path) != 0)
        return error_errno(err, "cannot rename '%s'", w->building);
    s = add_files(w, &segment, path, err);
    if (s == STATUS_OK)
        s = manifest_add_segment(&w->manifest, &segment, err);
    for (size_t i = 0; i < w->n_abandoned && s == STATUS_OK; i++) {
        struct source dead;
        memcpy(&dead, w->abandoned.data + i * sizeof dead, sizeof dead);
        s = manifest_add_dead(&w->manifest, w->manifest.n_segments - 1, &dead, err);
    }
    w->manifest.next_segment++;
    return s;
}

static enum status finish_segment(struct index_writer *w, struct error *err)
{
    struct segment_stats stats;
    if (!w->builder)
        return STATUS_OK;
    enum status s = segment_builder_finish(w->builder, &stats, err);
    if (s != STATUS_OK)
        return s;
    if (stats.n_sources != w->n_abandoned) /* else nothing alive: a leftover */
        s = take_in_segment(w, &stats, err);
    segment_builder_close(w->builder);
    w->builder = NULL;
    return s;
}

static bool has_other_failures(const struct index_writer *w)
{
    const struct manifest *m = &w->manifest;
    if (m->n_failures_all != w->n_old_failures_all || m->n_failures != w->n_old_failures)
        return true;
    for (size_t i = 0; i < m->n_failures; i++)
        if (strcmp(m->failures[i], w->old_failures[i]) != 0)
            return true;
    return false;
}

static void remove_dead_segments(struct manifest *m)
{
    for (size_t i = m->n_segments; i-- > 0;)
        if (m->segments[i].n_dead == m->segments[i].stats.n_sources)
            manifest_remove_segment(m, i);
}

/* From the first n_before segments of the manifest. */
static void remove_merged_segments(struct index_writer *w, size_t n_before)
{
    for (size_t i = n_before; w->is_merged && i-- > 0;)
        if (w->is_merged[i])
            manifest_remove_segment(&w->manifest, i);
}

/* A new index is only safe once the folder above it knows its name. */
static enum status sync_parent(const struct index_writer *w, struct error *err)
{
    char path[PATH_MAX];
    if (!w->has_made_dir)
        return STATUS_OK;
    enum status s = file_join(w->dir, "..", path, err);
    return s == STATUS_OK ? file_sync_folder(path, err) : s;
}

static enum status swap_manifest(struct index_writer *w, struct error *err)
{
    enum status s = check_place(w, err);
    if (s != STATUS_OK)
        return s;
    remove_dead_segments(&w->manifest);
    w->manifest.generation++;
    s = file_sync_folder(w->dir, err);
    if (s == STATUS_OK)
        s = manifest_write(w->dir, &w->manifest, err);
    return s == STATUS_OK ? sync_parent(w, err) : s;
}

enum status index_writer_commit(struct index_writer *w, struct error *err)
{
    struct error ignored;
    if (w->is_in_source || w->is_committed || w->is_failed)
        return index_writer_misused("commit", err);
    size_t n_before = w->manifest.n_segments;
    enum status s = finish_segment(w, err);
    if (s != STATUS_OK)
        return s;
    bool has_changed = !w->has_manifest || w->manifest.n_segments > n_before || w->has_dropped ||
                       w->is_merged || has_other_failures(w);
    remove_merged_segments(w, n_before);
    if (has_changed && (s = swap_manifest(w, err)) != STATUS_OK)
        return s;
    w->is_committed = true;
    leftovers_remove(w->dir, &w->manifest, &ignored); /* else the next writer does it */
    return STATUS_OK;
}
