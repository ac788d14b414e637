// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/champions.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "common/hash.h"
#include "common/utf8.h"
#include "store/champions_file.h"
#include "store/segment_file.h"

enum status champions_damaged(const char *dir, struct error *err)
{
    return error_set(err, STATUS_CORRUPT, "'%s/champions' is damaged", dir);
}

static bool is_whole(const struct buf *file)
{
    const size_t n = file->len;
    if (n < CHAMPIONS_MAGIC_SIZE + CHAMPIONS_SUM_SIZE ||
        memcmp(file->data, CHAMPIONS_MAGIC, CHAMPIONS_MAGIC_SIZE) != 0)
        return false;
    const uint8_t *sum = (const uint8_t *)file->data + n - CHAMPIONS_SUM_SIZE;
    return segment_file_number(sum, CHAMPIONS_SUM_SIZE) ==
           hash_bytes(file->data, n - CHAMPIONS_SUM_SIZE);
}

/* Puts the next list of the directory into *l, its body's size into *size. */
static bool parse_list(struct bytes *in, uint32_t last, struct champion_list *l, uint64_t *size)
{
    uint64_t gap = bytes_varint(in), df = bytes_varint(in);
    *size = bytes_varint(in);
    if (in->is_broken || gap == 0 || gap >= CHAR_COUNTER_MAX - last || df > UINT32_MAX)
        return false;
    *l = (struct champion_list){.cp = last + (uint32_t)gap, .df = (uint32_t)df};
    return true;
}

/* The bodies begin where the directory ends, so it is gone through twice. */
static bool parse(struct champions *c, struct bytes in, uint64_t n)
{
    const struct bytes directory = in;
    struct champion_list l = {0};
    uint64_t size;
    for (uint64_t i = 0; i < n; i++)
        if (!parse_list(&in, l.cp, &l, &size))
            return false;
    struct bytes again = directory;
    for (l.cp = 0; c->n < n; c->lists[c->n++] = l) {
        if (!parse_list(&again, l.cp, &l, &size) || size > (size_t)(in.end - in.at))
            return false;
        l.body = (struct bytes){in.at, in.at + size, false};
        in.at += size;
    }
    return in.at == in.end;
}

enum status champions_read(const char *dir, struct champions *c, struct error *err)
{
    char path[PATH_MAX];
    *c = (struct champions){.n = 0};
    buf_init(&c->bytes, CHAMPIONS_FILE_MAX);
    enum status s = file_join(dir, CHAMPIONS_NAME, path, err);
    if (s == STATUS_OK)
        s = file_read(path, &c->bytes, err);
    if (s != STATUS_OK)
        return s == STATUS_MISSING ? STATUS_OK : s;
    struct bytes in = {.is_broken = !is_whole(&c->bytes)};
    uint64_t n = 0;
    if (!in.is_broken) {
        in.at = c->bytes.data + CHAMPIONS_MAGIC_SIZE;
        in.end = c->bytes.data + c->bytes.len - CHAMPIONS_SUM_SIZE;
        n = bytes_varint(&in);
    }
    bool is_damaged = in.is_broken || n > (size_t)(in.end - in.at);
    if (!is_damaged && !(c->lists = calloc(n + 1, sizeof *c->lists)))
        s = error_no_memory(err);
    else if (is_damaged || !parse(c, in, n))
        s = champions_damaged(dir, err);
    if (s != STATUS_OK)
        champions_release(c);
    return s;
}

void champions_release(struct champions *c)
{
    buf_release(&c->bytes);
    free(c->lists);
    c->lists = NULL;
    c->n = 0;
}

static int by_character(const void *key, const void *element)
{
    uint32_t a = *(const uint32_t *)key, b = ((const struct champion_list *)element)->cp;
    return (a > b) - (a < b);
}

const struct champion_list *champions_find(const struct champions *c, const char *prefix, size_t n)
{
    uint32_t cp;
    if (c->n == 0 || n == 0 || utf8_decode(prefix, n, &cp) != n)
        return NULL;
    return bsearch(&cp, c->lists, c->n, sizeof *c->lists, by_character);
}

bool champion_list_read(
    const struct champion_list *l, uint32_t n_docs, struct champion out[CHAMPIONS])
{
    struct bytes in = l->body;
    uint64_t docid = 0;
    for (size_t i = 0; i < CHAMPIONS; i++) {
        uint64_t gap = bytes_varint(&in);
        if (gap == 0 || gap > n_docs - docid)
            return false;
        out[i].docid = (uint32_t)(docid += gap);
    }
    for (size_t i = 0; i < CHAMPIONS; i++)
        out[i].wdf = (uint32_t)bytes_varint(&in);
    return !in.is_broken && in.at == in.end;
}
