// SPDX-License-Identifier: GPL-2.0-or-later
/* PDF by poppler: lines with their places (pdf_page.h), joined to the paragraphs they were broken from, and to rows.
 *
 * A line begins a paragraph when it is indented, when the one before it ended short of the right margin or in the dots of a table of
 * contents, or when it stands in another size or further below it than lines mostly do; the lines of an item stand under its text, not
 * its number, and those of a block set in have margins of their own. Otherwise it goes on, over the end of a page, too, and over
 * pages of pictures. Between Han no blank is put. The margin of a page of short lines is that of the pages before.
 * Running heads and page numbers are dropped (pdf_edges.h). Notes at the foot of a page come before a sentence that goes on over
 * them. The page of a block is that of its first line. */
#include <math.h>
#include <string.h>

#include "extract/block_writer.h"
#include "extract/parsers.h"
#include "extract/pdf_edges.h"
#include "extract/pdf_page.h"

enum { PDF_PAGES_MAX = 100000 };

struct pdf {
    PopplerDocument *document;
    struct pdf_edges edges;
    int n_pages;
    struct block_writer out;
    struct pdf_line last; /* of the paragraph under way; its text is not looked at */
    double item_left;     /* of the lines of an item, in a paragraph that is one; else NAN */
    double label_left;    /* and of its number, where they stand in one line; else NAN */
    double step;          /* from a line of running text to the next, in heights of the line */
    double margin;        /* where the lines of the page or column before ended on the right */
    double text_right, text_width; /* where the lines of a page of that width end, as last seen */
    struct pdf_columns columns;    /* of the pages before */
    guint last_page;               /* which pdf->last is on */
    bool is_open;                  /* a paragraph is under way */
    bool ends_wide;                /* and its last character is Han or its punctuation */
};

/* ---- paragraphs ---- */

static bool is_wide(gunichar c)
{
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFF00 && c <= 0xFFEF) || (c >= 0x20000 && c <= 0x3FFFF) ||
           (c >= 0x2018 && c <= 0x201D) || c == 0x2026 || c == 0x2014;
}

/* Where the text begins behind a number or bullet and a blank, or NAN. */
static double item_left(const struct pdf_line *line)
{
    const char *blank = memchr(line->text, ' ', line->n);
    struct pdf_line label = *line;
    if (!blank)
        return NAN;
    label.n = (size_t)(blank - line->text);
    label.n_chars = (size_t)g_utf8_strlen(line->text, (gssize)label.n);
    return pdf_line_is_label(&label) && label.n_chars + 1 < line->n_chars
               ? line->boxes[label.n_chars + 1].x1
               : NAN;
}

static bool begins_paragraph(
    const struct pdf *pdf, const struct pdf_line *line, double left, guint page)
{
    const struct pdf_line *last = &pdf->last;
    double em = line->size;
    if (!pdf->is_open || page > pdf->out.page + BLOCK_EMPTY_PAGES_MAX ||
        fabs(line->size - last->size) > .15 * fmax(line->size, last->size))
        return true;
    const bool is_indented =
        line->left > left + 1.2 * em && !(fabs(line->left - pdf->item_left) < .7 * em);
    const bool is_over_columns = line->column != last->column && page == pdf->last_page &&
                                 (line->column == 0 || last->column == 0);
    const bool is_next_item =
        fabs(line->left - pdf->label_left) < .7 * em && isfinite(item_left(line));
    if (is_over_columns || last->has_leader || is_indented || is_next_item ||
        last->right < pdf->margin - 2.5 * em)
        return true;
    return page == pdf->last_page && line->top - last->top > fmin(2.6, pdf->step + .3) * em;
}

static void end_paragraph(struct pdf *pdf)
{
    if (pdf->is_open)
        block_end(&pdf->out, BLOCK_TEXT, 0);
    pdf->is_open = false;
}

