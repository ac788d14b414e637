// SPDX-License-Identifier: GPL-2.0-or-later
/* Archives: each member is a source of its own, `reports.zip!/2023/report.txt`, and the archive one more, without reports, by
 * which a later run knows that nothing in it changed, and how many of its files failed: they are not read again, but told.
 *
 * An archive is read whole or stays as it was: its own source is entered last, after every member, so that one that is
 * damaged half-way is read again by the next run, and what it no longer shows is not taken for removed. Members that are
 * what the index holds are not written again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/message.h"
#include "indexer/update_parts.h"
#include "store/schema.h"

static const char mark[] = "!/";

/* A place for what the archive's reading must not disturb. */
struct outer {
    const char *shown;
    struct input *input;
    const struct source *source;
    uint64_t fields_hash, position;
};

struct member_run {
    struct update *u;
    struct outer outer;
    char path[PATH_BYTES_MAX + 1], shown[WALK_SHOWN_BYTES];
};

/* .DS_Store, __MACOSX/…: as in a folder. */
static bool is_hidden(const char *name, size_t n)
{
    static const char folder[] = "__MACOSX/";
    const size_t len = sizeof folder - 1;
    for (size_t at = 0; at < n; at++)
        if ((at == 0 || name[at - 1] == '/') &&
            (name[at] == '.' || (n - at >= len && memcmp(name + at, folder, len) == 0)))
            return true;
    return false;
}

/* Is the member what the index holds under its name? One that is too large to wait in memory is read anew. */
static enum status is_same(struct member_run *m, size_t path_len, bool *same, struct error *err)
{
    struct update *u = m->u;
    const struct known_source *k = known_find(&u->known, m->path, path_len);
    *same = false;
    if (!k->is_stored || k->size > u->max_line_bytes || !update_has_same_fields(u, k) ||
        !update_fits_reading(u, k, m->path, path_len))
        return STATUS_OK;
    return input_is_same(u->input, (size_t)k->size, k->hash, same, err);
}

/* An archive in the archive that is as it was is not opened; its files that failed count as they did. */
static enum status keep_member(struct update *u, struct known_source *known, struct error *err)
{
    known->is_met = true;
    if (update_is_archive(known->format))
        u->n_faulty += known->n_bad_lines;
    return update_keep(u, known, err);
}

static enum status read_member(struct member_run *m, size_t path_len, struct error *err)
{
    struct update *u = m->u;
    struct known_source *known = known_find(&u->known, m->path, path_len);
    bool same = false;
    if (update_is_stopped(u))
        return error_set(err, STATUS_INTERRUPTED, "interrupted");
    if (known && known->is_met) {
        u->counts->n_failed++;
        return update_fault(u, u->shown, 0, tr("a file of that name came before it"), err);
    }
    if (!known && !known_add(&u->known, m->path, path_len))
        return error_no_memory(err);
    enum status status = update_find_fields(u, m->path, path_len, err);
    if (status == STATUS_OK)
        status = is_same(m, path_len, &same, err);
    known = known_find(&u->known, m->path, path_len);
    if (status == STATUS_OK)
        status = same ? keep_member(u, known, err)
                      : update_take_input(u, m->path, path_len, false, known, err);
    known = known_find(&u->known, m->path, path_len);
    if (status != STATUS_OK || !known->is_stored)
        known->is_met = true; /* a failed member keeps its old version */
    if (status != STATUS_OK && extractor_has_failed(u->extractors[u->depth - 1]))
        return status; /* the archive is what is damaged */
    return update_survive(u, status, err);
}

/* The one file under a compressor is called as that is, without its ending: report.txt of report.txt.gz. */
static void name_bare_member(const struct source *archive, const char **name, size_t *n)
{
    const char *base = memrchr(archive->path, '/', archive->path_len);
    base = base ? base + 1 : archive->path;
    size_t len = (size_t)(archive->path + archive->path_len - base);
    const char *dot = memrchr(base, '.', len);
    *name = base;
    *n = dot && dot > base ? (size_t)(dot - base) : len;
}

