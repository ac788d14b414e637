// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/glass_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/glass_block.h"

enum { BLOCK = CHECKSUM_PIECE };

static inline unsigned u16_at(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static inline uint32_t u32_at(const uint8_t *p)
{
    return (uint32_t)u16_at(p) << 16 | u16_at(p + 2);
}

enum status glass_reader_damaged(const struct glass_reader *t, struct error *err)
{
    return error_set(err, STATUS_CORRUPT, "'%s' is damaged", t->path);
}

/* ---- opening ---- */

static enum status check_size(const struct glass_reader *t, int fd, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return error_errno(err, "cannot read '%s'", t->path);
    if ((uint64_t)st.st_size != t->size)
        return error_set(err, STATUS_CORRUPT, "'%s' has %llu bytes instead of %llu", t->path,
            (unsigned long long)st.st_size, (unsigned long long)t->size);
    return STATUS_OK;
}

static enum status map(struct glass_reader *t, struct error *err)
{
    int fd = open(t->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot read '%s'", t->path);
    if (check_size(t, fd, err) != STATUS_OK) {
        close(fd);
        return err->status;
    }
    void *bytes = mmap(NULL, t->size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes != MAP_FAILED) {
        close(fd);
        t->bytes = bytes;
        return STATUS_OK;
    }
    t->fd = fd;
    t->copy = malloc(t->size); /* pages that are not touched cost nothing */
    t->bytes = t->copy;
    return t->copy ? STATUS_OK : error_no_memory(err);
}

static enum status check_root(
    const struct glass_reader *t, const struct glass_root *root, struct error *err)
{
    if (root->block_size != BLOCK)
        return error_set(
            err, STATUS_NEWER, "'%s' has blocks of %u bytes", t->path, (unsigned)root->block_size);
    bool is_whole = t->size && t->size % BLOCK == 0 && t->size / BLOCK <= UINT32_MAX;
    return is_whole && root->block < t->size / BLOCK && root->level < GLASS_LEVELS_MAX
               ? STATUS_OK
               : glass_reader_damaged(t, err);
}

enum status glass_reader_open(const char *dir, enum summed_file file, const struct checksums *sums,
    const struct glass_root *root, struct glass_reader *out, struct error *err)
{
    *out = (struct glass_reader){.sums = sums, .file = file, .fd = -1, .size = sums->sizes[file]};
    if (root->block_size == 0)
        return STATUS_OK;
    if (asprintf(&out->path, "%s/%s", dir, summed_file_name(file)) < 0) {
        out->path = NULL;
        return error_no_memory(err);
    }
    enum status s = check_root(out, root, err);
    out->n_blocks = (uint32_t)(out->size / BLOCK);
    out->root = root->block;
    out->level = root->level;
    if (s == STATUS_OK && !(out->verified = calloc(out->n_blocks / 64 + 1, sizeof(uint64_t))))
        s = error_no_memory(err);
    if (s == STATUS_OK)
        s = map(out, err);
    if (s != STATUS_OK)
        glass_reader_close(out);
    return s;
}

void glass_reader_close(struct glass_reader *t)
{
    if (t->copy) {
        free(t->copy);
        close(t->fd);
    } else if (t->bytes) {
        munmap((void *)(uintptr_t)t->bytes, t->size);
    }
    free(t->verified);
    free(t->path);
    *t = (struct glass_reader){.fd = -1};
}

void glass_reader_let_go(struct glass_reader *t)
{
    if (t->bytes && !t->copy)
        madvise((void *)(uintptr_t)t->bytes, t->size, MADV_DONTNEED); /* a hint */
}

/* ---- blocks ---- */

static enum status fill_copy(struct glass_reader *t, size_t at, struct error *err)
{
    for (size_t done = 0; done < BLOCK;) {
        ssize_t n = pread(t->fd, t->copy + at + done, BLOCK - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(err, "cannot read '%s'", t->path);
        if (n == 0)
            return glass_reader_damaged(t, err);
        done += (size_t)n;
    }
    return STATUS_OK;
}

static enum status verify(struct glass_reader *t, uint32_t number, struct error *err)
{
    size_t at = (size_t)number * BLOCK;
    const uint8_t *block = t->bytes + at;
    if (t->copy && fill_copy(t, at, err) != STATUS_OK)
        return err->status;
    unsigned end = u16_at(block + AT_DIRECTORY_END);
    if (!checksums_fit(t->sums, t->file, number, block, BLOCK) || end <= DIRECTORY_START ||
        end > BLOCK || (end - DIRECTORY_START) % 2)
        return glass_reader_damaged(t, err);
    t->verified[number / 64] |= (uint64_t)1 << number % 64;
    return STATUS_OK;
}

enum status glass_reader_verify(struct glass_reader *t, struct error *err)
{
    enum status s = STATUS_OK;
    for (uint32_t i = 0; i < t->n_blocks && s == STATUS_OK; i++)
        s = verify(t, i, err);
    return s;
}

/* Puts the block into the cursor's path. */
static enum status enter(struct glass_cursor *c, unsigned level, uint32_t number, struct error *err)
{
    struct glass_reader *t = c->table;
    if (number >= t->n_blocks)
        return glass_reader_damaged(t, err);
    if (!(t->verified[number / 64] >> number % 64 & 1) && verify(t, number, err) != STATUS_OK)
        return err->status;
    const uint8_t *block = t->bytes + (size_t)number * BLOCK;
    if (block[AT_LEVEL] != level)
        return glass_reader_damaged(t, err);
    c->path[level].block = block;
    c->path[level].n = (u16_at(block + AT_DIRECTORY_END) - DIRECTORY_START) / 2;
    return STATUS_OK;
}

/* ---- items ---- */

struct item {
    const uint8_t *key, *part;
    size_t key_len, part_len;
    unsigned flags;
    uint32_t component, child;
};

static bool read_leaf_item(const uint8_t *block, uint32_t i, struct item *out)
{
    unsigned at = u16_at(block + DIRECTORY_START + 2 * i);
    if (at > BLOCK - LEAF_HEAD)
        return false;
    const uint8_t *p = block + at;
    unsigned flags = u16_at(p), size = (flags & ITEM_SIZE_MASK) + LEAF_HEAD;
    unsigned head = LEAF_HEAD + p[2] + (flags & ITEM_IS_FIRST ? 0 : COMPONENT_SIZE);
    if (size > BLOCK - at || head > size)
        return false;
    out->flags = flags;
    out->key = p + LEAF_HEAD;
    out->key_len = p[2];
    out->component = flags & ITEM_IS_FIRST ? 1 : u16_at(p + LEAF_HEAD + p[2]);
    out->part = p + head;
    out->part_len = size - head;
    return true;
}

static bool read_branch_item(const uint8_t *block, uint32_t i, struct item *out)
{
    unsigned at = u16_at(block + DIRECTORY_START + 2 * i);
    if (at > BLOCK - BRANCH_HEAD)
        return false;
    const uint8_t *p = block + at;
    if (p[4] + BRANCH_HEAD + COMPONENT_SIZE > (int)(BLOCK - at))
        return false;
    out->child = u32_at(p);
    out->key = p + BRANCH_HEAD;
    out->key_len = p[4];
    out->component = u16_at(p + BRANCH_HEAD + p[4]);
    return true;
}

static inline bool read_item(const uint8_t *block, unsigned level, uint32_t i, struct item *out)
{
    return level ? read_branch_item(block, i, out) : read_leaf_item(block, i, out);
}

/* Does the item lie behind the first part of key? */
static bool is_behind(const struct item *item, const uint8_t *key, size_t n)
{
    int order = memcmp(item->key, key, item->key_len < n ? item->key_len : n);
    if (order)
        return order > 0;
    return item->key_len > n || (item->key_len == n && item->component > 1);
}

/* How many items of the block are not behind key. False where it is damaged. */
static bool count_not_behind(
    const struct glass_cursor *c, unsigned level, const uint8_t *key, size_t n, uint32_t *count)
{
    uint32_t low = 0, high = c->path[level].n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct item item;
        if (!read_item(c->path[level].block, level, middle, &item))
            return false;
        if (is_behind(&item, key, n))
            high = middle;
        else
            low = middle + 1;
    }
    *count = low;
    return true;
}

/* Shows the item that the path leads to. */
static enum status load(struct glass_cursor *c, struct error *err)
{
    struct item item;
    if (!read_leaf_item(c->path[0].block, c->path[0].index, &item))
        return glass_reader_damaged(c->table, err);
    c->key = item.key;
    c->key_len = item.key_len;
    c->part = item.part;
    c->part_len = item.part_len;
    c->component = item.component;
    c->is_last = item.flags & ITEM_IS_LAST;
    c->is_compressed = item.flags & ITEM_IS_COMPRESSED;
    return STATUS_OK;
}

/* ---- moving ---- */

void glass_cursor_init(struct glass_cursor *c, struct glass_reader *t)
{
    *c = (struct glass_cursor){.table = t, .is_at_end = true};
}

/* Goes down to the leaf below path[level], always to the first or always to the last item. */
static enum status descend(struct glass_cursor *c, unsigned level, bool is_first, struct error *err)
{
    for (; level > 0; level--) {
        struct item item;
        if (!read_branch_item(c->path[level].block, c->path[level].index, &item))
            return glass_reader_damaged(c->table, err);
        if (enter(c, level - 1, item.child, err) != STATUS_OK)
            return err->status;
        c->path[level - 1].index = is_first ? 0 : c->path[level - 1].n - 1;
    }
    return load(c, err);
}

/* To the item before or behind, parts of tags too; past the last is the end. */
static enum status step(struct glass_cursor *c, bool is_forward, struct error *err)
{
    for (unsigned level = 0; level <= c->table->level; level++) {
        uint32_t i = c->path[level].index;
        if (is_forward ? i + 1 >= c->path[level].n : i == 0)
            continue;
        c->path[level].index = is_forward ? i + 1 : i - 1;
        return descend(c, level, is_forward, err);
    }
    c->is_at_end = true;
    return STATUS_OK;
}

enum status glass_cursor_seek(struct glass_cursor *c, const void *key, size_t n, struct error *err)
{
    struct glass_reader *t = c->table;
    uint32_t number = t->root;
    c->is_at_end = !t->bytes;
    if (c->is_at_end)
        return STATUS_OK;
    for (unsigned level = t->level;; level--) {
        uint32_t count;
        struct item item;
        if (enter(c, level, number, err) != STATUS_OK)
            return err->status;
        if (!count_not_behind(c, level, key, n, &count))
            return glass_reader_damaged(t, err);
        if (level == 0) {
            c->path[0].index = count ? count - 1 : 0;
            return count ? load(c, err) : step(c, false, err);
        }
        if (count == 0 || !read_branch_item(c->path[level].block, count - 1, &item))
            return glass_reader_damaged(t, err);
        c->path[level].index = count - 1;
        number = item.child;
    }
}

enum status glass_cursor_next(struct glass_cursor *c, struct error *err)
{
    enum status s = STATUS_OK;
    do {
        s = step(c, true, err);
    } while (s == STATUS_OK && !c->is_at_end && c->component != 1);
    return s;
}

enum status glass_cursor_lower_bound(
    struct glass_cursor *c, const void *key, size_t n, struct error *err)
{
    enum status s = glass_cursor_seek(c, key, n, err);
    if (s != STATUS_OK || c->is_at_end || (c->component == 1 && glass_cursor_is_on(c, key, n)))
        return s;
    return glass_cursor_next(c, err);
}

/* ---- tags ---- */

static enum status join(struct glass_cursor *c, struct buf *joined, struct error *err)
{
    const uint8_t *key = c->key;
    size_t n = c->key_len;
    buf_clear(joined);
    for (uint32_t component = 1;; component++) {
        if (c->component != component || !glass_cursor_is_on(c, key, n))
            return glass_reader_damaged(c->table, err);
        if (!buf_append(joined, c->part, c->part_len))
            return error_no_memory(err);
        if (c->is_last)
            return STATUS_OK;
        if (step(c, true, err) != STATUS_OK)
            return err->status;
    }
}

enum status glass_cursor_tag(
    struct glass_cursor *c, struct buf *joined, const uint8_t **tag, size_t *n, struct error *err)
{
    if (c->is_compressed)
        return error_set(err, STATUS_NEWER, "'%s' is compressed", c->table->path);
    if (c->is_last && c->component == 1) {
        *tag = c->part;
        *n = c->part_len;
        return STATUS_OK;
    }
    enum status s = join(c, joined, err);
    *tag = (const uint8_t *)joined->data;
    *n = joined->len;
    return s;
}

enum status glass_reader_get(struct glass_reader *t, const void *key, size_t n, struct buf *joined,
    const uint8_t **tag, size_t *tag_len, struct error *err)
{
    struct glass_cursor c;
    glass_cursor_init(&c, t);
    *tag = NULL;
    enum status s = glass_cursor_seek(&c, key, n, err);
    if (s != STATUS_OK || c.component != 1 || !glass_cursor_is_on(&c, key, n))
        return s;
    return glass_cursor_tag(&c, joined, tag, tag_len, err);
}
