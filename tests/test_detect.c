// SPDX-License-Identifier: GPL-2.0-or-later
/* Which encoding is found. With DETECT_TABLE set, the last test judges every report instead of each
 * eighth and prints a table; DETECT_EXTRA may name a folder of more UTF-8 files (reports put into
 * traditional characters). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/recode.h"
#include "tests/temp_dir.h"
#include "tokenizer/decode.h"

static const char simplified[] = "加快老旧小区改造，优化营商环境；\n为既有住宅加装电梯。";
static const char traditional[] = "加快老舊小區改造，優化營商環境；\n為既有住宅加裝電梯。";

static struct detection judge(const char *bytes, size_t n, bool is_whole)
{
    struct detection d;
    memset(&d, 0xA5, sizeof d);
    encoding_detect(bytes, n, is_whole, &d);
    assert_true(d.certainty >= 0 && d.certainty <= 1);
    assert_true(d.bom_len <= n);
    assert_true(d.encoding != ENCODING_UNKNOWN || d.is_binary);
    return d;
}

static void assert_text(const char *bytes, size_t n, enum encoding encoding)
{
    struct detection d = judge(bytes, n, true);
    assert_string_equal(encoding_name(d.encoding), encoding_name(encoding));
    assert_false(d.is_binary);
    assert_null(d.kind);
}

static void assert_recoded(const char *text, const char *name, enum encoding encoding)
{
    size_t n;
    char *bytes = recode(text, strlen(text), name, &n);
    assert_text(bytes, n, encoding);
    free(bytes);
}

static void encoding_by_name__knows_the_names_people_write(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum encoding encoding;
    } rows[] = {{"gb2312", ENCODING_GB18030}, {"GBK", ENCODING_GB18030},
        {"cp936", ENCODING_GB18030}, {"GB_2312-80", ENCODING_GB18030}, {"Big5", ENCODING_BIG5},
        {"CP950", ENCODING_BIG5}, {"big5-hkscs", ENCODING_BIG5_HKSCS}, {"UTF8", ENCODING_UTF8},
        {"utf-8", ENCODING_UTF8}, {"utf-16", ENCODING_UTF16LE}, {"UTF-16BE", ENCODING_UTF16BE},
        {"latin1", ENCODING_UNKNOWN}, {"", ENCODING_UNKNOWN}, {"auto", ENCODING_UNKNOWN},
        {"utf-8-utf-8-utf-8-utf-8-utf-8", ENCODING_UNKNOWN}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(encoding_by_name(rows[i].name, strlen(rows[i].name)), rows[i].encoding);
    for (int e = ENCODING_UTF8; e <= ENCODING_UTF16BE; e++)
        assert_int_equal(encoding_by_name(encoding_name(e), strlen(encoding_name(e))), e);
}

static void encoding_detect__takes_nothing_and_ascii_for_utf8(void **state)
{
    (void)state;
    assert_text("", 0, ENCODING_UTF8);
    assert_text(NULL, 0, ENCODING_UTF8);
    assert_text("a", 1, ENCODING_UTF8);
    static const char known[] = "this app can break"; /* UTF-16 by the taste of some */
    assert_text(known, sizeof known - 1, ENCODING_UTF8);
    assert_text("\x1b[1mlog\x1b[0m\r\n\f\t", 15, ENCODING_UTF8);
}

static void encoding_detect__follows_a_bom(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n, bom_len;
        enum encoding encoding;
    } rows[] = {{"\xEF\xBB\xBF"
                 "a",
                    4, 3, ENCODING_UTF8},
        {"\xFF\xFE"
         "a\0",
            4, 2, ENCODING_UTF16LE},
        {"\xFE\xFF\0a", 4, 2, ENCODING_UTF16BE},
        {"\x84\x31\x95\x33"
         "a",
            5, 4, ENCODING_GB18030},
        {"\xFF\xFE", 2, 2, ENCODING_UTF16LE}, {"\xEF\xBB\xBF", 3, 3, ENCODING_UTF8}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct detection d = judge(rows[i].bytes, rows[i].n, true);
        assert_int_equal(d.encoding, rows[i].encoding);
        assert_int_equal(d.bom_len, rows[i].bom_len);
        assert_true(d.certainty == 1 && !d.is_binary);
    }
}

