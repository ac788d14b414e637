// SPDX-License-Identifier: GPL-2.0-or-later
/* Plans are made by hand here: each term has idf 1 and weight 1, so that a figure can be told by
 * counting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "search/rank.h"
#include "search/stop_words.h"

static struct plan_term terms[128];
static char term_bytes[128][TOKENIZER_TERM_MAX];
static struct plan_char chars[8];
static struct plan plan;
static struct ranker ranker;

/* The terms of a query, in its order; chars of it only where asked for. */
static void make_plan(const char *query, bool with_chars)
{
    struct tokenizer tokenizer;
    struct token t;
    plan = (struct plan){.terms = terms, .chars = chars, .n_passages = 100, .average_tokens = 10};
    tokenizer_init(&tokenizer, TOKENIZER_QUERY, query, strlen(query));
    while (tokenizer_next(&tokenizer, &t) && plan.n_terms < 128) {
        memcpy(term_bytes[plan.n_terms], t.term, t.term_len);
        terms[plan.n_terms] = (struct plan_term){
            .bytes = term_bytes[plan.n_terms],
            .n = t.term_len,
            .first_cp = t.first_cp,
            .second_cp = t.second_cp,
            .kind = t.kind,
            .position = t.position,
            .is_part = true, /* 2112.8 of 2112.8亿 counts */
            .is_prefix = t.kind == TOKEN_SINGLE,
            .idf = 1,
            .weight = 1,
        };
        plan.n_terms++;
        if (with_chars && t.kind == TOKEN_BIGRAM && plan.n_chars < 8)
            chars[plan.n_chars++] = (struct plan_char){t.first_cp, 1, 1};
    }
    ranker_init(&ranker, &plan);
}

static uint64_t by_tokenizer(const char *text)
{
    struct tokenizer tokenizer;
    struct token t;
    uint64_t found = 0;
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, text, strlen(text));
    while (tokenizer_next(&tokenizer, &t))
        for (size_t i = 0; i < ranker.n_terms; i++)
            if (terms[i].is_prefix
                    ? t.first_cp == terms[i].first_cp &&
                          (t.kind == TOKEN_BIGRAM || t.kind == TOKEN_SINGLE)
                    : t.term_len == terms[i].n && memcmp(t.term, terms[i].bytes, t.term_len) == 0)
                found |= (uint64_t)1 << i;
    return found;
}

static uint64_t by_ranker(const char *text)
{
    struct folded_passage f;
    folded_passage_init(&f);
    assert_true(folded_passage_set(&f, text, strlen(text)));
    uint64_t found = ranker_terms(&ranker, &f, text, strlen(text));
    folded_passage_release(&f);
    return found;
}

static double score(const char *text)
{
    struct folded_passage f;
    uint64_t found;
    folded_passage_init(&f);
    assert_true(folded_passage_set(&f, text, strlen(text)));
    double s = ranker_score(&ranker, &f, text, strlen(text), 0, &found);
    folded_passage_release(&f);
    return s;
}

static void ranker_terms__are_those_of_the_tokenizer(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "营商环境",
        "優化營商環境",
        "2023年GDP增长9.7%，达到2,112.8亿元。",
        "年2023 A股，5G网络。GDP为2112.8亿元",
        "在A股（Gǔ）市场，2023年",
        "會(huì )議通過2023年(nián)預算",
        "**2023年**的会议，A股*",
        "202*年2112.*亿元的预算",
        "营商\n环境，营商\n\n环境",
        "C++与C#，9.7 %",
        "🙂🙂会议🙂2023",
        "1.2.3年，a.b股，12,34亿，1,234亿",
        "x2023年y，２０２３年Ａ股",
        "\xff营商\xff环境2023\xff年",
    };
    static const char *const queries[] = {"优化营商环境", "2023年A股会议预算9.7%", "2112.8亿元GDP",
        "股", "202*年", "5G🙂C++", "a b 1.2.3 年 亿"};
    size_t n_found = 0;
    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
        make_plan(queries[q], false);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            if (by_ranker(texts[i]) != by_tokenizer(texts[i]))
                fail_msg("'%s' in '%s'", queries[q], texts[i]);
            n_found += by_ranker(texts[i]) != 0;
        }
    }
    assert_true(n_found > 20);
}

static void ranker_score__is_above_where_the_terms_share_a_sentence(void **state)
{
    (void)state;
    make_plan("老旧小区 加装电梯", false);
    assert_true(score("老旧小区甲乙丙丁戊己庚辛加装电梯。子丑寅。") >
                score("老旧小区甲乙丙丁。戊己庚辛加装电梯子丑寅。"));
}

static void ranker_score__is_above_where_the_terms_open_the_passage(void **state)
{
    (void)state;
    char early[400] = "营商", late[400] = "";
    make_plan("营商", false);
    for (int i = 0; i < 50; i++) {
        strcat(early, "甲");
        strcat(late, "甲");
    }
    strcat(late, "营商");
    assert_true(score(early) > score(late) + 0.2);
}

