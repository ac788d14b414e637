// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/update.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/json.h"
#include "common/message.h"
#include "indexer/update_merge.h"
#include "indexer/update_parts.h"
#include "store/schema.h"

enum {
    OWN_BYTES = 8 << 20, /* sample, chunks, splitter, names of a folder */
    BUILDER_BYTES_MIN = 16 << 20,
};

/* ---- faults ---- */

/* A bad line of a metadata.csv, or all of it. */
static enum status on_table_fault(
    void *arg, const char *path, uint32_t line, const char *what, struct error *err)
{
    struct update *u = arg;
    char shown[WALK_SHOWN_BYTES];
    *(line ? &u->counts->n_bad_lines : &u->counts->n_failed) += 1;
    if (!u->root)
        return update_fault(u, path, line, what, err);
    walk_show(u->root, path, strlen(path), shown);
    return update_fault(u, shown, line, what, err);
}

/* ---- files ---- */

enum source_format update_format(const struct update *u)
{
    enum source_format format = u->options->format;
    return u->depth && source_format_kind(format) == DOCUMENT_ARCHIVE ? FORMAT_AUTO : format;
}

bool update_fits_reading(
    const struct update *u, const struct known_source *k, const char *path, size_t n)
{
    return update_format(u) != FORMAT_AUTO || k->format > FORMAT_FOREIGN ||
           k->format == source_format_of(path, n);
}

static enum status is_same(struct update *u, const struct walk_file *f,
    const struct known_source *k, bool *same, struct error *err)
{
    uint64_t hash;
    *same = false;
    if (!k->is_stored || k->size != (uint64_t)f->stat->st_size ||
        !update_fits_reading(u, k, f->path, f->path_len) || !update_has_same_fields(u, k))
        return STATUS_OK;
    *same = k->mtime_ns == input_mtime_ns(f->stat);
    if (*same)
        return STATUS_OK;
    enum status status = input_hash(f->disk_path, k->size, &hash, err);
    *same = status == STATUS_OK && hash == k->hash;
    return status;
}

enum status update_keep(struct update *u, struct known_source *k, struct error *err)
{
    char what[ERROR_MESSAGE_MAX];
    bool is_archive = update_is_archive(k->format);
    k->is_reread = !is_archive;
    u->counts->n_unchanged++;
    if (u->depth == 0)
        update_tell_progress(u, k->size);
    if (k->n_bad_lines == 0)
        return STATUS_OK;
    *(is_archive ? &u->counts->n_failed : &u->counts->n_bad_lines) += k->n_bad_lines;
    snprintf(what, sizeof what,
        is_archive ? tr("unchanged, with %u files in it that failed or have bad lines")
                   : tr("unchanged, with %u bad lines"),
        (unsigned)k->n_bad_lines);
    return update_fault(u, u->shown, 0, what, err);
}

/* A table of fields that was found is no source. */
static bool is_table(const struct walk_file *f)
{
    return !f->is_named && fields_is_table(f->path, f->path_len);
}

static enum status read_file(
    struct update *u, const struct walk_file *f, struct known_source *known, struct error *err)
{
    enum status status = input_open_file(f->disk_path, &u->input, err);
    if (status == STATUS_OK)
        status = update_take_input(u, f->path, f->path_len, f->is_named, known, err);
    input_close(u->input);
    u->input = NULL;
    return status;
}

