// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/hash.h"
#include "common/message.h"
#include "common/utf8.h"

struct input {
    int fd;
    bool is_file, is_at_end;
    input_pull *pull; /* instead of fd */
    void *pull_arg;
    struct buf ahead; /* read before anything asked for it, from ahead_at on */
    size_t ahead_at;
    enum document_kind document;
    struct stat stat; /* as it was opened */
    struct hash_stream *hash;
    uint64_t n_read, n_replaced;
    struct detection detection;
    struct decoder *decoder;
    char *sample; /* what was read for detection; freed once decoded */
    size_t sample_len, sample_at;
    char chunk[INPUT_CHUNK]; /* last: not cleared */
};

static enum status input_new(int fd, struct input **out, struct error *err)
{
    struct input *in = malloc(sizeof *in);
    *out = in;
    if (!in)
        return error_no_memory(err);
    memset(
        in, 0, offsetof(struct input, chunk)); /* to clear the chunk costs more than small files */
    in->fd = fd;
    in->hash = hash_stream_open();
    if (in->hash)
        return STATUS_OK;
    free(in);
    *out = NULL;
    return error_no_memory(err);
}

enum status input_open_file(const char *path, struct input **out, struct error *err)
{
    *out = NULL;
    /* O_NONBLOCK: a FIFO put in the file's place meanwhile must not block the run. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return error_set(
            err, errno == ENOENT ? STATUS_MISSING : STATUS_IO, "%s", message_errno(errno));
    enum status status = input_new(fd, out, err);
    if (status != STATUS_OK) {
        close(fd);
        return status;
    }
    (*out)->is_file = true;
    if (fstat(fd, &(*out)->stat) != 0)
        status = error_set(err, STATUS_IO, "%s", message_errno(errno));
    else if (S_ISDIR((*out)->stat.st_mode))
        status = error_set(err, STATUS_IO, "a folder, not a file");
    else if (!S_ISREG((*out)->stat.st_mode))
        status = error_set(err, STATUS_IO, "neither a file nor a folder");
    if (status == STATUS_OK)
        return STATUS_OK;
    input_close(*out);
    *out = NULL;
    return status;
}

enum status input_open_fd(int fd, struct input **out, struct error *err)
{
    return input_new(fd, out, err);
}

enum status input_open_pull(input_pull *pull, void *arg, struct input **out, struct error *err)
{
    enum status status = input_new(-1, out, err);
    if (status != STATUS_OK)
        return status;
    (*out)->pull = pull;
    (*out)->pull_arg = arg;
    return STATUS_OK;
}

void input_close(struct input *in)
{
    if (!in)
        return;
    if (in->is_file)
        close(in->fd);
    buf_release(&in->ahead);
    hash_stream_close(in->hash);
    decoder_close(in->decoder);
    free(in->sample);
    free(in);
}

static enum status read_some(struct input *in, char *out, size_t n, size_t *got, struct error *err)
{
    ssize_t n_read;
    if (in->ahead_at < in->ahead.len) {
        *got = n < in->ahead.len - in->ahead_at ? n : in->ahead.len - in->ahead_at;
        memcpy(out, in->ahead.data + in->ahead_at, *got);
        in->ahead_at += *got;
        return STATUS_OK;
    }
    if (in->pull)
        return in->pull(in->pull_arg, out, n, got, err);
    while ((n_read = read(in->fd, out, n)) < 0 && errno == EINTR)
        ;
    *got = n_read < 0 ? 0 : (size_t)n_read;
    return n_read < 0 ? error_set(err, STATUS_IO, "%s", message_errno(errno)) : STATUS_OK;
}

/* Reads up to n bytes, fewer only at the end of the source. */
static enum status read_bytes(
    struct input *in, char *out, size_t n, size_t *n_out, struct error *err)
{
    *n_out = 0;
    while (*n_out < n && !in->is_at_end) {
        size_t got;
        enum status status = read_some(in, out + *n_out, n - *n_out, &got, err);
        if (status != STATUS_OK)
            return status;
        in->is_at_end = got == 0;
        *n_out += got;
    }
    in->n_read += *n_out;
    hash_stream_feed(in->hash, out, *n_out);
    if (in->is_file && in->n_read > (uint64_t)in->stat.st_size)
        return error_set(err, STATUS_IO, "the file grew while it was read");
    return STATUS_OK;
}

enum status input_is_same(
    struct input *in, size_t size, uint64_t hash, bool *is_same, struct error *err)
{
    size_t got = 1;
    buf_init(&in->ahead, size + 1);
    while (got && in->ahead.len <= size) {
        size_t rest = size + 1 - in->ahead.len;
        in->ahead_at = in->ahead.len;
        enum status status =
            read_some(in, in->chunk, rest < INPUT_CHUNK ? rest : INPUT_CHUNK, &got, err);
        if (status != STATUS_OK)
            return status;
        if (!buf_append(&in->ahead, in->chunk, got))
            return error_no_memory(err);
    }
    in->ahead_at = 0;
    *is_same = in->ahead.len == size && hash_bytes(in->ahead.data, size) == hash;
    return STATUS_OK;
}

enum status input_detect(
    struct input *in, enum encoding encoding, bool *is_binary, const char **kind, struct error *err)
{
    size_t want = DETECT_SAMPLE;
    if (in->is_file && (uint64_t)in->stat.st_size < want)
        want = (size_t)in->stat.st_size + 1; /* one more, to meet the end */
    in->sample = malloc(want);
    if (!in->sample)
        return error_no_memory(err);
    enum status status = read_bytes(in, in->sample, want, &in->sample_len, err);
    if (status != STATUS_OK)
        return status;
    encoding_detect(in->sample, in->sample_len, in->is_at_end, &in->detection);
    in->document = document_sniff(in->sample, in->sample_len);
    if (encoding != ENCODING_UNKNOWN) {
        size_t bom_len = encoding_bom_len(encoding, in->sample, in->sample_len);
        if (bom_len || encoding != in->detection.encoding)
            in->detection.bom_len = bom_len;
        in->detection.encoding = encoding;
        in->detection.certainty = 1;
        in->detection.is_binary &= in->detection.kind != NULL;
    }
    *is_binary = in->detection.is_binary;
    *kind = in->detection.kind;
    in->sample_at = in->detection.bom_len;
    return *is_binary ? STATUS_OK : decoder_open(in->detection.encoding, &in->decoder, err);
}

/* The next bytes: what is left of the sample, then the source. */
static enum status next_bytes(struct input *in, const char **bytes, size_t *n, struct error *err)
{
    if (in->sample_at < in->sample_len) {
        *bytes = in->sample + in->sample_at;
        *n = in->sample_len - in->sample_at < INPUT_CHUNK ? in->sample_len - in->sample_at
                                                          : INPUT_CHUNK;
        in->sample_at += *n;
        return STATUS_OK;
    }
    free(in->sample);
    in->sample = NULL;
    in->sample_at = in->sample_len = 0;
    *bytes = in->chunk;
    return read_bytes(in, in->chunk, INPUT_CHUNK, n, err);
}

/* All of the sample is known to be UTF-8, and there is no more. */
static bool is_known_utf8(const struct input *in)
{
    return in->is_at_end && in->sample && in->detection.is_valid_utf8 &&
           in->detection.encoding == ENCODING_UTF8;
}

enum status input_read(struct input *in, struct buf *out, bool *is_last, struct error *err)
{
    const char *bytes;
    size_t n;
    bool is_known = is_known_utf8(in);
    enum status status = next_bytes(in, &bytes, &n, err);
    if (status != STATUS_OK)
        return status;
    if (is_known) { /* as much as a decoder would give of the piece */
        size_t whole = utf8_floor(bytes, n, n);
        in->sample_at -= n - whole;
        *is_last = in->sample_at == in->sample_len;
        return buf_append(out, bytes, whole) ? STATUS_OK : error_no_memory(err);
    }
    *is_last = in->is_at_end && in->sample_at == in->sample_len;
    return decoder_feed(in->decoder, bytes, n, *is_last, out, &in->n_replaced, err);
}

enum document_kind input_document(const struct input *in)
{
    return in->document;
}

void input_set_encoding(struct input *in, enum encoding encoding, unsigned certainty_percent)
{
    in->detection.encoding = encoding;
    in->detection.certainty = certainty_percent / 100.0;
}

static enum status put_bytes(int fd, const char *bytes, size_t n, struct error *err)
{
    while (n) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_set(err, STATUS_IO, "%s", message_errno(errno));
        bytes += written;
        n -= (size_t)written;
    }
    return STATUS_OK;
}

