// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/glass_postlist.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_METADATA = 0xc0,
    KEY_LENGTHS = 0xe0,
    /* Before the body of a first chunk stand number of documents, sum and first docid, then, as
     * before all, whether it is the last and its span. */
    CHUNK_HEAD_MAX = 4 * GLASS_UINT_MAX + 1,
};

static enum status put(struct buf *entries, const uint8_t *key, size_t key_len, const void *head,
    size_t head_len, const void *body, size_t body_len, struct error *err)
{
    if (!buf_reserve(entries, key_len + head_len + body_len + 2 * GLASS_UINT_MAX))
        return error_no_memory(err);
    buf_append_string(entries, (const char *)key, key_len);
    buf_append_varint(entries, head_len + body_len);
    buf_append(entries, head, head_len);
    buf_append(entries, body, body_len);
    return STATUS_OK;
}

enum status glass_entries_add(struct glass_table *t, const struct buf *entries, struct error *err)
{
    struct bytes in = buf_bytes(entries);
    while (in.at < in.end) {
        size_t key_len, tag_len;
        const char *key = bytes_string(&in, &key_len);
        const char *tag = bytes_string(&in, &tag_len);
        if (in.is_broken)
            return error_set(err, STATUS_INTERNAL, "broken entries of a table");
        if (glass_table_add(t, key, key_len, tag, tag_len, err) != STATUS_OK)
            return err->status;
    }
    return STATUS_OK;
}

enum status glass_metadata(
    struct buf *entries, const char *key, const char *value, size_t n, struct error *err)
{
    uint8_t full[GLASS_KEY_MAX] = {0, KEY_METADATA};
    size_t key_len = strlen(key);
    if (key_len == 0 || key_len > GLASS_TERM_MAX)
        return error_set(err, STATUS_INTERNAL, "metadata key of %zu bytes", key_len);
    memcpy(full + 2, key, key_len);
    return put(entries, full, 2 + key_len, NULL, 0, value, n, err);
}

/* ---- lists ---- */

void glass_list_init(struct glass_list *l)
{
    *l = (struct glass_list){.n = 0};
}

void glass_list_release(struct glass_list *l)
{
    free(l->bytes);
    free(l->chunks);
    glass_list_init(l);
}

void glass_list_clear(struct glass_list *l)
{
    l->len = l->n_chunks = 0;
    l->n = 0;
    l->sum = 0;
    l->is_continued = false;
}

/* Room for one more, and a new chunk if one is due. */
static enum status grow(struct glass_list *l, uint32_t docid, struct error *err)
{
    if (l->cap - l->len < 2 * GLASS_UINT_MAX) {
        size_t cap = l->cap ? 2 * l->cap : 2 * GLASS_CHUNK_BYTES;
        uint8_t *bytes = realloc(l->bytes, cap);
        if (!bytes)
            return error_no_memory(err);
        l->bytes = bytes;
        l->cap = cap;
    }
    if (l->n_chunks && l->len - l->chunks[l->n_chunks - 1].start < GLASS_CHUNK_BYTES)
        return STATUS_OK;
    if (l->n_chunks == l->n_chunks_max) {
        size_t max = l->n_chunks_max ? 2 * l->n_chunks_max : 16;
        struct glass_chunk *chunks = realloc(l->chunks, max * sizeof *chunks);
        if (!chunks)
            return error_no_memory(err);
        l->chunks = chunks;
        l->n_chunks_max = max;
    }
    l->chunks[l->n_chunks++] = (struct glass_chunk){.first = docid, .last = docid, .start = l->len};
    return STATUS_OK;
}

/* Adds to the last chunk as many as go there; returns how many. In locals, since bytes may alias anything. */
static size_t fill_chunk(struct glass_list *l, const struct glass_posting *postings, size_t n)
{
    struct glass_chunk *chunk = &l->chunks[l->n_chunks - 1];
    const uint32_t first = chunk->first;
    uint32_t last = chunk->last;
    uint64_t sum = l->sum;
    uint8_t *to = l->bytes + l->len;
    const uint8_t *due = l->bytes + chunk->start + GLASS_CHUNK_BYTES;
    const uint8_t *room = l->bytes + l->cap - 2 * GLASS_UINT_MAX;
    size_t i = 0;
    for (; i < n && to < due && to <= room; i++) {
        uint32_t docid = postings[i].docid;
        if (docid != first)
            to = glass_pack_gap(to, docid - last - 1);
        to = glass_pack_uint(to, postings[i].wdf);
        last = docid;
        sum += postings[i].wdf;
    }
    chunk->last = last;
    l->len = (size_t)(to - l->bytes);
    l->n += (uint32_t)i;
    l->sum = sum;
    return i;
}

