// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/segment_reader.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "store/glass_pack.h"

enum { KEY_METADATA = 0xc0, VERSION_BYTES_MAX = 4096 };

/* ---- opening ---- */

static enum status read_version(const char *dir, struct segment_reader *r, struct error *err)
{
    char path[PATH_MAX];
    struct buf bytes;
    enum status s = file_join(dir, summed_file_name(SUMMED_VERSION), path, err);
    if (s != STATUS_OK)
        return s;
    buf_init(&bytes, VERSION_BYTES_MAX);
    s = file_read(path, &bytes, err);
    if (s == STATUS_OK && (bytes.len != r->sums.sizes[SUMMED_VERSION] || bytes.len == 0 ||
                              !checksums_fit(&r->sums, SUMMED_VERSION, 0, bytes.data, bytes.len)))
        s = error_set(err, STATUS_CORRUPT, "'%s' is damaged", path);
    if (s == STATUS_OK)
        s = glass_version_parse(path, &bytes, &r->version, err);
    buf_release(&bytes);
    return s;
}

enum status segment_reader_open(const char *dir, struct segment_reader *r, struct error *err)
{
    *r = (struct segment_reader){.postlist.fd = -1, .docdata.fd = -1};
    buf_init(&r->joined, GLASS_TAG_BYTES_MAX);
    r->dir = strdup(dir);
    enum status s = r->dir ? checksums_read(dir, &r->sums, err) : error_no_memory(err);
    if (s == STATUS_MISSING)
        s = error_context(err, STATUS_NEWER, "'%s'", dir);
    if (s == STATUS_OK)
        s = read_version(dir, r, err);
    const struct glass_root *roots = r->version.roots;
    if (s == STATUS_OK)
        s = glass_reader_open(
            dir, SUMMED_POSTLIST, &r->sums, &roots[GLASS_POSTLIST], &r->postlist, err);
    if (s == STATUS_OK)
        s = glass_reader_open(
            dir, SUMMED_DOCDATA, &r->sums, &roots[GLASS_DOCDATA], &r->docdata, err);
    if (s != STATUS_OK)
        segment_reader_close(r);
    return s;
}

void segment_reader_close(struct segment_reader *r)
{
    glass_reader_close(&r->postlist);
    glass_reader_close(&r->docdata);
    checksums_release(&r->sums);
    buf_release(&r->joined);
    champions_release(&r->champions);
    free(r->dir);
    r->dir = NULL;
}

enum status segment_reader_verify(struct segment_reader *r, struct error *err)
{
    enum status s = glass_reader_verify(&r->postlist, err);
    return s == STATUS_OK ? glass_reader_verify(&r->docdata, err) : s;
}

/* ---- by key ---- */

static enum status append_tag(struct segment_reader *r, struct glass_reader *t, const uint8_t *key,
    size_t n, struct buf *out, struct error *err)
{
    const uint8_t *tag;
    size_t tag_len;
    enum status s = glass_reader_get(t, key, n, &r->joined, &tag, &tag_len, err);
    if (s != STATUS_OK || !tag)
        return s;
    return buf_append(out, tag, tag_len) ? STATUS_OK : error_no_memory(err);
}

enum status segment_reader_metadata(
    struct segment_reader *r, const char *key, struct buf *out, struct error *err)
{
    uint8_t full[GLASS_KEY_MAX] = {0, KEY_METADATA};
    size_t n = strlen(key);
    if (n > GLASS_KEY_MAX - 2)
        return error_set(err, STATUS_INTERNAL, "metadata key of %zu bytes", n);
    memcpy(full + 2, key, n);
    return append_tag(r, &r->postlist, full, n + 2, out, err);
}

enum status segment_reader_data(
    struct segment_reader *r, uint32_t docid, struct buf *out, struct error *err)
{
    uint8_t key[GLASS_SORTED_MAX];
    size_t n = (size_t)(glass_pack_sorted(key, docid) - key);
    return append_tag(r, &r->docdata, key, n, out, err);
}