/* Reads to the end, for the hash; copies what it reads unless copy is -1. */
static enum status read_rest(struct input *in, int copy, uint64_t max, struct error *err)
{
    enum status status = STATUS_OK;
    bool is_last = false;
    while (status == STATUS_OK && !is_last) {
        const char *bytes;
        size_t n;
        status = next_bytes(in, &bytes, &n, err);
        is_last = in->is_at_end && in->sample_at == in->sample_len;
        if (status == STATUS_OK && copy >= 0 && in->n_read > max)
            return error_set(
                err, STATUS_BAD_INPUT, "more than %llu MB", (unsigned long long)(max >> 20));
        if (status == STATUS_OK && copy >= 0)
            status = put_bytes(copy, bytes, n, err);
    }
    return status;
}

enum status input_document_fd(struct input *in, uint64_t max, int *fd, struct error *err)
{
    in->sample_at = 0; /* a BOM, too */
    *fd = in->is_file ? fcntl(in->fd, F_DUPFD_CLOEXEC, 3) : memfd_create("duan", MFD_CLOEXEC);
    if (*fd < 0)
        return error_set(err, STATUS_IO, "%s", message_errno(errno));
    enum status status = read_rest(in, in->is_file ? -1 : *fd, max, err);
    if (status != STATUS_OK) {
        close(*fd);
        *fd = -1;
    }
    return status;
}

