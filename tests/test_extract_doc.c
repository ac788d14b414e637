// SPDX-License-Identifier: GPL-2.0-or-later
/* Word files of 1997 to 2003, made by made_doc.h. Files that LibreOffice made are read by `make check-office`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "extract/client.h"
#include "extract/parsers.h"
#include "tests/blocks.h"
#include "tests/made_doc.h"

/* And damaged in every way: cut anywhere, which is said, and changed at random. */
static void assert_gives(const struct made *m, const char *expected)
{
    size_t n;
    struct error err;
    struct buf out;
    char *bytes = file_of(m, "WordDocument", false, &n);
    if (blocks_of(parse_doc, bytes, n, false, &out, &err) != STATUS_OK)
        fail_msg("%s", err.message);
    assert_string_equal(buf_terminate(&out), expected);
    buf_release(&out);
    for (size_t cut = 0; cut < n; cut += 7) {
        assert_int_equal(blocks_of(parse_doc, bytes, cut, false, &out, &err), STATUS_BAD_INPUT);
        assert_memory_equal(err.message, "damaged", 7);
        buf_release(&out);
    }
    blocks_survive_flips(parse_doc, bytes, n, 500);
    free(bytes);
}

#define ASSERT_GIVES(paragraphs, n_narrow, expected)                                               \
    do {                                                                                           \
        struct made made;                                                                          \
        make(&made, paragraphs, sizeof paragraphs / sizeof *paragraphs, n_narrow);                 \
        assert_gives(&made, expected);                                                             \
    } while (0)

static void doc__gives_headings_by_style_and_by_level(void **state)
{
    static const struct paragraph p[] = {{.text = "云陵年报\r", .style = 4},
        {.text = "一、总体要求\r", .style = 1}, {.text = "坚持稳中求进。\r"},
        {.text = "目标\r", .style = 2}, {.text = "任务\r", .style = 3},
        {.text = "其他\r", MODIFIERS(OUTLINE("\x01"))},
        {.text = "正文\r", .style = 1, MODIFIERS(OUTLINE("\x09"))}};
    (void)state;
    ASSERT_GIVES(p, 0,
        "title=云陵年报\nT 云陵年报\n1 一、总体要求\nT 坚持稳中求进。\n3 目标\n3 任务\n2 其他\nT "
        "正文\n");
}

static void doc__gives_the_numbers_of_lists(void **state)
{
    static const struct paragraph p[] = {{.text = "总体\r", .style = 1, MODIFIERS(LIST("\x01"))},
        {.text = "甲\r", MODIFIERS(LIST("\x01") LEVEL("\x01"))},
        {.text = "乙\r", MODIFIERS(LIST("\x01") LEVEL("\x01"))},
        {.text = "任务\r", MODIFIERS(LIST("\x01"))}, {.text = "丙\r", MODIFIERS(LIST("\x02"))},
        {.text = "丁\r", MODIFIERS(LIST("\x09"))}, {.text = "戊\r", MODIFIERS(LIST("\x03"))},
        {.text = "己\r", MODIFIERS(NO_LIST)}};
    (void)state;
    ASSERT_GIVES(
        p, 0, "1 一、总体\nT 1. 甲\nT 2. 乙\nT 二、任务\nT 五、丙\nI 丁\nI VI) 戊\nT 己\n");
}

/* An item without text counts, but is seen in a table only; hidden ones do not. */
static void doc__counts_items_as_word_does(void **state)
{
    static const struct paragraph p[] = {{.text = "甲\r", MODIFIERS(LIST("\x01") LEVEL("\x02"))},
        {.text = "\r", MODIFIERS(LIST("\x01"))},
        {.text = "暗\r", MODIFIERS(LIST("\x01")), CHARACTERS(HIDDEN)},
        {.text = "乙\r", MODIFIERS(LIST("\x01"))},
        {.text = "丙\r", MODIFIERS(LIST("\x01") LEVEL("\x02"))},
        {.text = "\a", MODIFIERS(IN_TABLE LIST("\x01"))}, {.text = "云陵\a", MODIFIERS(IN_TABLE)},
        {.text = "\a", MODIFIERS(IN_TABLE ROW_END)}};
    (void)state;
    ASSERT_GIVES(p, 0, "T 1. 甲\nT 三、乙\nT 2. 丙\nR 四、 | 云陵\n");
}