/* Is the blank at `at` one that only spreads a line, or parts Han from digits for the eye? A full-width one is meant. */
static bool is_spacing(const struct pdf_line *line, const char *at, size_t i)
{
    if (*at != ' ' || i == 0 || i + 1 >= line->n_chars)
        return false;
    gunichar before = g_utf8_get_char(g_utf8_prev_char(at)), after = g_utf8_get_char(at + 1);
    bool is_both = is_wide(before) && is_wide(after);
    bool is_one = (is_wide(before) && g_unichar_isalnum(after)) ||
                  (is_wide(after) && g_unichar_isalnum(before));
    double gap = line->boxes[i + 1].x1 - line->boxes[i - 1].x2;
    return (is_both && gap < .7 * line->size) || (is_one && gap < .5 * line->size);
}

static void put_line(struct pdf *pdf, const struct pdf_line *line)
{
    const char *start = line->text, *end = line->text + line->n;
    size_t i = 0;
    for (const char *at = start; at < end; at = g_utf8_next_char(at), i++) {
        if (is_spacing(line, at, i)) {
            block_text(&pdf->out, start, (size_t)(at - start));
            start = at + 1;
        }
    }
    while (end > start && strchr(" \t\r\f", end[-1]))
        end--;
    block_text(&pdf->out, start, (size_t)(end - start));
    const char *last = g_utf8_find_prev_char(line->text, end);
    pdf->ends_wide = last && is_wide(g_utf8_get_char(last));
}

static void put_joint(struct pdf *pdf, const struct pdf_line *next)
{
    if (!pdf->ends_wide || !is_wide(g_utf8_get_char(next->text + strspn(next->text, " \t"))))
        block_text(&pdf->out, " ", 1);
}

/* The paragraph under way ends in that line. */
static void note_last(struct pdf *pdf, const struct pdf_line *line, guint page)
{
    pdf->last = *line;
    pdf->last_page = page;
    pdf->is_open = true;
}

static void take_line(struct pdf *pdf, const struct pdf_line *line, double left, guint page)
{
    if (begins_paragraph(pdf, line, left, page)) {
        end_paragraph(pdf);
        pdf->item_left = item_left(line);
        pdf->label_left = isfinite(pdf->item_left) ? line->left : NAN;
        pdf->out.page = page;
    } else if (page > pdf->out.page) {
        while (pdf->out.page < page)
            block_next_page(&pdf->out);
    } else {
        put_joint(pdf, line);
    }
    put_line(pdf, line);
    note_last(pdf, line, page);
}

/* Where the column ends that begins with line `first`: the next one begins far up and to the right. */
static guint column_end(const struct pdf_page *p, guint first)
{
    guint i = first + 1;
    for (; i < p->lines->len; i++) {
        const struct pdf_line *last = pdf_page_line(p, i - 1), *line = pdf_page_line(p, i);
        double far = 5 * fmax(last->size, line->size);
        if (line->column != last->column ||
            (line->top < last->top - far && line->left > last->left + far))
            break;
    }
    return i;
}

/* Where most lines of a column end; a title over all columns ends further right. */
static double column_margin(const struct pdf_page *p, guint first, guint end)
{
    enum { CANDIDATES = 64 };
    guint n_best = 0, n_lines = end - first, step = n_lines / CANDIDATES + 1;
    double margin = -INFINITY;
    for (guint i = first; i < end && n_best * 2 < n_lines; i += step) {
        guint n = 0;
        double right = pdf_page_line(p, i)->right, em = pdf_page_line(p, i)->size;
        for (guint k = first; k < end; k++)
            n += fabs(pdf_page_line(p, k)->right - right) < .7 * em;
        if (n > n_best || (n == n_best && right > margin)) {
            n_best = n;
            margin = right;
        }
    }
    return margin;
}

