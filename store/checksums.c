// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/checksums.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/hash.h"
#include "store/segment_file.h"

static const char magic[] = "duan sums 1\n";
enum {
    MAGIC_SIZE = sizeof magic - 1,
    SUM_SIZE = 4,
    HEAD_SIZE = MAGIC_SIZE + SUMMED_FILES * 8,
    HASH_SIZE = 8,
};
/* Of files of 2^32 blocks. */
#define CHECKSUMS_BYTES_MAX ((size_t)1 << 36)

const char *summed_file_name(enum summed_file file)
{
    static const char *const names[] = {"iamglass", "postlist.glass", "docdata.glass"};
    return names[file];
}

static uint64_t n_pieces(uint64_t size)
{
    return size / CHECKSUM_PIECE + (size % CHECKSUM_PIECE != 0);
}

/* ---- writing ---- */

bool checksum_append(struct buf *sums, const void *piece, size_t n)
{
    uint8_t sum[SUM_SIZE];
    segment_file_put_number(sum, hash_bytes(piece, n), SUM_SIZE);
    return buf_append(sums, sum, SUM_SIZE);
}

/* Fills the piece, or what is left of the file. */
static ssize_t read_piece(int fd, char piece[CHECKSUM_PIECE])
{
    size_t n = 0;
    while (n < CHECKSUM_PIECE) {
        ssize_t got = read(fd, piece + n, CHECKSUM_PIECE - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

static enum status sum_file(const char *path, uint64_t *size, struct buf *out, struct error *err)
{
    char piece[CHECKSUM_PIECE];
    ssize_t n = CHECKSUM_PIECE;
    enum status s = STATUS_OK;
    *size = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? STATUS_OK : error_errno(err, "cannot read '%s'", path);
    while (s == STATUS_OK && n == CHECKSUM_PIECE) {
        n = read_piece(fd, piece);
        if (n < 0)
            s = error_errno(err, "cannot read '%s'", path);
        else if (n > 0 && !checksum_append(out, piece, (size_t)n))
            s = error_no_memory(err);
        *size += n > 0 ? (uint64_t)n : 0;
    }
    close(fd);
    return s;
}

void file_sums_init(struct file_sums *sums)
{
    *sums = (struct file_sums){.size = 0};
    buf_init(&sums->pieces, SIZE_MAX);
}

void file_sums_release(struct file_sums *sums)
{
    buf_release(&sums->pieces);
    file_sums_init(sums);
}

/* A file that need not be read. */
static enum status take_known(const char *path, const struct file_sums *known, uint64_t *size,
    struct buf *out, struct error *err)
{
    struct stat st;
    *size = known->size;
    if (stat(path, &st) != 0)
        return error_errno(err, "cannot read '%s'", path);
    if ((uint64_t)st.st_size != known->size)
        return error_set(err, STATUS_INTERNAL, "'%s' has changed since it was written", path);
    return buf_append(out, known->pieces.data, known->pieces.len) ? STATUS_OK
                                                                  : error_no_memory(err);
}

static enum status make(
    const char *dir, const struct file_sums known[SUMMED_FILES], struct buf *out, struct error *err)
{
    uint8_t head[HEAD_SIZE] = {0}, hash[HASH_SIZE];
    memcpy(head, magic, MAGIC_SIZE);
    if (!buf_append(out, head, HEAD_SIZE))
        return error_no_memory(err);
    for (unsigned i = 0; i < SUMMED_FILES; i++) {
        char path[PATH_MAX];
        uint64_t size;
        enum status s = file_join(dir, summed_file_name(i), path, err);
        if (s == STATUS_OK)
            s = known && known[i].pieces.len ? take_known(path, &known[i], &size, out, err)
                                             : sum_file(path, &size, out, err);
        if (s != STATUS_OK)
            return s;
        segment_file_put_number((uint8_t *)out->data + MAGIC_SIZE + i * 8, size, 8);
    }
    segment_file_put_number(hash, hash_bytes(out->data, out->len), HASH_SIZE);
    return buf_append(out, hash, HASH_SIZE) ? STATUS_OK : error_no_memory(err);
}

enum status checksums_write(
    const char *dir, const struct file_sums known[SUMMED_FILES], struct error *err)
{
    struct buf bytes;
    char path[PATH_MAX];
    buf_init(&bytes, CHECKSUMS_BYTES_MAX);
    enum status s = file_join(dir, "checksums", path, err);
    if (s == STATUS_OK)
        s = make(dir, known, &bytes, err);
    if (s == STATUS_OK)
        s = file_write_new(path, bytes.data, bytes.len, err);
    buf_release(&bytes);
    return s;
}

/* ---- reading ---- */

static bool parse(struct checksums *c)
{
    const uint8_t *bytes = (const uint8_t *)c->bytes.data;
    size_t n = c->bytes.len, at = HEAD_SIZE;
    if (n < HEAD_SIZE + HASH_SIZE || memcmp(bytes, magic, MAGIC_SIZE) != 0 ||
        segment_file_number(bytes + n - HASH_SIZE, HASH_SIZE) != hash_bytes(bytes, n - HASH_SIZE))
        return false;
    n -= HASH_SIZE;
    for (unsigned i = 0; i < SUMMED_FILES; i++) {
        c->sizes[i] = segment_file_number(bytes + MAGIC_SIZE + i * 8, 8);
        c->sums[i] = bytes + at;
        uint64_t pieces = n_pieces(c->sizes[i]);
        if (pieces > (n - at) / SUM_SIZE)
            return false;
        at += (size_t)pieces * SUM_SIZE;
    }
    return at == n;
}

enum status checksums_read(const char *dir, struct checksums *c, struct error *err)
{
    char path[PATH_MAX];
    *c = (struct checksums){.sizes = {0}};
    buf_init(&c->bytes, CHECKSUMS_BYTES_MAX);
    enum status s = file_join(dir, "checksums", path, err);
    if (s == STATUS_OK)
        s = file_read(path, &c->bytes, err);
    if (s == STATUS_OK && !parse(c))
        s = error_set(err, STATUS_CORRUPT, "'%s' is damaged", path);
    if (s != STATUS_OK)
        checksums_release(c);
    return s;
}

void checksums_release(struct checksums *c)
{
    buf_release(&c->bytes);
    *c = (struct checksums){.sizes = {0}};
}

bool checksums_fit(
    const struct checksums *c, enum summed_file file, size_t piece, const void *bytes, size_t n)
{
    return (uint32_t)segment_file_number(c->sums[file] + piece * SUM_SIZE, SUM_SIZE) ==
           (uint32_t)hash_bytes(bytes, n);
}
