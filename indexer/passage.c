// SPDX-License-Identifier: GPL-2.0-or-later
/* Text waits in one buffer: the paragraph being gathered, then lines not yet looked at. A paragraph
 * is given out when the line that follows it is known, since that decides whether it is a heading.
 */
#include "indexer/passage.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/utf8.h"
#include "indexer/heading.h"
#include "indexer/line.h"
#include "indexer/page_mark.h"
#include "indexer/wrap.h"

enum {
    SLICE_BYTES = 32 * 1024,   /* taken in at a time */
    LINE_PIECE = 16 * 1024,    /* a longer line is looked at in pieces */
    PARAGRAPH_MAX = 24 * 1024, /* a longer paragraph is given out while it grows */
    CUT_AHEAD = 4 * PASSAGE_CHARS_LIMIT,
    BLANKS_MAX = 16 * 1024, /* blank lines behind a paragraph */
    CHAPTER_NAME_CHARS = 30,
    TEXT_MAX = WRAP_SAMPLE + 2 * SLICE_BYTES + PARAGRAPH_MAX + BLANKS_MAX + LINE_PIECE,
};

struct passage_splitter {
    passage_sink *sink;
    void *arg;
    struct buf text;
    size_t front;                /* bytes of front matter that are still to be given out */
    size_t start;                /* of the paragraph, within text */
    size_t content_end;          /* of the paragraph, without the blank lines behind it */
    size_t paragraph_end;        /* where the next line starts */
    struct line paragraph, last; /* the paragraph as if it were one line; its last line */
    unsigned n_lines; /* of the paragraph, blank ones left out; 0: nothing but blank lines yet */
    unsigned n_blank; /* lines behind it */
    bool has_blank_after, has_page_end; /* blank lines, the end of a page behind it */
    size_t mark;                        /* where the mark of a page behind it starts; 0: none */
    bool has_marks;                     /* within it */
    bool is_furniture;                  /* all of its lines are (line_words.h) */
    bool is_given;                      /* part of it was given out already */
    bool is_first;                      /* no paragraph went before */
    bool in_piece;                      /* the last line has not ended yet */
    bool in_fence;
    bool is_measured;
    struct wrap wrap;
    struct heading_state headings;
    uint32_t number, line;
    bool after_cr;
    bool is_document;
    struct paragraph_hint hint; /* of the paragraph, in a document */
    struct seen_lines seen;     /* by the measuring, at the places of text; last: not cleared */
};

enum status passage_splitter_open(
    passage_sink *sink, void *arg, struct passage_splitter **out, struct error *err)
{
    struct passage_splitter *s = malloc(sizeof *s);
    *out = s;
    if (!s)
        return error_no_memory(err);
    memset(s, 0, offsetof(struct passage_splitter, seen));
    s->sink = sink;
    s->arg = arg;
    buf_init(&s->text, TEXT_MAX);
    passage_splitter_begin(s, false, 1);
    return STATUS_OK;
}

void passage_splitter_close(struct passage_splitter *s)
{
    if (s)
        buf_release(&s->text);
    free(s);
}

void passage_splitter_begin(struct passage_splitter *s, bool is_markdown, uint32_t line)
{
    buf_clear(&s->text);
    s->front = s->start = s->content_end = s->paragraph_end = 0;
    s->n_lines = s->n_blank = 0;
    s->mark = 0;
    s->has_marks = s->has_page_end = false;
    s->has_blank_after = s->is_given = s->in_piece = s->in_fence = s->is_measured = s->after_cr =
        false;
    s->is_document = false;
    s->hint = (struct paragraph_hint){0};
    s->is_first = true;
    s->seen.n = s->seen.next = 0;
    s->wrap.is_markdown = is_markdown;
    heading_state_init(&s->headings, is_markdown);
    s->number = 0;
    s->line = line;
}

void passage_splitter_set_front(struct passage_splitter *s, size_t n)
{
    s->front = n;
}

struct seen_lines *passage_splitter_seen(struct passage_splitter *s)
{
    return &s->seen;
}

