// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/update_parts.h"

#include <stdio.h>
#include <string.h>

#include "common/hash.h"
#include "common/message.h"
#include "store/schema.h"

enum { FAULT_LINE_MAX = PATH_BYTES_MAX + ERROR_MESSAGE_MAX };

enum status update_fault(
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

bool update_is_stopped(void *arg)
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
    return update_fault(u, u->shown, line, what, err);
}

void update_tell_progress(struct update *u, uint64_t position)
{
    const struct update_listener *l = &u->options->listener;
    if (l->progress)
        l->progress(l->arg, u->shown, position - u->position);
    u->position = position;
}

void update_tell_event(struct update *u, const char *path, enum update_event event)
{
    const struct update_listener *l = &u->options->listener;
    if (l->event)
        l->event(l->arg, path, event);
}

static enum status sink_tick(void *arg, struct error *err)
{
    struct update *u = arg;
    if (u->depth == 0)
        update_tell_progress(u, input_position(u->input));
    return update_is_stopped(u) ? error_set(err, STATUS_INTERRUPTED, "interrupted") : STATUS_OK;
}

/* ---- one source ---- */

/* What the source holds, into its sink. An archive itself holds nothing: its members are sources of their own. */
static enum status read_source(struct update *u, const struct source *source, struct error *err)
{
    const struct report_sink sink = {u, sink_report, sink_passage, sink_fault, sink_tick};
    if (u->ahead) {
        enum status status = recording_play(&u->ahead->recording, &sink, err);
        if (status == STATUS_OK && u->ahead->failure.status != STATUS_OK)
            *err = u->ahead->failure;
        return status == STATUS_OK ? u->ahead->failure.status : status;
    }
    struct reader_options reading = {
        (enum source_format)source->format, source->path, source->path_len, u->max_line_bytes};
    enum document_kind kind = source_format_kind(reading.format);
    if (kind == DOCUMENT_NONE)
        return reader_run(u->input, &reading, &sink, err);
    if (kind != DOCUMENT_ARCHIVE)
        return document_read(u->extractors[u->depth], kind, &reading, &sink, err);
    u->n_bad_lines = source->n_bad_lines;
    return STATUS_OK;
}

static enum status finish_reading(struct update *u, struct source *source, struct error *err)
{
    if (!u->ahead)
        return input_finish(u->input, source, err);
    const struct source *read = &u->ahead->source;
    source->size = read->size;
    source->mtime_ns = read->mtime_ns;
    source->hash = read->hash;
    source->encoding = read->encoding;
    source->certainty = read->certainty;
    source->n_replaced = read->n_replaced;
    return STATUS_OK;
}

