// SPDX-License-Identifier: GPL-2.0-or-later
/* The paragraph under way: pieces of text in, clean blocks out. Every parser writes through one.
 *
 * White space of any kind, and control characters, become one blank between two pieces of text and
 * nothing at the ends; bytes that are not UTF-8 become U+FFFD; a paragraph longer than
 * BLOCK_BYTES_MAX goes out in several blocks; an empty one does not go out at all.
 *
 * Inside a row the paragraphs are cells' and wait for its end: a row of one cell gives them back as
 * the paragraphs they were (documents are laid out in such tables), a row of several gives
 * "cell | cell", the paragraphs of a cell parted by a blank. A table inside a cell first sends out
 * what its outer row holds, so that everything comes in order and once. A row is the first of its table where
 * block_table_begin says so, or a paragraph outside of rows came before.
 *
 * The first failure (of the sink, or memory) is kept in `status`, and from then on all calls do
 * nothing: a parser asks once in a while, and at the end. */
#ifndef DUAN_EXTRACT_BLOCK_WRITER_H
#define DUAN_EXTRACT_BLOCK_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "extract/document.h"

enum { BLOCK_ASIDE_MAX = 4, BLOCK_ROW_DEPTH_MAX = 64, BLOCK_EMPTY_PAGES_MAX = 16 };

struct block_writer {
    const struct document_sink *sink;
    struct error *err;
    enum status status;
    uint32_t page;      /* of the next paragraph to begin; the parser sets it */
    uint32_t text_page; /* of the one under way */
    struct buf text;
    char due;                          /* ' ' or BLOCK_PAGE_END, before the next character; or 0 */
    unsigned n_pages_due;              /* how often, of the latter */
    struct buf aside[BLOCK_ASIDE_MAX]; /* outer paragraphs that wait */
    unsigned n_aside;
    struct buf row; /* of each paragraph: kind, level, text, '\n'; '\t' ends a cell */
    unsigned row_depth;
    bool is_table_open; /* a row went out, and since then nothing outside rows */
    bool is_note;       /* what goes out is BLOCK_NOTE; the parser sets it */
    size_t n_blocks;    /* that went out */
    bool has_title;     /* a paragraph was one (block_end_outlined) */
};

void block_writer_init(struct block_writer *w, const struct document_sink *sink, struct error *err);
void block_writer_release(struct block_writer *w);

/* More text of the paragraph under way. */
void block_text(struct block_writer *w, const char *text, size_t n);
/* The next page begins; several times between two pieces of a paragraph where pages have no text, BLOCK_EMPTY_PAGES_MAX at most. */
void block_next_page(struct block_writer *w);
/* Ends the paragraph. */
void block_end(struct block_writer *w, enum block_kind kind, unsigned level);
/* What a word processor says of a paragraph. */
struct block_outline {
    int level;     /* 0 to 8: a heading */
    bool is_item;  /* of a list */
    bool is_title; /* the first one is the document's title */
};
/* Likewise one of those. An item that has a number is text, as it would be where the number was typed: 一、总体要求 may be a
 * heading. Where nothing came but the number, n_number bytes, it goes out only as a cell of a table. */
void block_end_outlined(struct block_writer *w, const struct block_outline *is, size_t n_number);
/* A paragraph of each line, of those that end; clears them. */
void block_lines(struct block_writer *w, struct buf *lines);
/* Drops the text of the paragraph under way. */
void block_drop(struct block_writer *w);

/* A paragraph inside a paragraph (a text box): sets the outer one aside, and takes it up again.
 * Deeper than BLOCK_ASIDE_MAX they run into one. */
void block_set_aside(struct block_writer *w);
void block_take_up(struct block_writer *w);

/* Need not be called where there is text between tables. */
void block_table_begin(struct block_writer *w);
void block_row_begin(struct block_writer *w);
/* Ends a cell, with the paragraph under way. */
void block_cell_end(struct block_writer *w);
/* The cell just ended stands `times` times in all. */
void block_cell_repeat(struct block_writer *w, int times);
void block_row_end(struct block_writer *w);

/* Title, date or author, cleaned as a block is; nothing where empty. */
void block_meta(struct block_writer *w, enum document_meta what, const char *text, size_t n);
/* The text of an element of o:DocumentProperties, of Word and Excel 2003 XML: others than title, author and date are passed over. */
void block_property(struct block_writer *w, const char *name, const char *text, size_t n);

/* Fails for want of memory where it is not ok, or with s and the message: unless something failed before. */
void block_need(struct block_writer *w, bool ok);
void block_fail(struct block_writer *w, enum status s, const char *message);

#endif