void passage_splitter_begin_document(struct passage_splitter *s)
{
    passage_splitter_begin(s, false, 0);
    s->is_document = s->is_measured = true;
}

/* Gives out text[start..end) as one passage. */
static enum status give(
    struct passage_splitter *s, size_t start, size_t end, unsigned level, struct error *err)
{
    struct passage p = {.text = s->text.data + start,
        .text_len = end - start,
        .number = ++s->number,
        .line = s->line,
        .level = (uint8_t)level,
        .is_furniture = s->is_furniture && s->n_lines > 0};
    p.section = heading_enter(&s->headings, level, p.number);
    s->line += (uint32_t)(s->is_document ? passage_pages(p.text, p.text_len)
                                         : line_count(p.text, p.text_len, &s->after_cr));
    if (s->has_marks)
        page_marks_blank(s->text.data + start, end - start);
    if ((s->wrap.is_double_spaced && !s->is_document) || s->has_marks)
        line_ends_close_up(s->text.data + start, end - start);
    return s->sink(s->arg, &p, err);
}

static unsigned first_level(struct passage_splitter *s, const struct line *next)
{
    if (s->is_given || s->n_lines == 0)
        return 0;
    s->is_given = true;
    if (s->hint.is_note)
        return heading_note(&s->headings);
    if (s->hint.level)
        return heading_stated(&s->headings, s->hint.level);
    if (s->hint.is_row)
        return heading_row(&s->headings, &s->paragraph, s->hint.begins_table, next);
    if (s->hint.is_inline)
        return heading_text(&s->headings, &s->paragraph, next);
    return heading_level(&s->headings, &s->paragraph, s->n_lines == 1, next);
}

/* Forgets the text that was given out. Once a slice, since it moves the rest. */
static void drop_given(struct passage_splitter *s)
{
    if (s->start == 0)
        return;
    memmove(s->text.data, s->text.data + s->start, s->text.len - s->start);
    s->text.len -= s->start;
    s->content_end -= s->start;
    s->mark -= s->mark ? s->start : 0;
    s->paragraph_end -= s->start;
    s->start = 0;
}

/* Where the first piece of the paragraph's `rest` bytes ends. The ends of pages belong to what is before them. */
static size_t piece_length(const struct passage_splitter *s, size_t rest, bool is_whole)
{
    const char *text = s->text.data + s->start;
    size_t n = passage_cut(text, rest, is_whole);
    while (n < rest && text[n] == PAGE_END)
        n++;
    return n;
}

/* Gives out the whole paragraph; next begins the one that follows. */
static enum status finish_paragraph(
    struct passage_splitter *s, const struct line *next, struct error *err)
{
    unsigned level = first_level(s, next);
    enum status status = STATUS_OK;
    while (s->start < s->paragraph_end && status == STATUS_OK) {
        size_t rest = s->content_end - s->start;
        size_t piece = rest ? piece_length(s, rest, true) : 0;
        size_t end = piece < rest ? s->start + piece : s->paragraph_end;
        status = give(s, s->start, end, level, err);
        s->start = end;
        if (s->content_end < end)
            s->content_end = end;
        level = 0;
    }
    s->is_first &= s->n_lines == 0;
    s->n_lines = s->n_blank = 0;
    s->mark = 0;
    s->has_blank_after = s->has_page_end = s->has_marks = s->is_given = false;
    return status;
}

/* Gives out the start of a paragraph that grew too long to wait for its end. */
static enum status drain_paragraph(struct passage_splitter *s, struct error *err)
{
    unsigned level = first_level(s, NULL);
    enum status status = STATUS_OK;
    while (s->content_end - s->start > CUT_AHEAD && status == STATUS_OK) {
        size_t end = s->start + piece_length(s, s->content_end - s->start, false);
        status = give(s, s->start, end, level, err);
        s->start = end;
        level = 0;
    }
    return status;
}

