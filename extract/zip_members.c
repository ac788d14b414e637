// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/zip_members.h"

#include <stdio.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "extract/hex.h"

void zip_init(struct zip *z, const char *bytes, size_t n)
{
    *z = (struct zip){.bytes = bytes, .n = n};
}

static enum status damaged(struct error *err)
{
    return error_set(err, STATUS_BAD_INPUT, "damaged zip");
}

/* Goes to the member of that name. */
static enum status find(struct archive *a, const char *name, struct error *err)
{
    struct archive_entry *entry;
    for (int i = 0;; i++) {
        int got = archive_read_next_header(a, &entry);
        if (got == ARCHIVE_EOF)
            return error_set(err, STATUS_MISSING, "the zip has no '%s'", name);
        if (got < ARCHIVE_WARN)
            return damaged(err);
        if (i == ZIP_MEMBERS_MAX)
            return error_set(err, STATUS_BAD_INPUT, "a zip of too many members");
        const char *raw = archive_entry_pathname_utf8(entry);
        raw = raw ? raw : archive_entry_pathname(entry);
        if (!raw || strcmp(raw[0] == '/' ? raw + 1 : raw, name) != 0)
            continue;
        if (archive_entry_is_encrypted(entry))
            return error_set(err, STATUS_BAD_INPUT, "encrypted");
        return STATUS_OK;
    }
}

/* Where the bytes go. */
struct taker {
    struct buf *out;
    struct xml_walk *walk;
};

static enum status take(const struct taker *to, const char *bytes, size_t n, struct error *err)
{
    if (to->walk)
        return xml_walk_feed(to->walk, bytes, n, err);
    if (to->out->len + n > to->out->max)
        return error_set(err, STATUS_BAD_INPUT, "a part of it is too big");
    return buf_append(to->out, bytes, n) ? STATUS_OK : error_no_memory(err);
}

static enum status pour(struct zip *z, struct archive *a, const struct taker *to, struct error *err)
{
    static const size_t piece = 1 << 16;
    char bytes[1 << 16];
    uint64_t n_member = 0;
    for (;;) {
        la_ssize_t got = archive_read_data(a, bytes, piece);
        if (got < 0)
            return damaged(err);
        if (got == 0)
            return STATUS_OK;
        n_member += (uint64_t)got;
        z->n_out += (uint64_t)got;
        if (n_member > ZIP_MEMBER_BYTES_MAX ||
            (z->n_out > ZIP_FREE_BYTES && z->n_out / ZIP_RATIO_MAX > z->n))
            return error_set(err, STATUS_BAD_INPUT, "a zip bomb, or too big");
        enum status s = take(to, bytes, (size_t)got, err);
        if (s != STATUS_OK)
            return s;
    }
}

static enum status read_member(
    struct zip *z, const char *name, const struct taker *to, struct error *err)
{
    enum status s;
    struct archive *a = archive_read_new();
    if (!a)
        return error_no_memory(err);
    archive_read_support_format_zip_seekable(a);
    if (archive_read_open_memory(a, z->bytes, z->n) != ARCHIVE_OK)
        s = damaged(err);
    else if ((s = find(a, name, err)) == STATUS_OK)
        s = pour(z, a, to, err);
    archive_read_free(a);
    return s;
}

enum status zip_read(struct zip *z, const char *name, struct buf *out, struct error *err)
{
    struct taker to = {.out = out};
    buf_clear(out);
    return read_member(z, name, &to, err);
}

enum status zip_walk(
    struct zip *z, const char *name, const struct xml_handler *h, struct error *err)
{
    struct taker to = {.walk = xml_walk_open(h)};
    if (!to.walk)
        return error_no_memory(err);
    enum status s = read_member(z, name, &to, err);
    if (s == STATUS_OK)
        s = xml_walk_feed(to.walk, "", 0, err);
    xml_walk_close(to.walk);
    return s;
}

enum status zip_walk_any(
    struct zip *z, const char *name, const struct xml_handler *h, struct error *err)
{
    enum status s = zip_walk(z, name, h, err);
    return s == STATUS_MISSING ? STATUS_OK : s;
}

/* Takes the last folder or name off out[0..len). */
static size_t parent(const char *out, size_t len)
{
    while (len && out[len - 1] != '/')
        len--;
    return len;
}

bool zip_resolve(const char *base, const char *link, size_t n, char out[ZIP_NAME_MAX])
{
    size_t len = n && link[0] == '/' ? 0 : parent(base, strlen(base)), at = 0;
    if (len >= ZIP_NAME_MAX || n == 0 || memchr(link, ':', n))
        return false;
    memcpy(out, base, len);
    while (at < n && link[at] != '#') {
        if ((at == 0 || link[at - 1] == '/') && n - at >= 3 && memcmp(link + at, "../", 3) == 0) {
            if (len == 0)
                return false;
            len = parent(out, len - 1);
            at += 3;
        } else if ((at == 0 || link[at - 1] == '/') && n - at >= 2 &&
                   memcmp(link + at, "./", 2) == 0) {
            at += 2;
        } else if (len == 0 && link[at] == '/') {
            at++;
        } else {
            int byte = link[at] == '%' ? hex_byte(link + at + 1, link + n) : -1;
            if (len + 1 >= ZIP_NAME_MAX)
                return false;
            out[len++] = byte < 0 ? link[at] : (char)byte;
            at += byte < 0 ? 1 : 3;
        }
    }
    out[len] = '\0';
    return len > 0 && strlen(out) == len;
}