static void encoding_detect__steps_over_a_bom_that_is_not_the_texts(void **state)
{
    (void)state;
    static const char *const names[] = {"GBK", "CP950"};
    static const enum encoding expected[] = {ENCODING_GB18030, ENCODING_BIG5};
    char file[1024];
    size_t n;
    for (size_t i = 0; i < 2; i++) {
        const char *text = i == 0 ? simplified : traditional;
        char *bytes = recode(text, strlen(text), names[i], &n);
        n = (size_t)snprintf(file, sizeof file, "\xEF\xBB\xBF%.*s", (int)n, bytes);
        free(bytes);
        struct detection d = judge(file, n, true);
        assert_string_equal(encoding_name(d.encoding), encoding_name(expected[i]));
        assert_int_equal(d.bom_len, 3);
    }
    static const char soup[] = "\xEF\xBB\xBF\1\2\3\4\5\6\7\1\2\3\4\5\6\7";
    assert_true(judge(soup, sizeof soup - 1, true).is_binary);
}

static void encoding_detect__knows_a_sentence_in_each_encoding(void **state)
{
    (void)state;
    assert_recoded(simplified, "UTF-8", ENCODING_UTF8);
    assert_recoded(simplified, "GB18030", ENCODING_GB18030);
    assert_recoded(simplified, "GB2312", ENCODING_GB18030);
    assert_recoded(simplified, "UTF-16LE", ENCODING_UTF16LE);
    assert_recoded(simplified, "UTF-16BE", ENCODING_UTF16BE);
    assert_recoded(traditional, "GBK", ENCODING_GB18030);
    assert_recoded(traditional, "CP950", ENCODING_BIG5);
    assert_recoded(traditional, "UTF-16LE", ENCODING_UTF16LE);
    assert_recoded(traditional, "UTF-16BE", ENCODING_UTF16BE);
}

static void encoding_detect__needs_few_characters(void **state)
{
    (void)state;
    static const char *const shorts[] = {"联通", "中国", "会议纪要", "2023年", "第一章"};
    for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++) {
        assert_recoded(shorts[i], "UTF-8", ENCODING_UTF8);
        assert_recoded(shorts[i], "GB18030", ENCODING_GB18030);
    }
    assert_recoded("會議紀要", "CP950", ENCODING_BIG5);
    assert_recoded("中華民國", "CP950", ENCODING_BIG5);
}

/* What was to become longer, or was written in blocks; a zero between is one of another kind of file. */
static void encoding_detect__overlooks_zeros_at_the_end(void **state)
{
    (void)state;
    char bytes[512] = "老旧小区加装电梯";
    size_t n = strlen(bytes);
    assert_int_equal(judge(bytes, sizeof bytes, true).encoding, ENCODING_UTF8);
    assert_false(judge(bytes, sizeof bytes, true).is_binary);
    assert_false(judge("title,\0\0\0\0\0\0\0\0", 14, true).is_binary);
    bytes[sizeof bytes - 1] = 'x';
    assert_true(judge(bytes, sizeof bytes, true).is_binary);
    assert_true(judge(bytes + n, sizeof bytes - n - 1, true).is_binary);
}

/* The digits' zeros stand before the first byte that is not ASCII. */
static void encoding_detect__weighs_the_zeros_of_utf16(void **state)
{
    (void)state;
    assert_recoded("2025年上海市政府", "UTF-16BE", ENCODING_UTF16BE);
    assert_recoded("2025年上海市政府", "UTF-16LE", ENCODING_UTF16LE);
    assert_recoded("2025年湖南省政府", "UTF-16BE", ENCODING_UTF16BE);
}