static void add_line(struct passage_splitter *s, const struct line *l, size_t end)
{
    bool is_furniture = l->is_furniture || l->is_provenance;
    if (s->n_lines++ == 0) {
        s->paragraph = *l;
        s->is_furniture = is_furniture;
    } else {
        s->is_furniture &= is_furniture;
        s->paragraph.is_furniture &= l->is_furniture;
        s->paragraph.is_fragment &= l->is_fragment;
        s->paragraph.is_bare_opener = false;
        if (s->paragraph.is_opening) /* （ and, on the next line, 三）… */
            opener_parse(s->text.data + s->start, end - s->start, &s->paragraph.opener);
        s->paragraph.is_opening = false;
        s->paragraph.has_inner_stop |= l->has_inner_stop ||
                                       s->paragraph.ending == LINE_ENDS_SENTENCE ||
                                       s->paragraph.ending == LINE_ENDS_CLAUSE;
        s->paragraph.n_chars += l->n_chars;
        s->paragraph.is_long |= l->is_long;
        s->paragraph.ending = l->ending;
    }
    s->last = *l;
    s->content_end = s->paragraph_end = end;
    s->n_blank = 0;
    s->mark = 0;
    s->has_blank_after = s->has_page_end = false;
}

/* 一、 and its text, 第一章 and its name */
static bool goes_on_behind_opener(const struct line *a, const struct line *b)
{
    if (!a->is_bare_opener || a->opener.level == OPENER_ARTICLE || line_is_item(b) ||
        b->opener.n_hashes || b->is_furniture || b->is_table || b->n_cells)
        return false;
    return a->opener.level > OPENER_ARTICLE ||
           (b->n_chars <= CHAPTER_NAME_CHARS && b->ending == LINE_ENDS_PLAIN);
}

/* A line of one to three characters goes with what follows it; several of them, a list of names, go together. Right
 * behind a paragraph it is the rest of that. */
static bool joins_fragment(const struct passage_splitter *s, const struct line *l)
{
    const struct line *p = &s->paragraph;
    if (p->is_fragment && l->is_fragment)
        return p->n_chars < PASSAGE_CHARS;
    if (p->is_fragment) /* the first line is a title, however short */
        return s->n_lines == 1 && !s->is_first && !line_is_item(l) && !l->opener.n_hashes &&
               !l->is_table && !l->n_cells && !l->is_furniture && !l->is_fence;
    return l->is_fragment && !s->has_blank_after && p->has_inner_stop &&
           p->ending == LINE_ENDS_SENTENCE;
}

/* Does the paragraph go on on the next page? Of what is not wrapped, one that reads like prose. */
static bool goes_on_over_page(const struct passage_splitter *s, const struct line *l)
{
    const struct line *a = &s->last;
    if (s->in_fence || s->wrap.is_markdown ||
        (a->ending != LINE_ENDS_PLAIN && a->ending != LINE_ENDS_COMMA))
        return false;
    if (s->wrap.width)
        return !l->is_indented && wrap_joins(&s->wrap, a, s->is_first && s->n_lines == 1, l);
    bool is_prose = a->n_chars > CHAPTER_NAME_CHARS && (a->has_comma || a->has_inner_stop);
    return is_prose && !l->is_indented && !line_is_item(l) && !l->is_furniture && !l->is_table &&
           !l->n_cells && !a->n_cells;
}

static bool joins(const struct passage_splitter *s, const struct line *l)
{
    if (s->n_lines == 0 || s->in_piece)
        return true;
    if ((s->mark || s->has_page_end) && goes_on_over_page(s, l))
        return true;
    if (s->mark)
        return false;
    if ((s->n_lines == 1 && goes_on_behind_opener(&s->paragraph, l)) || joins_fragment(s, l))
        return !s->in_fence;
    if (s->has_blank_after)
        return false;
    if (s->in_fence && !l->is_fence)
        return true;
    return wrap_joins(&s->wrap, &s->last, s->is_first && s->n_lines == 1, l);
}

