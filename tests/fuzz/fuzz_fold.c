// SPDX-License-Identifier: GPL-2.0-or-later
/* Folding and repair: characters in order, none skipped unless it may be; what is folded stays when folded again;
 * what is shown clean covers the text and reads the same. */
#include "common/buf.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tokenizer/emphasis.h"
#include "tokenizer/folded_text.h"

static void check_char(const struct folded_char *c, const struct folded_char *before, size_t n)
{
    struct fold again = fold_char(c->cp);
    MUST(c->start < c->end && c->end <= n);
    MUST(c->start >= before->end || (c->start == before->start && c->end == before->end));
    MUST(c->kind != CHAR_IGNORED);
    MUST(c->cp == ' ' || (again.cp == c->cp && again.n_expansion == 0 && again.kind == c->kind));
    MUST((c->kind == CHAR_SPACE) == (c->cp == ' '));
}

/* Between two characters lie only what vanishes: ignored ones, blanks, marks of bold, a reading, broken bytes. */
static void check_gap(const char *text, size_t n, size_t from, size_t to)
{
    for (size_t at = from; at < to;) {
        uint32_t cp;
        if (emphasis_is_mark(text, n, at)) {
            at += EMPHASIS_BYTES;
            continue;
        }
        at += utf8_step(text + at, to - at, &cp);
        enum char_class kind = fold_char(cp).kind;
        MUST(kind == CHAR_IGNORED || kind == CHAR_SPACE);
    }
}

static void check_folded(const char *text, size_t n)
{
    struct folded_text f;
    struct folded_char c, before = {.end = 0};
    bool is_first = true, was_space = false;
    folded_text_init(&f, text, n);
    while (folded_text_next(&f, &c)) {
        check_char(&c, &before, n);
        check_gap(text, n, before.end, c.start > before.end ? c.start : before.end);
        MUST(!(is_first && c.cp == ' ') && !(was_space && c.kind == CHAR_SPACE));
        is_first = false;
        was_space = c.kind == CHAR_SPACE;
        before = c;
    }
    MUST(!was_space);
    check_gap(text, n, before.end, n);
}

static void check_cleaner(const char *text, size_t n, struct buf *clean)
{
    struct cleaner c;
    struct clean_piece p;
    size_t at = 0;
    cleaner_init(&c, text, n);
    while (cleaner_next(&c, &p)) {
        MUST(p.start == at && p.end > p.start && p.end <= n);
        at = p.end;
        if (p.kind == CLEAN_KEEP)
            MUST(buf_append(clean, text + p.start, p.end - p.start));
        if (p.kind == CLEAN_SPACE)
            MUST(buf_append_byte(clean, ' '));
    }
    MUST(at == n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    struct buf clean;
    buf_init(&clean, 2 * size + 16);
    check_folded(text, size);
    check_cleaner(text, size, &clean);
    buf_release(&clean);
    free(text);
    return 0;
}
