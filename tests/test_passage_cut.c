// SPDX-License-Identifier: GPL-2.0-or-later
/* Where a paragraph that is longer than a passage may be is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/passage.h"
#include "tests/repeated.h"

static void passage_cut__ends_before_an_indent_within_a_line(void **state)
{
    (void)state;
    char *paragraph = repeated("云陵市建成十个字。", 20), text[4096];
    size_t n = strlen(paragraph);
    size_t len = (size_t)sprintf(text, "%s　　%s　　%s", paragraph, paragraph, paragraph);
    assert_int_equal(passage_cut(text, len, true), n + 6);
    assert_int_equal(passage_cut(text + n + 6, len - n - 6, true), n + 6);
    assert_int_equal(passage_cut(text + 2 * (n + 6), n, true), n);
    len = (size_t)sprintf(text, "%s　%s", paragraph, paragraph); /* one is a blank, */
    assert_int_equal(passage_cut(text, len, true), len);
    len = (size_t)sprintf(
        text, "%s单位　　%s　　\n", paragraph, paragraph); /* and columns have no stops */
    assert_int_equal(passage_cut(text, len, true), len);
    free(paragraph);
}

static void passage_cut__shares_out_evenly(void **state)
{
    (void)state;
    char *text = repeated("云陵市建成十个字。", 100); /* 900 characters */
    size_t n = strlen(text), piece = passage_cut(text, n, true);
    assert_int_equal(piece, n / 2);
    assert_int_equal(passage_cut(text, n / 2, true), n / 2);
    free(text);
}

static void passage_cut__keeps_quotes_with_their_sentence(void **state)
{
    (void)state;
    char *text = repeated("云陵市建成“十个字。”", 100);
    size_t piece = passage_cut(text, strlen(text), true);
    assert_memory_equal(text + piece, "云", 3);
    free(text);
}

static void passage_cut__falls_back_to_commas_then_to_the_limit(void **state)
{
    (void)state;
    char *commas = repeated("云陵市建成十个字，", 100), *none = repeated("云", 3000),
         *readings = repeated("會 (huì )", 500);
    size_t piece = passage_cut(commas, strlen(commas), true);
    assert_int_equal(piece % strlen("云陵市建成十个字，"), 0);
    assert_int_equal(passage_cut(none, strlen(none), true), 2000 * 3);
    piece = passage_cut(readings, strlen(readings), true);
    assert_memory_equal(readings + piece, "會", 3);
    free(commas);
    free(none);
    free(readings);
}

/* Whichever of its characters stands at the limit: 會(huì )議 is cut before 會 or before 議. */
static void passage_cut__leaves_a_reading_with_its_character(void **state)
{
    (void)state;
    static const char word[] = "會(huì )議";
    enum { N = 2 * PASSAGE_CHARS_LIMIT, WORD_CHARS = 7 };
    char *text = repeated("云", N);
    for (size_t before = 0; before <= WORD_CHARS; before++) {
        char *copy = malloc(N * 3 + sizeof word);
        size_t at = (PASSAGE_CHARS_LIMIT - before) * 3;
        assert_non_null(copy);
        memcpy(copy, text, at);
        strcpy(copy + at, word);
        strcat(copy, text + at);
        size_t piece = passage_cut(copy, strlen(copy), true);
        assert_int_equal(piece, before < WORD_CHARS ? at : at + strlen("會(huì )"));
        free(copy);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passage_cut__ends_before_an_indent_within_a_line),
        cmocka_unit_test(passage_cut__shares_out_evenly),
        cmocka_unit_test(passage_cut__keeps_quotes_with_their_sentence),
        cmocka_unit_test(passage_cut__falls_back_to_commas_then_to_the_limit),
        cmocka_unit_test(passage_cut__leaves_a_reading_with_its_character),
    };
    return cmocka_run_group_tests_name("passage_cut", tests, NULL, NULL);
}
