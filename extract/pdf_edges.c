// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/pdf_edges.h"

#include <string.h>

enum { EDGE_CHARS_MAX = 60, RECURRING_MIN = 3 };

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

static bool is_decimal_point(const struct pdf_line *line, size_t i)
{
    return line->text[i] == '.' && i && g_ascii_isdigit(line->text[i - 1]) && i + 1 < line->n &&
           g_ascii_isdigit(line->text[i + 1]);
}

/* Nothing but a number without decimals, or 第 3 页, 第3页共9页. */
static bool is_page_number(const struct pdf_line *line)
{
    static const char *const words[] = {
        "", "第页", "第页共页", "共页第页", "第页/共页", "/", "Page", "Pageof"};
    bool has_digit = false, is = false;
    for (size_t i = 0; i < line->n; i++) {
        if (is_decimal_point(line, i))
            return false;
        has_digit |= g_ascii_isdigit(line->text[i]);
    }
    char *key = has_digit ? edge_key(line) : NULL;
    for (size_t i = 0; key && i < G_N_ELEMENTS(words); i++)
        is |= strcmp(key, words[i]) == 0;
    g_free(key);
    return is;
}

/* Not so figures and rules: the foot of a table has them on many pages. */
static bool has_letter(const char *key)
{
    while (*key && !g_unichar_isalpha(g_utf8_get_char(key)))
        key = g_utf8_next_char(key);
    return *key != '\0';
}

static bool recurs(const struct pdf_edges *edges, const struct pdf_line *line)
{
    char *key = edge_key(line);
    guint n = key && has_letter(key) ? GPOINTER_TO_UINT(g_hash_table_lookup(edges->seen, key)) : 0;
    g_free(key);
    return n >= RECURRING_MIN && 2 * n >= (guint)edges->n_sampled;
}

/* The line at the top of the page or at its foot: between two columns a foot comes before the second. */
static const struct pdf_line *edge_of(const struct pdf_page *p, bool is_foot)
{
    const struct pdf_line *found = pdf_page_line(p, 0);
    for (guint i = 1; i < p->lines->len; i++) {
        double above = found->top - pdf_page_line(p, i)->top;
        if (is_foot ? above <= 0 : above > 0)
            found = pdf_page_line(p, i);
    }
    return found;
}

static bool is_at_edge(const struct pdf_line *line, const struct pdf_line *edge)
{
    return line->text == edge->text || pdf_line_is_beside(line, edge);
}

void pdf_edges_note(struct pdf_edges *edges, const struct pdf_page *p, bool is_foot)
{
    const struct pdf_line *edge = edge_of(p, is_foot);
    for (guint i = 0; i < p->lines->len; i++) {
        const struct pdf_line *line = pdf_page_line(p, i);
        char *key = is_at_edge(line, edge) ? edge_key(line) : NULL;
        if (key)
            g_hash_table_replace(edges->seen, key,
                GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(edges->seen, key)) + 1));
    }
}

/* Lets go of the highest or lowest line and of those beside it where they are furniture all of them: the last figure of a row
 * is no page number. On page 1 what recurs at the top is the title, and at the foot it is read as a note is. */
void pdf_edges_drop(const struct pdf_edges *edges, struct pdf_page *p, guint number, bool is_foot)
{
    const struct pdf_line edge = *edge_of(p, is_foot);
    guint n_at_edge = 0;
    for (guint i = 0; i < p->lines->len; i++) {
        const struct pdf_line *line = pdf_page_line(p, i);
        if (!is_at_edge(line, &edge))
            continue;
        if (!is_page_number(line) && !recurs(edges, line))
            return;
        n_at_edge++;
    }
    const bool has_more = n_at_edge < p->lines->len;
    for (guint i = p->lines->len; i-- > 0;) {
        struct pdf_line *line = pdf_page_line(p, i);
        if (!is_at_edge(line, &edge))
            continue;
        if (is_page_number(line) || (has_more && number > 1))
            g_array_remove_index(p->lines, i);
        else
            line->is_foot = is_foot && has_more;
    }
}
