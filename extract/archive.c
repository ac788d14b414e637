// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/buf.h"
#include "common/message.h"
#include "common/utf8.h"
#include "extract/gzip.h"
#include "extract/wire.h"
#include "tokenizer/file_name.h"

/* ---- opening ---- */

static bool is_zip(const struct document_input *in)
{
    return in->n >= 4 && memcmp(in->bytes, "PK", 2) == 0;
}

/* A zip under a compressor is the one file there: it may be a Word file. */
static struct archive *new_archive(const struct document_input *in, bool is_zip_only)
{
    struct archive *a = archive_read_new();
    if (!a)
        return NULL;
    if (is_zip(in))
        archive_read_support_format_zip(a);
    if (!is_zip_only) {
        archive_read_support_filter_gzip(a);
        archive_read_support_filter_xz(a);
        archive_read_support_filter_bzip2(a);
        archive_read_support_filter_zstd(a);
        archive_read_support_format_tar(a);
        archive_read_support_format_7zip(a);
        archive_read_support_format_empty(a);
        archive_read_support_format_raw(a);
    }
    /* Names as they stand in the file, whatever the locale: we decode them. */
    archive_read_set_options(a, "zip:hdrcharset=,tar:hdrcharset=");
    return a;
}

enum document_kind archive_look_inside(const struct document_input *in)
{
    enum document_kind kind = DOCUMENT_ARCHIVE;
    struct archive_entry *entry;
    if (!is_zip(in))
        return kind;
    struct archive *a = new_archive(in, true);
    bool is_open = a && archive_read_open_memory(a, in->bytes, in->n) == ARCHIVE_OK;
    for (int i = 0; is_open && kind == DOCUMENT_ARCHIVE && i < ARCHIVE_MEMBERS_MAX; i++) {
        if (archive_read_next_header(a, &entry) != ARCHIVE_OK)
            break;
        const char *name = archive_entry_pathname(entry);
        kind = name ? document_zip_kind(kind, name) : kind;
    }
    if (a)
        archive_read_free(a);
    return kind;
}

/* ---- names ---- */

/* Without what could lead out of the archive, in place. */
static void clean_name(struct buf *name)
{
    size_t to = 0;
    for (size_t at = 0; at < name->len;) {
        const char *slash = memchr(name->data + at, '/', name->len - at);
        size_t n = slash ? (size_t)(slash - name->data) - at : name->len - at;
        const char *part = name->data + at;
        bool is_dots = n <= 2 && memcmp(part, "..", n) == 0;
        if (n && !is_dots) {
            if (to)
                name->data[to++] = '/';
            memmove(name->data + to, part, n);
            to += n;
        }
        at += n + 1;
    }
    name->len = to;
}

static bool name_of(struct archive *a, struct archive_entry *entry, struct buf *out)
{
    const char *name = archive_entry_pathname(entry);
    if (!name) /* stated to be UTF-8, and the locale knows no more than ASCII */
        name = archive_entry_pathname_utf8(entry);
    buf_clear(out);
    if (archive_format(a) == ARCHIVE_FORMAT_RAW)
        return true;
    if (!name || file_name_decode(name, strlen(name), out) == FILE_NAME_FAILED)
        return false;
    clean_name(out);
    return out->len > 0 && out->len <= WIRE_NAME_MAX;
}

/* ---- members ---- */

enum { NAME_SHOWN_BYTES = 128 }; /* of a name that is not taken */

/* A zip ends in its directory; libarchive reads one that is cut short as far as it goes, and says nothing. */
static bool is_cut_short(const struct document_input *in)
{
    enum { DIRECTORY_END_MAX = 22 + 65535 };
    size_t n = in->n < DIRECTORY_END_MAX ? in->n : DIRECTORY_END_MAX;
    return in->n >= 4 && memcmp(in->bytes, "PK\3\4", 4) == 0 &&
           !memmem(in->bytes + in->n - n, n, "PK\5\6", 4);
}

