// SPDX-License-Identifier: GPL-2.0-or-later
/* Word files of 1997 to 2003, put together as [MS-DOC] has them, from paragraphs and what each is. */
#ifndef DUAN_TESTS_MADE_DOC_H
#define DUAN_TESTS_MADE_DOC_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <gsf/gsf.h>

#include "common/utf8.h"

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
#define NO_LIST "\x0B\x46\x01\xF8"                   /* was in the first */
#define HIDDEN "\x3C\x08\x01"
#define DELETED "\0\x08\x01"

struct made {
    unsigned char word[STREAM_MAX], table[STREAM_MAX];
    size_t n_word, n_table, n_chars[2], n_narrow; /* of the two pieces; bytes of the first */
    size_t ends[PARAGRAPHS_MAX + 1]; /* of the paragraphs, in bytes of the WordDocument stream */
};

static inline void put16(unsigned char *at, unsigned v)
{
    at[0] = (unsigned char)v;
    at[1] = (unsigned char)(v >> 8);
}

static inline void put32(unsigned char *at, size_t v)
{
    put16(at, v & 0xFFFF);
    put16(at + 2, (unsigned)(v >> 16));
}

/* A part at the end of the table stream, entered in the header. */
static inline void put_part(struct made *m, unsigned entry, const void *bytes, size_t n)
{
    put32(m->word + 0x9A + 8 * entry, m->n_table);
    put32(m->word + 0x9A + 8 * entry + 4, n);
    memcpy(m->table + m->n_table, bytes, n);
    m->n_table += n;
}

/* In UTF-16, or, of what a byte holds, in one byte; returns the characters. */
static inline size_t put_text(struct made *m, const char *text, bool is_narrow)
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
static inline void put_page(struct made *m, const struct paragraph *p, size_t n, bool is_paragraphs)
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

/* Style 0 is plain, 1 is Word's "heading 1", 2 says level 3, 3 rests on 2, 4 is the title, 5 is hidden, 6 rests on it. */
static inline void put_styles(struct made *m)
{
    static const struct {
        unsigned sti, based_on;
        const char *modifiers;
        size_t n;
        const char *characters;
        size_t n_characters;
    } rows[] = {{0, 0xFFF, "", 0, "", 0}, {1, 0xFFF, "", 0, "", 0},
        {0xFFE, 0xFFF, OUTLINE("\x02"), 3, "", 0}, {0xFFE, 2, "", 0, "", 0}, {62, 0, "", 0, "", 0},
        {0xFFE, 0, OUTLINE("\x09"), 3, HIDDEN, 3}, {0xFFE, 5, "", 0, "", 0}};
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
        size_t n = 20 + rows[i].n + (rows[i].n & 1);
        put16(style + n, (unsigned)rows[i].n_characters);
        memcpy(style + n + 2, rows[i].characters, rows[i].n_characters);
        n += 2 + rows[i].n_characters;
        put16(sheet + at, (unsigned)n);
        at += 2 + n + (n & 1);
    }
    put_part(m, 1, sheet, at);
}

/* List 1: 一、, 1. below it, and below that 1. which counts on; list 2 is the same, begun again at 5; list 3 has I) in place of 一、. */
static inline void put_lists(struct made *m)
{
    unsigned char lists[512] = {1, 0, 7}, uses[160] = {3};
    size_t at = 2 + 28;
    for (unsigned level = 0; level < 9; level++) {
        lists[at] = 1;
        lists[at + 4] = level ? 0 : 37;
        put16(lists + at + 28, 2);
        put16(lists + at + 30, level);
        put16(lists + at + 32, level ? '.' : 0x3001);
        lists[at + 5] = level == 2 ? 8 : 0; /* and 0 at 26: begins again behind no level */
        at += 34;
    }
    put_part(m, 73, lists, 2 + 28);
    memcpy(m->table + m->n_table, lists + 2 + 28, at - 2 - 28);
    m->n_table += at - 2 - 28;
    put32(uses + 4, 7);
    put32(uses + 20, 7);
    put32(uses + 36, 7);
    uses[20 + 12] = uses[36 + 12] = 1;
    size_t over = 4 + 3 * 16 + 4; /* behind the first use's, which has none */
    put32(uses + over + 4, 5);
    uses[over + 8] = 0x10;
    over += 12;
    uses[over + 8] = 0x20;
    over += 12;
    uses[over] = uses[over + 4] = 1;
    put16(uses + over + 28, 2);
    put16(uses + over + 32, ')');
    put_part(m, 74, uses, over + 34);
}

/* The two pieces, each with what a fast save changed in it; before them the list of modifiers that this may name, as 3. */
static inline void put_pieces(struct made *m, unsigned first, unsigned second)
{
    static const unsigned char lists[] = {1, 3, 0, 0x16, 0x24, 0, 1, 4, 0, 0x00, 0x46, 2, 0};
    unsigned char clx[sizeof lists + 5 + 12 + 16] = {0}, *pieces = clx + sizeof lists;
    memcpy(clx, lists, sizeof lists);
    pieces[0] = 2;
    pieces[1] = 12 + 16;
    put32(pieces + 5 + 4, m->n_chars[0]);
    put32(pieces + 5 + 8, m->n_chars[0] + m->n_chars[1]);
    put32(pieces + 5 + 12 + 2, 2 * FIB_BYTES | 0x40000000);
    put16(pieces + 5 + 12 + 6, first);
    put32(pieces + 5 + 20 + 2, FIB_BYTES + m->n_narrow);
    put16(pieces + 5 + 20 + 6, second);
    put_part(m, 33, clx, sizeof clx);
}

/* The streams of a document: the first n_narrow paragraphs in bytes. */
static inline void make(struct made *m, const struct paragraph *p, size_t n, size_t n_narrow)
{
    memset(m, 0, sizeof *m);
    put16(m->word, 0xA5EC);
    put16(m->word + 2, 0xC1);
    put16(m->word + 0xA, 0x0200);
    m->n_word = m->ends[0] = FIB_BYTES;
    for (size_t i = 0; i < n; i++) {
        m->n_chars[i >= n_narrow] += put_text(m, p[i].text, i < n_narrow);
        m->ends[i + 1] = m->n_word;
    }
    m->n_narrow = m->ends[n_narrow] - FIB_BYTES;
    put32(m->word + 0x4C, m->n_chars[0] + m->n_chars[1]);
    put_pieces(m, 0, 0);
    put_page(m, p, n, true);
    put_page(m, p, n, false);
    put_styles(m);
    put_lists(m);
}

static inline void put_stream(GsfOutfile *file, const char *name, const void *bytes, size_t n)
{
    GsfOutput *stream = gsf_outfile_new_child(file, name, FALSE);
    assert_true(gsf_output_write(stream, n, bytes) && gsf_output_close(stream));
    g_object_unref(stream);
}

static inline void put_summary(GsfOutfile *file)
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
static inline char *file_of(const struct made *m, const char *first, bool has_summary, size_t *n)
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

#endif