/* Where its lines would end if they were long enough: a page of short lines is one of many paragraphs, not of one narrow one. */
static double page_margin(struct pdf *pdf, const struct pdf_page *p, double left)
{
    double right = -INFINITY, em = 0;
    guint n = 0;
    for (guint i = 0; i < p->lines->len; i++) {
        const struct pdf_line *line = pdf_page_line(p, i);
        if (!line->is_upright || pdf_row_end(p, i) > i + 1 || (i && pdf_row_end(p, i - 1) > i))
            continue;
        if (line->right > right + .7 * line->size)
            n = 0;
        if (line->right > right)
            em = line->size;
        right = fmax(right, line->right);
        n += line->right > right - .7 * line->size && line->right - line->left > 12 * line->size;
    }
    if (n > 1) {
        pdf->text_right = right;
        pdf->text_width = p->width;
    } else if (pdf->text_width == p->width) {
        right = fmax(right, pdf->text_right);
    } else if (right < p->width - left - 6 * em) {
        right = p->width - left;
    }
    return right;
}

static gint compare_numbers(gconstpointer a, gconstpointer b)
{
    const double one = *(const double *)a, other = *(const double *)b;
    return one < other ? -1 : one > other;
}

/* How far most lines that go to the margin are above the next one. Where there are few the pages before tell it. */
static void measure_step(
    struct pdf *pdf, const struct pdf_page *p, guint first, guint end, double right)
{
    enum { STEPS_MIN = 4 };
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = first + 1; i < end; i++) {
        const struct pdf_line *last = pdf_page_line(p, i - 1), *line = pdf_page_line(p, i);
        const double em = line->size, step = (line->top - last->top) / em;
        if (last->right > right - 2.5 * em && last->right - last->left > 12 * em && step > 0 &&
            fabs(em - last->size) <= .15 * em && last->row != line->row)
            g_array_append_val(steps, step);
    }
    g_array_sort(steps, compare_numbers);
    if (steps->len >= STEPS_MIN)
        pdf->step = g_array_index(steps, double, steps->len / 2);
    g_array_free(steps, TRUE);
}

/* What follows a bullet or a number; its lines stand under each other. */
static void take_item(
    struct pdf *pdf, const struct pdf_line *label, const struct pdf_line *item, guint page)
{
    end_paragraph(pdf);
    pdf->out.page = page;
    put_line(pdf, label);
    put_joint(pdf, item);
    put_line(pdf, item);
    pdf->item_left = item->left;
    pdf->label_left = NAN;
    note_last(pdf, item, page);
}

/* Single characters: a heading spread over the page. */
static bool is_spread(const struct pdf_page *p, guint first, guint end)
{
    for (guint i = first; i < end; i++) {
        const struct pdf_line *line = pdf_page_line(p, i);
        if (line->n_chars != 1 || !is_wide(g_utf8_get_char(line->text)))
            return false;
    }
    return end - first > 2;
}

/* The cells of a row, each of one line or of several, from left to right. */
static void take_row(
    struct pdf *pdf, const struct pdf_page *p, guint first, guint end, guint number)
{
    double left[PDF_ROW_LINES_MAX], right[PDF_ROW_LINES_MAX];
    guint cell_of[PDF_ROW_LINES_MAX], n_cells = 0;
    for (guint i = first; i < end; i++) {
        const struct pdf_line *line = pdf_page_line(p, i);
        guint c = 0;
        const double slack = .2 * line->size;
        while (c < n_cells && (line->left > right[c] - slack || line->right < left[c] + slack))
            c++;
        left[c] = c == n_cells ? line->left : fmin(left[c], line->left);
        right[c] = c == n_cells ? line->right : fmax(right[c], line->right);
        cell_of[i - first] = c;
        n_cells += c == n_cells;
    }
    end_paragraph(pdf);
    pdf->out.page = number;
    const bool is_text = is_spread(p, first, end);
    if (!is_text)
        block_row_begin(&pdf->out);
    for (guint k = 0; k < n_cells; k++) {
        guint next = 0;
        for (guint c = 1; c < n_cells; c++)
            next = left[c] < left[next] ? c : next;
        bool is_first = true;
        for (guint i = first; i < end; i++) {
            if (cell_of[i - first] != next)
                continue;
            if (!is_first)
                put_joint(pdf, pdf_page_line(p, i));
            put_line(pdf, pdf_page_line(p, i));
            is_first = false;
        }
        if (!is_text)
            block_cell_end(&pdf->out);
        left[next] = INFINITY;
    }
    if (is_text)
        block_end(&pdf->out, BLOCK_TEXT, 0);
    else
        block_row_end(&pdf->out);
}