/* A line with nothing but the end of a page is none: it parts no paragraphs. */
static enum status take_blank(
    struct passage_splitter *s, const struct line *l, size_t end, struct error *err)
{
    s->paragraph_end = end;
    s->has_page_end |= l->is_page_end;
    s->n_blank += !l->is_page_end;
    s->has_blank_after = s->n_lines > 0 && s->n_blank > (s->wrap.is_double_spaced ? 1U : 0U);
    return s->paragraph_end - s->content_end > BLANKS_MAX ? finish_paragraph(s, NULL, err)
                                                          : STATUS_OK;
}

/* The mark of a page, behind a paragraph that may go on on the next. */
static enum status take_mark(struct passage_splitter *s, size_t end, struct error *err)
{
    s->mark = s->mark ? s->mark : s->paragraph_end;
    s->paragraph_end = end;
    return end - s->content_end > BLANKS_MAX ? finish_paragraph(s, NULL, err) : STATUS_OK;
}

/* The paragraph ends before the mark behind it, which is furniture of its own. */
static enum status finish_before_mark(struct passage_splitter *s, struct error *err)
{
    struct line mark;
    size_t end = s->paragraph_end;
    s->paragraph_end = s->mark;
    line_read(&mark, s->text.data + s->mark, end - s->mark);
    enum status status = finish_paragraph(s, &mark, err);
    mark.is_furniture = true;
    add_line(s, &mark, end);
    return status;
}

/* The line at paragraph_end, if it was seen; NULL when not. */
static const struct seen_line *seen_line(struct passage_splitter *s)
{
    struct seen_lines *seen = &s->seen;
    while (seen->next < seen->n && seen->lines[seen->next].at < s->paragraph_end)
        seen->next++;
    bool is_here = seen->next < seen->n && seen->lines[seen->next].at == s->paragraph_end;
    return is_here ? &seen->lines[seen->next] : NULL;
}

/* Takes the n bytes at paragraph_end, a line or, unless is_ended, a piece of one. */
static enum status take_line(struct passage_splitter *s, size_t n, bool is_ended, struct error *err)
{
    struct line l;
    const struct seen_line *seen = seen_line(s);
    if (seen && seen->len == n)
        l = seen->line;
    else
        line_read(&l, s->text.data + s->paragraph_end, n);
    enum status status = STATUS_OK;
    if (s->wrap.is_markdown && s->in_fence && !l.is_fence)
        l.opener = (struct opener){.level = OPENER_NONE};
    if (l.is_blank && !s->in_piece)
        return take_blank(s, &l, s->paragraph_end + n, err);
    bool is_mark = l.is_page_mark || is_bare_page_mark(s->text.data + s->paragraph_end,
                                         s->text.len - s->paragraph_end, n);
    if (is_mark && is_ended && s->n_lines && !s->in_piece && !s->in_fence && !s->is_furniture)
        return take_mark(s, s->paragraph_end + n, err);
    if (!joins(s, &l)) {
        status = s->mark ? finish_before_mark(s, err) : STATUS_OK;
        status = status == STATUS_OK ? finish_paragraph(s, &l, err) : status;
    }
    if (status != STATUS_OK)
        return status;
    s->has_marks |= s->mark || s->has_page_end;
    add_line(s, &l, s->paragraph_end + n);
    s->has_page_end = s->text.data[s->paragraph_end - 1] == PAGE_END;
    s->in_fence ^= s->wrap.is_markdown && l.is_fence;
    s->in_piece = !is_ended;
    return s->content_end - s->start > PARAGRAPH_MAX ? drain_paragraph(s, err) : STATUS_OK;
}

/* All of it is there, since nothing is taken before the text was measured. */
static enum status take_front(struct passage_splitter *s, struct error *err)
{
    s->content_end = s->paragraph_end = s->front;
    s->front = 0;
    s->n_lines = 1;
    s->is_furniture = s->is_given = true; /* given: no heading */
    enum status status = finish_paragraph(s, NULL, err);
    s->is_first = true;
    return status;
}

