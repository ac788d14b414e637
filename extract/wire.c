// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/wire.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common/utf8.h"

static void put_u32(unsigned char *out, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char)(v >> 8 * i);
}

static uint32_t get_u32(const unsigned char *in)
{
    return (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

/* Writes all of the parts, however the pipe takes them. */
static bool write_all(int fd, struct iovec *parts, int n)
{
    while (n) {
        ssize_t written = writev(fd, parts, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        while (n && (size_t)written >= parts->iov_len) {
            written -= (ssize_t)parts->iov_len;
            parts++;
            n--;
        }
        if (n) {
            parts->iov_base = (char *)parts->iov_base + written;
            parts->iov_len -= (size_t)written;
        }
    }
    return true;
}

enum status wire_write(int fd, enum wire_type type, const void *head, size_t n_head,
    const char *text, size_t n, struct error *err)
{
    unsigned char header[WIRE_HEADER] = {(unsigned char)type};
    put_u32(header + 1, (uint32_t)(n_head + n));
    struct iovec parts[] = {
        {header, sizeof header}, {(void *)(uintptr_t)head, n_head}, {(void *)(uintptr_t)text, n}};
    return write_all(fd, parts, 3) ? STATUS_OK : error_errno(err, "cannot hand out the text");
}

static enum status broken(struct error *err)
{
    return error_set(err, STATUS_CORRUPT, "the parser sent garbage");
}

enum status wire_header(const unsigned char header[WIRE_HEADER], size_t *n, struct error *err)
{
    *n = get_u32(header + 1);
    return *n <= WIRE_PAYLOAD_MAX ? STATUS_OK : broken(err);
}

/* May the end of a page stand in it? */
static bool is_clean(const char *text, size_t n, bool has_pages)
{
    if (utf8_valid(text, n) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)text[i] < 0x20 && (!has_pages || text[i] != BLOCK_PAGE_END)) ||
            text[i] == 0x7F)
            return false;
    return true;
}

/* The text behind the first `head` bytes. */
static bool take_text(struct wire_frame *out, const char *payload, size_t n, size_t head)
{
    if (n < head)
        return false;
    out->text = payload + head;
    out->n = n - head;
    return true;
}

static bool take_kind(struct wire_frame *out, const unsigned char *in, size_t n)
{
    if (n != 3 || in[0] == DOCUMENT_NONE || in[0] >= DOCUMENT_KINDS || in[1] > ENCODING_UTF16BE ||
        in[2] > 100)
        return false;
    out->kind = (enum document_kind)in[0];
    out->encoding = (enum encoding)in[1];
    out->certainty = in[2];
    return true;
}

static bool take_block(struct wire_frame *out, const unsigned char *in, size_t n)
{
    if (n <= 6 || in[0] > BLOCK_NOTE || !block_may_have_level((enum block_kind)in[0], in[1]))
        return false;
    out->block =
        (struct block){(enum block_kind)in[0], in[1], get_u32(in + 2), (const char *)in + 6, n - 6};
    return out->block.n <= BLOCK_BYTES_MAX &&
           is_clean(out->block.text, out->block.n, out->block.page > 0);
}

enum status wire_payload(
    enum wire_type type, const char *payload, size_t n, struct wire_frame *out, struct error *err)
{
    const unsigned char *in = (const unsigned char *)payload;
    bool is_ok = false;
    *out = (struct wire_frame){.type = type};
    switch (type) {
    case WIRE_KIND:
        is_ok = take_kind(out, in, n);
        break;
    case WIRE_META:
        is_ok = take_text(out, payload, n, 1) && in[0] <= META_AUTHOR &&
                is_clean(out->text, out->n, false);
        out->meta = is_ok ? (enum document_meta)in[0] : META_TITLE;
        break;
    case WIRE_BLOCK:
        is_ok = take_block(out, in, n);
        break;
    case WIRE_MEMBER:
        is_ok = take_text(out, payload, n, 0) && n <= WIRE_NAME_MAX && !memchr(payload, '\0', n);
        break;
    case WIRE_DATA:
        is_ok = take_text(out, payload, n, 0) && n <= WIRE_DATA_MAX;
        break;
    case WIRE_FAULT:
        is_ok = take_text(out, payload, n, 0) && n > 0 && n < ERROR_MESSAGE_MAX &&
                is_clean(out->text, n, false);
        break;
    case WIRE_END:
        is_ok = take_text(out, payload, n, 1) && in[0] <= STATUS_INTERNAL &&
                out->n < ERROR_MESSAGE_MAX && is_clean(out->text, out->n, false) &&
                (in[0] == STATUS_OK) == (out->n == 0);
        out->status = is_ok ? (enum status)in[0] : STATUS_CORRUPT;
        break;
    }
    return is_ok ? STATUS_OK : broken(err);
}
