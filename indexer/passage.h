// SPDX-License-Identifier: GPL-2.0-or-later
/* Cutting a report into passages: decoded text in, chunk by chunk; passages out, in order.
 *
 * Invariant: the raw texts of a report's passages, one behind the other, are the text that was fed,
 * byte for byte, but that what parts the lines of a paragraph and not the paragraphs is blanks: a blank line behind each line of a
 * wrapped text, and the number of a page over whose end one goes on. Blank lines and line ends belong to the passage before them,
 * those at the very start to the first.
 *
 * A passage is one paragraph, one heading, one line of a list or one row of a table. Lines of a
 * hard-wrapped paragraph are joined (wrap.h), headings known by their neighbours (heading.h). A numbering
 * torn off its text (一、 alone on its line) and a line of one to three characters are joined with what
 * follows, or, behind a paragraph, with that. A line of more than PASSAGE_CHARS_MAX bytes is cut where two wide blanks stand
 * behind a stop: paragraphs that lost their line ends. A paragraph of
 * more than PASSAGE_CHARS_MAX characters is cut at sentence ends into pieces of about
 * PASSAGE_CHARS, for want of those at a comma or a blank, at the last at PASSAGE_CHARS_LIMIT; never
 * inside a character, nor before the bracketed reading of one. What is held at a time is bounded,
 * whatever comes in: a line without end is cut as it passes. */
#ifndef DUAN_INDEXER_PASSAGE_H
#define DUAN_INDEXER_PASSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "store/record.h"

enum { PASSAGE_CHARS = 400, PASSAGE_CHARS_MAX = 800, PASSAGE_CHARS_LIMIT = 2000 };

/* Takes one passage, borrowed for the call; anything but STATUS_OK ends the feeding. */
typedef enum status passage_sink(void *arg, const struct passage *p, struct error *err);

struct passage_splitter;

enum status passage_splitter_open(
    passage_sink *sink, void *arg, struct passage_splitter **out, struct error *err);
void passage_splitter_close(struct passage_splitter *s);

/* Begins a report whose text starts at that line of its source. */
void passage_splitter_begin(struct passage_splitter *s, bool is_markdown, uint32_t line);
/* The first n bytes of the report that was begun, at most FRONT_MATTER_MAX, are front matter (front_matter.h): furniture,
 * and what follows is as if it came first. */
void passage_splitter_set_front(struct passage_splitter *s, size_t n);
/* Begins a document whose paragraphs are known (passage_splitter_paragraph): their line is the page they stand on. */
void passage_splitter_begin_document(struct passage_splitter *s);
/* n bytes more of well-formed UTF-8, cut anywhere; is_last ends the report. */
enum status passage_splitter_feed(
    struct passage_splitter *s, const char *text, size_t n, bool is_last, struct error *err);
/* The lines read so far of the text that was begun and not fed yet: whoever reads its head may put there what it read,
 * from the start on (title.h). */
struct seen_lines *passage_splitter_seen(struct passage_splitter *s);

/* What a document says of one of its paragraphs. */
struct paragraph_hint {
    uint32_t page;  /* 0 where it has none */
    uint8_t level;  /* of a heading that the document states, 1 to 9; 0: the grammar decides */
    bool is_inline; /* an item or a row: no heading, whatever it looks like */
    bool is_row, begins_table; /* a row, and the first of its table */
    bool is_note; /* neither a heading nor under one; tells nothing of the paragraph before it */
};
/* The next paragraph of a document, n > 0 bytes of well-formed UTF-8 without a line end; one is put behind it. A PAGE_END
 * may stand inside it (store/record.h).
 * passage_splitter_end ends the report. Not to be mixed with passage_splitter_feed. */
enum status passage_splitter_paragraph(struct passage_splitter *s,
    const struct paragraph_hint *hint, const char *text, size_t n, struct error *err);
enum status passage_splitter_end(struct passage_splitter *s, struct error *err);

/* Where to cut the first piece off text[0..n), a paragraph of which more follows unless is_whole; n
 * when it is not to be cut. Unless is_whole n must be at least 4 * PASSAGE_CHARS_LIMIT. */
size_t passage_cut(const char *text, size_t n, bool is_whole);

#endif
