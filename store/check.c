// SPDX-License-Identifier: GPL-2.0-or-later
/* Files first: a file whose hash is right holds what was written, so what the check of its content
 * finds is a fault of the writing; of a file whose hash is wrong there is nothing more to say. */
#include "store/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "common/file.h"
#include "common/message.h"
#include "store/check_content.h"
#include "store/index_parts.h"

/* A writer that commits meanwhile makes us start again. */
enum { ATTEMPTS_MAX = 4, XAPIAN_REPORT_MAX = 1 << 20 };

struct checker {
    const char *dir;
    struct buf *findings;
    size_t n;
    bool is_without_xapian;
};

/* Puts down what *err says, with what to do about it. Of what could not be read nobody knows whether it is damaged: the
 * system may lack descriptors, or the user the right to. */
static void put_finding(struct checker *c, const struct error *err)
{
    size_t before = c->findings->len;
    bool is_put = buf_append_str(c->findings, err->message);
    c->n++;
    if (is_put && err->status == STATUS_IO)
        is_put = buf_append_str(c->findings, tr(": this could not be checked; try again"));
    else if (is_put)
        is_put = buf_printf(
            c->findings, tr(": restore it from a copy, or remove '%s' and index again"), c->dir);
    if (!is_put || !buf_append_byte(c->findings, '\n'))
        c->findings->len = before;
}

/* What keeps us from going on, as against a finding. */
static bool is_fatal(enum status s)
{
    return s == STATUS_NO_MEMORY || s == STATUS_INTERNAL;
}

static enum status note(struct checker *c, enum status s, const struct error *err)
{
    if (s == STATUS_OK || is_fatal(s))
        return s;
    put_finding(c, err);
    return STATUS_OK;
}

/* ---- files ---- */

static bool may_only_be_read(const char *path)
{
    return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0 &&
           (errno == EROFS || errno == EACCES || errno == EPERM);
}

static enum status check_file(const char *path, const struct manifest_file *f, struct error *err)
{
    uint64_t size, hash;
    enum status s = file_hash(path, &size, &hash, err);
    if (s != STATUS_OK)
        return s;
    if (size != f->size)
        return error_set(err, STATUS_CORRUPT, "'%s' has %llu bytes instead of %llu", path,
            (unsigned long long)size, (unsigned long long)f->size);
    if (hash != f->hash)
        return error_set(err, STATUS_CORRUPT, "'%s' has changed since it was written", path);
    return STATUS_OK;
}

enum status check_segment_files(
    const char *dir, const struct manifest_segment *segment, struct error *err)
{
    char folder[PATH_MAX], path[PATH_MAX];
    enum status s = file_join(dir, segment->name, folder, err);
    for (size_t i = 0; i < segment->n_files && s == STATUS_OK; i++) {
        s = file_join(folder, segment->files[i].name, path, err);
        if (s == STATUS_OK)
            s = check_file(path, &segment->files[i], err);
    }
    return s;
}

static enum status check_database(struct checker *c, const char *folder, struct error *err)
{
    struct buf report;
    buf_init(&report, XAPIAN_REPORT_MAX);
    enum status s = note(c, xdb_check(folder, &report, err), err);
    buf_release(&report);
    return s;
}

static enum status check_files(
    struct checker *c, const struct manifest_segment *segment, struct error *err)
{
    char folder[PATH_MAX], path[PATH_MAX];
    size_t n_before = c->n;
    bool is_writable = true;
    enum status s = file_join(c->dir, segment->name, folder, err);
    for (size_t i = 0; i < segment->n_files && s == STATUS_OK; i++) {
        s = file_join(folder, segment->files[i].name, path, err);
        if (s != STATUS_OK)
            return s;
        s = note(c, check_file(path, &segment->files[i], err), err);
        is_writable = is_writable && !may_only_be_read(path);
    }
    if (s != STATUS_OK || c->n != n_before)
        return s;
    c->is_without_xapian = c->is_without_xapian || !is_writable;
    return is_writable ? check_database(c, folder, err) : STATUS_OK;
}

/* ---- the whole ---- */

static enum status check_contents(struct checker *c, struct error *err)
{
    struct index *ix;
    enum status s = index_open(c->dir, &ix, err);
    if (s != STATUS_OK)
        return note(c, s, err);
    for (uint32_t i = 0; i < index_manifest(ix)->n_segments && s == STATUS_OK; i++)
        s = note(c, check_segment_content(ix, i, err), err);
    index_close(ix);
    return s;
}

static enum status check_once(struct checker *c, uint64_t *generation, struct error *err)
{
    struct manifest m;
    *generation = 0;
    enum status s = manifest_read(c->dir, &m, err);
    if (s == STATUS_CORRUPT)
        return note(c, s, err);
    if (s != STATUS_OK)
        return s;
    *generation = m.generation;
    for (size_t i = 0; i < m.n_segments && s == STATUS_OK; i++)
        s = check_files(c, &m.segments[i], err);
    manifest_release(&m);
    return s == STATUS_OK && c->n == 0 ? check_contents(c, err) : s;
}

enum status index_check(
    const char *dir, struct buf *findings, struct check_result *out, struct error *err)
{
    struct checker c = {.dir = dir, .findings = findings};
    const size_t start = findings->len;
    uint64_t generation;
    int n_attempts = 0;
    enum status s;
    do {
        findings->len = start;
        c.n = 0;
        c.is_without_xapian = false;
        s = check_once(&c, &generation, err);
    } while (s == STATUS_OK && c.n && ++n_attempts < ATTEMPTS_MAX &&
             index_has_moved_on(dir, generation));
    *out = (struct check_result){c.n, c.is_without_xapian};
    if (s == STATUS_OK && c.n && findings->len == start)
        return error_no_memory(err); /* not one could be put down */
    return s;
}
