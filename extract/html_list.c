// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/html_list.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { VALUE_MAX = 1000000000 };

/* Names of list-style-type; the letters are those of type=. */
static const struct {
    const char *name;
    struct html_marker marker;
} markers[] = {
    {"1", {NUMBER_DECIMAL, ". "}},
    {"a", {NUMBER_LOWER_LETTER, ". "}},
    {"A", {NUMBER_UPPER_LETTER, ". "}},
    {"i", {NUMBER_LOWER_ROMAN, ". "}},
    {"I", {NUMBER_UPPER_ROMAN, ". "}},
    {"none", {NUMBER_NONE, ""}},
    {"disc", {NUMBER_NONE, ""}},
    {"circle", {NUMBER_NONE, ""}},
    {"square", {NUMBER_NONE, ""}},
    {"decimal", {NUMBER_DECIMAL, ". "}},
    {"decimal-leading-zero", {NUMBER_DECIMAL_ZERO, ". "}},
    {"lower-alpha", {NUMBER_LOWER_LETTER, ". "}},
    {"lower-latin", {NUMBER_LOWER_LETTER, ". "}},
    {"upper-alpha", {NUMBER_UPPER_LETTER, ". "}},
    {"upper-latin", {NUMBER_UPPER_LETTER, ". "}},
    {"lower-roman", {NUMBER_LOWER_ROMAN, ". "}},
    {"upper-roman", {NUMBER_UPPER_ROMAN, ". "}},
    {"cjk-ideographic", {NUMBER_CHINESE, "、"}},
    {"simp-chinese-informal", {NUMBER_CHINESE, "、"}},
    {"trad-chinese-informal", {NUMBER_CHINESE, "、"}},
    {"simp-chinese-formal", {NUMBER_CHINESE_LEGAL, "、"}},
    {"trad-chinese-formal", {NUMBER_CHINESE_LEGAL, "、"}},
    {"cjk-decimal", {NUMBER_CHINESE_DIGITS, "、"}},
    {"cjk-heavenly-stem", {NUMBER_STEMS, "、"}},
    {"cjk-earthly-branch", {NUMBER_BRANCHES, "、"}},
};

void html_lists_init(struct html_lists *l, bool is_counting)
{
    *l = (struct html_lists){.is_counting = is_counting};
    buf_init(&l->counts, 1u << 31);
}

void html_lists_rewind(struct html_lists *l)
{
    l->depth = 0;
    l->n_begun = 0;
    l->is_counting = false;
}

void html_lists_release(struct html_lists *l)
{
    buf_release(&l->counts);
}

static void read_marker(const char *name, size_t n, struct html_marker *out)
{
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        const char *known = markers[i].name;
        bool is_letter = known[1] == '\0'; /* a is not A */
        if (strlen(known) == n && (is_letter ? *known == *name : strncasecmp(known, name, n) == 0))
            *out = markers[i].marker;
    }
}

/* upper-roman, or none inside: of the words the last that is known. */
static void read_words(const char *at, const char *end, struct html_marker *out)
{
    while (at < end) {
        const char *start = at;
        while (at < end && !strchr(" \t\r\n:!", *at))
            at++;
        if (at - start > 1)
            read_marker(start, (size_t)(at - start), out);
        at += at < end;
    }
}

/* list-style-type: upper-roman, or list-style: none inside. */
static void read_style(const char *style, struct html_marker *out)
{
    const char *at = style ? strcasestr(style, "list-style") : NULL;
    at = at ? strchr(at, ':') : NULL;
    if (at)
        read_words(at + 1, at + strcspn(at, ";"), out);
}

static void read_markers(const struct html_list_attributes *a, struct html_marker *out)
{
    if (a->type)
        read_marker(a->type, strlen(a->type), out);
    read_words(a->sheet, a->sheet ? a->sheet + a->n_sheet : NULL, out);
    read_style(a->style, out);
}

static bool read_int(const char *text, int *out)
{
    char *end;
    errno = 0;
    long v = text ? strtol(text, &end, 10) : 0;
    if (!text || end == text || errno || v > VALUE_MAX || v < -VALUE_MAX)
        return false;
    *out = (int)v;
    return true;
}

static int *count_of(struct html_lists *l, size_t ordinal)
{
    return (int *)(void *)l->counts.data + ordinal;
}

static bool is_unnumbered(const char *class_names)
{
    static const char *const words[] = {
        "breadcrumb", "unstyled", "pagination", "menu", "nav", "carousel"};
    for (size_t i = 0; class_names && i < sizeof words / sizeof *words; i++)
        if (strcasestr(class_names, words[i]))
            return true;
    return false;
}

bool html_list_begin(struct html_lists *l, bool is_ordered, const struct html_list_attributes *a)
{
    const int none = 0;
    size_t ordinal = l->n_begun++;
    if (l->is_counting && !buf_append(&l->counts, &none, sizeof none))
        return false;
    if (++l->depth > HTML_LISTS_MAX)
        return true;
    l->open[l->depth - 1].ordinal = ordinal;
    l->open[l->depth - 1].step = !is_ordered || is_unnumbered(a->class_names) ? 0
                                 : a->reversed                                ? -1
                                                                              : 1;
    l->open[l->depth - 1].marker = (struct html_marker){NUMBER_DECIMAL, ". "};
    read_markers(a, &l->open[l->depth - 1].marker);
    int *next = &l->open[l->depth - 1].next;
    *next = 1;
    if (!read_int(a->start, next) && a->reversed && ordinal < l->counts.len / sizeof none)
        *next = *count_of(l, ordinal);
    return true;
}

void html_list_end(struct html_lists *l)
{
    l->depth -= l->depth > 0;
}

bool html_list_item(struct html_lists *l, const struct html_list_attributes *a, struct buf *number)
{
    if (l->depth == 0 || l->depth > HTML_LISTS_MAX)
        return true;
    unsigned top = l->depth - 1;
    if (l->is_counting)
        ++*count_of(l, l->open[top].ordinal);
    if (l->is_counting || l->open[top].step == 0)
        return true;
    struct html_marker marker = l->open[top].marker;
    int value = l->open[top].next;
    read_markers(a, &marker);
    read_int(a->value, &value);
    l->open[top].next = value + l->open[top].step;
    if (marker.style == NUMBER_NONE)
        return true;
    bool ok = value > 0 ? number_append(number, marker.style, (unsigned)value)
                        : buf_printf(number, "%d", value);
    return ok && buf_append_str(number, marker.suffix);
}
