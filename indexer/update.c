// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/update.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/message.h"
#include "indexer/known.h"
#include "indexer/update_merge.h"
#include "store/schema.h"

enum {
    OWN_BYTES = 8 << 20, /* sample, chunks, splitter, names of a folder */
    BUILDER_BYTES_MIN = 16 << 20,
    FAULT_LINE_MAX = PATH_BYTES_MAX + ERROR_MESSAGE_MAX,
};

struct update {
    const struct update_options *options;
    struct update_counts *counts;
    struct index_writer *writer;
    struct known known;
    struct fields *fields;
    struct metadata_faults table_faults;
    uint64_t fields_hash;          /* of the source at work */
    const char *root, *root_shown; /* the folder that is being walked */
    char *excluded;                /* the index folder, absolute */
    size_t max_line_bytes;

    /* the source at work */
    const char *shown;
    struct input *input;
    uint64_t position; /* bytes of it that were told to the listener */
    uint32_t n_reports, n_passages, n_bad_lines;
    bool is_fatal; /* an error came from the index, not from the source */
};

/* Reports a fault, and remembers it in the index. */
static enum status fault(
    struct update *u, const char *shown, uint32_t line, const char *what, struct error *err)
{
    char text[FAULT_LINE_MAX];
    u->counts->has_faults = true;
    if (line)
        snprintf(text, sizeof text, "%s:%u: %s", shown, line, what);
    else
        snprintf(text, sizeof text, "%s: %s", shown, what);
    u->options->listener.fault(u->options->listener.arg, shown, line, what);
    enum status status = index_writer_add_failure(u->writer, text, err);
    u->is_fatal |= status != STATUS_OK;
    return status;
}

static enum status on_walk_fault(void *arg, const char *shown, const char *what, struct error *err)
{
    return fault(arg, shown, 0, what, err);
}

/* A bad line of a metadata.csv. */
static enum status on_table_fault(
    void *arg, const char *path, uint32_t line, const char *what, struct error *err)
{
    struct update *u = arg;
    char shown[WALK_SHOWN_BYTES];
    u->counts->n_bad_lines += line > 0;
    if (!u->root)
        return fault(u, path, line, what, err);
    walk_show(u->root_shown, u->root, path, strlen(path), shown);
    return fault(u, shown, line, what, err);
}

static bool is_stopped(void *arg)
{
    struct update *u = arg;
    const struct update_listener *l = &u->options->listener;
    return l->is_stopped && l->is_stopped(l->arg);
}

/* ---- the sink of a source ---- */

static enum status sink_report(void *arg, struct report *r, struct error *err)
{
    struct update *u = arg;
    enum status status = fields_apply(u->fields, r, err);
    if (status != STATUS_OK)
        return status;
    status = index_writer_begin_report(u->writer, r, err);
    u->is_fatal |= status != STATUS_OK;
    u->n_reports++;
    return status;
}

static enum status sink_passage(void *arg, const struct passage *p, struct error *err)
{
    struct update *u = arg;
    enum status status = index_writer_add_passage(u->writer, p, err);
    u->is_fatal |= status != STATUS_OK;
    u->n_passages++;
    return status;
}

static enum status sink_fault(void *arg, uint32_t line, const char *what, struct error *err)
{
    struct update *u = arg;
    u->n_bad_lines++;
    return fault(u, u->shown, line, what, err);
}

static void tell_progress(struct update *u, uint64_t position)
{
    const struct update_listener *l = &u->options->listener;
    if (l->progress)
        l->progress(l->arg, u->shown, position - u->position);
    u->position = position;
}

static void tell_event(struct update *u, const char *path, enum update_event event)
{
    const struct update_listener *l = &u->options->listener;
    if (l->event)
        l->event(l->arg, path, event);
}

static enum status sink_tick(void *arg, struct error *err)
{
    struct update *u = arg;
    tell_progress(u, input_position(u->input));
    return is_stopped(u) ? error_set(err, STATUS_INTERRUPTED, "interrupted") : STATUS_OK;
}

/* ---- one source ---- */

/* Reads the input into the index as a new source. A failure that is not fatal leaves nothing live
 * behind. */