int64_t input_mtime_ns(const struct stat *st)
{
    return (int64_t)((uint64_t)st->st_mtim.tv_sec * 1000000000 + (uint64_t)st->st_mtim.tv_nsec);
}

enum status input_finish(struct input *in, struct source *out, struct error *err)
{
    struct stat now;
    if (in->is_file) {
        if (in->n_read < (uint64_t)in->stat.st_size)
            return error_set(err, STATUS_IO, "the file shrank while it was read");
        if (fstat(in->fd, &now) != 0 || input_mtime_ns(&now) != input_mtime_ns(&in->stat) ||
            now.st_size != in->stat.st_size)
            return error_set(err, STATUS_IO, "the file was changed while it was read");
    }
    out->size = in->n_read;
    out->mtime_ns = in->is_file ? input_mtime_ns(&in->stat) : 0;
    out->hash = hash_stream_value(in->hash);
    out->encoding = in->detection.encoding;
    out->certainty = (uint8_t)(in->detection.certainty * 100 + 0.5);
    out->n_replaced = in->n_replaced;
    return STATUS_OK;
}

uint64_t input_position(const struct input *in)
{
    return in->n_read;
}

enum status input_hash(const char *path, uint64_t size, uint64_t *hash, struct error *err)
{
    struct input *in;
    enum status status = input_open_file(path, &in, err);
    if (status != STATUS_OK)
        return status;
    while (status == STATUS_OK && !in->is_at_end) {
        size_t n;
        status = read_bytes(in, in->chunk, INPUT_CHUNK, &n, err);
    }
    if (status == STATUS_OK && in->n_read != size)
        status = error_set(err, STATUS_IO, "the file was changed while it was read");
    *hash = hash_stream_value(in->hash);
    input_close(in);
    return status;
}