/* Each of these pairs of bytes is an ideograph in GB 18030 or Big5. */
static void encoding_detect__takes_a_mark_in_latin_text_for_utf8(void **state)
{
    (void)state;
    static const char *const lines[] = {"see § 5 of the Act\n", "Copyright © 2020 Foo\n",
        "# 2020 Matthias Blümel <blaimi@example.org>\n", "café\n", "20° and 5 × 3 ± 2 µm\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_text(lines[i], strlen(lines[i]), ENCODING_UTF8);
    assert_recoded("作者：张三\n", "GBK", ENCODING_GB18030);
    assert_recoded("价格5元\n", "GBK", ENCODING_GB18030);
    assert_recoded("T恤\n", "GBK", ENCODING_GB18030);
}

static void encoding_detect__takes_hkscs_where_cp950_breaks(void **state)
{
    (void)state;
    assert_recoded(
        "香港嘅電梯喺邊度？佢哋話冇得搭𨋢，要行樓梯。", "BIG5-HKSCS", ENCODING_BIG5_HKSCS);
    assert_recoded("價格：€100，恒生銀行的電梯碁", "CP950", ENCODING_BIG5);
}

static void encoding_detect__overlooks_a_few_broken_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name;
        enum encoding encoding;
    } rows[] = {{simplified, "UTF-8", ENCODING_UTF8}, {simplified, "GB18030", ENCODING_GB18030},
        {traditional, "CP950", ENCODING_BIG5}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n;
        char *bytes = recode(rows[i].text, strlen(rows[i].text), rows[i].name, &n);
        bytes[n / 3] = '\xFF';
        bytes[n - 8] = '\n';
        assert_text(bytes, n, rows[i].encoding);
        assert_text(bytes + 1, n - 1, rows[i].encoding);
        free(bytes);
    }
}

static void encoding_detect__minds_a_cut_only_in_a_whole_file(void **state)
{
    (void)state;
    size_t n = strlen("中文") - 1;
    struct detection cut = judge("中文", n, false), broken = judge("中文", n, true);
    assert_int_equal(cut.encoding, ENCODING_UTF8);
    assert_true(cut.certainty > broken.certainty);
}

static void encoding_detect__takes_lone_latin_letters_for_broken_utf8(void **state)
{
    (void)state;
    static const char text[] =
        "The caf\xE9 on the corner, in the middle of a page of plain English, is no Chinese.";
    struct detection d = judge(text, sizeof text - 1, true);
    assert_int_equal(d.encoding, ENCODING_UTF8);
    assert_true(d.certainty < 0.5);
}

static void encoding_detect__hears_a_declaration_and_does_not_obey(void **state)
{
    (void)state;
    static const char right[] =
        "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=big5\">\n";
    static const char wrong[] = "<?xml version='1.0' encoding='utf-8'?>\n";
    char page[512];
    size_t n;
    /* 腔 in Big5, 的 in GB 2312: what is likelier in itself gives way */
    n = (size_t)snprintf(page, sizeof page, "%s\xB5\xC4", right);
    assert_text(page, n, ENCODING_BIG5);
    assert_text(page + sizeof right - 1, 2, ENCODING_GB18030);
    char *bytes = recode(simplified, strlen(simplified), "GBK", &n);
    n = (size_t)snprintf(page, sizeof page, "%s%.*s", wrong, (int)n, bytes);
    free(bytes);
    assert_text(page, n, ENCODING_GB18030);
}

static void encoding_detect__calls_no_text_binary(void **state)
{
    (void)state;
    char soup[4096] = {0};
    assert_true(judge(soup, sizeof soup, true).is_binary);
    assert_true(judge(soup, 1, true).is_binary);
    for (size_t i = 0; i < sizeof soup; i++)
        soup[i] = (char)(i * 7 % 31 + 1);
    assert_true(judge(soup, sizeof soup, true).is_binary);
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < sizeof soup; i++)
            soup[i] = (char)(rand() >> 4);
        soup[0] = 'x';
        struct detection d = judge(soup, sizeof soup, true);
        assert_true(d.is_binary);
        assert_null(d.kind);
    }
    assert_true(judge("\xFF\xFE\0\0\0\0\0\0", 8, true).is_binary);
}

static void encoding_detect__names_what_magic_numbers_say(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *bytes;
        size_t n;
    } rows[] = {{"zip", "PK\3\4\x14\0", 6}, {"PDF", "%PDF-1.7\n", 9},
        {"PNG", "\x89PNG\r\n\x1a\n", 8}, {"JPEG", "\xFF\xD8\xFF\xE0", 4}, {"GIF", "GIF89a", 6},
        {"gzip", "\x1f\x8b\x08\0", 4},
        {"xz",
            "\xFD"
            "7zXZ\0",
            6},
        {"bzip2", "BZh91AY&SY", 10}, {"zstd", "\x28\xB5\x2F\xFD", 4},
        {"7z", "7z\xBC\xAF\x27\x1C", 6}, {"rar", "Rar!\x1a\x07\x01", 7},
        {"OLE (doc, xls, ppt, wps)", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8},
        {"ELF",
            "\x7f"
            "ELF\2",
            5},
        {"SQLite", "SQLite format 3", 16}, {"WAV", "RIFF\0\0\0\0WAVEfmt ", 16},
        {"MP3", "ID3\3\0", 5}, {"MP3", "\xFF\xFB\x90\x64", 4}, {"TrueType", "\0\1\0\0\0\x0f", 6},
        {"RTF", "{\\rtf1\\ansi", 11},
        {"MP4",
            "\0\0\0\x18"
            "ftypmp42",
            12},
        {"BMP", "BM\x46\0\0\0\0\0\0\0", 10}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct detection d = judge(rows[i].bytes, rows[i].n, true);
        assert_true(d.is_binary);
        assert_non_null(d.kind);
        assert_string_equal(d.kind, rows[i].kind);
    }
}