/* The turn of a file, in the order of the walk. ahead: what was read of it already; or NULL. */
static enum status take_file(
    struct update *u, const struct walk_file *f, const struct ahead_file *ahead, struct error *err)
{
    struct known_source *known = known_find(&u->known, f->path, f->path_len);
    bool same = false;
    if (update_is_stopped(u))
        return error_set(err, STATUS_INTERRUPTED, "interrupted");
    if ((known && known->is_met) || is_table(f))
        return STATUS_OK;
    if (!known && !(known = known_add(&u->known, f->path, f->path_len)))
        return error_no_memory(err);
    u->shown = f->shown;
    u->disk_path = f->disk_path;
    u->position = 0;
    enum status status = update_find_fields(u, f->path, f->path_len, err);
    if (status == STATUS_OK)
        status = is_same(u, f, known, &same, err);
    if (status == STATUS_OK && same)
        status = update_keep(u, known, err);
    else if (status == STATUS_OK)
        status = ahead && ahead->state != AHEAD_UNREAD ? update_take_ahead(u, ahead, known, err)
                                                       : read_file(u, f, known, err);
    known = known_find(&u->known, f->path, f->path_len); /* members of an archive move the table */
    if (same || status != STATUS_OK || !known->is_stored)
        known->is_met = true; /* a failed file keeps its old version */
    return update_survive(u, status, err);
}

/* ---- reading ahead ---- */

/* Will the file be read when its turn comes? A wrong guess costs time only. */
static bool is_likely(struct update *u, const struct walk_file *f)
{
    const struct known_source *known = known_find(&u->known, f->path, f->path_len);
    if (is_table(f) || (known && known->is_met))
        return false;
    return !known || !known->is_stored || known->size != (uint64_t)f->stat->st_size ||
           !update_fits_reading(u, known, f->path, f->path_len);
}

/* Takes the file that was given first; *has_more says whether there was one. */
static enum status take_given(struct update *u, bool *has_more, struct error *err)
{
    struct ahead_file *f = read_ahead_take(u->read_ahead);
    *has_more = f != NULL;
    if (!f)
        return STATUS_OK;
    enum status status = take_file(u, &f->walk, f, err);
    ahead_file_free(f);
    return status;
}

static enum status take_all_given(struct update *u, struct error *err)
{
    bool has_more = u->read_ahead != NULL;
    enum status status = STATUS_OK;
    while (has_more && status == STATUS_OK)
        status = take_given(u, &has_more, err);
    return status;
}

static enum status on_file(void *arg, const struct walk_file *f, struct error *err)
{
    struct update *u = arg;
    bool has_more;
    enum status status = STATUS_OK;
    if (!u->read_ahead)
        return take_file(u, f, NULL, err);
    if (read_ahead_is_full(u->read_ahead))
        status = take_given(u, &has_more, err);
    return status == STATUS_OK ? read_ahead_give(u->read_ahead, f, is_likely(u, f), err) : status;
}

static enum status on_walk_fault(void *arg, const char *shown, const char *what, struct error *err)
{
    enum status status = take_all_given(arg, err);
    return status == STATUS_OK ? update_fault(arg, shown, 0, what, err) : status;
}

/* ---- standard input ---- */

static enum status read_stdin(struct update *u, struct error *err)
{
    struct known_source *known = known_find(&u->known, "-", 1);
    if (known && known->is_met)
        return STATUS_OK;
    if (!known && !(known = known_add(&u->known, "-", 1)))
        return error_no_memory(err);
    u->shown = tr("standard input");
    u->disk_path = "-";
    u->position = 0;
    enum status status = update_find_fields(u, "-", 1, err);
    if (status == STATUS_OK)
        status = input_open_fd(STDIN_FILENO, &u->input, err);
    if (status == STATUS_OK)
        status = update_take_input(u, "-", 1, true, known, err);
    input_close(u->input);
    u->input = NULL;
    return update_survive(u, status, err);
}

/* ---- a run ---- */

static enum status on_unread(void *arg, const char *path, size_t n, struct error *err)
{
    struct update *u = arg;
    return known_add(&u->unread, path, n) ? STATUS_OK : error_no_memory(err);
}

/* Nobody knows whether it is still there. */
static bool is_unread(struct update *u, const char *path, size_t n)
{
    for (size_t at = 1; at <= n && u->unread.n; at++)
        if ((at == 1 || at == n || path[at] == '/' || path[at] == '!') &&
            known_find(&u->unread, path, at))
            return true;
    return false;
}

