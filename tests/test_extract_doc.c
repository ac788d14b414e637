// SPDX-License-Identifier: GPL-2.0-or-later
/* Word files of 1997 to 2003: put together here, as [MS-DOC] has them, from paragraphs and what each is. Files that
 * LibreOffice made are read by `make check-office`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <gsf/gsf.h>

#include "common/utf8.h"
#include "extract/client.h"
#include "extract/parsers.h"
#include "tests/blocks.h"

enum { FIB_BYTES = 0x600, PAGE = 512, STREAM_MAX = 1 << 16, PARAGRAPHS_MAX = 24 };

/* A paragraph: its text in UTF-8 with the mark at its end, its style, the modifiers of the paragraph and of its characters. */
struct paragraph {
    const char *text;
    unsigned style;
    const char *modifiers;
    size_t n_modifiers;
    const char *characters;
    size_t n_characters;
};

#define MODIFIERS(bytes) .modifiers = bytes, .n_modifiers = sizeof bytes - 1
#define CHARACTERS(bytes) .characters = bytes, .n_characters = sizeof bytes - 1

/* Modifiers: code in two bytes, then its operand. */
#define OUTLINE(n) "\x40\x26" n
#define IN_TABLE "\x16\x24\x01"
#define ROW_END "\x17\x24\x01"
#define DEPTH(n) "\x49\x66" n "\0\0\0"
#define INNER_CELL "\x4B\x24\x01"
#define INNER_ROW_END "\x4C\x24\x01"
#define LIST(n) "\x0B\x46" n "\0"
#define LEVEL(n) "\x0A\x26" n
#define LONG_DEFINITION "\x08\xD6\x06\0\x01\0\0\0\0" /* of a table: tells its length in two bytes */
#define HIDDEN "\x3C\x08\x01"
#define DELETED "\0\x08\x01"

struct made {
    unsigned char word[STREAM_MAX], table[STREAM_MAX];
    size_t n_word, n_table;
    size_t ends[PARAGRAPHS_MAX + 1]; /* of the paragraphs, in bytes of the WordDocument stream */
};

static void put16(unsigned char *at, unsigned v)
{
    at[0] = (unsigned char)v;
    at[1] = (unsigned char)(v >> 8);
}

static void put32(unsigned char *at, size_t v)
{
    put16(at, v & 0xFFFF);
    put16(at + 2, (unsigned)(v >> 16));
}

/* A part at the end of the table stream, entered in the header. */
static void put_part(struct made *m, unsigned entry, const void *bytes, size_t n)
{
    put32(m->word + 0x9A + 8 * entry, m->n_table);
    put32(m->word + 0x9A + 8 * entry + 4, n);
    memcpy(m->table + m->n_table, bytes, n);
    m->n_table += n;
}

/* In UTF-16, or, of what a byte holds, in one byte; returns the characters. */
static size_t put_text(struct made *m, const char *text, bool is_narrow)
{
    size_t n_chars = 0;
    for (size_t at = 0, n = strlen(text); at < n;) {
        uint32_t c;
        at += utf8_step(text + at, n - at, &c);
        unsigned units[] = {c, 0};
        if (c >= 0x10000) {
            units[0] = 0xD800 + ((c - 0x10000) >> 10);
            units[1] = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        for (unsigned i = 0; i < 2 && (i == 0 || units[i]); i++, n_chars++) {
            if (is_narrow)
                m->word[m->n_word++] = (unsigned char)units[i];
            else
                put16(m->word + m->n_word, units[i]);
            m->n_word += is_narrow ? 0 : 2;
        }
    }
    return n_chars;
}

/* One page of what paragraphs are, or their characters, and the table that names it. */
static void put_page(struct made *m, const struct paragraph *p, size_t n, bool is_paragraphs)
{
    unsigned char names[12];
    m->n_word = (m->n_word + PAGE - 1) / PAGE * PAGE;
    unsigned char *page = m->word + m->n_word;
    size_t free_from = PAGE - 2;
    for (size_t i = 0; i <= n; i++)
        put32(page + 4 * i, m->ends[i]);
    for (size_t i = 0; i < n; i++) {
        size_t len = is_paragraphs ? p[i].n_modifiers : p[i].n_characters;
        free_from = (free_from - len - 4) & ~(size_t)1;
        unsigned char *at = page + free_from, *place = page + 4 * (n + 1) + i * 13;
        if (is_paragraphs) { /* a length of halves, then the style */
            at[1] = (unsigned char)((len + 3) / 2);
            put16(at + 2, p[i].style);
        } else {
            at[0] = (unsigned char)len;
            place = page + 4 * (n + 1) + i;
        }
        if (len)
            memcpy(at + (is_paragraphs ? 4 : 1), is_paragraphs ? p[i].modifiers : p[i].characters,
                len);
        *place = (unsigned char)(free_from / 2);
    }
    page[PAGE - 1] = (unsigned char)n;
    put32(names, m->ends[0]);
    put32(names + 4, m->ends[n]);
    put32(names + 8, m->n_word / PAGE);
    put_part(m, is_paragraphs ? 13 : 12, names, sizeof names);
    m->n_word += PAGE;
}

/* Style 0 is plain, 1 is Word's "heading 1", 2 says level 3, 3 rests on 2, 4 is the title. */
static void put_styles(struct made *m)
{
    static const struct {
        unsigned sti, based_on;
        const char *modifiers;
        size_t n;
    } rows[] = {{0, 0xFFF, "", 0}, {1, 0xFFF, "", 0}, {0xFFE, 0xFFF, OUTLINE("\x02"), 3},
        {0xFFE, 2, "", 0}, {62, 0, "", 0}};
    unsigned char sheet[512] = {4, 0, sizeof rows / sizeof *rows, 0, 10, 0};
    size_t at = 6;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char *style = sheet + at + 2;
        put16(style, rows[i].sti);
        put16(style + 2, rows[i].based_on << 4 | 1);
        put16(style + 10, 1); /* a name of one letter, and its end */
        put16(style + 12, 'x');
        put16(style + 16, (unsigned)rows[i].n + 2);
        memcpy(style + 20, rows[i].modifiers, rows[i].n);
        size_t n = 20 + rows[i].n;
        put16(sheet + at, (unsigned)n);
        at += 2 + n + (n & 1);
    }
    put_part(m, 1, sheet, at);
}

