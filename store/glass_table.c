// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/glass_table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/hash.h"
#include "store/glass_block.h"
#include "store/glass_pack.h"

/* A block: u32 revision, u8 level, u16 max_free, u16 total_free, u16 dir_end, then u16 offsets of
 * the items, which grow up from byte DIRECTORY_START while the items themselves grow down from the
 * end. A leaf item: u16 flags and size, u8 key length, key, u16 component unless it is the first,
 * part of the tag. A branch item: u32 child, u8 key length, key, u16 component; the key is a lower
 * bound of what the child holds. */
enum {
    AT_REVISION = 0,
    AT_MAX_FREE = 5,
    AT_TOTAL_FREE = 7,
    OFFSET_SIZE = 2,
    ITEM_SIZE_BITS = 13,
    ITEMS_A_BLOCK_MIN = 4, /* Xapian wants so many of the largest items to fit a block */
    COMPONENTS_MAX = 65535,
    LEVELS_MAX =
        12, /* at 2 KB and keys of 255 bytes a branch holds 7: 7^11 blocks are more than 2^30 */
    SPLIT_ROOM_MIN = 64, /* less room than this at a block's end is not worth cutting a tag for */
    SPLIT_TAG_MIN = 256, /* and a tag shorter than this is not cut: one block answers for it */
    WRITE_BUFFER_BYTES = 256 * 1024,
    WRITE_BACK_BYTES = 8 << 20, /* to be on their way to the disk before the file is synced */
};

/* A lower bound that tells a block from the one before it. */
struct separator {
    uint8_t key[GLASS_KEY_MAX];
    uint8_t key_len;
    uint16_t component;
};

struct level {
    uint8_t *block; /* under construction */
    size_t directory_end, tail;
    struct separator start; /* of the block; empty for the first of its level */
};

struct glass_table {
    int fd;
    uint32_t block_size;
    size_t item_max;
    uint32_t n_blocks;
    uint64_t n_entries;
    struct level levels[LEVELS_MAX];
    unsigned n_levels;
    uint8_t last_key[GLASS_KEY_MAX]; /* of the leaf item added last */
    size_t last_key_len;
    uint8_t *pending; /* blocks not yet written */
    size_t n_pending;
    struct file_sums sums; /* of what was written */
    struct hash_stream *hash;
    uint64_t n_sent; /* bytes that the disk was asked to take */
    char path[4096];
};