static bool is_gone(struct update *u, const struct walk_root *root, const struct source *s)
{
    enum member_state member = update_member_state(u, s->path, s->path_len);
    if (member == MEMBER_KEPT || (root && !path_is_below(s->path, s->path_len, root->path)))
        return false;
    return member == MEMBER_GONE || (root && !is_unread(u, s->path, s->path_len));
}

enum status update_drop_vanished(struct update *u, const struct walk_root *root, struct error *err)
{
    struct index *ix = index_writer_reader(u->writer);
    struct index_cursor cursor;
    char shown[WALK_SHOWN_BYTES];
    struct source source;
    uint32_t segment;
    bool has_more = true;
    if (!ix)
        return STATUS_OK;
    index_cursor_init(&cursor, ix);
    enum status status;
    while ((status = index_next_source(&cursor, &source, &segment, &has_more, err)) == STATUS_OK &&
           has_more) {
        struct known_source *known = known_find(&u->known, source.path, source.path_len);
        if (!known || known->is_met || !is_gone(u, root, &source))
            continue;
        known->is_met = true;
        status = update_drop(u, known, source.path, source.path_len, err);
        if (status != STATUS_OK)
            break;
        if (update_is_archive(source.format))
            continue; /* it was not counted when it came, only its members */
        u->counts->n_removed++;
        if (root)
            walk_show(root, source.path, source.path_len, shown);
        else
            snprintf(shown, sizeof shown, "%.*s", (int)source.path_len, source.path);
        update_tell_event(u, shown, UPDATE_REMOVED);
    }
    u->is_fatal |= status != STATUS_OK;
    index_cursor_release(&cursor);
    return status;
}

static enum status open_root(
    const char *path, struct walk_root *out, struct stat *st, struct error *err)
{
    enum status status = walk_root_open(path, out, err);
    if (status != STATUS_OK || stat(out->disk_path, st) == 0)
        return status;
    status =
        error_set(err, errno == ENOENT ? STATUS_MISSING : STATUS_IO, "%s", message_errno(errno));
    walk_root_release(out);
    return status;
}

static enum status take_path(struct update *u, const char *path, struct error *err)
{
    const struct walk_callbacks callbacks = {
        u, on_file, on_walk_fault, on_unread, update_is_stopped, u->excluded};
    struct stat st;
    struct walk_root root;
    bool is_complete;
    if (strcmp(path, "-") == 0)
        return read_stdin(u, err);
    enum status status = open_root(path, &root, &st, err);
    if (status != STATUS_OK) {
        u->shown = path;
        return update_survive(u, status, err);
    }
    uint64_t n_before = u->counts->walk.n_files;
    bool is_folder = S_ISDIR(st.st_mode);
    u->root = is_folder ? &root : NULL;
    status = fields_set_root(u->fields, is_folder ? root.path : NULL, err);
    if (status == STATUS_OK)
        status = walk(&root, &callbacks, &u->counts->walk, &is_complete, err);
    if (status == STATUS_OK)
        status = take_all_given(u, err);
    /* A folder without a file may be one that nothing is mounted on now. */
    const bool is_empty = is_folder && is_complete && u->counts->walk.n_files == n_before;
    if (status == STATUS_OK && is_empty)
        status = update_fault(
            u, root.given, 0, tr("no file in this folder: nothing is removed of it"), err);
    else if (status == STATUS_OK && is_folder)
        status = update_drop_vanished(u, &root, err);
    u->root = NULL;
    walk_root_release(&root);
    return status;
}

static enum status take_paths(
    struct update *u, const char *const *paths, size_t n, struct error *err)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < n && status == STATUS_OK; i++)
        status = take_path(u, paths[i], err);
    if (status == STATUS_INTERRUPTED && !u->is_fatal) {
        u->counts->is_interrupted = true;
        return STATUS_OK;
    }
    return status;
}

