// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers: of items as a word processor writes them, of cells as a spreadsheet does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "extract/numbering.h"
#include "extract/xlsx_cells.h"

static void number__is_written_as_its_style_says(void **state)
{
    static const struct {
        enum number_style style;
        unsigned v;
        const char *text;
    } rows[] = {{NUMBER_CHINESE, 3, "三"}, {NUMBER_CHINESE, 10, "十"}, {NUMBER_CHINESE, 12, "十二"},
        {NUMBER_CHINESE, 20, "二十"}, {NUMBER_CHINESE, 105, "一百零五"},
        {NUMBER_CHINESE, 110, "一百一十"}, {NUMBER_CHINESE, 1005, "一千零五"},
        {NUMBER_CHINESE_DIGITS, 20, "二〇"}, {NUMBER_CHINESE_LEGAL, 12, "壹拾贰"},
        {NUMBER_CIRCLE, 1, "①"}, {NUMBER_CIRCLE, 21, "㉑"}, {NUMBER_CIRCLE, 36, "㊱"},
        {NUMBER_CIRCLE, 51, "51"}, {NUMBER_STEMS, 3, "丙"}, {NUMBER_LOWER_LETTER, 28, "bb"},
        {NUMBER_UPPER_ROMAN, 1994, "MCMXCIV"}, {NUMBER_PAREN, 2, "⑵"}, {NUMBER_NONE, 2, ""},
        {NUMBER_CHINESE, 0, "0"}, {NUMBER_DECIMAL, 4294967295, "4294967295"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        buf_init(&out, 256);
        assert_true(number_append(&out, rows[i].style, rows[i].v));
        assert_string_equal(buf_terminate(&out), rows[i].text);
        buf_release(&out);
    }
}

static void cell__is_written_as_its_format_says(void **state)
{
    static const struct {
        const char *code, *value, *text;
    } rows[] = {{"General", "2112.8", "2112.8"}, {"0.00", "5.4321", "5.43"}, {"0%", "0.056", "6%"},
        {"#,##0.0", "2112.84", "2112.8"}, {"yyyy\"年\"m\"月\"d\"日\"", "45657", "2024-12-31"},
        {"yyyy-mm-dd hh:mm", "45657.5", "2024-12-31 12:00"}, {"[h]:mm", "1.5", "36:00"},
        {"[Red]0.0;[Blue]-0.0", "1.25", "1.2"}, {"@", "7", "7"}, {"0.0", "x", "x"},
        {"yyyy-mm-dd", "1", "1900-01-01"}, {"yyyy-mm-dd", "61", "1900-03-01"},
        {"0.00\"万元\"", "12.5", "12.50万元"}, {"\"第\"0\"期\"", "7", "第7期"},
        {"0\\万\\元", "3", "3万元"}, {"0.0%\"左右\"", "0.056", "5.6%左右"},
        {"General\"人\"", "0.5", "0.5人"}, {"G/通用格式\"元\"", "5", "5元"},
        {"\"增长\"0.0\"%\";\"下降\"0.0\"%\"", "-3.2", "下降3.2%"},
        {"\"增长\"0.0\"%\"", "-3.2", "-增长3.2%"},
        {"0.0\"万元\";[Red]\\-0.0\"万元\"", "-3.2", "-3.2万元"},
        {"_ \"￥\"* #,##0.00_ ;_ ￥* \\-#,##0.00_ ", "-1.5", "-1.50"},
        {"#,##0.00\\ [$€-407]", "1.5", "1.50"}, {"0.0,\"千元\"", "12345", "12345.0"},
        {"0!.0,\"万\"", "12345", "12345"}, {"[>=10000]0\"多\";0", "12345", "12345"},
        {"0\"一二三四五六七八九十\"", "1", "1"}, {"0\"", "1", "1"}, {"0\\", "1", "1"},
        {"0.00", "1e300", "1e300"}, {"yyyy-mm-dd", "-1", "-1"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[CELL_TEXT_MAX];
        struct cell_format f = cell_format_parse(rows[i].code, strlen(rows[i].code));
        size_t n = cell_render(rows[i].value, strlen(rows[i].value), f, false, out);
        assert_int_equal(n, strlen(rows[i].text));
        assert_memory_equal(out, rows[i].text, n);
    }
}

static void cell__has_its_escapes_undone(void **state)
{
    static const char *const rows[][2] = {{"甲_x000D_乙", "甲\r乙"}, {"_x005F_x000D_", "_x000D_"},
        {"_xD83D__xDE01_", "😁"}, {"_xD83D_x", "\xEF\xBF\xBDx"}, {"_x000G_", "_x000G_"},
        {"_x000D", "_x000D"}, {"__x4e91__", "_云_"}, {"", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32];
        strcpy(text, rows[i][0]);
        assert_int_equal(cell_unescape(text, strlen(text)), strlen(rows[i][1]));
        assert_memory_equal(text, rows[i][1], strlen(rows[i][1]));
    }
}

static void number__is_told_from_text(void **state)
{
    static const char *const numbers[] = {
        "1. 甲", "12、甲", "（一）甲", "(3) 甲", "三、甲", "④甲", "⒈甲", "第五条 甲", "第十二章甲"};
    static const char *const texts[] = {
        "3.5亿元", "2025年", "一是甲", "（2025）", "第一百货", "甲1.", "", "（甲）", "a. 甲"};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assert_true(number_stands(numbers[i], strlen(numbers[i])));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(number_stands(texts[i], strlen(texts[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number__is_written_as_its_style_says),
        cmocka_unit_test(cell__is_written_as_its_format_says),
        cmocka_unit_test(cell__has_its_escapes_undone),
        cmocka_unit_test(number__is_told_from_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