enum status update_store_source(struct update *u, struct source *source, struct error *err)
{
    u->n_reports = u->n_passages = u->n_bad_lines = 0;
    enum status status = index_writer_begin_source(u->writer, source, err);
    if (status != STATUS_OK) {
        u->is_fatal = true;
        return status;
    }
    status = read_source(u, source, err);
    if (status == STATUS_OK)
        status = finish_reading(u, source, err);
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

enum status update_drop(struct update *u, const struct known_source *known, const char *path,
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
    return update_fault(u, u->shown, 0, what, err);
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

/* Puts the source that was judged into the index in place of its old version. */
static enum status replace_source(
    struct update *u, struct source *source, struct known_source *known, struct error *err)
{
    bool is_change = known && known->is_stored;
    enum status status = update_store_source(u, source, err);
    u->counts->n_bad_lines += u->n_bad_lines;
    if (status != STATUS_OK)
        return status;
    count_stored(u->counts, u, source, is_change);
    if (u->depth == 0)
        update_tell_progress(u, source->size);
    update_tell_event(u, u->shown, is_change ? UPDATE_CHANGED : UPDATE_ADDED);
    if (known)
        known->is_reread = true;
    if (is_change)
        status = update_drop(u, known, source->path, source->path_len, err);
    if (status == STATUS_OK && is_change && update_is_archive(known->format))
        status = update_drop_members(u, source, err);
    return status;
}

static enum status take_text(
    struct update *u, struct source *source, struct known_source *known, struct error *err)
{
    source->format = (uint8_t)source_format_for(update_format(u), source->path, source->path_len);
    if (known)
        known->is_met = true;
    return replace_source(u, source, known, err);
}

/* OLE2 holds more than Word files: which, the parser's message ends in (extract/doc.c). */
static const char *foreign_name(enum document_kind kind, const struct error *err)
{
    static const char *const names[] = {"xls", "ppt", "OLE2"};
    size_t len = strlen(err->message);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (kind == DOCUMENT_DOC && len > n && strcmp(err->message + len - n, names[i]) == 0)
            return names[i];
    }
    return document_kind_name(kind);
}

static enum status take_document(struct update *u, struct source *source, enum document_kind kind,
    bool is_named, struct known_source *known, struct error *err)
{
    source->format = (uint8_t)source_format_of_kind(kind);
    source->place_unit = document_place_unit(kind);
    enum status status = replace_source(u, source, known, err);
    if (status != STATUS_FOREIGN || is_named)
        return status;
    if (known)
        known->is_met =
            false; /* skipped, as what no parser is asked about: what stood there before is gone */
    count_binary(u->counts, foreign_name(kind, err));
    return STATUS_OK;
}

static enum status take_foreign(struct update *u, struct source *source, bool is_named,
    struct known_source *known, enum document_kind stated, struct error *err)
{
    struct extractor **ex = &u->extractors[u->depth];
    enum document_kind kind;
    if (known)
        known->is_met = true;
    enum status status = *ex ? STATUS_OK : extractor_open(ex, err);
    if (status == STATUS_OK)
        status = document_open(*ex, u->input, stated, u->options->encoding, &kind, err);
    if (status != STATUS_OK)
        return status;
    if (kind == DOCUMENT_ARCHIVE)
        return update_take_archive(u, source, is_named, err);
    return take_document(u, source, kind, is_named, known, err);
}

enum status update_take_ahead(
    struct update *u, const struct ahead_file *f, struct known_source *known, struct error *err)
{
    const struct walk_file *walk = &f->walk;
    struct source source = {
        .path = walk->path, .path_len = walk->path_len, .fields_hash = u->fields_hash};
    known->is_met = true;
    if (f->state == AHEAD_REFUSED) {
        *err = f->failure;
        return f->failure.status;
    }
    u->ahead = f;
    enum status status = f->kind == DOCUMENT_NONE
                             ? take_text(u, &source, known, err)
                             : take_document(u, &source, f->kind, walk->is_named, known, err);
    u->ahead = NULL;
    return status;
}

enum status update_take_input(struct update *u, const char *path, size_t n, bool is_named,
    struct known_source *known, struct error *err)
{
    struct source source = {.path = path, .path_len = n, .fields_hash = u->fields_hash};
    enum source_format format = update_format(u);
    enum document_kind stated = source_format_kind(format);
    bool is_binary;
    const char *kind;
    enum status status = input_detect(u->input, u->options->encoding, &is_binary, &kind, err);
    if (status != STATUS_OK) {
        if (known)
            known->is_met = true;
        return status;
    }
    if (document_is_wanted(u->input, format))
        return take_foreign(u, &source, is_named, known, stated, err);
    if (!is_binary)
        return take_text(u, &source, known, err);
    if (known && !(kind && !is_named))
        known->is_met = true; /* failed: the old version stays */
    return refuse_binary(u, kind, is_named, err);
}

enum status update_survive(struct update *u, enum status status, struct error *err)
{
    if (status == STATUS_OK || u->is_fatal || status == STATUS_INTERRUPTED ||
        status == STATUS_NO_MEMORY)
        return status;
    struct error cause = *err;
    u->counts->n_failed++;
    return update_fault(u, u->shown, 0, cause.message, err);
}

bool update_has_same_fields(const struct update *u, const struct known_source *k)
{
    if (!fields_are_known(u->fields))
        return true; /* what could not be read stays as it was */
    return k->fields_hash == (update_is_archive(k->format)
                                     ? fields_archive_hash(u->fields, u->fields_hash)
                                     : u->fields_hash);
}

enum status update_find_fields(struct update *u, const char *path, size_t n, struct error *err)
{
    enum status status = fields_find(u->fields, path, n, u->disk_path, &u->fields_hash, err);
    const uint64_t given[] = {
        u->fields_hash, (uint64_t)update_format(u), (uint64_t)u->options->encoding};
    if (given[1] != FORMAT_AUTO || given[2] != ENCODING_UNKNOWN)
        u->fields_hash = hash_bytes(given, sizeof given);
    u->counts->n_unfit += status == STATUS_OK && !fields_fit(u->fields);
    return status;
}