/* Lines behind each other with one left margin, up to line `end`: a block set in (a quotation, a list without marks) where they are
 * three at least, as long as each other. */
struct run {
    guint end;
    double left, right;
    bool is_block;
};

/* left, right: of the column; item_left: as in struct pdf. */
static struct run find_run(
    const struct pdf_page *p, guint first, guint end, double left, double right, double item_left)
{
    enum { FULL_MIN = 3 };
    const struct pdf_line *one = pdf_page_line(p, first);
    const double em = one->size;
    struct run run = {first, one->left, -INFINITY, false};
    for (; run.end < end; run.end++) {
        const struct pdf_line *line = pdf_page_line(p, run.end);
        if (fabs(line->left - one->left) > .3 * em || fabs(line->size - em) > .15 * em ||
            line->has_leader || pdf_row_end(p, line->row) > line->row + 1)
            break;
        run.right = fmax(run.right, line->right);
    }
    guint n_full = 0;
    while (n_full < FULL_MIN && first + n_full < run.end &&
           pdf_page_line(p, first + n_full)->right > run.right - 2 * em)
        n_full++;
    const double inset = run.left - left, inset_right = right - run.right;
    const bool is_wide = inset_right < 1.5 * em || fabs(inset - inset_right) < 1.5 * em;
    run.is_block = inset > 1.2 * em && !(fabs(run.left - item_left) < .7 * em) &&
                   n_full == FULL_MIN && is_wide && run.right - run.left > 15 * em;
    run.end += run.end == first;
    return run;
}

static void take_column(
    struct pdf *pdf, const struct pdf_page *p, guint first, guint end, guint number)
{
    double left = INFINITY;
    for (guint i = first; i < end; i++)
        left = fmin(left, pdf_page_line(p, i)->left);
    double right =
        end - first < p->lines->len ? column_margin(p, first, end) : page_margin(pdf, p, left);
    measure_step(pdf, p, first, end, right);
    struct run run = {.end = first};
    for (guint i = first, next; i < end; i = next) {
        const bool begins = i >= run.end, was_block = run.is_block;
        if (begins)
            run = find_run(p, i, end, left, right, pdf->item_left);
        if (begins &&
            (was_block || (run.is_block && fabs(pdf->last.left - run.left) > .3 * pdf->last.size)))
            end_paragraph(pdf);
        next = pdf_row_end(p, i);
        const struct pdf_line *label = pdf_page_line(p, i), *item = pdf_page_line(p, next - 1);
        if (item->left < label->left) {
            label = item;
            item = pdf_page_line(p, i);
        }
        if (next == i + 2 && pdf_line_is_label(label))
            take_item(pdf, label, item, number);
        else if (next > i + 1)
            take_row(pdf, p, i, next, number);
        else
            take_line(pdf, pdf_page_line(p, i), run.is_block ? run.left : left, number);
        pdf->margin = run.is_block ? run.right : right;
    }
}

/* Notes at the foot of a page, of lines[first] on: they do not come between the two halves of a sentence, but before it. */
static void take_notes(struct pdf *pdf, const struct pdf_page *p, guint first, guint number)
{
    const struct pdf_line last = pdf->last;
    const uint32_t page = pdf->out.text_page;
    const bool goes_on = pdf->is_open && last.right >= pdf->margin - 2.5 * last.size;
    const bool ends_wide = pdf->ends_wide;
    if (!goes_on)
        end_paragraph(pdf);
    block_set_aside(&pdf->out);
    pdf->out.page = number;
    for (guint i = first; i < p->lines->len; i++) {
        const struct pdf_line *line = pdf_page_line(p, i), *before = i ? line - 1 : line;
        const bool is_short = before->right < pdf->margin - 2.5 * line->size;
        const bool is_beside = i > first && pdf_line_is_beside(before, line);
        if (i > first && (pdf_line_is_note(line) || is_short) && !is_beside)
            block_end(&pdf->out, BLOCK_TEXT, 0);
        else if (i > first)
            put_joint(pdf, line);
        put_line(pdf, line);
    }
    block_take_up(&pdf->out);
    if (goes_on) {
        pdf->out.text_page = page;
        pdf->ends_wide = ends_wide;
    }
}

