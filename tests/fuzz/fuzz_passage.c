// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text, fed in pieces cut anywhere: its passages, one behind the other, are the text, byte for byte but for blank lines, and the same ones
 * however it was cut; numbers, lines and sections are in order. First byte: how it is read; second: where it is cut. */
#include "common/utf8.h"
#include "indexer/passage.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/kept.h"

struct seen {
    struct buf text;    /* of all passages */
    struct buf columns; /* the rest of each, to be compared */
    uint32_t n, line;
};

static enum status take(void *arg, const struct passage *p, struct error *err)
{
    struct seen *s = arg;
    (void)err;
    MUST(p->text_len > 0 && p->text_len <= PASSAGE_BYTES_MAX && p->level <= 9);
    MUST(p->number == ++s->n && p->section < p->number && p->line >= s->line);
    MUST(utf8_valid(p->text, p->text_len) == p->text_len);
    s->line = p->line;
    MUST(buf_append(&s->text, p->text, p->text_len));
    MUST(buf_printf(&s->columns, "%zu %u %u %u\n", p->text_len, (unsigned)p->line,
        (unsigned)p->section, (unsigned)p->level));
    return STATUS_OK;
}

static void split(const char *text, size_t n, bool is_markdown, size_t step, struct seen *seen)
{
    struct passage_splitter *s;
    struct error err;
    MUST(passage_splitter_open(take, seen, &s, &err) == STATUS_OK);
    passage_splitter_begin(s, is_markdown, 1);
    for (size_t at = 0, len; at < n; at += len) {
        len = utf8_floor(text, n, at + step < n ? at + step : n) - at;
        len = len ? len : n - at;
        char *piece = fuzz_copy(text + at, len);
        MUST(passage_splitter_feed(s, piece, len, at + len == n, &err) == STATUS_OK);
        free(piece);
    }
    passage_splitter_close(s);
}

/* Each line as a paragraph of a document, whose pages go on where those within the paragraph before end. */
static void split_document(const char *text, size_t n, uint8_t how, struct seen *seen)
{
    struct passage_splitter *s;
    struct error err;
    size_t n_fed = 0;
    MUST(passage_splitter_open(take, seen, &s, &err) == STATUS_OK);
    passage_splitter_begin_document(s);
    uint32_t number = 1, page = 0;
    for (size_t at = 0, len; at < n; at += len + 1, number++) {
        const char *end = memchr(text + at, '\n', n - at);
        len = end ? (size_t)(end - (text + at)) : n - at;
        struct paragraph_hint hint = {
            .page = page += number % 3 == 0, .level = (uint8_t)(how * number % 10)};
        hint.is_inline = hint.level == 0 && how * number % 3 == 0;
        hint.is_note = hint.level == 0 && how * number % 7 == 0;
        if (!len || len > PASSAGE_BYTES_MAX)
            continue;
        MUST(passage_splitter_paragraph(s, &hint, text + at, len, &err) == STATUS_OK);
        n_fed += len + 1;
        page += passage_pages(text + at, len);
    }
    MUST(passage_splitter_end(s, &err) == STATUS_OK);
    MUST(seen->text.len == n_fed);
    passage_splitter_close(s);
}

static void seen_init(struct seen *s)
{
    *s = (struct seen){.n = 0};
    buf_init(&s->text, 1 << 20);
    buf_init(&s->columns, 1 << 22);
}

static void seen_release(struct seen *s)
{
    buf_release(&s->text);
    buf_release(&s->columns);
}

/* The text with what is not UTF-8 left out. */
static size_t keep_valid(char *text, size_t n)
{
    size_t kept = 0;
    for (size_t at = 0, len; at < n; at += len) {
        uint32_t cp;
        bool is_char = utf8_decode(text + at, n - at, &cp) > 0;
        len = utf8_step(text + at, n - at, &cp);
        if (is_char)
            memmove(text + kept, text + at, len);
        kept += is_char ? len : 0;
    }
    return kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    uint8_t how = fuzz_byte(&in);
    size_t step = 4 + fuzz_byte(&in);
    char *text = fuzz_copy(in.at, in.n);
    size_t n = keep_valid(text, in.n);
    struct seen whole, pieces, document;
    seen_init(&whole);
    seen_init(&pieces);
    seen_init(&document);
    if (n) {
        split(text, n, how & 1, n, &whole);
        MUST(is_kept(&whole.text, text, n));
        split(text, n, how & 1, step, &pieces);
        MUST(is_kept(&pieces.text, text, n));
        MUST(pieces.columns.len == whole.columns.len &&
             memcmp(pieces.columns.data, whole.columns.data, whole.columns.len) == 0);
    }
    split_document(text, n, how, &document);
    seen_release(&whole);
    seen_release(&pieces);
    seen_release(&document);
    free(text);
    return 0;
}