enum status segment_reader_champions(struct segment_reader *r, const char *prefix, size_t n,
    const struct champion_list **out, struct error *err)
{
    *out = NULL;
    enum status s = r->has_champions ? STATUS_OK : champions_read(r->dir, &r->champions, err);
    r->has_champions = s == STATUS_OK;
    if (s == STATUS_OK)
        *out = champions_find(&r->champions, prefix, n);
    return s;
}

/* ---- terms ---- */

size_t segment_term_key(const char *term, size_t n, uint8_t out[TERM_KEY_MAX])
{
    size_t len = n;
    for (size_t i = 0; i < n; i++)
        len += term[i] == '\0';
    if (len > TERM_KEY_MAX - 1 - GLASS_SORTED_MAX)
        return 0;
    return (size_t)(glass_pack_escaped(out, term, n) - out);
}

bool segment_read_head(struct bytes *in, uint64_t *df, uint64_t *cf, uint32_t *first_docid)
{
    *df = bytes_varint(in);
    *cf = bytes_varint(in);
    uint64_t first = bytes_varint(in);
    *first_docid = (uint32_t)first + 1;
    return !in->is_broken && *df > 0 && *df <= UINT32_MAX && first < UINT32_MAX;
}

static enum status read_stats(struct segment_reader *r, const uint8_t *tag, size_t n, uint64_t *df,
    uint64_t *cf, struct error *err)
{
    uint32_t first;
    struct bytes in = {.at = (const char *)tag, .end = (const char *)tag + n};
    return segment_read_head(&in, df, cf, &first) ? STATUS_OK
                                                  : glass_reader_damaged(&r->postlist, err);
}

enum status segment_reader_term_stats(struct segment_reader *r, const char *term, size_t n,
    uint64_t *df, uint64_t *cf, struct error *err)
{
    uint8_t key[TERM_KEY_MAX];
    struct glass_cursor c;
    size_t len = segment_term_key(term, n, key);
    *df = *cf = 0;
    glass_cursor_init(&c, &r->postlist);
    enum status s = len ? glass_cursor_seek(&c, key, len, err) : STATUS_OK;
    if (s != STATUS_OK || !len || !glass_cursor_is_on(&c, key, len) || c.component != 1)
        return s;
    return read_stats(r, c.part, c.part_len, df, cf, err);
}

/* The term of a key; false for one of a later chunk, and for what is no term. */
static bool unescape(struct term_walk *w)
{
    const uint8_t *key = w->cursor.key;
    size_t n = 0;
    for (size_t i = 0; i < w->cursor.key_len; i++) {
        w->term[n++] = (char)key[i];
        if (key[i] == 0 && (++i == w->cursor.key_len || key[i] != 0xff))
            return false;
    }
    w->term_len = n;
    return n > 0;
}

enum status term_walk_settle(struct term_walk *w, struct error *err)
{
    struct glass_cursor *c = &w->cursor;
    for (;;) {
        w->is_at_end = c->is_at_end || c->key_len < w->prefix_len ||
                       memcmp(c->key, w->prefix, w->prefix_len) != 0;
        if (w->is_at_end)
            return STATUS_OK;
        if (unescape(w))
            return read_stats(w->segment, c->part, c->part_len, &w->df, &w->cf, err);
        if (glass_cursor_next(c, err) != STATUS_OK)
            return err->status;
    }
}

enum status term_walk_begin(
    struct term_walk *w, struct segment_reader *r, const char *prefix, size_t n, struct error *err)
{
    static const uint8_t behind_others[] = {0, 0xff};
    w->segment = r;
    w->prefix_len = segment_term_key(prefix, n, w->prefix);
    w->is_at_end = n > 0 && w->prefix_len == 0;
    glass_cursor_init(&w->cursor, &r->postlist);
    if (w->is_at_end)
        return STATUS_OK;
    enum status s = n ? glass_cursor_lower_bound(&w->cursor, w->prefix, w->prefix_len, err)
                      : glass_cursor_lower_bound(&w->cursor, behind_others, 2, err);
    return s == STATUS_OK ? term_walk_settle(w, err) : s;
}

enum status term_walk_next(struct term_walk *w, struct error *err)
{
    enum status s = glass_cursor_next(&w->cursor, err);
    return s == STATUS_OK ? term_walk_settle(w, err) : s;
}