static enum status store_source(struct update *u, struct source *source, struct error *err)
{
    const struct report_sink sink = {u, sink_report, sink_passage, sink_fault, sink_tick};
    struct reader_options reading = {
        (enum source_format)source->format, source->path, source->path_len, u->max_line_bytes};
    u->n_reports = u->n_passages = u->n_bad_lines = 0;
    enum status status = index_writer_begin_source(u->writer, source, err);
    if (status != STATUS_OK) {
        u->is_fatal = true;
        return status;
    }
    status = reader_run(u->input, &reading, &sink, err);
    if (status == STATUS_OK)
        status = input_finish(u->input, source, err);
    if (status == STATUS_OK) {
        source->n_reports = u->n_reports;
        source->n_passages = u->n_passages;
        source->n_bad_lines = u->n_bad_lines;
        status = index_writer_end_source(u->writer, source, err);
        u->is_fatal |= status != STATUS_OK;
        return status;
    }
    struct error abandoning;
    if (!u->is_fatal && index_writer_abandon_source(u->writer, &abandoning) != STATUS_OK) {
        u->is_fatal = true;
        *err = abandoning;
        return abandoning.status;
    }
    return status;
}

static enum status drop(struct update *u, const struct known_source *known, const char *path,
    size_t n, struct error *err)
{
    struct source old = {.number = known->number,
        .path = path,
        .path_len = n,
        .size = known->size,
        .hash = known->hash,
        .n_passages = known->n_passages};
    enum status status = index_writer_drop_source(u->writer, known->segment, &old, err);
    u->is_fatal |= status != STATUS_OK;
    return status;
}

static void count_binary(struct update_counts *c, const char *kind)
{
    size_t i = 0;
    while (i < c->n_kinds && strcmp(c->binaries[i].kind, kind) != 0)
        i++;
    if (i == UPDATE_KINDS_MAX)
        return;
    c->binaries[i].kind = kind;
    c->binaries[i].n++;
    c->n_kinds += i == c->n_kinds;
}

/* Something that is not text: in a folder it is no fault when we know what it is. */
static enum status refuse_binary(
    struct update *u, const char *kind, bool is_named, struct error *err)
{
    char what[ERROR_MESSAGE_MAX];
    if (kind && !is_named) {
        count_binary(u->counts, kind);
        return STATUS_OK;
    }
    u->counts->n_failed++;
    if (kind)
        snprintf(what, sizeof what, tr("not text but %s"), kind);
    else
        snprintf(what, sizeof what, "%s", tr("not text: NUL bytes or control characters"));
    return fault(u, u->shown, 0, what, err);
}

static void count_stored(
    struct update_counts *c, const struct update *u, const struct source *s, bool is_change)
{
    c->n_added += !is_change;
    c->n_changed += is_change;
    c->n_reports += u->n_reports;
    c->n_passages += u->n_passages;
    c->n_bytes_read += s->size;
    c->n_replaced += s->n_replaced;
}

/* Reads the open input as the source of that path. known may be NULL. */
static enum status take_input(struct update *u, const char *path, size_t n, bool is_named,
    struct known_source *known, struct error *err)
{
    struct source source = {.path = path, .path_len = n, .fields_hash = u->fields_hash};
    bool is_binary, is_change = known && known->is_stored;
    const char *kind;
    source.format = (uint8_t)(u->options->format == FORMAT_AUTO ? source_format_of(path, n)
                                                                : u->options->format);
    enum status status = input_detect(u->input, u->options->encoding, &is_binary, &kind, err);
    if (status == STATUS_OK && is_binary) {
        if (known && !(kind && !is_named))
            known->is_met = true; /* failed: the old version stays */
        return refuse_binary(u, kind, is_named, err);
    }
    if (known)
        known->is_met = true;
    if (status == STATUS_OK)
        status = store_source(u, &source, err);
    u->counts->n_bad_lines += u->n_bad_lines;
    if (status != STATUS_OK)
        return status;
    count_stored(u->counts, u, &source, is_change);
    tell_progress(u, source.size);
    tell_event(u, u->shown, is_change ? UPDATE_CHANGED : UPDATE_ADDED);
    return is_change ? drop(u, known, path, n, err) : STATUS_OK;
}