static enum status write_all(
    struct glass_table *t, const uint8_t *bytes, size_t n, struct error *err)
{
    while (n) {
        ssize_t done = write(t->fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_errno(err, "cannot write '%s'", t->path);
        bytes += done;
        n -= (size_t)done;
    }
    return STATUS_OK;
}

/* Has what was written go to the disk by and by, so that the sync at the end finds little to wait for. A hint: what fails
 * the sync will say. */
static void write_back(struct glass_table *t)
{
#ifdef SYNC_FILE_RANGE_WRITE
    uint64_t n = t->sums.size - t->n_sent;
    if (n >= WRITE_BACK_BYTES) {
        sync_file_range(t->fd, (off_t)t->n_sent, (off_t)n, SYNC_FILE_RANGE_WRITE);
        t->n_sent += n;
    }
#else
    (void)t;
#endif
}

/* While they are at hand: to read them again at the end would take a twentieth of the wall time. */
static enum status flush(struct glass_table *t, struct error *err)
{
    size_t n = t->n_pending;
    t->n_pending = 0;
    for (size_t at = 0; t->block_size == CHECKSUM_PIECE && at < n; at += CHECKSUM_PIECE) {
        if (!checksum_append(&t->sums.pieces, t->pending + at, CHECKSUM_PIECE))
            return error_no_memory(err);
    }
    hash_stream_feed(t->hash, t->pending, n);
    t->sums.size += n;
    if (write_all(t, t->pending, n, err) != STATUS_OK)
        return err->status;
    write_back(t);
    return STATUS_OK;
}

static void level_clear(const struct glass_table *t, struct level *l)
{
    memset(l->block, 0, t->block_size);
    l->directory_end = DIRECTORY_START;
    l->tail = t->block_size;
}

static enum status level_open(struct glass_table *t, struct error *err)
{
    if (t->n_levels == LEVELS_MAX)
        return error_set(err, STATUS_BAD_INPUT, "cannot write '%s': too many entries", t->path);
    struct level *l = &t->levels[t->n_levels];
    l->block = malloc(t->block_size);
    if (!l->block)
        return error_no_memory(err);
    l->start = (struct separator){0};
    level_clear(t, l);
    t->n_levels++;
    return STATUS_OK;
}

static size_t room(const struct level *l)
{
    size_t free_bytes = l->tail - l->directory_end;
    return free_bytes > OFFSET_SIZE ? free_bytes - OFFSET_SIZE : 0;
}

/* Takes n bytes for a new item, which must fit. */
static uint8_t *place(struct level *l, size_t n)
{
    l->tail -= n;
    glass_put_u16(l->block + l->directory_end, (unsigned)l->tail);
    l->directory_end += OFFSET_SIZE;
    return l->block + l->tail;
}

static void place_branch(struct level *l, const struct separator *s, uint32_t child)
{
    uint8_t *item = place(l, BRANCH_HEAD + (size_t)s->key_len + COMPONENT_SIZE);
    glass_put_u32(item, child);
    item[4] = s->key_len;
    memcpy(item + BRANCH_HEAD, s->key, s->key_len);
    glass_put_u16(item + BRANCH_HEAD + s->key_len, s->component);
}

/* Writes the block of a level and says which number it got. */
static enum status write_block(
    struct glass_table *t, unsigned level, uint32_t *number, struct error *err)
{
    struct level *l = &t->levels[level];
    unsigned free_bytes = (unsigned)(l->tail - l->directory_end);
    glass_put_u32(l->block + AT_REVISION, GLASS_REVISION);
    l->block[AT_LEVEL] = (uint8_t)level;
    glass_put_u16(l->block + AT_MAX_FREE, free_bytes);
    glass_put_u16(l->block + AT_TOTAL_FREE, free_bytes);
    glass_put_u16(l->block + AT_DIRECTORY_END, (unsigned)l->directory_end);
    if (t->n_blocks == UINT32_MAX)
        return error_set(err, STATUS_BAD_INPUT, "cannot write '%s': too many entries", t->path);
    if (t->n_pending + t->block_size > WRITE_BUFFER_BYTES && flush(t, err) != STATUS_OK)
        return err->status;
    memcpy(t->pending + t->n_pending, l->block, t->block_size);
    t->n_pending += t->block_size;
    *number = t->n_blocks++;
    return STATUS_OK;
}

/* Writes the block of a level and enters it into its parent, whose block may have to be written
 * first, and so on upwards; then begins a new block, which is told from the last by *next. */
static enum status turn_block(
    struct glass_table *t, unsigned level, const struct separator *next, struct error *err)
{
    static const struct separator lowest = {0};
    struct level *l = &t->levels[level];
    uint32_t number;
    if (write_block(t, level, &number, err) != STATUS_OK)
        return err->status;
    if (t->n_levels == level + 1 && level_open(t, err) != STATUS_OK)
        return err->status;
    struct level *parent = &t->levels[level + 1];
    const struct separator *key = &l->start;
    if (room(parent) < BRANCH_HEAD + (size_t)key->key_len + COMPONENT_SIZE) {
        if (turn_block(t, level + 1, key, err) != STATUS_OK)
            return err->status;
    }
    /* The first item of a branch block has no key: all that is less goes there. */
    place_branch(parent, parent->directory_end == DIRECTORY_START ? &lowest : key, number);
    l->start = *next;
    level_clear(t, l);
    return STATUS_OK;
}

/* The shortest beginning of key that is greater than the last key; all of it, and the component,
 * where the boundary falls inside one tag or the whole key is needed. */
static struct separator separate(
    const struct glass_table *t, const uint8_t *key, size_t key_len, unsigned component)
{
    struct separator s = {0};
    size_t n = key_len < t->last_key_len ? key_len : t->last_key_len, same = 0;
    while (same < n && key[same] == t->last_key[same])
        same++;
    s.key_len = (uint8_t)(same < key_len ? same + 1 : key_len);
    memcpy(s.key, key, s.key_len);
    s.component = s.key_len == key_len ? (uint16_t)component : 0;
    return s;
}

static size_t leaf_head(size_t key_len, unsigned component)
{
    return LEAF_HEAD + key_len + (component > 1 ? COMPONENT_SIZE : 0);
}

static void place_leaf(struct level *l, const uint8_t *key, size_t key_len, unsigned component,
    const uint8_t *part, size_t part_len, bool is_last)
{
    size_t head = leaf_head(key_len, component), size = head + part_len;
    uint8_t *item = place(l, size);
    glass_put_u16(item, (unsigned)(size - LEAF_HEAD) | (component == 1 ? ITEM_IS_FIRST : 0u) |
                            (is_last ? ITEM_IS_LAST : 0u));
    item[2] = (uint8_t)key_len;
    if (key_len)
        memcpy(item + LEAF_HEAD, key, key_len);
    if (component > 1)
        glass_put_u16(item + LEAF_HEAD + key_len, component);
    if (part_len)
        memcpy(item + head, part, part_len);
}

/* How much of a tag's rest goes into its next item: what fits the block where that is worth it,
 * else what fits an item. */
static size_t part_size(const struct glass_table *t, size_t head, size_t rest)
{
    size_t most = t->item_max - head, fits = room(&t->levels[0]);
    size_t whole = rest < most ? rest : most;
    if (fits >= head + whole || rest < SPLIT_TAG_MIN || fits < head + SPLIT_ROOM_MIN)
        return whole;
    return fits - head;
}

static enum status add_parts(struct glass_table *t, const uint8_t *key, size_t key_len,
    const uint8_t *tag, size_t tag_len, struct error *err)
{
    size_t done = 0;
    unsigned component = 0;
    do {
        if (++component > COMPONENTS_MAX)
            return error_set(err, STATUS_BAD_INPUT,
                "cannot write '%s': an entry of %zu bytes is too long", t->path, tag_len);
        size_t head = leaf_head(key_len, component);
        size_t part = part_size(t, head, tag_len - done);
        if (room(&t->levels[0]) < head + part) {
            const struct separator s = separate(t, key, key_len, component);
            if (turn_block(t, 0, &s, err) != STATUS_OK)
                return err->status;
        }
        place_leaf(
            &t->levels[0], key, key_len, component, tag + done, part, done + part == tag_len);
        done += part;
        memcpy(t->last_key, key, key_len);
        t->last_key_len = key_len;
    } while (done < tag_len);
    return STATUS_OK;
}

static bool is_ascending(const struct glass_table *t, const uint8_t *key, size_t key_len)
{
    size_t n = key_len < t->last_key_len ? key_len : t->last_key_len;
    int order = memcmp(t->last_key, key, n);
    return order < 0 || (order == 0 && t->last_key_len < key_len);
}

enum status glass_table_add(struct glass_table *t, const void *key, size_t key_len, const void *tag,
    size_t tag_len, struct error *err)
{
    if (key_len == 0 || key_len > GLASS_KEY_MAX || !is_ascending(t, key, key_len))
        return error_set(err, STATUS_INTERNAL, "cannot write '%s': key out of order", t->path);
    t->n_entries++;
    return add_parts(t, key, key_len, tag, tag_len, err);
}

static enum status allocate(struct glass_table *t, struct error *err)
{
    t->pending = malloc(WRITE_BUFFER_BYTES);
    t->hash = hash_stream_open();
    if (!t->pending || !t->hash)
        return error_no_memory(err);
    if (level_open(t, err) != STATUS_OK)
        return err->status;
    /* Each table begins with an item without a key, so that a search always finds one that is not
     * greater. */
    place_leaf(&t->levels[0], NULL, 0, 1, NULL, 0, true);
    return STATUS_OK;
}

enum status glass_table_open(
    const char *path, uint32_t block_size, struct glass_table **out, struct error *err)
{
    if (block_size < GLASS_BLOCK_MIN || block_size > GLASS_BLOCK_MAX ||
        (block_size & (block_size - 1)))
        return error_set(err, STATUS_INTERNAL, "no block size: %u", block_size);
    struct glass_table *t = calloc(1, sizeof *t);
    if (!t)
        return error_no_memory(err);
    t->fd = -1;
    file_sums_init(&t->sums);
    t->block_size = block_size;
    t->item_max =
        (block_size - DIRECTORY_START - ITEMS_A_BLOCK_MIN * OFFSET_SIZE) / ITEMS_A_BLOCK_MIN;
    if (t->item_max > (1u << ITEM_SIZE_BITS) - 1 + LEAF_HEAD)
        t->item_max = (1u << ITEM_SIZE_BITS) - 1 + LEAF_HEAD;
    enum status s = STATUS_OK;
    if (strlen(path) >= sizeof t->path)
        s = error_set(err, STATUS_BAD_INPUT, "path too long: '%s'", path);
    else if (strcpy(t->path, path),
        (t->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) < 0)
        s = error_errno(err, "cannot make '%s'", path);
    else
        s = allocate(t, err);
    if (s != STATUS_OK)
        glass_table_close(t);
    else
        *out = t;
    return s;
}

enum status glass_table_finish(
    struct glass_table *t, struct glass_root *out, struct file_sums *sums, struct error *err)
{
    static const struct separator none = {0};
    /* The number of levels grows only when a level with a parent to come has a second block; so the
     * level that is still alone at the end holds the root. */
    unsigned level = 0;
    for (; level + 1 < t->n_levels; level++) {
        if (turn_block(t, level, &none, err) != STATUS_OK)
            return err->status;
    }
    uint32_t root;
    if (write_block(t, level, &root, err) != STATUS_OK || flush(t, err) != STATUS_OK)
        return err->status;
    if (sums) {
        *sums = t->sums;
        sums->hash = hash_stream_value(t->hash);
        file_sums_init(&t->sums);
    }
    *out = (struct glass_root){
        .block = root,
        .level = level,
        .n_blocks = t->n_blocks,
        .block_size = t->block_size,
        .n_entries = t->n_entries,
    };
    return STATUS_OK;
}

void glass_table_close(struct glass_table *t)
{
    if (!t)
        return;
    if (t->fd >= 0)
        close(t->fd);
    for (unsigned i = 0; i < t->n_levels; i++)
        free(t->levels[i].block);
    free(t->pending);
    file_sums_release(&t->sums);
    hash_stream_close(t->hash);
    free(t);
}