/* What web pages leave in a document: 窗体顶端, in a style that hides it. */
static void doc__leaves_out_hidden_styles(void **state)
{
    static const struct paragraph p[] = {{.text = "窗体顶端\r", .style = 5}, {.text = "正文\r"},
        {.text = "窗体底端\r", .style = 6, MODIFIERS(LIST("\x01"))},
        {.text = "首\r", MODIFIERS(LIST("\x01"))}};
    (void)state;
    ASSERT_GIVES(p, 0, "T 正文\nT 一、首\n");
}

/* A fast save writes what was changed beside the pieces that it leaves where they are. */
static void doc__reads_what_a_fast_save_changed(void **state)
{
    enum {
        HIDES = 0x5C << 1 | 1 << 8,
        DELETES = 0x41 << 1 | 1 << 8,
        SECOND_LIST = 1 << 1 | 1,
        NO_LIST_LIKE_IT = 9 << 1 | 1
    };
    static const struct paragraph p[] = {{.text = "first\r"}, {.text = "目标\r"}};
    static const struct {
        unsigned first, second;
        const char *expected;
    } rows[] = {{0, 0, "T first\nT 目标\n"}, {HIDES, SECOND_LIST, "3 目标\n"},
        {SECOND_LIST, DELETES, "3 first\n"}, {NO_LIST_LIKE_IT, 1, "T first\nT 目标\n"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct made made;
        make(&made, p, 2, 1);
        put_pieces(&made, rows[i].first, rows[i].second);
        assert_gives(&made, rows[i].expected);
    }
}

static void doc__gives_tables_row_by_row(void **state)
{
    static const struct paragraph p[] = {{.text = "前\r"}, {.text = "指标\a", MODIFIERS(IN_TABLE)},
        {.text = "\a", MODIFIERS(IN_TABLE)}, {.text = "甲\r", MODIFIERS(IN_TABLE)},
        {.text = "乙\a", MODIFIERS(IN_TABLE)},
        {.text = "\a", MODIFIERS(LONG_DEFINITION IN_TABLE ROW_END)},
        {.text = "独\a", MODIFIERS(IN_TABLE)}, {.text = "\a", MODIFIERS(IN_TABLE ROW_END)},
        {.text = "外\r", MODIFIERS(IN_TABLE DEPTH("\x01"))},
        {.text = "内\r", MODIFIERS(IN_TABLE DEPTH("\x02") INNER_CELL)},
        {.text = "里\r", MODIFIERS(IN_TABLE DEPTH("\x02") INNER_CELL)},
        {.text = "\r", MODIFIERS(IN_TABLE DEPTH("\x02") INNER_ROW_END)},
        {.text = "后\a", MODIFIERS(IN_TABLE DEPTH("\x01"))},
        {.text = "\a", MODIFIERS(IN_TABLE DEPTH("\x01") ROW_END)}, {.text = "末\r"}};
    (void)state;
    ASSERT_GIVES(p, 0, "T 前\nR 指标 | | 甲 乙\nT 独\nT 外\nR 内 | 里\nT 后\nT 末\n");
}

static void doc__gives_what_a_reader_sees(void **state)
{
    static const struct paragraph p[] = {{.text = "A\t\xC2\x93"
                                                  "B\xC2\x94\v\xC2\xA9\x1E\x1F"
                                                  "C\r"},
        {.text = "见\x13 HYPERLINK \x13x\x14y\x15\x14这里\x15。\r"}, {.text = "\x01\x02\x05\b😁\f"},
        {.text = "暗\r", CHARACTERS(HIDDEN)}, {.text = "删\r", CHARACTERS(DELETED)},
        {.text = "尾"}};
    (void)state;
    ASSERT_GIVES(p, 1, "T A “B” ©-C\nT 见这里。\nT 😁\nT 尾\n");
}

static void doc__gives_the_text_of_eq_fields(void **state)
{
    static const struct paragraph p[] = {
        {.text = "前\x13 eq \\o(\\s\\up 5(联合),\\s\\do 2(发文)) \x15后\r"},
        {.text = "\x13 TOC \x14\x13 EQ \\o\\ac(○,21)\x14\x15一\x15\r"},
        {.text = "\x13 EQ no\x14果\x15\r"}, {.text = "\x13 EQ no\x15\r", CHARACTERS(HIDDEN)}};
    (void)state;
    ASSERT_GIVES(p, 0, "T 前联合发文后\nT ㉑一\nT 果\n");
}

static void doc__gives_notes_behind_the_text_and_no_headers(void **state)
{
    static const struct paragraph p[] = {
        {.text = "文\r"}, {.text = "注\r"}, {.text = "眉\r"}, {.text = "批\r"}, {.text = "框\r"}};
    struct made made;
    (void)state;
    make(&made, p, 5, 0);
    put32(made.word + 0x4C, 2); /* text, notes, headers, macros, comments, end notes, boxes */
    put32(made.word + 0x50, 2);
    put32(made.word + 0x54, 2);
    put32(made.word + 0x5C, 2);
    put32(made.word + 0x64, 2);
    assert_gives(&made, "T 文\nN 注\nN 批\nT 框\n");
}

static void assert_refused(
    const struct made *m, const char *first, enum status status, const char *why)
{
    size_t n;
    struct error err;
    struct buf out;
    char *bytes = file_of(m, first, false, &n);
    assert_int_equal(blocks_of(parse_doc, bytes, n, false, &out, &err), status);
    assert_string_equal(err.message, why);
    assert_int_equal(out.len, 0);
    buf_release(&out);
    free(bytes);
}

static void doc__says_what_it_cannot_read(void **state)
{
    static const struct paragraph p[] = {{.text = "文\r"}};
    struct made made;
    (void)state;
    make(&made, p, 1, 0);
    assert_refused(&made, "Workbook", STATUS_FOREIGN, "not read yet: xls");
    assert_refused(&made, "PowerPoint Document", STATUS_FOREIGN, "not read yet: ppt");
    assert_refused(&made, "x", STATUS_FOREIGN, "not read yet: OLE2");
    assert_refused(&made, "EncryptedPackage", STATUS_BAD_INPUT, "encrypted");
    put16(made.word + 0xA, 0x0300);
    assert_refused(&made, "WordDocument", STATUS_BAD_INPUT, "encrypted");
    put16(made.word + 0xA, 0x8300); /* obfuscated */
    assert_refused(&made, "WordDocument", STATUS_BAD_INPUT, "encrypted");
    put16(made.word + 2, 0x68); /* Word 95 */
    assert_refused(&made, "WordDocument", STATUS_BAD_INPUT, "of Word 6 or 95, which is not read");
    put16(made.word, 0xA5DC);
    assert_refused(&made, "WordDocument", STATUS_BAD_INPUT, "of Word 6 or 95, which is not read");
    put16(made.word, 0xA5ED);
    assert_refused(&made, "WordDocument", STATUS_BAD_INPUT, "damaged Word file");
    make(&made, p, 1, 0);
    put16(made.word + 0xA, 0); /* the other table stream */
    assert_refused(&made, "WordDocument", STATUS_BAD_INPUT, "damaged Word file");
}

/* Pieces that all show the same bytes would make a text without end of a small file. */
static void doc__refuses_pieces_that_overlap(void **state)
{
    enum { PIECES = 1000, CHARS = 1000 };
    static const struct paragraph p[] = {{.text = "文\r"}};
    static unsigned char pieces[5 + 4 * (PIECES + 1) + 8 * PIECES] = {2};
    struct made made;
    (void)state;
    make(&made, p, 1, 0);
    put32(pieces + 1, sizeof pieces - 5);
    for (size_t i = 0; i <= PIECES; i++)
        put32(pieces + 5 + 4 * i, i * CHARS);
    for (size_t i = 0; i < PIECES; i++)
        put32(pieces + 5 + 4 * (PIECES + 1) + 8 * i + 2, 0x40000000);
    put_part(&made, 33, pieces, sizeof pieces);
    put32(made.word + 0x4C, (size_t)PIECES * CHARS);
    assert_refused(&made, "WordDocument", STATUS_BAD_INPUT, "damaged Word file");
}

static void doc__gives_the_title_of_the_summary(void **state)
{
    static const struct paragraph p[] = {{.text = "文\r"}};
    struct made made;
    size_t n;
    struct error err;
    struct buf out;
    (void)state;
    make(&made, p, 1, 0);
    char *bytes = file_of(&made, "WordDocument", true, &n);
    assert_int_equal(blocks_of(parse_doc, bytes, n, false, &out, &err), STATUS_OK);
    assert_string_equal(buf_terminate(&out), "title=云陵年报\nT 文\n");
    buf_release(&out);
    blocks_survive_flips(parse_doc, bytes, n, 500);
    free(bytes);
}

/* Limits and the filter of system calls leave libgsf and iconv what they need. */
static void doc__is_read_in_the_sandbox(void **state)
{
    static const struct paragraph p[] = {{.text = "一、总体要求\r", .style = 1}, {.text = "文\r"}};
    struct made made;
    struct error err;
    struct extractor *ex;
    struct wire_frame frame = {.type = WIRE_KIND};
    struct buf out;
    size_t n;
    (void)state;
    if (!getenv("DUAN_EXTRACT")) {
        print_message("skipped: needs DUAN_EXTRACT\n");
        skip();
    }
    make(&made, p, 2, 0);
    char *bytes = file_of(&made, "WordDocument", true, &n);
    int fd = memfd_create("doc", 0);
    assert_true(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    assert_int_equal(extractor_open(&ex, &err), STATUS_OK);
    assert_int_equal(extractor_begin(ex, fd, DOCUMENT_NONE, ENCODING_UNKNOWN, &err), STATUS_OK);
    buf_init(&out, 1 << 16);
    while (frame.type != WIRE_END) {
        if (extractor_next(ex, &frame, &err) != STATUS_OK)
            fail_msg("%s", err.message);
        if (frame.type == WIRE_META)
            assert_true(buf_printf(&out, "%.*s\n", (int)frame.n, frame.text));
        else if (frame.type == WIRE_BLOCK)
            assert_true(buf_printf(
                &out, "%u %.*s\n", frame.block.level, (int)frame.block.n, frame.block.text));
    }
    assert_string_equal(buf_terminate(&out), "云陵年报\n1 一、总体要求\n0 文\n");
    extractor_end(ex);
    extractor_close(ex);
    buf_release(&out);
    close(fd);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doc__gives_headings_by_style_and_by_level),
        cmocka_unit_test(doc__gives_the_numbers_of_lists),
        cmocka_unit_test(doc__counts_items_as_word_does),
        cmocka_unit_test(doc__leaves_out_hidden_styles),
        cmocka_unit_test(doc__reads_what_a_fast_save_changed),
        cmocka_unit_test(doc__gives_tables_row_by_row),
        cmocka_unit_test(doc__gives_what_a_reader_sees),
        cmocka_unit_test(doc__gives_the_text_of_eq_fields),
        cmocka_unit_test(doc__gives_notes_behind_the_text_and_no_headers),
        cmocka_unit_test(doc__says_what_it_cannot_read),
        cmocka_unit_test(doc__refuses_pieces_that_overlap),
        cmocka_unit_test(doc__gives_the_title_of_the_summary),
        cmocka_unit_test(doc__is_read_in_the_sandbox),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