/* List 1: 一、 and 1. below it; list 2 is the same, begun again at 5. */
static void put_lists(struct made *m)
{
    unsigned char lists[512] = {1, 0, 7}, uses[128] = {2};
    size_t at = 2 + 28;
    for (unsigned level = 0; level < 9; level++) {
        lists[at] = 1;
        lists[at + 4] = level ? 0 : 37;
        put16(lists + at + 28, 2);
        put16(lists + at + 30, level);
        put16(lists + at + 32, level ? '.' : 0x3001);
        at += 34;
    }
    put_part(m, 73, lists, 2 + 28);
    memcpy(m->table + m->n_table, lists + 2 + 28, at - 2 - 28);
    m->n_table += at - 2 - 28;
    put32(uses + 4, 7);
    put32(uses + 20, 7);
    uses[20 + 12] = 1;
    size_t over = 4 + 2 * 16 + 4; /* behind the first use's, which has none */
    put32(uses + over + 4, 5);
    uses[over + 8] = 0x10;
    put_part(m, 74, uses, over + 12);
}

/* The streams of a document: the first n_narrow paragraphs in bytes. */
static void make(struct made *m, const struct paragraph *p, size_t n, size_t n_narrow)
{
    unsigned char pieces[5 + 12 + 16] = {2, 12 + 16};
    size_t n_chars[2] = {0, 0};
    memset(m, 0, sizeof *m);
    put16(m->word, 0xA5EC);
    put16(m->word + 2, 0xC1);
    put16(m->word + 0xA, 0x0200);
    m->n_word = m->ends[0] = FIB_BYTES;
    for (size_t i = 0; i < n; i++) {
        n_chars[i >= n_narrow] += put_text(m, p[i].text, i < n_narrow);
        m->ends[i + 1] = m->n_word;
    }
    put32(m->word + 0x4C, n_chars[0] + n_chars[1]);
    put32(pieces + 5 + 4, n_chars[0]);
    put32(pieces + 5 + 8, n_chars[0] + n_chars[1]);
    put32(pieces + 5 + 12 + 2, 2 * FIB_BYTES | 0x40000000);
    put32(pieces + 5 + 20 + 2, m->ends[n_narrow]);
    put_part(m, 33, pieces, sizeof pieces);
    put_page(m, p, n, true);
    put_page(m, p, n, false);
    put_styles(m);
    put_lists(m);
}

static void put_stream(GsfOutfile *file, const char *name, const void *bytes, size_t n)
{
    GsfOutput *stream = gsf_outfile_new_child(file, name, FALSE);
    assert_true(gsf_output_write(stream, n, bytes) && gsf_output_close(stream));
    g_object_unref(stream);
}

static void put_summary(GsfOutfile *file)
{
    GsfOutput *stream = gsf_outfile_new_child(file, "\005SummaryInformation", FALSE);
    GsfDocMetaData *meta = gsf_doc_meta_data_new();
    GValue *title = g_new0(GValue, 1);
    g_value_init(title, G_TYPE_STRING);
    g_value_set_string(title, "云陵年报");
    gsf_doc_meta_data_insert(meta, g_strdup(GSF_META_NAME_TITLE), title);
    assert_true(gsf_doc_meta_data_write_to_msole(meta, stream, FALSE) && gsf_output_close(stream));
    g_object_unref(meta);
    g_object_unref(stream);
}

/* The file; the caller frees. */
static char *file_of(const struct made *m, const char *first, bool has_summary, size_t *n)
{
    gsf_init();
    GsfOutput *memory = gsf_output_memory_new();
    GsfOutfile *file = gsf_outfile_msole_new(memory);
    put_stream(file, first, m->word, m->n_word);
    put_stream(file, "1Table", m->table, m->n_table);
    if (has_summary)
        put_summary(file);
    assert_true(gsf_output_close(GSF_OUTPUT(file)));
    *n = (size_t)gsf_output_size(memory);
    char *bytes = malloc(*n);
    assert_non_null(bytes);
    memcpy(bytes, gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(memory)), *n);
    g_object_unref(file);
    g_object_unref(memory);
    return bytes;
}

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
        {.text = "丁\r", MODIFIERS(LIST("\x09"))}};
    (void)state;
    ASSERT_GIVES(p, 0, "1 一、总体\nI 1. 甲\nI 2. 乙\nI 二、任务\nI 五、丙\nI 丁\n");
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
    assert_gives(&made, "T 文\nT 注\nT 批\nT 框\n");
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
        cmocka_unit_test(doc__gives_tables_row_by_row),
        cmocka_unit_test(doc__gives_what_a_reader_sees),
        cmocka_unit_test(doc__gives_notes_behind_the_text_and_no_headers),
        cmocka_unit_test(doc__says_what_it_cannot_read),
        cmocka_unit_test(doc__refuses_pieces_that_overlap),
        cmocka_unit_test(doc__gives_the_title_of_the_summary),
        cmocka_unit_test(doc__is_read_in_the_sandbox),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