/* What the table of known sources will take, asked before the writer is opened with the rest. */
static size_t known_bytes(const char *dir)
{
    struct index *ix;
    struct error ignored; /* whatever is wrong, the writer will say it */
    if (index_open(dir, &ix, &ignored) != STATUS_OK)
        return 0;
    uint64_t n = index_totals(ix).n_sources;
    index_close(ix);
    return (size_t)n * KNOWN_BYTES_EACH;
}

static enum status open_read_ahead(struct update *u, size_t memory_bytes, struct error *err)
{
    const struct read_ahead_options options = {.format = u->options->format,
        .encoding = u->options->encoding,
        .n_threads = u->options->n_threads,
        .memory_bytes = memory_bytes,
        .max_line_bytes = u->max_line_bytes};
    return read_ahead_open(&options, &u->read_ahead, err);
}

static enum status open_writer(struct update *u, const char *dir, struct error *err)
{
    size_t all = u->options->memory_bytes;
    size_t ahead = read_ahead_bytes(u->options->n_threads, all);
    size_t own = OWN_BYTES + known_bytes(dir) + ahead;
    size_t rest = all > own + BUILDER_BYTES_MIN ? all - own : BUILDER_BYTES_MIN;
    u->max_line_bytes = rest / 8 < LINE_BYTES_LIMIT ? rest / 8 : LINE_BYTES_LIMIT;
    bool may_be_long = u->options->format == FORMAT_AUTO || u->options->format == FORMAT_TSV ||
                       u->options->format == FORMAT_JSONL;
    /* A long line of jsonl stands in memory twice more while it is parsed. */
    size_t lines = may_be_long ? 2 * u->max_line_bytes : 0;
    rest = rest > lines + BUILDER_BYTES_MIN ? rest - lines : BUILDER_BYTES_MIN;
    struct builder_options builder = {u->options->builder, rest, u->options->n_threads};
    enum status status = index_writer_open(dir, &builder, &u->writer, err);
    if (status == STATUS_OK)
        status =
            fields_open(u->options->pattern, &u->table_faults, u->max_line_bytes, &u->fields, err);
    if (status == STATUS_OK && ahead)
        status = open_read_ahead(u, ahead, err);
    if (status == STATUS_OK && !(u->excluded = realpath(dir, NULL)))
        status = error_errno(err, "cannot open '%s'", dir);
    return status;
}

enum status update_run(const char *index_dir, const char *const *paths, size_t n_paths,
    const struct update_options *options, struct update_counts *counts, struct error *err)
{
    struct update u = {.options = options, .counts = counts};
    u.table_faults = (struct metadata_faults){&u, on_table_fault};
    memset(counts, 0, sizeof *counts);
    known_init(&u.known);
    known_init(&u.unread);
    enum status status = open_writer(&u, index_dir, err);
    if (status == STATUS_OK)
        status = known_load(&u.known, index_writer_reader(u.writer), err);
    if (status == STATUS_OK)
        status = take_paths(&u, paths, n_paths, err);
    if (status == STATUS_OK && u.has_read_archive)
        status = update_drop_vanished(&u, NULL, err); /* an interrupted run comes here, too */
    read_ahead_close(u.read_ahead);
    if (status == STATUS_OK && json_lacks_memory())
        status = error_no_memory(err); /* a line or its fields may have been taken for bad */
    if (status == STATUS_OK)
        status = index_writer_commit(u.writer, err);
    index_writer_close(u.writer);
    counts->n_failed += counts->walk.n_failed;
    known_release(&u.known);
    known_release(&u.unread);
    for (size_t i = 0; i < ARCHIVE_DEPTH_MAX; i++)
        extractor_close(u.extractors[i]);
    fields_close(u.fields);
    free(u.excluded);
    if (status == STATUS_OK && !counts->is_interrupted)
        update_merge(index_dir, options, counts);
    return status;
}
