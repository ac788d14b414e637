// SPDX-License-Identifier: GPL-2.0-or-later
/* PDF by poppler: lines with their places, joined to the paragraphs they were broken from.
 *
 * A line begins a paragraph when it is indented, when the one before it ended short of the right margin, or when it stands in
 * another size or behind a gap; otherwise it goes on, over the end of a page, too, and over pages of pictures. Between Han no blank is put. The highest and
 * the lowest line of a page are dropped where they are a page number (— 3 —, 第 3 页) or, behind page 1, recur on half of
 * the first SAMPLED_PAGES, digits apart; but no page loses all its lines to that.
 * The page of a block is that of its first line. */
#include <glib.h>
#include <math.h>
#include <poppler.h>
#include <string.h>

#include "extract/block_writer.h"
#include "extract/parsers.h"

enum { PDF_PAGES_MAX = 100000, SAMPLED_PAGES = 60, EDGE_CHARS_MAX = 60, RECURRING_MIN = 3 };

struct pdf_line {
    const char *text;
    const PopplerRectangle *boxes; /* of each character */
    size_t n, n_chars;
    double left, right, top, size; /* points; size: the height of its highest character */
};

struct pdf_page {
    char *text;
    PopplerRectangle *boxes;
    GArray *lines; /* of struct pdf_line, in reading order, none blank */
};

struct pdf {
    PopplerDocument *document;
    GHashTable
        *edges; /* the first and last lines of the sampled pages, digits apart, and on how many */
    int n_pages, n_sampled;
    struct block_writer out;
    struct pdf_line last; /* of the paragraph under way; its text is not looked at */
    double margin;        /* where the lines of the page or column before ended on the right */
    bool is_open;         /* a paragraph is under way */
    bool ends_wide;       /* and its last character is Han or its punctuation */
};

/* ---- lines ---- */

static void measure_line(struct pdf_line *line, const PopplerRectangle *boxes, size_t n)
{
    line->left = line->top = INFINITY;
    line->right = -INFINITY;
    line->size = 0;
    for (size_t i = 0; i < n; i++) {
        line->left = fmin(line->left, boxes[i].x1);
        line->right = fmax(line->right, boxes[i].x2);
        line->top = fmin(line->top, boxes[i].y1);
        line->size = fmax(line->size, boxes[i].y2 - boxes[i].y1);
    }
}

static void read_page(struct pdf_page *p, PopplerPage *page)
{
    guint n_boxes = 0;
    *p = (struct pdf_page){.text = poppler_page_get_text(page),
        .lines = g_array_new(FALSE, FALSE, sizeof(struct pdf_line))};
    if (!p->text || !g_utf8_validate(p->text, -1, NULL) ||
        !poppler_page_get_text_layout(page, &p->boxes, &n_boxes))
        return;
    size_t first = 0;
    for (const char *at = p->text, *end; *at; at = *end ? end + 1 : end) {
        end = strchr(at, '\n');
        end = end ? end : at + strlen(at);
        struct pdf_line line = {
            .text = at, .n = (size_t)(end - at), .n_chars = (size_t)g_utf8_strlen(at, end - at)};
        size_t blank = strspn(at, " \t\r\f");
        if (first + line.n_chars > n_boxes)
            return;
        if (blank < line.n) {
            line.boxes = p->boxes + first;
            measure_line(&line, line.boxes, line.n_chars);
            g_array_append_val(p->lines, line);
        }
        first += line.n_chars + 1;
    }
}

static void release_page(struct pdf_page *p)
{
    g_free(p->text);
    g_free(p->boxes);
    g_array_free(p->lines, TRUE);
}

/* ---- running heads and page numbers ---- */

/* The line without digits, blanks and dashes: what of a running head stays the same. NULL for a line too long to be one. */
static char *edge_key(const struct pdf_line *line)
{
    if (line->n_chars > EDGE_CHARS_MAX)
        return NULL;
    GString *key = g_string_new(NULL);
    for (const char *at = line->text; at < line->text + line->n; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        bool is_mark = c == '-' || c == '_' || c == '.' || c == 0xB7 || c == 0x2013 || c == 0x2014;
        if (!g_unichar_isdigit(c) && !g_unichar_isspace(c) && !is_mark)
            g_string_append_unichar(key, c);
    }
    return g_string_free(key, FALSE);
}

/* Nothing but a number, or 第 3 页, 第3页共9页. */
static bool is_page_number(const char *key, const struct pdf_line *line)
{
    static const char *const words[] = {
        "", "第页", "第页共页", "共页第页", "第页/共页", "/", "Page", "Pageof"};
    bool has_digit = false;
    for (size_t i = 0; i < line->n; i++)
        has_digit |= g_ascii_isdigit(line->text[i]);
    for (size_t i = 0; has_digit && i < G_N_ELEMENTS(words); i++)
        if (strcmp(key, words[i]) == 0)
            return true;
    return false;
}

static void note_edge(struct pdf *pdf, const struct pdf_line *line)
{
    char *key = edge_key(line);
    if (key && *key)
        g_hash_table_replace(pdf->edges, key,
            GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(pdf->edges, key)) + 1));
    else
        g_free(key);
}

static bool is_furniture(
    const struct pdf *pdf, const struct pdf_line *line, guint page, bool is_only_line)
{
    char *key = edge_key(line);
    if (!key)
        return false;
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(pdf->edges, key));
    bool is = is_page_number(key, line) ||
              (page > 1 && !is_only_line && n >= RECURRING_MIN && 2 * n >= (guint)pdf->n_sampled);
    g_free(key);
    return is;
}

