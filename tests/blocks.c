// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/blocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"

struct collector {
    struct buf *out;
    bool has_pages;
};

static enum status note_meta(
    void *arg, enum document_meta what, const char *text, size_t n, struct error *err)
{
    static const char *const names[] = {"title", "date", "author"};
    const struct collector *c = arg;
    (void)err;
    assert_true(buf_printf(c->out, "%s=%.*s\n", names[what], (int)n, text));
    return STATUS_OK;
}

static enum status note_block(void *arg, const struct block *b, struct error *err)
{
    const struct collector *c = arg;
    char kind = b->kind == BLOCK_HEADING ? (char)('0' + b->level) : "T?IRN"[b->kind];
    (void)err;
    assert_true(b->n > 0 && b->n <= BLOCK_BYTES_MAX && utf8_valid(b->text, b->n) == b->n);
    assert_null(memchr(b->text, '\n', b->n));
    assert_true(buf_append_byte(c->out, kind) &&
                (!c->has_pages || buf_printf(c->out, " %u", b->page)) &&
                buf_printf(c->out, " %.*s\n", (int)b->n, b->text));
    return STATUS_OK;
}

enum status blocks_of(document_parser *parser, const char *bytes, size_t n, bool has_pages,
    struct buf *out, struct error *err)
{
    char *copy = malloc(n ? n : 1);
    struct collector c = {out, has_pages};
    const struct document_input in = {copy, n, ENCODING_UNKNOWN};
    const struct document_sink sink = {&c, note_meta, note_block};
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    buf_init(out, 64 << 20);
    enum status s = parser(&in, &sink, err);
    free(copy);
    return s;
}

static uint64_t seed(void)
{
    static uint64_t value;
    const char *stated = getenv("SEED");
    if (!value) {
        value = stated ? strtoull(stated, NULL, 10) : 20260101;
        print_message("SEED=%llu\n", (unsigned long long)value);
    }
    return value;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

void blocks_survive_flips(document_parser *parser, const char *bytes, size_t n, unsigned times)
{
    uint64_t random = seed();
    char *changed = malloc(n);
    assert_non_null(changed);
    for (unsigned i = 0; i < times; i++) {
        struct buf out;
        struct error err;
        memcpy(changed, bytes, n);
        for (uint64_t flips = 1 + next_random(&random) % 4; flips; flips--)
            changed[next_random(&random) % n] ^= (char)(1 << next_random(&random) % 8);
        enum status s = blocks_of(parser, changed, n, false, &out, &err);
        assert_true(s == STATUS_OK || s == STATUS_BAD_INPUT || s == STATUS_FOREIGN);
        if (s != STATUS_OK)
            assert_true(err.message[0] && !strchr(err.message, '\n'));
        buf_release(&out);
    }
    free(changed);
}
