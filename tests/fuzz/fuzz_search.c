// SPDX-License-Identifier: GPL-2.0-or-later
/* Passages and a query of characters that are likely to matter: what the engine counts and finds is what a plain scan of
 * the folded text finds. Bytes up to a zero are the corpus, a row of characters each; what follows are two quoted texts. */
#include "common/utf8.h"
#include "search/search.h"
#include "tests/fuzz/scratch.h"

enum { PASSAGES_MAX = 40 };

static const char *const alphabet[] = {"中", "国", "會", "会(huì )", "a", "B", "1", "2", "0", ".",
    ",", "，", " ", "\n", "*", "%", "+", "-", "年", "亿", "🙂", "（", "\u3000", "㌕", "\u200b",
    "\"", "\\", "é", "ｱ", "々", "#", "。"};
enum { LETTERS = sizeof alphabet / sizeof *alphabet, PASSAGE_ENDS = LETTERS, REPORT_ENDS };

/* Text of UTF-8, and its folded form beside it. */
struct piece {
    char *text;
    size_t n;
    char *folded;
    size_t n_folded;
};

static void fold_piece(struct piece *p)
{
    struct folded_text f;
    struct folded_char c;
    p->folded = malloc(16 * p->n + 16);
    MUST(p->folded);
    folded_text_init(&f, p->text, p->n);
    for (p->n_folded = 0; folded_text_next(&f, &c);) {
        MUST(p->n_folded + UTF8_MAX_BYTES <= 16 * p->n + 16);
        p->n_folded += utf8_encode(c.cp, p->folded + p->n_folded);
    }
}

static bool holds(const struct piece *passage, const struct piece *needle)
{
    return needle->n_folded <= passage->n_folded &&
           memmem(passage->folded, passage->n_folded, needle->folded, needle->n_folded);
}

static void release(struct piece *p)
{
    free(p->text);
    free(p->folded);
}

/* ---- from bytes ---- */

struct corpus {
    struct piece passages[PASSAGES_MAX];
    bool ends_report[PASSAGES_MAX];
    size_t n;
};

/* Letters up to a byte that is none; false where there are none. */
static bool take_piece(struct fuzz_input *in, struct piece *out)
{
    char text[2048];
    size_t n = 0;
    while (
        in->n && *in->at && (*in->at - 1) % (REPORT_ENDS + 1) < LETTERS && n < sizeof text - 16) {
        const char *letter = alphabet[(fuzz_byte(in) - 1) % (REPORT_ENDS + 1)];
        memcpy(text + n, letter, strlen(letter));
        n += strlen(letter);
    }
    if (!n)
        return false;
    *out = (struct piece){.text = fuzz_copy(text, n), .n = n};
    fold_piece(out);
    return true;
}

static void take_corpus(struct fuzz_input *in, struct corpus *c)
{
    c->n = 0;
    while (in->n && *in->at && c->n < PASSAGES_MAX) {
        if (take_piece(in, &c->passages[c->n]))
            c->ends_report[c->n++] = false;
        if (in->n && *in->at && (*in->at - 1) % (REPORT_ENDS + 1) >= LETTERS) {
            if (c->n)
                c->ends_report[c->n - 1] |= (fuzz_byte(in) - 1) % (REPORT_ENDS + 1) == REPORT_ENDS;
            else
                fuzz_byte(in);
        }
    }
    while (in->n && fuzz_byte(in))
        ;
}

/* ---- indexing, and asking ---- */

static void build(const struct corpus *c)
{
    struct index_writer *w = scratch_index_begin("s.duan");
    struct source source;
    bool is_open = false;
    uint32_t number = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!is_open)
            scratch_report_begin(w, &source, "/r", 0);
        number = is_open ? number + 1 : 1;
        is_open = true;
        scratch_passage(w, c->passages[i].text, c->passages[i].n, number);
        if (c->ends_report[i] || i + 1 == c->n) {
            scratch_report_end(w, &source);
            is_open = false;
        }
    }
    scratch_index_end(w);
}

static void quote(const struct piece *p, struct buf *out)
{
    MUST(buf_append_byte(out, '"'));
    for (size_t i = 0; i < p->n; i++) {
        MUST((p->text[i] != '"' && p->text[i] != '\\') || buf_append_byte(out, '\\'));
        MUST(buf_append_byte(out, p->text[i]));
    }
    MUST(buf_append_byte(out, '"'));
}

/* expected: one flag a passage, in the order of docids. */
static void ask(struct index *ix, const struct buf *text, const bool *expected, size_t n)
{
    const struct search_options all = {.limit = PASSAGES_MAX + 1, .is_raw = true};
    struct query q;
    struct search_results found;
    struct error err;
    uint64_t count;
    size_t n_expected = 0;
    enum status s = query_parse(text->data, text->len, &q, &err);
    MUST(s == STATUS_OK || s == STATUS_BAD_INPUT);
    if (s != STATUS_OK)
        return;
    for (size_t i = 0; i < n; i++)
        n_expected += expected[i];
    MUST(search_count(ix, &q, &count, &err) == STATUS_OK);
    if (count != n_expected)
        fprintf(stderr, "%.*s: counted %u, expected %zu\n", (int)text->len, text->data,
            (unsigned)count, n_expected);
    MUST(count == n_expected);
    MUST(search_run(ix, &q, &all, &found, &err) == STATUS_OK);
    MUST(found.n == n_expected);
    for (size_t i = 0; i < found.n; i++)
        MUST(found.hits[i].docid > 0 && found.hits[i].docid <= n &&
             expected[found.hits[i].docid - 1]);
    search_results_release(&found);
    query_release(&q);
}

static void ask_all(
    struct index *ix, const struct corpus *c, const struct piece *a, const struct piece *b)
{
    static const char *const joins[] = {NULL, " ", " OR ", " -"};
    for (size_t how = 0; how < 4; how++) {
        bool expected[PASSAGES_MAX];
        struct buf text;
        buf_init(&text, 8192);
        quote(a, &text);
        MUST(!joins[how] || buf_append_str(&text, joins[how]));
        if (joins[how])
            quote(b, &text);
        for (size_t i = 0; i < c->n; i++) {
            bool has_a = holds(&c->passages[i], a), has_b = holds(&c->passages[i], b);
            expected[i] = how == 0   ? has_a
                          : how == 1 ? has_a && has_b
                          : how == 2 ? has_a || has_b
                                     : has_a && !has_b;
        }
        ask(ix, &text, expected, c->n);
        buf_release(&text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct corpus c;
    struct fuzz_input in = {data, size};
    struct piece a = {.n = 0}, b = {.n = 0};
    struct index *ix;
    struct error err;
    take_corpus(&in, &c);
    bool has_a = take_piece(&in, &a);
    if (has_a && in.n)
        fuzz_byte(&in);
    bool has_b = has_a && take_piece(&in, &b);
    if (c.n && has_b && a.n_folded && b.n_folded) {
        build(&c);
        MUST(index_open(scratch_path("s.duan"), &ix, &err) == STATUS_OK);
        ask_all(ix, &c, &a, &b);
        index_close(ix);
        scratch_remove("s.duan");
    }
    release(&a);
    release(&b);
    for (size_t i = 0; i < c.n; i++)
        release(&c.passages[i]);
    return 0;
}
