// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "search/metrics.h"
#include "search/trec.h"

/* "nDCG MRR recall" with four digits, as one string to compare. */
static const char *figures(
    const double *ranked, size_t n_ranked, const double *judged, size_t n_judged)
{
    static char text[64];
    double copy[16];
    memcpy(copy, judged, n_judged * sizeof *copy);
    struct metrics m = metrics_of_query(ranked, n_ranked, copy, n_judged);
    snprintf(text, sizeof text, "%.4f %.4f %.4f", m.of[METRIC_NDCG], m.of[METRIC_MRR],
        m.of[METRIC_RECALL]);
    return text;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void metrics_of_query__of_one_document_at_rank_three(void **state)
{
    (void)state;
    /* 1 / log2(4) = .5; 1 / 3; 1 of 1 */
    const double ranked[] = {0, 0, 1}, judged[] = {1};
    assert_string_equal(figures(ranked, COUNT(ranked), judged, 1), "0.5000 0.3333 1.0000");
}

static void metrics_of_query__of_two_documents_one_of_which_is_found(void **state)
{
    (void)state;
    /* 1 / (1 + 1/log2(3)) = 1 / 1.63093 = .61315; 1; 1 of 2 */
    const double ranked[] = {1, 0}, judged[] = {1, 0, 1};
    assert_string_equal(figures(ranked, COUNT(ranked), judged, 3), "0.6131 1.0000 0.5000");
}

static void metrics_of_query__takes_the_relevance_itself_as_gain(void **state)
{
    (void)state;
    /* (1 + 3/log2(3)) / (3 + 1/log2(3)) = 2.89279 / 3.63093 = .79671 */
    const double ranked[] = {1, 3}, judged[] = {1, 3};
    assert_string_equal(figures(ranked, COUNT(ranked), judged, 2), "0.7967 1.0000 1.0000");
}

static void metrics_of_query__looks_no_further_than_each_cut(void **state)
{
    (void)state;
    double ranked[101] = {0};
    const double judged[] = {1, 1};
    ranked[10] = 1;  /* the eleventh: of no use to nDCG and MRR, found for the recall */
    ranked[100] = 1; /* the hundred and first: not found */
    assert_string_equal(figures(ranked, COUNT(ranked), judged, 2), "0.0000 0.0000 0.5000");
}

static void metrics_of_query__of_more_relevant_ones_than_the_cut_can_be_perfect(void **state)
{
    (void)state;
    double ranked[10], judged[12];
    for (size_t i = 0; i < 12; i++)
        judged[i] = 1;
    memcpy(ranked, judged, sizeof ranked);
    assert_string_equal(figures(ranked, COUNT(ranked), judged, 12), "1.0000 1.0000 0.8333");
}

static void metrics_of_query__without_a_relevant_document_is_nothing(void **state)
{
    (void)state;
    const double ranked[] = {0, 0}, judged[] = {0};
    assert_string_equal(figures(ranked, COUNT(ranked), judged, 1), "0.0000 0.0000 0.0000");
    assert_string_equal(figures(ranked, 0, judged, 0), "0.0000 0.0000 0.0000");
}

static void metrics_p_value__is_one_without_a_difference(void **state)
{
    (void)state;
    const double none[8] = {0};
    assert_true(metrics_p_value(none, 8) == 1);
    assert_true(metrics_p_value(none, 0) == 1);
}

/* Of the 2^n signs of n equal differences two give a sum as large: p = 2^(1 - n). */
static void metrics_p_value__of_equal_differences_is_that_of_a_coin(void **state)
{
    (void)state;
    const double four[4] = {1, 1, 1, 1};
    const double mixed[4] = {3, 1, 1, 1}; /* |sum| = 6 only when all signs agree */
    double twenty[20];
    for (size_t i = 0; i < 20; i++)
        twenty[i] = -0.1;
    assert_true(metrics_p_value(four, 4) > 0.115 && metrics_p_value(four, 4) < 0.135);
    assert_true(metrics_p_value(mixed, 4) > 0.115 && metrics_p_value(mixed, 4) < 0.135);
    assert_true(metrics_p_value(twenty, 20) < 0.001);
}

/* 2 of 3 differences of +-1: |sum| >= 1 always. */
static void metrics_p_value__is_two_sided(void **state)
{
    (void)state;
    const double mixed[3] = {1, 1, -1}, opposite[4] = {1, 1, 1, -1};
    assert_true(metrics_p_value(mixed, 3) == 1);
    /* |sum| >= 2: 1 - P(0) = 1 - 6/16 */
    double p = metrics_p_value(opposite, 4);
    assert_true(p > 0.605 && p < 0.645);
}

static void metrics_p_value__is_the_same_each_time(void **state)
{
    (void)state;
    double differences[100];
    for (size_t i = 0; i < 100; i++)
        differences[i] = (double)(i * 37 % 11) / 10 - 0.4;
    assert_true(metrics_p_value(differences, 100) == metrics_p_value(differences, 100));
}

/* ---- files ---- */

static struct error err;

static enum status read_text(struct trec_table *t, const char *text,
    enum status (*read)(struct trec_table *, const char *, struct error *))
{
    trec_table_init(t);
    assert_true(buf_append_str(&t->text, text));
    return read(t, "f", &err);
}

static void trec_read_run__orders_by_score_and_of_equals_by_line(void **state)
{
    (void)state;
    struct trec_table t;
    assert_int_equal(
        read_text(&t, "b Q0 d4 1 1.0 x\na Q0 d1 1 2.5 x\n\na Q0 d3 2 3.5 x\r\na\tQ0 d2 9 2.5",
            trec_read_run),
        STATUS_OK);
    size_t n;
    const struct trec_row *rows = trec_find(&t, "a", &n);
    assert_int_equal(n, 3);
    assert_string_equal(rows[0].docid, "d3");
    assert_string_equal(rows[1].docid, "d1");
    assert_string_equal(rows[2].docid, "d2");
    trec_find(&t, "c", &n);
    assert_int_equal(n, 0);
    trec_table_release(&t);
}

static void trec_read_run__refuses_a_document_twice(void **state)
{
    (void)state;
    struct trec_table t;
    assert_int_equal(read_text(&t, "a Q0 d1 1 2 x\nb Q0 d1 1 2 x\na Q0 d1 2 1 x\n", trec_read_run),
        STATUS_BAD_INPUT);
    assert_string_equal(err.message, "f:3: 'd1' stands twice for query 'a'");
    trec_table_release(&t);
}

static void trec_read_run__points_at_a_line_that_is_none(void **state)
{
    (void)state;
    struct trec_table t;
    assert_int_equal(
        read_text(&t, "a Q0 d1 1 2 x\na Q0 d2 1 two x\n", trec_read_run), STATUS_BAD_INPUT);
    assert_string_equal(err.message, "f:2: no 'qid Q0 docid rank score tag'");
    trec_table_release(&t);
}

static void trec_relevance__is_that_of_the_judgement_or_none(void **state)
{
    (void)state;
    struct trec_table t;
    size_t n;
    assert_int_equal(
        read_text(&t, "q 0 d9 1\nq 0 d1 2\np 0 d5 1\n", trec_read_judgements), STATUS_OK);
    const struct trec_row *rows = trec_find(&t, "q", &n);
    assert_true(trec_relevance(rows, n, "d1") == 2);
    assert_true(trec_relevance(rows, n, "d9") == 1);
    assert_true(trec_relevance(rows, n, "d5") == 0);
    trec_table_release(&t);
    assert_int_equal(read_text(&t, "q 0 d1 -1\n", trec_read_judgements), STATUS_BAD_INPUT);
    trec_table_release(&t);
}

static void trec_read_queries__keeps_the_order_and_the_blanks_of_the_text(void **state)
{
    (void)state;
    struct trec_table t;
    assert_int_equal(read_text(&t, "b\t养老 电梯\na\t什么\n", trec_read_queries), STATUS_OK);
    assert_int_equal(t.n_rows, 2);
    assert_string_equal(t.rows[0].qid, "b");
    assert_string_equal(t.rows[0].docid, "养老 电梯");
    trec_table_release(&t);
    assert_int_equal(read_text(&t, "b 养老\n", trec_read_queries), STATUS_BAD_INPUT);
    trec_table_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_of_query__of_one_document_at_rank_three),
        cmocka_unit_test(metrics_of_query__of_two_documents_one_of_which_is_found),
        cmocka_unit_test(metrics_of_query__takes_the_relevance_itself_as_gain),
        cmocka_unit_test(metrics_of_query__looks_no_further_than_each_cut),
        cmocka_unit_test(metrics_of_query__of_more_relevant_ones_than_the_cut_can_be_perfect),
        cmocka_unit_test(metrics_of_query__without_a_relevant_document_is_nothing),
        cmocka_unit_test(metrics_p_value__is_one_without_a_difference),
        cmocka_unit_test(metrics_p_value__of_equal_differences_is_that_of_a_coin),
        cmocka_unit_test(metrics_p_value__is_two_sided),
        cmocka_unit_test(metrics_p_value__is_the_same_each_time),
        cmocka_unit_test(trec_read_run__orders_by_score_and_of_equals_by_line),
        cmocka_unit_test(trec_read_run__refuses_a_document_twice),
        cmocka_unit_test(trec_read_run__points_at_a_line_that_is_none),
        cmocka_unit_test(trec_relevance__is_that_of_the_judgement_or_none),
        cmocka_unit_test(trec_read_queries__keeps_the_order_and_the_blanks_of_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