static void encoding_detect__leaves_text_that_starts_like_a_file_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "BMW 集团年度报告", "MZ 报告", "RIFF 是一种格式 WAVE", "PKU 报告", "ID3 标签", "7z 压缩"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_text(texts[i], strlen(texts[i]), ENCODING_UTF8);
}

/* ---- corpora ---- */

static char *corpora_path(char *out, size_t max, const char *name)
{
    const char *corpora = getenv("CORPORA");
    snprintf(out, max, "%s/%s", corpora && *corpora ? corpora : "../shared/corpora", name);
    return out;
}

/* Calls do_file for each file in a folder, and returns how many there were. */
static size_t each_file(const char *folder, void (*do_file)(const char *bytes, size_t n))
{
    size_t n_files = 0;
    DIR *d = opendir(folder);
    if (!d)
        return 0;
    for (struct dirent *e; (e = readdir(d));) {
        char path[1024];
        size_t n;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] == '.' || e->d_type == DT_DIR)
            continue;
        char *bytes = temp_dir_read(path, &n);
        do_file(bytes, n);
        free(bytes);
        n_files++;
    }
    closedir(d);
    return n_files;
}

static void assert_gb(const char *bytes, size_t n)
{
    assert_text(bytes, n, ENCODING_GB18030);
}

static void assert_big5(const char *bytes, size_t n)
{
    enum encoding e = judge(bytes, n, true).encoding;
    assert_true(e == ENCODING_BIG5 || e == ENCODING_BIG5_HKSCS);
}

static void encoding_detect__knows_the_125_files_of_the_corpus(void **state)
{
    (void)state;
    char folder[512];
    size_t n_files = each_file(corpora_path(folder, sizeof folder, "encodings/gb2312"), assert_gb);
    if (!n_files)
        skip();
    n_files += each_file(corpora_path(folder, sizeof folder, "encodings/big5"), assert_big5);
    assert_int_equal(n_files, 125);
}

static const struct way {
    const char *label, *iconv_name, *bom;
    size_t bom_len;
    enum encoding encoding;
} ways[] = {
    {"UTF-8", "UTF-8", "", 0, ENCODING_UTF8},
    {"UTF-8 BOM", "UTF-8", "\xEF\xBB\xBF", 3, ENCODING_UTF8},
    {"GB18030", "GB18030", "", 0, ENCODING_GB18030},
    {"GBK", "GBK", "", 0, ENCODING_GB18030}, /* GB 18030 is GBK and more */
    {"Big5", "CP950", "", 0, ENCODING_BIG5},
    {"UTF-16LE", "UTF-16LE", "", 0, ENCODING_UTF16LE},
    {"UTF-16BE", "UTF-16BE", "", 0, ENCODING_UTF16BE},
    {"UTF-16LE BOM", "UTF-16LE", "\xFF\xFE", 2, ENCODING_UTF16LE},
    {"UTF-16BE BOM", "UTF-16BE", "\xFE\xFF", 2, ENCODING_UTF16BE},
};
static const size_t cuts[] = {50, 200, 500, 2000, SIZE_MAX};
enum { N_WAYS = sizeof ways / sizeof *ways, N_CUTS = sizeof cuts / sizeof *cuts };

static size_t n_right[N_WAYS][N_CUTS], n_judged[N_WAYS][N_CUTS], n_seen;

