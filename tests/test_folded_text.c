// SPDX-License-Identifier: GPL-2.0-or-later
/* tests/data/folded_text.test, and that folding and cleaning agree on any text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/utf8.h"
#include "tests/rows.h"
#include "tokenizer/folded_text.h"

static void put_folded(const char *text, size_t n, struct buf *out)
{
    struct folded_text t;
    struct folded_char c;
    char utf8[UTF8_MAX_BYTES];
    folded_text_init(&t, text, n);
    while (folded_text_next(&t, &c))
        assert_true(buf_append(out, utf8, utf8_encode(c.cp, utf8)));
    assert_non_null(buf_terminate(out));
}

/* The text as it is shown; between pieces `seam`. Pieces must follow each other and cover the text.
 */
static void put_clean(const char *text, size_t n, const char *seam, struct buf *out)
{
    struct cleaner cleaner;
    struct clean_piece piece;
    size_t at = 0;
    cleaner_init(&cleaner, text, n);
    while (cleaner_next(&cleaner, &piece)) {
        assert_int_equal(piece.start, at);
        assert_true(piece.end > piece.start);
        at = piece.end;
        if (piece.kind == CLEAN_DROP)
            continue;
        if (out->len)
            assert_true(buf_append_str(out, seam));
        if (piece.kind == CLEAN_SPACE)
            assert_true(buf_append_byte(out, ' '));
        else
            assert_true(buf_append(out, text + piece.start, piece.end - piece.start));
    }
    assert_int_equal(at, n);
    assert_non_null(buf_terminate(out));
}

static void check_row(void **state)
{
    const struct row *row = *state;
    struct buf out;
    buf_init(&out, 1 << 16);
    if (strcmp(row->kind, "clean") == 0)
        put_clean(row->text, row->text_len, "·", &out);
    else
        put_folded(row->text, row->text_len, &out);
    assert_string_equal(out.data, row->expected);
    buf_release(&out);
}

static void folded_text_next__gives_a_character_the_range_of_its_reading(void **state)
{
    (void)state;
    const char *text = "大會(huì )議";
    struct folded_text t;
    struct folded_char c;
    folded_text_init(&t, text, strlen(text));
    assert_true(folded_text_next(&t, &c));
    assert_true(folded_text_next(&t, &c));
    assert_int_equal(c.cp, 0x4F1A);
    assert_int_equal(c.start, strlen("大"));
    assert_int_equal(c.end, strlen("大會(huì )"));
}

static void folded_text_next__leaves_its_output_alone_at_the_end(void **state)
{
    (void)state;
    struct folded_text t;
    struct folded_char c = {.cp = 7};
    folded_text_init(&t, "", 0);
    assert_false(folded_text_next(&t, &c));
    assert_int_equal(c.cp, 7);
}

/* ---- what holds of any text ---- */

static uint64_t seed = 57;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* What parts other pieces. */
enum parting { PARTED_BY_NOTHING, PARTED_BY_A_BLANK, PARTED_BY_A_BREAK };

static enum parting parting_of(const char *piece)
{
    if (strpbrk(piece, "\n\r"))
        return PARTED_BY_A_BREAK;
    return strcmp(piece, " ") == 0 || strcmp(piece, "\u3000") == 0 ? PARTED_BY_A_BLANK
                                                                   : PARTED_BY_NOTHING;
}

static bool is_ignored(const char *piece)
{
    static const char *const ignored[] = {"\u200b", "\u00ad", "\u0301", "\ufe0f"};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        if (strcmp(piece, ignored[i]) == 0)
            return true;
    return false;
}

/* Appends up to 20 pieces, parted by nothing else, and by no line break behind white space. */
static void append_pieces(
    struct buf *text, const char *const *pieces, uint32_t n_pieces, enum parting parting)
{
    bool has_break = false;
    for (uint32_t i = random_below(20); i > 0; i--) {
        const char *piece = pieces[random_below(n_pieces)];
        enum parting of = parting_of(piece);
        if (of != PARTED_BY_NOTHING && (of != parting || has_break))
            continue;
        assert_true(buf_append_str(text, piece));
        has_break =
            of == PARTED_BY_A_BREAK || strcmp(piece, "- ") == 0 || (has_break && is_ignored(piece));
    }
}

/* The folded text of what is shown is that of the text. But for a blank line, which is shown as a space where folding parts
 * paragraphs, and a wrap beside letter-spaced Han, which is not shown: so each text has blanks or breaks, none of
 * them behind another. And a reading could stand behind one: it comes with its character. */
static void cleaner_next__changes_nothing_of_the_folded_text(void **state)
{
    (void)state;
    static const char *const pieces[] = {"中", "國", "會(huì )", "會（huì）", "會 (huì)(huì)",
        "蕤(ruí)", "蕤（ruí）", "國(huì)", "會", "蕤", "㌕", "㈠", " ", "\n", "\r\n", "。", "a",
        "\u200b", "\u0301", "\ufe0f", "\u00ad", "\xff", "2", "(", ")", "\u3000", "，", "（", "—",
        "”", "- ", "．", "│", "\n", "🙂", "十", " "};
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 100000; round++) {
        struct buf text, clean, folded, folded_clean;
        buf_init(&text, 1 << 12);
        buf_init(&clean, 1 << 12);
        buf_init(&folded, 1 << 12);
        buf_init(&folded_clean, 1 << 12);
        append_pieces(&text, pieces, sizeof pieces / sizeof *pieces,
            round % 2 ? PARTED_BY_A_BLANK : PARTED_BY_A_BREAK);
        assert_non_null(buf_terminate(&text));
        put_clean(text.data, text.len, "", &clean);
        put_folded(text.data, text.len, &folded);
        put_folded(clean.data, clean.len, &folded_clean);
        if (strcmp(folded.data, folded_clean.data) != 0)
            print_error("text '%s' is shown as '%s'\n", text.data, clean.data);
        assert_string_equal(folded.data, folded_clean.data);
        buf_release(&text);
        buf_release(&clean);
        buf_release(&folded);
        buf_release(&folded_clean);
    }
}

static void folded_text_next__survives_random_bytes(void **state)
{
    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 5000; round++) {
        char text[100];
        size_t n = random_below(sizeof text);
        for (size_t i = 0; i < n; i++)
            text[i] = (char)random_below(256);
        struct buf out;
        buf_init(&out, 1 << 16);
        put_folded(text, n, &out);
        buf_clear(&out);
        put_clean(text, n, "", &out);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folded_text_next__gives_a_character_the_range_of_its_reading),
        cmocka_unit_test(folded_text_next__leaves_its_output_alone_at_the_end),
        cmocka_unit_test(cleaner_next__changes_nothing_of_the_folded_text),
        cmocka_unit_test(folded_text_next__survives_random_bytes),
    };
    if (getenv("DUAN_SEED"))
        seed = strtoull(getenv("DUAN_SEED"), NULL, 10);
    return rows_run("folded_text.test", check_row) + cmocka_run_group_tests(tests, NULL, NULL);
}