/* What to do about a failed source: go on, unless the index itself failed or the run is to stop. */
static enum status survive(struct update *u, enum status status, struct error *err)
{
    if (status == STATUS_OK || u->is_fatal || status == STATUS_INTERRUPTED ||
        status == STATUS_NO_MEMORY)
        return status;
    struct error cause = *err;
    u->counts->n_failed++;
    return fault(u, u->shown, 0, cause.message, err);
}

static bool fits_options(
    const struct update *u, const struct known_source *k, const char *path, size_t n)
{
    enum source_format format =
        u->options->format == FORMAT_AUTO ? source_format_of(path, n) : u->options->format;
    return k->format == format && k->fields_hash == u->fields_hash &&
           (u->options->encoding == ENCODING_UNKNOWN || k->encoding == u->options->encoding);
}

static enum status is_same(struct update *u, const struct walk_file *f,
    const struct known_source *k, bool *same, struct error *err)
{
    int64_t mtime_ns = (int64_t)f->stat->st_mtim.tv_sec * 1000000000 + f->stat->st_mtim.tv_nsec;
    uint64_t hash;
    *same = false;
    if (!k->is_stored || k->size != (uint64_t)f->stat->st_size ||
        !fits_options(u, k, f->path, f->path_len))
        return STATUS_OK;
    *same = k->mtime_ns == mtime_ns;
    if (*same)
        return STATUS_OK;
    enum status status = input_hash(f->path, k->size, &hash, err);
    *same = status == STATUS_OK && hash == k->hash;
    return status;
}

/* Lines that were bad when the file was read still are. */
static enum status keep(struct update *u, const struct known_source *k, struct error *err)
{
    char what[ERROR_MESSAGE_MAX];
    u->counts->n_unchanged++;
    tell_progress(u, k->size);
    if (k->n_bad_lines == 0)
        return STATUS_OK;
    u->counts->n_bad_lines += k->n_bad_lines;
    snprintf(what, sizeof what, tr("unchanged, with %u bad lines"), (unsigned)k->n_bad_lines);
    return fault(u, u->shown, 0, what, err);
}

static enum status read_file(
    struct update *u, const struct walk_file *f, struct known_source *known, struct error *err)
{
    enum status status = input_open_file(f->path, &u->input, err);
    if (status == STATUS_OK)
        status = take_input(u, f->path, f->path_len, f->is_named, known, err);
    input_close(u->input);
    u->input = NULL;
    return status;
}

/* What the source at that path is given from outside. */
static enum status find_fields(struct update *u, const char *path, size_t n, struct error *err)
{
    enum status status = fields_find(u->fields, path, n, &u->fields_hash, err);
    u->counts->n_unfit += status == STATUS_OK && !fields_fit(u->fields);
    return status;
}

static enum status on_file(void *arg, const struct walk_file *f, struct error *err)
{
    struct update *u = arg;
    struct known_source *known = known_find(&u->known, f->path, f->path_len);
    bool same = false;
    if (is_stopped(u))
        return error_set(err, STATUS_INTERRUPTED, "interrupted");
    if ((known && known->is_met) || (!f->is_named && fields_is_table(f->path, f->path_len)))
        return STATUS_OK;
    if (!known && !(known = known_add(&u->known, f->path, f->path_len)))
        return error_no_memory(err);
    u->shown = f->shown;
    u->position = 0;
    enum status status = find_fields(u, f->path, f->path_len, err);
    if (status == STATUS_OK)
        status = is_same(u, f, known, &same, err);
    if (status == STATUS_OK)
        status = same ? keep(u, known, err) : read_file(u, f, known, err);
    if (same || status != STATUS_OK || !known->is_stored)
        known->is_met = true; /* a failed file keeps its old version */
    return survive(u, status, err);
}

static enum status read_stdin(struct update *u, struct error *err)
{
    struct known_source *known = known_find(&u->known, "-", 1);
    if (known && known->is_met)
        return STATUS_OK;
    if (!known && !(known = known_add(&u->known, "-", 1)))
        return error_no_memory(err);
    u->shown = tr("standard input");
    u->position = 0;
    enum status status = find_fields(u, "-", 1, err);
    if (status == STATUS_OK)
        status = input_open_fd(STDIN_FILENO, &u->input, err);
    if (status == STATUS_OK)
        status = take_input(u, "-", 1, true, known, err);
    input_close(u->input);
    u->input = NULL;
    return survive(u, status, err);
}