/* Is that the first member of an office file or a book, which is cut before what tells its kind? */
static bool is_of_document(const char *name)
{
    static const char *const starts[] = {"[Content_Types].xml", "_rels/", "docProps/", "mimetype"};
    for (size_t i = 0; name && i < sizeof starts / sizeof *starts; i++)
        if (strncmp(name, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static enum status cut_short(struct error *err)
{
    return error_set(err, STATUS_BAD_INPUT, "damaged archive: cut short");
}

struct member_reader {
    struct archive *a;
    struct gzip *gzip; /* what is read through it; NULL: it is not */
    const struct archive_sink *sink;
    uint64_t n_bytes, max_bytes;
};

static enum status damaged(const char *why, struct error *err)
{
    static const char *const ends_early[] = {"runcated", "No progress", "nexpected end"};
    for (size_t i = 0; why && i < sizeof ends_early / sizeof *ends_early; i++)
        if (strstr(why, ends_early[i]))
            return cut_short(err);
    return error_set(err, STATUS_BAD_INPUT, "damaged archive: %s", why ? why : "no reason given");
}

/* One member that cannot be read costs no more than itself. A long name is cut, which may leave a slash or .. at its
 * end. */
static enum status pass_over(
    struct member_reader *r, struct buf *name, const char *why, struct error *err)
{
    if (name->len > NAME_SHOWN_BYTES)
        name->len = utf8_floor(name->data, name->len, NAME_SHOWN_BYTES);
    clean_name(name);
    size_t n = name->len;
    enum status status = r->sink->member(r->sink->arg, n ? name->data : "?", n ? n : 1, err);
    return status == STATUS_OK ? r->sink->fault(r->sink->arg, why, err) : status;
}

static enum status count_bytes(struct member_reader *r, size_t n, struct error *err)
{
    r->n_bytes += n;
    return r->n_bytes <= r->max_bytes
               ? STATUS_OK
               : error_set(err, STATUS_BAD_INPUT, "unpacks to more than %d times its size",
                     ARCHIVE_RATIO_MAX);
}

/* Gives out what follows a first piece of a member, and that. */
static enum status give_data(
    struct member_reader *r, char bytes[WIRE_DATA_MAX], la_ssize_t n, struct error *err)
{
    for (; n > 0; n = archive_read_data(r->a, bytes, WIRE_DATA_MAX)) {
        enum status status = count_bytes(r, (size_t)n, err);
        if (status == STATUS_OK)
            status = r->sink->data(r->sink->arg, bytes, (size_t)n, err);
        if (status != STATUS_OK)
            return status;
    }
    if (n == 0)
        return r->sink->data(r->sink->arg, "", 0, err);
    bool goes_on = n != ARCHIVE_FATAL && archive_format(r->a) != ARCHIVE_FORMAT_RAW;
    return goes_on ? r->sink->fault(r->sink->arg, tr("damaged"), err)
                   : damaged(archive_error_string(r->a), err);
}

static enum status read_member(
    struct member_reader *r, struct archive_entry *entry, struct buf *name, struct error *err)
{
    char bytes[WIRE_DATA_MAX];
    bool is_raw = archive_format(r->a) == ARCHIVE_FORMAT_RAW;
    if (!is_raw && (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry)))
        return STATUS_OK;
    if (!name_of(r->a, entry, name))
        return pass_over(r, name, tr("a name in it is no name, or too long"), err);
    if (archive_entry_is_encrypted(entry))
        return pass_over(r, name, tr("encrypted"), err);
    la_ssize_t n = archive_read_data(r->a, bytes, sizeof bytes);
    if (n == ARCHIVE_FATAL || (n < 0 && is_raw))
        return damaged(archive_error_string(r->a), err);
    if (n < 0)
        return pass_over(r, name, tr("damaged, or packed in a way that is not known"), err);
    enum status status = r->sink->member(r->sink->arg, name->data, name->len, err);
    return status == STATUS_OK ? give_data(r, bytes, n, err) : status;
}

/* ---- an archive ---- */

static la_ssize_t read_gzip(struct archive *a, void *gzip, const void **out)
{
    const char *piece;
    size_t n = gzip_read(gzip, &piece);
    *out = piece;
    if (n || !gzip_fault(gzip))
        return (la_ssize_t)n;
    archive_set_error(a, EILSEQ, "%s", gzip_fault(gzip));
    return ARCHIVE_FATAL;
}

static enum status open_archive(
    struct member_reader *r, const struct document_input *in, struct error *err)
{
    bool is_gzip = gzip_is(in->bytes, in->n);
    r->a = new_archive(in, false);
    r->gzip = is_gzip ? gzip_open(in->bytes, in->n) : NULL;
    if (!r->a || (is_gzip && !r->gzip))
        return error_no_memory(err);
    int got = is_gzip ? archive_read_open(r->a, r->gzip, NULL, read_gzip, NULL)
                      : archive_read_open_memory(r->a, in->bytes, in->n);
    return got == ARCHIVE_OK ? STATUS_OK : damaged(archive_error_string(r->a), err);
}

/* What stands behind the end of a tar: an end that damage made, as the sums tell. */
static enum status read_rest(struct member_reader *r, struct error *err)
{
    const char *piece;
    enum status status = STATUS_OK;
    for (size_t n; status == STATUS_OK && (n = gzip_read(r->gzip, &piece)) > 0;)
        status = count_bytes(r, n, err);
    return status == STATUS_OK && gzip_fault(r->gzip) ? damaged(gzip_fault(r->gzip), err) : status;
}

/* Any file passes for the one that is under a compressor, under none, too. */
static bool is_bare(const struct member_reader *r)
{
    return archive_format(r->a) == ARCHIVE_FORMAT_RAW && archive_filter_count(r->a) == 1 &&
           !r->gzip;
}

static enum status read_members(struct member_reader *r, bool is_cut, struct error *err)
{
    struct archive_entry *entry;
    struct buf name;
    bool has_lost = false; /* a member of a tar whose head is damaged: those behind it come */
    enum status status = STATUS_OK;
    buf_init(&name, 8 * WIRE_NAME_MAX);
    for (int i = 0; status == STATUS_OK; i++) {
        int got = archive_read_next_header(r->a, &entry);
        if (got == ARCHIVE_EOF)
            break;
        if (got < ARCHIVE_WARN)
            status = damaged(archive_error_string(r->a), err);
        else if (is_bare(r))
            status = error_set(err, STATUS_BAD_INPUT, "no archive");
        else if (i == ARCHIVE_MEMBERS_MAX)
            status =
                error_set(err, STATUS_BAD_INPUT, "more than %d files in it", ARCHIVE_MEMBERS_MAX);
        else if (got == ARCHIVE_RETRY)
            has_lost = true;
        else if (is_cut && is_of_document(archive_entry_pathname(entry)))
            break;
        else
            status = read_member(r, entry, &name, err);
    }
    buf_release(&name);
    if (status == STATUS_OK && r->gzip)
        status = read_rest(r, err);
    return status == STATUS_OK && has_lost ? damaged(tr("the head of a file in it"), err) : status;
}

enum status archive_read_members(
    const struct document_input *in, const struct archive_sink *sink, struct error *err)
{
    struct member_reader r = {.sink = sink, .max_bytes = (uint64_t)in->n * ARCHIVE_RATIO_MAX};
    bool is_cut = is_cut_short(in);
    if (r.max_bytes < ARCHIVE_FREE_BYTES)
        r.max_bytes = ARCHIVE_FREE_BYTES;
    enum status status = open_archive(&r, in, err);
    if (status == STATUS_OK)
        status = read_members(&r, is_cut, err);
    if (is_cut && (status == STATUS_OK || status == STATUS_BAD_INPUT))
        status = cut_short(err);
    if (r.a)
        archive_read_free(r.a);
    gzip_close(r.gzip);
    return status;
}
