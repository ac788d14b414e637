// SPDX-License-Identifier: GPL-2.0-or-later
/* Paragraphs that some program broke at a width come back as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/passage.h"

enum style { STYLE_PLAIN, STYLE_BLANK, STYLE_INDENT };
enum { PARAGRAPHS = 60, PARAGRAPH_BYTES = 1200, LINES_BYTES = PARAGRAPHS * PARAGRAPH_BYTES * 2 };

static unsigned long long seed = 5;

static unsigned random_below(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static const char *const words[] = {"云陵市", "建成", "古窑", "保护区", "茶园", "的", "陶瓷",
    "产业", "增长", "2023年", "12.5%", "1168.3亿元", "GDP", "“一带一路”", "（县）", "和", "研发",
    "农村"};

/* With what would open an item at the start of a line, where the paragraphs are marked. */
static void make_paragraph(enum style style, char out[PARAGRAPH_BYTES])
{
    bool is_marked = style != STYLE_PLAIN;
    out[0] = '\0';
    for (unsigned sentences = 3 + random_below(5), first = sentences; sentences > 0; sentences--) {
        if (is_marked && sentences < first && random_below(3) == 0)
            strcat(out, "二是");
        if (is_marked && random_below(3) == 0)
            strcat(out, "产业居全国第二、第三，");
        for (unsigned n = 4 + random_below(9), i = 0; i < n; i++) {
            strcat(out, words[random_below(sizeof words / sizeof *words)]);
            if (i + 1 < n && random_below(4) == 0)
                strcat(out, "，");
        }
        strcat(out, sentences == 1 || random_below(3) ? "。" : "；");
    }
}

static size_t char_length(const char *s)
{
    unsigned char c = (unsigned char)*s;
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* What may not begin a line, so it hangs over the end of the last. */
static bool hangs(const char *s)
{
    static const char *const marks[] = {"，", "。", "；", "”", "）", "%"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(s, marks[i], strlen(marks[i])) == 0)
            return true;
    return false;
}

static bool is_of_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '.' || c == '%';
}

/* The bytes that must stay together at s: a character, or a number and a word of letters where they are kept whole. */
static size_t unit_length(const char *s, bool keeps_words)
{
    size_t n = char_length(s);
    while (keeps_words && is_of_word(s[0]) && is_of_word(s[n]))
        n++;
    return n;
}

static void wrap(const char *s, unsigned width, bool keeps_words, char *out)
{
    unsigned column = 0;
    out += strlen(out);
    for (size_t n; *s; s += n) {
        n = unit_length(s, keeps_words);
        unsigned columns = (unsigned char)*s < 0x80 ? (unsigned)n : 2;
        if (column + columns > width && !(keeps_words && hangs(s))) {
            *out++ = '\n';
            column = 0;
        }
        memcpy(out, s, n);
        out += n;
        column += columns;
    }
    strcpy(out, "\n");
}

struct counts {
    char (*paragraphs)[PARAGRAPH_BYTES];
    size_t n, same;
    size_t ended_in_clause;
};

static enum status compare(void *arg, const struct passage *p, struct error *err)
{
    struct counts *c = arg;
    char text[4 * PARAGRAPH_BYTES];
    size_t n = 0;
    (void)err;
    for (size_t i = 0; i < p->text_len; i++) {
        if (p->text_len - i >= 3 && memcmp(p->text + i, "　", 3) == 0)
            i += 2;
        else if (p->text[i] != '\n')
            text[n++] = p->text[i];
    }
    text[n] = '\0';
    c->n++;
    for (size_t i = 0; i < PARAGRAPHS; i++)
        c->same += strcmp(text, c->paragraphs[i]) == 0;
    c->ended_in_clause += n >= 3 && strcmp(text + n - 3, "；") == 0;
    return STATUS_OK;
}

static struct counts cut(enum style style, unsigned width, bool keeps_words)
{
    static char paragraphs[PARAGRAPHS][PARAGRAPH_BYTES], lines[LINES_BYTES];
    struct counts counts = {.paragraphs = paragraphs};
    struct passage_splitter *s;
    struct error err;
    strcpy(lines, "云陵市工作报告\n\n");
    for (size_t i = 0; i < PARAGRAPHS; i++) {
        char indented[PARAGRAPH_BYTES + 8] = "　　";
        make_paragraph(style, paragraphs[i]);
        strcat(indented, paragraphs[i]);
        wrap(style == STYLE_INDENT ? indented : paragraphs[i], width, keeps_words, lines);
        if (style == STYLE_BLANK)
            strcat(lines, "\n");
    }
    assert_int_equal(passage_splitter_open(compare, &counts, &s, &err), STATUS_OK);
    passage_splitter_begin(s, false, 1);
    assert_int_equal(passage_splitter_feed(s, lines, strlen(lines), true, &err), STATUS_OK);
    passage_splitter_close(s);
    return counts;
}

static const unsigned widths[] = {64, 71, 72, 76, 80};
enum { N_WIDTHS = sizeof widths / sizeof *widths };

static void wrap_joins__restores_marked_paragraphs(void **state)
{
    (void)state;
    for (int round = 0; round < 4 * N_WIDTHS; round++) {
        enum style style = round & 1 ? STYLE_BLANK : STYLE_INDENT;
        struct counts c = cut(style, widths[round / 4], round & 2);
        print_message("width %u, %s%s: %zu of %d\n", widths[round / 4],
            style == STYLE_BLANK ? "blank lines" : "indents", round & 2 ? ", words kept" : "",
            c.same, PARAGRAPHS);
        assert_int_equal(c.same, PARAGRAPHS);
        assert_int_equal(c.n, PARAGRAPHS + 1);
    }
}

/* Where nothing marks them, a stop at the edge is taken for what it is more often. */
static void wrap_joins__guesses_at_the_edge_by_what_is_likelier(void **state)
{
    (void)state;
    size_t same = 0, n = 0;
    for (int round = 0; round < 2 * N_WIDTHS; round++) {
        struct counts c = cut(STYLE_PLAIN, widths[round / 2], round & 1);
        assert_int_equal(c.ended_in_clause, 0);
        same += c.same;
        n += PARAGRAPHS;
    }
    print_message("%zu of %zu\n", same, n);
    assert_true(same * 10 >= n * 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrap_joins__restores_marked_paragraphs),
        cmocka_unit_test(wrap_joins__guesses_at_the_edge_by_what_is_likelier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