static void take_page(struct pdf *pdf, struct pdf_page *p, guint number)
{
    for (int is_foot = 1; is_foot >= 0 && p->lines->len; is_foot--)
        pdf_edges_drop(&pdf->edges, p, number, is_foot);
    pdf_page_order(p, &pdf->columns);
    const guint n_lines = p->lines->len, first_note = pdf_page_notes(p);
    p->lines->len = first_note;
    for (guint first = 0, end; first < p->lines->len; first = end) {
        end = column_end(p, first);
        take_column(pdf, p, first, end, number);
    }
    p->lines->len = n_lines;
    if (first_note < n_lines)
        take_notes(pdf, p, first_note, number);
}

static void each_page(struct pdf *pdf, bool is_first_pass)
{
    int n = is_first_pass ? pdf->edges.n_sampled : pdf->n_pages;
    for (int i = 0; i < n && pdf->out.status == STATUS_OK; i++) {
        struct pdf_page p;
        PopplerPage *page = poppler_document_get_page(pdf->document, i);
        if (!page)
            continue;
        pdf_page_read(&p, page);
        if (!is_first_pass)
            take_page(pdf, &p, (guint)i + 1);
        else if (p.lines->len)
            pdf_edges_note(&pdf->edges, &p, false);
        if (is_first_pass && p.lines->len > 1)
            pdf_edges_note(&pdf->edges, &p, true);
        pdf_page_release(&p);
        g_object_unref(page);
    }
}

static enum status open_document(
    const struct document_input *in, PopplerDocument **out, struct error *err)
{
    GError *why = NULL;
    GBytes *bytes = g_bytes_new_static(in->bytes, in->n);
    *out = poppler_document_new_from_bytes(bytes, NULL, &why);
    g_bytes_unref(bytes);
    if (*out)
        return STATUS_OK;
    bool is_encrypted = g_error_matches(why, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
    g_clear_error(&why);
    return is_encrypted ? error_set(err, STATUS_BAD_INPUT, "encrypted")
                        : error_set(err, STATUS_BAD_INPUT, "damaged PDF");
}

enum status parse_pdf(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct pdf pdf = {.step = INFINITY};
    enum status status = open_document(in, &pdf.document, err);
    if (status != STATUS_OK)
        return status;
    pdf.n_pages = poppler_document_get_n_pages(pdf.document);
    if (pdf.n_pages > PDF_PAGES_MAX) {
        g_object_unref(pdf.document);
        return error_set(err, STATUS_BAD_INPUT, "more than %d pages", PDF_PAGES_MAX);
    }
    pdf.edges.n_sampled = pdf.n_pages < PDF_SAMPLED_PAGES ? pdf.n_pages : PDF_SAMPLED_PAGES;
    pdf.edges.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    block_writer_init(&pdf.out, sink, err);
    char *title = poppler_document_get_title(pdf.document);
    if (title)
        block_meta(&pdf.out, META_TITLE, title, strlen(title));
    g_free(title);
    each_page(&pdf, true);
    each_page(&pdf, false);
    end_paragraph(&pdf);
    if (pdf.out.n_blocks == 0)
        block_fail(&pdf.out, STATUS_BAD_INPUT, "no text in it (scanned pages?)");
    status = pdf.out.status;
    block_writer_release(&pdf.out);
    g_hash_table_destroy(pdf.edges.seen);
    g_object_unref(pdf.document);
    return status;
}
