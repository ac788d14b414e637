// SPDX-License-Identifier: GPL-2.0-or-later
/* Layout: stamp; UUID; revision; per table its root info; the statistics. Everything after the UUID
 * in pack_uint. Stamp: magic and the date of the format, 2016-03-14, in 16 bits: (year - 2014) << 9
 * | month << 5 | day. */
#include "store/glass_version.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "store/glass_pack.h"

static const uint8_t stamp[GLASS_STAMP_SIZE] = {
    0x0f, 0x0d, 'X', 'a', 'p', 'i', 'a', 'n', ' ', 'G', 'l', 'a', 's', 's', 0x04, 0x6e};

enum {
    VERSION_BYTES_MAX = 256, /* Xapian reads no more */
    ROOT_IS_FAKE = 1,        /* the tree is empty and has no block */
    ROOT_IS_SEQUENTIAL = 2,  /* leaves lie in key order */
    ROOT_LEVEL_SHIFT = 2,
};

/* From which size of a tag on later writers would try to compress it. */
static const uint8_t compress_min[GLASS_TABLES] = {0, 18, 18, 0, 18, 18};

static uint8_t *pack_root(uint8_t *out, const struct glass_root *r, unsigned kind)
{
    bool is_absent = r->block_size == 0;
    uint32_t block_size = is_absent ? GLASS_BLOCK_DEFAULT : r->block_size;
    uint8_t freelist[64], *end = freelist;
    if (!is_absent) {
        end = glass_pack_uint(end, GLASS_REVISION);
        end = glass_pack_uint(end, r->n_blocks);
        memset(end, 0, 4); /* no block is free: four numbers of where the list would be */
        end += 4;
    }
    out = glass_pack_uint(out, r->block);
    out = glass_pack_uint(
        out, r->level << ROOT_LEVEL_SHIFT | ROOT_IS_SEQUENTIAL | (is_absent ? ROOT_IS_FAKE : 0u));
    out = glass_pack_uint(out, r->n_entries);
    out = glass_pack_uint(out, block_size >> 11);
    out = glass_pack_uint(out, compress_min[kind]);
    out = glass_pack_uint(out, (uint64_t)(end - freelist));
    memcpy(out, freelist, (size_t)(end - freelist));
    return out + (end - freelist);
}

static uint8_t *pack_stats(uint8_t *out, const struct glass_version *v)
{
    out = glass_pack_uint(out, v->n_docs);
    out = glass_pack_uint(out, 0); /* last docid - n_docs */
    out = glass_pack_uint(out, v->doclen_lower);
    out = glass_pack_uint(out, v->wdf_upper);
    out = glass_pack_uint(out, v->doclen_upper - v->wdf_upper);
    out = glass_pack_uint(out, 0); /* oldest changeset */
    out = glass_pack_uint(out, v->total_doclen);
    return glass_pack_uint(out, 0); /* spelling wordfreq bound */
}

/* At most 14 + 2 + 16 + 1 + 6 * (5 + 1 + 10 + 1 + 1 + 1 + 10) + 8 * 10 bytes if every number were
 * as large as can be; of the six tables we write two, so 256 hold it. */
static size_t pack_version(uint8_t *out, const struct glass_version *v)
{
    uint8_t *end = out;
    memcpy(end, stamp, sizeof stamp);
    end += sizeof stamp;
    memcpy(end, v->uuid, GLASS_UUID_SIZE);
    end += GLASS_UUID_SIZE;
    end = glass_pack_uint(end, GLASS_REVISION);
    for (unsigned kind = 0; kind < GLASS_TABLES; kind++)
        end = pack_root(end, &v->roots[kind], kind);
    end = pack_stats(end, v);
    return (size_t)(end - out);
}

enum status glass_version_write(const char *dir, const struct glass_version *v, struct error *err)
{
    uint8_t bytes[2 * VERSION_BYTES_MAX];
    char path[PATH_MAX];
    size_t n = pack_version(bytes, v);
    if (n > VERSION_BYTES_MAX)
        return error_set(err, STATUS_INTERNAL, "version file of %zu bytes", n);
    enum status s = file_join(dir, "iamglass", path, err);
    return s == STATUS_OK ? file_write_new(path, bytes, n, err) : s;
}

/* ---- reading ---- */

static void parse_root(struct bytes *in, struct glass_root *out)
{
    size_t n;
    uint64_t block = bytes_varint(in), flags = bytes_varint(in), n_entries = bytes_varint(in);
    uint64_t block_size = bytes_varint(in) << 11;
    bytes_varint(in); /* compress_min */
    bytes_string(in, &n);
    if (block > UINT32_MAX || block_size > GLASS_BLOCK_MAX)
        in->is_broken = true;
    *out = (struct glass_root){
        .block = (uint32_t)block,
        .level = (uint32_t)(flags >> ROOT_LEVEL_SHIFT),
        .block_size = flags & ROOT_IS_FAKE ? 0 : (uint32_t)block_size,
        .n_entries = n_entries,
    };
}

static void parse_stats(struct bytes *in, struct glass_version *out)
{
    uint64_t n_docs = bytes_varint(in), n_missing = bytes_varint(in);
    uint64_t lower = bytes_varint(in), wdf_upper = bytes_varint(in), rest = bytes_varint(in);
    bytes_varint(in); /* oldest changeset */
    out->total_doclen = bytes_varint(in);
    bytes_varint(in); /* spelling wordfreq bound */
    if (n_docs + n_missing > UINT32_MAX || lower > UINT32_MAX || wdf_upper + rest > UINT32_MAX)
        in->is_broken = true;
    out->n_docs = (uint32_t)(n_docs + n_missing);
    out->doclen_lower = (uint32_t)lower;
    out->wdf_upper = (uint32_t)wdf_upper;
    out->doclen_upper = (uint32_t)(wdf_upper + rest);
}

enum status glass_version_parse(
    const char *path, const struct buf *bytes, struct glass_version *out, struct error *err)
{
    const size_t head = GLASS_STAMP_SIZE + GLASS_UUID_SIZE;
    struct bytes in = {.at = bytes->data + head, .end = bytes->data + bytes->len};
    if (bytes->len < head)
        return error_set(err, STATUS_CORRUPT, "'%s' is damaged", path);
    if (memcmp(bytes->data, stamp, sizeof stamp) != 0)
        return error_set(
            err, STATUS_NEWER, "database '%s' was made by another version of Xapian", path);
    memcpy(out->uuid, bytes->data + GLASS_STAMP_SIZE, GLASS_UUID_SIZE);
    bytes_varint(&in); /* revision */
    for (unsigned kind = 0; kind < GLASS_TABLES; kind++)
        parse_root(&in, &out->roots[kind]);
    parse_stats(&in, out);
    return in.is_broken || in.at != in.end ? error_set(err, STATUS_CORRUPT, "'%s' is damaged", path)
                                           : STATUS_OK;
}

bool glass_version_is_known(const char *dir)
{
    char path[PATH_MAX];
    uint8_t head[GLASS_STAMP_SIZE];
    struct error ignored;
    if (file_join(dir, "iamglass", path, &ignored) != STATUS_OK)
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, head, sizeof head);
    close(fd);
    return n == (ssize_t)sizeof head && memcmp(head, stamp, sizeof stamp) == 0;
}