static enum status take_named(
    struct member_run *m, const char *name, size_t n, struct input *in, struct error *err)
{
    struct update *u = m->u;
    const struct source *archive = m->outer.source;
    if (n == 0)
        name_bare_member(archive, &name, &n);
    if (is_hidden(name, n)) {
        u->counts->walk.n_hidden++;
        return STATUS_OK;
    }
    int shown = snprintf(m->shown, sizeof m->shown, "%s%s%.*s", m->outer.shown, mark, (int)n, name);
    int len = snprintf(m->path, sizeof m->path, "%.*s%s%.*s", (int)archive->path_len, archive->path,
        mark, (int)n, name);
    if ((size_t)len >= sizeof m->path || (size_t)shown >= sizeof m->shown) {
        u->counts->n_failed++;
        return update_fault(u, m->outer.shown, 0, tr("the path of a file in it is too long"), err);
    }
    u->shown = m->shown;
    u->input = in;
    enum status status = read_member(m, (size_t)len, err);
    u->shown = m->outer.shown;
    u->input = m->outer.input;
    return status;
}

static enum status take_member(
    void *arg, const char *name, size_t n, struct input *in, struct error *err)
{
    struct member_run *m = arg;
    struct update *u = m->u;
    uint64_t n_faults = u->counts->n_failed + u->counts->n_bad_lines;
    uint32_t n_faulty = u->n_faulty;
    enum status status = take_named(m, name, n, in, err);
    if (u->counts->n_failed + u->counts->n_bad_lines > n_faults && u->n_faulty == n_faulty)
        u->n_faulty++; /* those of an archive in it have counted themselves */
    return status;
}

enum status update_drop_members(struct update *u, const struct source *archive, struct error *err)
{
    char folder[PATH_BYTES_MAX + 2], shown[WALK_SHOWN_BYTES + 1];
    snprintf(folder, sizeof folder, "%.*s!", (int)archive->path_len, archive->path);
    snprintf(shown, sizeof shown, "%s!", u->shown);
    const struct walk_root root = {.given = shown, .path = folder};
    return update_drop_vanished(u, &root, err);
}

/* Enters the archive itself, and drops its old version and the members that are gone. */
static enum status finish_archive(
    struct update *u, struct source *source, bool is_named, struct error *err)
{
    source->format = (uint8_t)source_format_of_kind(DOCUMENT_ARCHIVE);
    source->place_unit = PLACE_NONE;
    enum status status = update_store_source(u, source, err);
    if (status != STATUS_OK)
        return status;
    struct known_source *known = known_find(&u->known, source->path, source->path_len);
    known->is_met = known->is_reread = u->has_read_archive = true;
    if (known->is_stored)
        status = update_drop(u, known, source->path, source->path_len, err);
    if (status != STATUS_OK || !is_named)
        return status; /* of a folder: dropped with all that vanished below it */
    return update_drop_members(u, source, err);
}

enum status update_take_archive(
    struct update *u, struct source *source, bool is_named, struct error *err)
{
    if (u->depth + 1 == ARCHIVE_DEPTH_MAX)
        return error_set(err, STATUS_BAD_INPUT, "an archive within %d others is not opened",
            ARCHIVE_DEPTH_MAX - 1);
    struct member_run *m = malloc(sizeof *m);
    if (!m)
        return error_no_memory(err);
    m->u = u;
    source->fields_hash = fields_archive_hash(u->fields, source->fields_hash);
    uint32_t n_faulty = u->n_faulty;
    m->outer = (struct outer){u->shown, u->input, source, u->fields_hash, u->position};
    struct extractor *ex = u->extractors[u->depth++];
    enum status status = document_each_member(ex, take_member, m, err);
    u->depth--;
    u->shown = m->outer.shown;
    u->input = m->outer.input;
    u->fields_hash = m->outer.fields_hash;
    source->n_bad_lines = u->n_faulty - n_faulty;
    free(m);
    return status == STATUS_OK ? finish_archive(u, source, is_named, err) : status;
}

enum member_state update_member_state(struct update *u, const char *path, size_t n)
{
    enum member_state state = MEMBER_OF_NONE;
    for (size_t at = 0; at + 2 < n; at++) {
        if (memcmp(path + at, mark, 2) != 0)
            continue;
        const struct known_source *archive = known_find(&u->known, path, at);
        if (archive && archive->is_met && !archive->is_reread)
            return MEMBER_KEPT;
        if (archive && archive->is_met)
            state = MEMBER_GONE;
    }
    return state;
}