static const struct pdf_line *line_of(const struct pdf_page *p, guint i)
{
    return &g_array_index(p->lines, struct pdf_line, i);
}

/* ---- paragraphs ---- */

static bool is_wide(gunichar c)
{
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFF00 && c <= 0xFFEF) || (c >= 0x20000 && c <= 0x3FFFF) ||
           (c >= 0x2018 && c <= 0x201D) || c == 0x2026 || c == 0x2014;
}

static bool begins_paragraph(
    const struct pdf *pdf, const struct pdf_line *line, double left, guint page)
{
    const struct pdf_line *last = &pdf->last;
    double em = line->size;
    if (!pdf->is_open || page > pdf->out.page + BLOCK_EMPTY_PAGES_MAX ||
        fabs(line->size - last->size) > .15 * fmax(line->size, last->size))
        return true;
    if (line->left > left + 1.2 * em || last->right < pdf->margin - 2.5 * em)
        return true;
    return page == pdf->out.page && line->top - last->top > 2.6 * em;
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

static void take_line(struct pdf *pdf, const struct pdf_line *line, double left, guint page)
{
    if (begins_paragraph(pdf, line, left, page)) {
        end_paragraph(pdf);
        pdf->out.page = page;
    } else if (page > pdf->out.page) {
        while (pdf->out.page < page)
            block_next_page(&pdf->out);
    } else if (!pdf->ends_wide ||
               !is_wide(g_utf8_get_char(line->text + strspn(line->text, " \t")))) {
        block_text(&pdf->out, " ", 1);
    }
    put_line(pdf, line);
    pdf->last = *line;
    pdf->is_open = true;
}

/* The line at the top of the page or at its foot: between two columns a foot comes before the second. */
static guint edge_of(const struct pdf_page *p, bool is_foot)
{
    guint found = 0;
    for (guint i = 1; i < p->lines->len; i++) {
        double above = line_of(p, found)->top - line_of(p, i)->top;
        if (is_foot ? above <= 0 : above > 0)
            found = i;
    }
    return found;
}

static void drop_furniture(const struct pdf *pdf, const struct pdf_page *p, guint number)
{
    for (int is_foot = 1; is_foot >= 0 && p->lines->len; is_foot--) {
        guint i = edge_of(p, is_foot);
        if (is_furniture(pdf, line_of(p, i), number, p->lines->len == 1))
            g_array_remove_index(p->lines, i);
    }
}

/* Where the column ends that begins with line `first`: the next one begins far up and to the right. */
static guint column_end(const struct pdf_page *p, guint first)
{
    guint i = first + 1;
    for (; i < p->lines->len; i++) {
        const struct pdf_line *last = line_of(p, i - 1), *line = line_of(p, i);
        double far = 5 * fmax(last->size, line->size);
        if (line->top < last->top - far && line->left > last->left + far)
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
        double right = line_of(p, i)->right, em = line_of(p, i)->size;
        for (guint k = first; k < end; k++)
            n += fabs(line_of(p, k)->right - right) < .7 * em;
        if (n > n_best || (n == n_best && right > margin)) {
            n_best = n;
            margin = right;
        }
    }
    return margin;
}

static void take_column(
    struct pdf *pdf, const struct pdf_page *p, guint first, guint end, guint number)
{
    double left = INFINITY, right = -INFINITY;
    for (guint i = first; i < end; i++) {
        left = fmin(left, line_of(p, i)->left);
        right = fmax(right, line_of(p, i)->right);
    }
    if (end - first < p->lines->len)
        right = column_margin(p, first, end);
    for (guint i = first; i < end; i++) {
        take_line(pdf, line_of(p, i), left, number);
        pdf->margin = right;
    }
}

static void take_page(struct pdf *pdf, const struct pdf_page *p, guint number)
{
    drop_furniture(pdf, p, number);
    for (guint first = 0, end; first < p->lines->len; first = end) {
        end = column_end(p, first);
        take_column(pdf, p, first, end, number);
    }
}

static void each_page(struct pdf *pdf, bool is_first_pass)
{
    int n = is_first_pass ? pdf->n_sampled : pdf->n_pages;
    for (int i = 0; i < n && pdf->out.status == STATUS_OK; i++) {
        struct pdf_page p;
        PopplerPage *page = poppler_document_get_page(pdf->document, i);
        if (!page)
            continue;
        read_page(&p, page);
        if (!is_first_pass)
            take_page(pdf, &p, (guint)i + 1);
        else if (p.lines->len)
            note_edge(pdf, line_of(&p, edge_of(&p, false)));
        if (is_first_pass && p.lines->len > 1)
            note_edge(pdf, line_of(&p, edge_of(&p, true)));
        release_page(&p);
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
    struct pdf pdf = {0};
    enum status status = open_document(in, &pdf.document, err);
    if (status != STATUS_OK)
        return status;
    pdf.n_pages = poppler_document_get_n_pages(pdf.document);
    if (pdf.n_pages > PDF_PAGES_MAX) {
        g_object_unref(pdf.document);
        return error_set(err, STATUS_BAD_INPUT, "more than %d pages", PDF_PAGES_MAX);
    }
    pdf.n_sampled = pdf.n_pages < SAMPLED_PAGES ? pdf.n_pages : SAMPLED_PAGES;
    pdf.edges = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
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
    g_hash_table_destroy(pdf.edges);
    g_object_unref(pdf.document);
    return status;
}