static void ranker_score__is_above_in_the_shorter_passage(void **state)
{
    (void)state;
    make_plan("营商环境", false);
    assert_true(score("甲营商环境乙") > score("甲营商环境乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未"));
}

static void ranker_score__counts_single_characters_and_how_dense_they_stand(void **state)
{
    (void)state;
    char scattered[600] = "个";
    make_plan("个体户", true);
    for (int i = 0; i < 60; i++)
        strcat(scattered, "甲");
    strcat(scattered, "体");
    for (int i = 0; i < 60; i++)
        strcat(scattered, "甲");
    char dense[600] = "个甲体";
    for (int i = 0; i < 119; i++)
        strcat(dense, "甲");
    assert_true(score(dense) > score(scattered));
    assert_true(score(scattered) > 0);
    make_plan("个体户", false);
    assert_true(score(dense) == 0);
}

static void ranker_score__of_pairs_as_near_as_in_the_query_is_above(void **state)
{
    (void)state;
    make_plan("加装电梯", false); /* 加装 and 电梯 stand two apart */
    assert_true(
        score("甲加装乙电梯丙丁戊己庚辛壬癸子丑") > score("甲加装丙丁戊己庚辛壬癸子丑乙电梯"));
}

static void ranker_score__bears_a_query_longer_than_what_is_looked_at(void **state)
{
    (void)state;
    char query[1200] = "";
    for (int i = 0; i < 120; i++) {
        char han[4] = {(char)0xE6, (char)(0x80 + i % 60), (char)(0x80 + i / 2), 0};
        strcat(query, han);
    }
    make_plan(query, true);
    assert_true(plan.n_terms > RANKED_TERMS_MAX);
    assert_int_equal(ranker.n_terms, RANKED_TERMS_MAX);
    assert_true(score(query) > 0);
}

static void ranker_section_score__is_that_of_the_terms(void **state)
{
    (void)state;
    make_plan("营商环境", false);
    double one = ranker_section_score(&ranker, 1);
    assert_true(one > 0);
    assert_true(ranker_section_score(&ranker, 0) == 0);
    assert_true(ranker_section_score(&ranker, 7) > 2.99 * one);
}

static const char *marked(const char *text)
{
    static char out[64];
    struct folded_text t;
    struct folded_char c;
    uint32_t cps[64];
    bool is_cut[64] = {false};
    size_t n = 0;
    folded_text_init(&t, text, strlen(text));
    while (folded_text_next(&t, &c) && n < 63)
        cps[n++] = c.cp;
    bool is_question = stop_words_mark(cps, n, is_cut);
    for (size_t i = 0; i < n; i++)
        out[i] = is_cut[i] ? 'x' : '.';
    snprintf(out + n, sizeof out - n, "%s", is_question ? "?" : "");
    return out;
}

static void stop_words_mark__marks_the_question_and_not_its_subject(void **state)
{
    (void)state;
    assert_string_equal(marked("为什么下雨"), "xxx..?");
    assert_string_equal(marked("甚麼是營商環境嗎"), "xx.....x?");
    assert_string_equal(marked("营商环境"), "....");
    assert_string_equal(marked("中国个人"), "....");
    assert_string_equal(marked("选自哪部"), "..x.?");
    assert_string_equal(marked("哪吒闹海"), "....");
    assert_string_equal(marked("有幾種辦法嗎"), ".xx..x?");
    assert_string_equal(marked("哪怕下雨"), "....");
    assert_string_equal(marked("云陵的茶园建成了吗"), "..x....xx?");
    assert_string_equal(marked("带着孩子吧"), ".x..x");
}

static void is_function_char__is_of_each_of_them(void **state)
{
    (void)state;
    static const uint32_t some[] = {
        0x7684 /* 的 */, 0x5728 /* 在 */, 0x5E76 /* 并 */, 0x80FD, 0x53EF};
    static const uint32_t others[] = {0x8425 /* 营 */, 0x56FD /* 国 */, 'a', 0};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        assert_true(is_function_char(some[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(is_function_char(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranker_terms__are_those_of_the_tokenizer),
        cmocka_unit_test(ranker_score__is_above_where_the_terms_share_a_sentence),
        cmocka_unit_test(ranker_score__is_above_where_the_terms_open_the_passage),
        cmocka_unit_test(ranker_score__is_above_in_the_shorter_passage),
        cmocka_unit_test(ranker_score__counts_single_characters_and_how_dense_they_stand),
        cmocka_unit_test(ranker_score__of_pairs_as_near_as_in_the_query_is_above),
        cmocka_unit_test(ranker_score__bears_a_query_longer_than_what_is_looked_at),
        cmocka_unit_test(ranker_section_score__is_that_of_the_terms),
        cmocka_unit_test(stop_words_mark__marks_the_question_and_not_its_subject),
        cmocka_unit_test(is_function_char__is_of_each_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