enum status glass_list_add_all(
    struct glass_list *l, const struct glass_posting *postings, size_t n, struct error *err)
{
    for (size_t at = 0; at < n;) {
        size_t added = l->n_chunks ? fill_chunk(l, postings + at, n - at) : 0;
        at += added;
        if (at < n && grow(l, postings[at].docid, err) != STATUS_OK)
            return err->status;
    }
    return STATUS_OK;
}

/* How the keys of a list begin: the first chunk's is first_len bytes long, those of the others have
 * the first docid behind next_len bytes. */
struct list_key {
    uint8_t bytes[GLASS_KEY_MAX + 1];
    size_t first_len, next_len;
    bool is_continued; /* the first chunk was put already */
    uint32_t n;        /* as the head of the first chunk has them */
    uint64_t sum;
};

static enum status put_chunk(const struct glass_list *l, size_t i, bool is_last,
    struct list_key *key, struct buf *entries, struct error *err)
{
    const struct glass_chunk *c = &l->chunks[i];
    uint8_t head[CHUNK_HEAD_MAX], *to = head;
    size_t end = i + 1 == l->n_chunks ? l->len : l->chunks[i + 1].start, key_len = key->first_len;
    if (key->is_continued) {
        key_len = (size_t)(glass_pack_sorted(key->bytes + key->next_len, c->first) - key->bytes);
    } else {
        to = glass_pack_uint(to, key->n);
        to = glass_pack_uint(to, key->sum);
        to = glass_pack_uint(to, c->first - 1);
        key->is_continued = true;
    }
    *to++ = is_last ? '1' : '0';
    to = glass_pack_uint(to, c->last - c->first);
    return put(entries, key->bytes, key_len, head, (size_t)(to - head), l->bytes + c->start,
        end - c->start, err);
}

static enum status put_list(
    struct glass_list *l, struct list_key *key, struct buf *entries, struct error *err)
{
    for (size_t i = 0; i < l->n_chunks; i++) {
        if (put_chunk(l, i, i + 1 == l->n_chunks, key, entries, err) != STATUS_OK)
            return err->status;
    }
    glass_list_clear(l);
    return STATUS_OK;
}

enum status glass_list_finish_term(
    struct glass_list *l, const char *term, size_t n, struct buf *entries, struct error *err)
{
    struct list_key key = {.n = l->n, .sum = l->sum};
    size_t n_nuls = 0;
    for (size_t i = 0; i < n; i++)
        n_nuls += term[i] == '\0';
    if (n == 0 || n + n_nuls > GLASS_TERM_MAX)
        return error_set(
            err, STATUS_BAD_INPUT, "term of %zu bytes: not 1 to %d", n, GLASS_TERM_MAX);
    if (l->sum > UINT32_MAX)
        return error_set(
            err, STATUS_BAD_INPUT, "term '%.*s' is too frequent for one segment", (int)n, term);
    uint8_t *end = glass_pack_escaped(key.bytes, term, n);
    key.first_len = (size_t)(end - key.bytes);
    *end = 0;
    key.next_len = key.first_len + 1;
    return put_list(l, &key, entries, err);
}

/* Drops all chunks but the last. */
static void keep_last_chunk(struct glass_list *l)
{
    struct glass_chunk last = l->chunks[l->n_chunks - 1];
    memmove(l->bytes, l->bytes + last.start, l->len - last.start);
    l->len -= last.start;
    last.start = 0;
    l->chunks[0] = last;
    l->n_chunks = 1;
}

enum status glass_list_put_lengths(
    struct glass_list *l, bool is_end, struct buf *entries, struct error *err)
{
    struct list_key key = {
        .bytes = {0, KEY_LENGTHS}, .first_len = 2, .next_len = 2, .is_continued = l->is_continued};
    if (is_end)
        return put_list(l, &key, entries, err);
    for (size_t i = 0; i + 1 < l->n_chunks; i++) {
        if (put_chunk(l, i, false, &key, entries, err) != STATUS_OK)
            return err->status;
    }
    l->is_continued = key.is_continued;
    if (l->n_chunks > 1)
        keep_last_chunk(l);
    return STATUS_OK;
}
