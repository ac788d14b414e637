// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "tokenizer/fold.h"

enum { CODE_POINTS = 0x110000 };

static uint32_t code_point(const char *s)
{
    uint32_t cp;
    utf8_decode(s, strlen(s), &cp);
    return cp;
}

static void assert_is_representative(uint32_t of, uint32_t cp)
{
    struct fold again = fold_char(cp);
    if (again.cp != cp || again.n_expansion)
        fail_msg("U+%04X folds to U+%04X, which folds on to U+%04X", of, cp, again.cp);
}

static void fold_char__is_idempotent_over_all_code_points(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp < CODE_POINTS; cp++) {
        struct fold fold = fold_char(cp);
        assert_is_representative(cp, fold.cp);
        assert_int_equal(fold.kind, fold_char(fold.cp).kind);
        assert_int_not_equal(fold.n_expansion, 1);
        for (int i = 0; i < fold.n_expansion; i++)
            assert_is_representative(cp, fold.expansion[i]);
        if (fold.n_expansion)
            assert_int_equal(fold.cp, fold.expansion[0]);
    }
}

static void fold_char__leaves_what_is_past_unicode_alone(void **state)
{
    (void)state;
    struct fold fold = fold_char(0xFFFFFFFF);
    assert_int_equal(fold.cp, 0xFFFFFFFF);
    assert_int_equal(fold.kind, CHAR_OTHER);
}

/* Each row is one class; its first is the representative. */
static void fold_char__joins_what_a_reader_calls_the_same(void **state)
{
    (void)state;
    static const char *const rows[] = {"绪緒緖", "研硏", "宁寧甯", "岳嶽", "国國囯", "戏戲戱戯",
        "教敎", "着著", "里裡裏", "台臺檯颱枱", "群羣", "峰峯", "你妳", "它牠", "为為爲", "众眾衆",
        "么麼麽", "秘祕", "线線綫", "床牀", "启啟啓", "发發髮", "干乾幹", "后後", "面麵", "产產産",
        "核覈", "托託", "于於", "人⼈", "民⺠", "aＡａÀâｱ", "eéÈ", "uüǖÜ", "1１①¹❶٣",
        "\"“”「」『』＂", "-—–－−", "*＊∗", "(（", ",，", "~～〜", "·•・"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *s = rows[i];
        uint32_t first = code_point(s), cp;
        while (*s) {
            s += utf8_step(s, strlen(s), &cp);
            if (cp == 0xFF71 ||
                cp == 0x0663) /* ｱ is no a, ٣ is no 1: the row must be able to fail */
                assert_int_not_equal(fold_char(cp).cp, first);
            else
                assert_int_equal(fold_char(cp).cp, first);
        }
    }
}

static void fold_char__keeps_apart_what_a_reader_keeps_apart(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"天", "夫"}, {"己", "已"}, {"未", "末"}, {"土", "士"},
        {"日", "曰"}, {"苔", "薹"}, {"艺", "芸"}, {"か", "が"}, {"ア", "あ"}, {"。", "."},
        {"、", ","}, {"喂", "诿"}, {"污", "洿"}, {"铲", "刬"}, {"一", "ー"}, {"一", "-"},
        {"口", "囗"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_not_equal(
            fold_char(code_point(pairs[i][0])).cp, fold_char(code_point(pairs[i][1])).cp);
}

static void fold_char__tells_the_classes(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        enum char_class kind;
    } rows[] = {{"中", CHAR_HAN}, {"〇", CHAR_HAN}, {"○", CHAR_HAN}, {"々", CHAR_HAN},
        {"ー", CHAR_HAN}, {"か", CHAR_HAN}, {"ｶ", CHAR_HAN}, {"ㄅ", CHAR_HAN}, {"한", CHAR_HAN},
        {"𨨏", CHAR_HAN}, {"\U0002EBF0", CHAR_HAN}, {"\U00033479", CHAR_HAN}, {"a", CHAR_LETTER},
        {"й", CHAR_LETTER}, {"ก", CHAR_LETTER}, {"ั", CHAR_LETTER}, {"5", CHAR_DIGIT},
        {"٣", CHAR_DIGIT}, {"🙂", CHAR_EMOJI}, {"🏻", CHAR_IGNORED}, {"\ufe0f", CHAR_IGNORED},
        {"\u200b", CHAR_IGNORED}, {"\u0301", CHAR_IGNORED}, {"\ufeff", CHAR_IGNORED},
        {"\u3000", CHAR_SPACE}, {"\n", CHAR_SPACE}, {"\u2029", CHAR_SPACE}, {"，", CHAR_OTHER},
        {"©", CHAR_OTHER}, {"\ue000", CHAR_OTHER}, {"\x01", CHAR_OTHER}, {"\ufffd", CHAR_OTHER}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (fold_char(code_point(rows[i].s)).kind != rows[i].kind)
            fail_msg("'%s' is of class %d", rows[i].s, fold_char(code_point(rows[i].s)).kind);
    }
}

static bool is_reading(const char *character, const char *letters)
{
    return reading_matches(fold_char(code_point(character)).cp, letters, strlen(letters));
}

static void reading_matches__knows_all_readings_of_a_class(void **state)
{
    (void)state;
    assert_true(is_reading("會", "hui"));
    assert_true(is_reading("会", "kuai"));
    assert_true(is_reading("著", "zhu")); /* as 着 zhe */
    assert_true(is_reading("着", "zhe"));
    assert_true(is_reading("綠", "lu"));
    assert_true(is_reading("綠", "lv"));
    assert_true(is_reading("蕤", "rui"));
    assert_true(is_reading("裝", "zhuang"));
    assert_false(is_reading("會", "hu"));
    assert_false(is_reading("會", "huii"));
    assert_false(is_reading("會", "zhu"));
    assert_false(is_reading("會", ""));
    assert_false(is_reading("a", "a"));
    assert_false(is_reading("か", "ka"));
    assert_false(reading_matches(0x10FFFF, "a", 1));
}

static void char_is_common__is_level_1_of_gb2312(void **state)
{
    (void)state;
    int n = 0;
    for (uint32_t cp = 0; cp < CODE_POINTS; cp++)
        n += char_is_common(cp);
    assert_in_range(n, 3700, 3755); /* some of the 3,755 share a class */
    assert_true(char_is_common(code_point("会")));
    assert_true(char_is_common(code_point("着")));
    assert_false(char_is_common(code_point("蕤")));
    assert_false(char_is_common(code_point("會"))); /* not folded */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fold_char__is_idempotent_over_all_code_points),
        cmocka_unit_test(fold_char__leaves_what_is_past_unicode_alone),
        cmocka_unit_test(fold_char__joins_what_a_reader_calls_the_same),
        cmocka_unit_test(fold_char__keeps_apart_what_a_reader_keeps_apart),
        cmocka_unit_test(fold_char__tells_the_classes),
        cmocka_unit_test(reading_matches__knows_all_readings_of_a_class),
        cmocka_unit_test(char_is_common__is_level_1_of_gb2312),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