/* Takes every line that is complete. */
static enum status take_lines(struct passage_splitter *s, bool is_last, struct error *err)
{
    enum status status = s->front ? take_front(s, err) : STATUS_OK;
    while (status == STATUS_OK && s->paragraph_end < s->text.len) {
        const char *at = s->text.data + s->paragraph_end;
        const struct seen_line *seen = seen_line(s);
        size_t rest = s->text.len - s->paragraph_end;
        size_t n = seen ? seen->len : line_length(at, rest, is_last);
        bool is_ended = n > 0 && n <= LINE_PIECE;
        bool may_be_mark = n && n <= PAGE_MARK_AHEAD && rest - n < PAGE_MARK_AHEAD;
        if (!is_last && (may_be_mark || (n == 0 && rest <= LINE_PIECE)))
            return STATUS_OK;
        if (n == 0)
            n = rest;
        if (n > LINE_PIECE)
            n = utf8_floor(at, rest, LINE_PIECE);
        status = take_line(s, n, is_ended, err);
    }
    return status;
}

static enum status feed_slice(
    struct passage_splitter *s, const char *text, size_t n, bool is_last, struct error *err)
{
    if (!buf_append(&s->text, text, n))
        return error_no_memory(err);
    if (!s->is_measured && s->text.len < WRAP_SAMPLE && !is_last)
        return STATUS_OK;
    if (!s->is_measured)
        wrap_measure(&s->wrap, s->wrap.is_markdown, s->text.data, s->text.len, is_last, &s->seen);
    s->is_measured = true;
    enum status status = take_lines(s, is_last, err);
    if (status == STATUS_OK && is_last && s->mark)
        status = finish_before_mark(s, err);
    if (status == STATUS_OK && is_last && s->paragraph_end > s->start)
        status = finish_paragraph(s, NULL, err);
    drop_given(s);
    s->seen.n = 0; /* all were taken, and the text has moved */
    return status;
}

enum status passage_splitter_feed(
    struct passage_splitter *s, const char *text, size_t n, bool is_last, struct error *err)
{
    do {
        size_t slice = n < SLICE_BYTES ? n : SLICE_BYTES;
        enum status status = feed_slice(s, text, slice, is_last && slice == n, err);
        if (status != STATUS_OK)
            return status;
        text += slice;
        n -= slice;
    } while (n);
    return STATUS_OK;
}

/* What a document says of a line: an item, or a row of cells parted by " | ". */
static void apply_hint(
    struct line *l, const struct paragraph_hint *hint, const char *text, size_t n)
{
    const char *at = text;
    l->is_fragment = false;
    if (!hint->is_inline)
        return;
    for (l->n_cells = 0; (at = memmem(at, n - (size_t)(at - text), " | ", 3)); at += 3)
        l->n_cells++;
    l->n_cells += l->n_cells > 0;
    l->is_bullet |= l->n_cells == 0;
}

enum status passage_splitter_paragraph(struct passage_splitter *s,
    const struct paragraph_hint *hint, const char *text, size_t n, struct error *err)
{
    struct line l;
    line_read(&l, text, n);
    apply_hint(&l, hint, text, n);
    enum status status = STATUS_OK;
    if (s->n_lines)
        status = finish_paragraph(s, hint->is_note ? NULL : &l, err);
    s->hint = *hint;
    s->line = hint->page;
    for (size_t piece; status == STATUS_OK && n; text += piece, n -= piece) {
        drop_given(s);
        piece = n > LINE_PIECE ? utf8_floor(text, n, LINE_PIECE) : n;
        if (!buf_append(&s->text, text, piece) || (piece == n && !buf_append_byte(&s->text, '\n')))
            return error_no_memory(err);
        if (s->in_piece)
            s->content_end = s->paragraph_end = s->text.len;
        else
            add_line(s, &l, s->text.len);
        s->in_piece = piece < n;
        if (s->content_end - s->start > PARAGRAPH_MAX)
            status = drain_paragraph(s, err);
    }
    return status;
}

enum status passage_splitter_end(struct passage_splitter *s, struct error *err)
{
    enum status status = s->n_lines ? finish_paragraph(s, NULL, err) : STATUS_OK;
    drop_given(s);
    return status;
}
