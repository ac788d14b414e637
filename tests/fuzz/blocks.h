// SPDX-License-Identifier: GPL-2.0-or-later
/* What every parser of a foreign format must keep to, whatever it is given: blocks as document.h says, a status and a
 * message where it is no document, and no character more often than it came in. */
#ifndef DUAN_TESTS_FUZZ_BLOCKS_H
#define DUAN_TESTS_FUZZ_BLOCKS_H

#include "common/utf8.h"
#include "extract/parsers.h"
#include "tests/fuzz/fuzz.h"

struct seen_blocks {
    size_t n, n_marks; /* blocks, and how often MARK stands in them */
    uint32_t page;
};

/* A character to count: one that no parser and no entity makes by itself. */
#define MARK "\xE4\xB8\xAD" /* 中 */

static inline size_t count_marks(const char *text, size_t n)
{
    size_t n_marks = 0;
    for (size_t i = 0; i + 3 <= n; i++)
        n_marks += memcmp(text + i, MARK, 3) == 0;
    return n_marks;
}

/* One line; the ends of pages stand inside it where it has pages, without blanks. */
static inline void check_line(const char *text, size_t n, bool has_pages)
{
    bool was_blank = true;
    MUST(n > 0 && n <= BLOCK_BYTES_MAX && utf8_valid(text, n) == n);
    for (size_t i = 0; i < n; i++) {
        bool is_blank = text[i] == ' ' || (has_pages && text[i] == BLOCK_PAGE_END);
        MUST(is_blank || ((unsigned char)text[i] >= 0x20 && text[i] != 0x7F));
        MUST(!is_blank || !was_blank ||
             (i > 0 && text[i] == BLOCK_PAGE_END && text[i - 1] == BLOCK_PAGE_END));
        was_blank = is_blank;
    }
    MUST(!was_blank || n == BLOCK_BYTES_MAX);
}

static inline enum status see_meta(
    void *arg, enum document_meta what, const char *text, size_t n, struct error *err)
{
    (void)arg;
    (void)err;
    MUST(what <= META_AUTHOR);
    check_line(text, n, false);
    return STATUS_OK;
}

static inline enum status see_block(void *arg, const struct block *b, struct error *err)
{
    struct seen_blocks *seen = arg;
    (void)err;
    MUST(b->kind <= BLOCK_NOTE && block_may_have_level(b->kind, b->level));
    check_line(b->text, b->n, b->page > 0);
    MUST(b->page >= seen->page);
    seen->page = b->page;
    seen->n_marks += count_marks(b->text, b->n);
    seen->n++;
    return STATUS_OK;
}

static inline enum status parse_blocks(document_parser *parser, const char *bytes, size_t n,
    enum encoding encoding, struct seen_blocks *seen)
{
    const struct document_input in = {bytes, n, encoding};
    const struct document_sink sink = {seen, see_meta, see_block};
    struct error err = {.message = ""};
    *seen = (struct seen_blocks){.n = 0};
    enum status s = parser(&in, &sink, &err);
    MUST(s == STATUS_OK || s == STATUS_BAD_INPUT || s == STATUS_NO_MEMORY);
    MUST(s == STATUS_OK || (err.status == s && err.message[0]));
    return s;
}

#endif