static void judge_cuts(size_t w, const char *bytes, size_t n)
{
    for (size_t c = 0; c < N_CUTS; c++) {
        size_t len = n < cuts[c] ? n : cuts[c];
        struct detection d = judge(bytes, len, len == n);
        bool is_right = d.encoding == ways[w].encoding ||
                        (d.encoding == ENCODING_BIG5_HKSCS && ways[w].encoding == ENCODING_BIG5);
        n_judged[w][c]++;
        n_right[w][c] += is_right && d.bom_len == ways[w].bom_len;
    }
}

/* Is the text in traditional characters (as far as its 國 and 國's like tell)? Big5 has few of the
 * others. */
static bool is_traditional(const char *text, size_t n)
{
    return memmem(text, n, "國", 3) && memmem(text, n, "會", 3) && !memmem(text, n, "国", 3);
}

static void judge_recoded(const char *text, size_t n)
{
    if (n_seen++ % 8 && !getenv("DETECT_TABLE"))
        return;
    for (size_t w = 0; w < N_WAYS; w++) {
        if (ways[w].encoding == ENCODING_BIG5 && !is_traditional(text, n))
            continue;
        size_t len;
        char *bytes = recode(text, n, ways[w].iconv_name, &len), *whole = malloc(len + 3);
        assert_non_null(whole);
        memcpy(whole, ways[w].bom, ways[w].bom_len);
        memcpy(whole + ways[w].bom_len, bytes, len);
        judge_cuts(w, whole, len + ways[w].bom_len);
        free(bytes);
        free(whole);
    }
}

static void print_table(void)
{
    print_message(
        "%-14s %12s %12s %12s %12s %12s\n", "encoding", "50 bytes", "200", "500", "2000", "whole");
    for (size_t w = 0; w < N_WAYS; w++) {
        print_message("%-14s", ways[w].label);
        for (size_t c = 0; c < N_CUTS; c++)
            print_message(" %6zu/%-5zu", n_right[w][c], n_judged[w][c]);
        print_message("\n");
    }
}

static void encoding_detect__knows_every_report_in_every_encoding(void **state)
{
    (void)state;
    static const char *const folders[] = {"seed", "reports-state-council", "reports-provinces-2025",
        "reports-provinces-2026", "reports-party-congress"};
    char folder[512];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        each_file(corpora_path(folder, sizeof folder, folders[i]), judge_recoded);
    if (!n_seen)
        skip();
    const char *extra = getenv("DETECT_EXTRA");
    if (extra)
        each_file(extra, judge_recoded);
    print_table();
    for (size_t w = 0; w < N_WAYS; w++)
        for (size_t c = 1; c < N_CUTS; c++)
            assert_int_equal(n_right[w][c], n_judged[w][c]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoding_by_name__knows_the_names_people_write),
        cmocka_unit_test(encoding_detect__takes_nothing_and_ascii_for_utf8),
        cmocka_unit_test(encoding_detect__follows_a_bom),
        cmocka_unit_test(encoding_detect__steps_over_a_bom_that_is_not_the_texts),
        cmocka_unit_test(encoding_detect__knows_a_sentence_in_each_encoding),
        cmocka_unit_test(encoding_detect__needs_few_characters),
        cmocka_unit_test(encoding_detect__overlooks_zeros_at_the_end),
        cmocka_unit_test(encoding_detect__weighs_the_zeros_of_utf16),
        cmocka_unit_test(encoding_detect__takes_a_mark_in_latin_text_for_utf8),
        cmocka_unit_test(encoding_detect__takes_hkscs_where_cp950_breaks),
        cmocka_unit_test(encoding_detect__overlooks_a_few_broken_bytes),
        cmocka_unit_test(encoding_detect__minds_a_cut_only_in_a_whole_file),
        cmocka_unit_test(encoding_detect__takes_lone_latin_letters_for_broken_utf8),
        cmocka_unit_test(encoding_detect__hears_a_declaration_and_does_not_obey),
        cmocka_unit_test(encoding_detect__calls_no_text_binary),
        cmocka_unit_test(encoding_detect__names_what_magic_numbers_say),
        cmocka_unit_test(encoding_detect__leaves_text_that_starts_like_a_file_alone),
        cmocka_unit_test(encoding_detect__knows_the_125_files_of_the_corpus),
        cmocka_unit_test(encoding_detect__knows_every_report_in_every_encoding),
    };
    return cmocka_run_group_tests_name("detect", tests, NULL, NULL);
}