/* ---- a run ---- */

/* Drops what the index knows below a folder that was walked to its end without meeting it. root is
 * the folder as it was given. */
static enum status drop_vanished(
    struct update *u, const char *root, const char *folder, struct error *err)
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
        if (!known || known->is_met || !path_is_below(source.path, source.path_len, folder))
            continue;
        known->is_met = true;
        status = drop(u, known, source.path, source.path_len, err);
        if (status != STATUS_OK)
            break;
        u->counts->n_removed++;
        walk_show(root, folder, source.path, source.path_len, shown);
        tell_event(u, shown, UPDATE_REMOVED);
    }
    u->is_fatal |= status != STATUS_OK;
    index_cursor_release(&cursor);
    return status;
}

static enum status take_path(struct update *u, const char *path, struct error *err)
{
    const struct walk_callbacks callbacks = {u, on_file, on_walk_fault, is_stopped, u->excluded};
    struct stat st;
    char *resolved;
    bool is_complete;
    if (strcmp(path, "-") == 0)
        return read_stdin(u, err);
    enum status status = walk_resolve(path, &resolved, err);
    if (status != STATUS_OK) {
        u->shown = path;
        return survive(u, status, err);
    }
    uint64_t n_before = u->counts->walk.n_files;
    bool is_folder = stat(resolved, &st) == 0 && S_ISDIR(st.st_mode);
    u->root = is_folder ? resolved : NULL;
    u->root_shown = path;
    status = fields_set_root(u->fields, u->root, err);
    if (status == STATUS_OK)
        status = walk_root(path, resolved, &callbacks, &u->counts->walk, &is_complete, err);
    if (status == STATUS_OK && is_folder && is_complete)
        status = drop_vanished(u, path, resolved, err);
    if (status == STATUS_OK && is_folder && is_complete && u->counts->walk.n_files == n_before)
        status = fault(u, path, 0, tr("no file in this folder"), err);
    u->root = NULL;
    free(resolved);
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

static enum status open_writer(struct update *u, const char *dir, struct error *err)
{
    size_t own = OWN_BYTES + known_bytes(dir), all = u->options->memory_bytes;
    size_t rest = all > own + BUILDER_BYTES_MIN ? all - own : BUILDER_BYTES_MIN;
    u->max_line_bytes = rest / 8 < LINE_BYTES_LIMIT ? rest / 8 : LINE_BYTES_LIMIT;
    bool may_be_long = u->options->format == FORMAT_AUTO || u->options->format >= FORMAT_TSV;
    /* A long line of jsonl stands in memory twice more while it is parsed. */
    size_t lines = may_be_long ? 2 * u->max_line_bytes : 0;
    rest = rest > lines + BUILDER_BYTES_MIN ? rest - lines : BUILDER_BYTES_MIN;
    struct builder_options builder = {u->options->builder, rest, u->options->n_threads};
    enum status status = index_writer_open(dir, &builder, &u->writer, err);
    if (status == STATUS_OK)
        status =
            fields_open(u->options->pattern, &u->table_faults, u->max_line_bytes, &u->fields, err);
    if (status == STATUS_OK)
        u->excluded = realpath(dir, NULL);
    return status;
}

enum status update_run(const char *index_dir, const char *const *paths, size_t n_paths,
    const struct update_options *options, struct update_counts *counts, struct error *err)
{
    struct update u = {.options = options, .counts = counts};
    u.table_faults = (struct metadata_faults){&u, on_table_fault};
    memset(counts, 0, sizeof *counts);
    known_init(&u.known);
    enum status status = open_writer(&u, index_dir, err);
    if (status == STATUS_OK)
        status = known_load(&u.known, index_writer_reader(u.writer), err);
    if (status == STATUS_OK)
        status = take_paths(&u, paths, n_paths, err);
    if (status == STATUS_OK)
        status = index_writer_commit(u.writer, err);
    index_writer_close(u.writer);
    counts->n_failed += counts->walk.n_failed;
    known_release(&u.known);
    fields_close(u.fields);
    free(u.excluded);
    if (status == STATUS_OK && !counts->is_interrupted)
        update_merge(index_dir, options, counts);
    return status;
}
