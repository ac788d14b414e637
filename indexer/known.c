// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/known.h"

#include <stdlib.h>

#include "common/hash.h"

void known_init(struct known *k)
{
    *k = (struct known){NULL, 0, 0};
}

void known_release(struct known *k)
{
    free(k->slots);
    known_init(k);
}

static uint64_t hash_path(const char *path, size_t n)
{
    uint64_t h = hash_bytes(path, n);
    return h ? h : 1;
}

/* The slot of that hash, or the free one where it belongs. */
static struct known_source *slot_of(struct known_source *slots, size_t room, uint64_t path_hash)
{
    size_t i = path_hash & (room - 1);
    while (slots[i].path_hash && slots[i].path_hash != path_hash)
        i = (i + 1) & (room - 1);
    return &slots[i];
}

static bool grow(struct known *k)
{
    size_t room = k->room ? k->room * 2 : 256;
    struct known_source *slots = calloc(room, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < k->room; i++)
        if (k->slots[i].path_hash)
            *slot_of(slots, room, k->slots[i].path_hash) = k->slots[i];
    free(k->slots);
    k->slots = slots;
    k->room = room;
    return true;
}

struct known_source *known_find(struct known *k, const char *path, size_t n)
{
    if (k->room == 0)
        return NULL;
    struct known_source *s = slot_of(k->slots, k->room, hash_path(path, n));
    return s->path_hash ? s : NULL;
}

struct known_source *known_add(struct known *k, const char *path, size_t n)
{
    if ((k->n + 1) * 4 > k->room * 3 && !grow(k))
        return NULL;
    uint64_t path_hash = hash_path(path, n);
    struct known_source *s = slot_of(k->slots, k->room, path_hash);
    if (!s->path_hash)
        k->n++;
    *s = (struct known_source){.path_hash = path_hash};
    return s;
}

enum status known_load(struct known *k, struct index *ix, struct error *err)
{
    struct index_cursor cursor;
    struct source source;
    uint32_t segment;
    bool has_more = ix != NULL;
    enum status status = STATUS_OK;
    if (!ix)
        return STATUS_OK;
    index_cursor_init(&cursor, ix);
    while ((status = index_next_source(&cursor, &source, &segment, &has_more, err)) == STATUS_OK &&
           has_more) {
        struct known_source *s = known_add(k, source.path, source.path_len);
        if (!s) {
            status = error_no_memory(err);
            break;
        }
        s->size = source.size;
        s->hash = source.hash;
        s->fields_hash = source.fields_hash;
        s->mtime_ns = source.mtime_ns;
        s->number = source.number;
        s->n_passages = source.n_passages;
        s->n_bad_lines = source.n_bad_lines;
        s->segment = segment;
        s->format = source.format;
        s->encoding = (uint8_t)source.encoding;
        s->is_stored = true;
    }
    index_cursor_release(&cursor);
    return status;
}
