// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/html_sheet.h"

#include <string.h>
#include <strings.h>

static const char blanks[] = " \t\r\n\f";

struct span {
    const char *at;
    size_t n;
};

void html_sheet_init(struct html_sheet *s)
{
    *s = (struct html_sheet){.n_rules = 0};
    buf_init(&s->text, HTML_SHEET_BYTES_MAX);
}

void html_sheet_release(struct html_sheet *s)
{
    buf_release(&s->text);
}

void html_sheet_text(struct html_sheet *s, const char *text, size_t n)
{
    if (n <= s->text.max - s->text.len)
        (void)buf_append(&s->text, text, n);
}

static bool is_word(struct span s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.at, word, s.n) == 0;
}

static struct span trimmed(const char *at, const char *end)
{
    while (at < end && strchr(blanks, *at))
        at++;
    while (end > at && strchr(blanks, end[-1]))
        end--;
    return (struct span){at, (size_t)(end - at)};
}

/* ---- rules ---- */

/* Comments, and the marks that hid a sheet from old browsers, become blanks; NULs too, which no sheet has. */
static void blank_comments(char *at, const char *end)
{
    for (; at < end; at++) {
        bool is_comment = end - at >= 2 && memcmp(at, "/*", 2) == 0;
        const char *close = is_comment ? memmem(at + 2, (size_t)(end - at) - 2, "*/", 2) : NULL;
        size_t n = is_comment ? (size_t)((close ? close + 2 : end) - at)
                   : end - at >= 4 && memcmp(at, "<!--", 4) == 0 ? 4
                   : end - at >= 3 && memcmp(at, "-->", 3) == 0  ? 3
                                                                 : *at == '\0';
        memset(at, ' ', n);
        at += n ? n - 1 : 0;
    }
}

/* The value of the last of the declarations that has one of two names, or nothing. */
static struct span declared(
    const char *at, const char *end, const char *property, const char *or_property)
{
    struct span found = {at, 0};
    while (at < end) {
        const char *stop = memchr(at, ';', (size_t)(end - at));
        stop = stop ? stop : end;
        const char *colon = memchr(at, ':', (size_t)(stop - at));
        struct span name = trimmed(at, colon ? colon : at);
        if (is_word(name, property) || is_word(name, or_property))
            found = trimmed(colon + 1, stop);
        at = stop < end ? stop + 1 : end;
    }
    return found;
}

bool html_style_hides(const char *style)
{
    static const char none[] = "none";
    struct span value = declared(style, style + strlen(style), "display", "display");
    return value.n >= strlen(none) && strncasecmp(value.at, none, strlen(none)) == 0;
}

static void add_rules(struct html_sheet *s, const char *at, const char *end, struct span value)
{
    while (at < end && s->n_rules < HTML_SHEET_RULES_MAX) {
        const char *stop = memchr(at, ',', (size_t)(end - at));
        stop = stop ? stop : end;
        struct span selector = trimmed(at, stop);
        s->rules[s->n_rules++] = (struct html_rule){(size_t)(selector.at - s->text.data),
            selector.n, (size_t)(value.at - s->text.data), value.n};
        at = stop < end ? stop + 1 : end;
    }
}

/* Past a block and those in it; `at` is behind its brace. */
static const char *block_end_of(const char *at, const char *end)
{
    for (unsigned depth = 1; at < end; at++) {
        depth += *at == '{';
        depth -= *at == '}';
        if (depth == 0)
            return at;
    }
    return end;
}

void html_sheet_end(struct html_sheet *s)
{
    if (s->text.len == s->n_read)
        return;
    const char *at = s->text.data + s->n_read, *end = s->text.data + s->text.len;
    blank_comments(s->text.data + s->n_read, end);
    s->n_read = s->text.len;
    s->counts_itself = s->counts_itself || memmem(at, (size_t)(end - at), "counter(", 8) ||
                       memmem(at, (size_t)(end - at), "counters(", 9);
    while (at < end) {
        const char *open = memchr(at, '{', (size_t)(end - at));
        const char *semicolon = open ? memchr(at, ';', (size_t)(open - at)) : NULL;
        if (!open)
            return;
        if (semicolon) { /* @import "x"; */
            at = semicolon + 1;
            continue;
        }
        const char *close = block_end_of(open + 1, end);
        struct span selectors = trimmed(at, open),
                    value = declared(open + 1, close, "list-style", "list-style-type");
        if (selectors.n && *selectors.at != '@' && value.n)
            add_rules(s, selectors.at, selectors.at + selectors.n, value);
        at = close < end ? close + 1 : end;
    }
}

/* ---- which holds ---- */

static bool has_class(const char *names, struct span wanted)
{
    while (names && *names) {
        names += strspn(names, blanks);
        size_t n = strcspn(names, blanks);
        if (n == wanted.n && memcmp(names, wanted.at, n) == 0)
            return n > 0;
        names += n;
    }
    return false;
}

/* What stands before the last element is dropped where it surely holds. */
static struct span without_ancestors(struct span s, const char *name)
{
    for (;;) {
        size_t n = 0;
        while (n < s.n && !strchr(" \t\r\n\f>", s.at[n]))
            n++;
        struct span first = {s.at, n};
        bool is_sure = first.n < s.n && (is_word(first, "body") || is_word(first, "html") ||
                                            (is_word(first, "ol") && strcmp(name, "li") == 0));
        if (!is_sure)
            return s;
        while (n < s.n && strchr(" \t\r\n\f>", s.at[n]))
            n++;
        s = (struct span){s.at + n, s.n - n};
    }
}

enum match { NOT_AT_ALL, PERHAPS, HOLDS };

/* Does it mean an element like that? *weight: of two that hold the heavier one does, or the later. */
static enum match match(struct span selector, const char *name, const char *class_names,
    const char *id, unsigned *weight)
{
    struct span s = without_ancestors(selector, name);
    *weight = 0;
    if (s.n == 0)
        return NOT_AT_ALL;
    for (size_t i = 0; i < s.n; i++)
        if (strchr(" \t\r\n\f>+~:[\\", s.at[i]))
            return PERHAPS;
    for (size_t i = 0, n; i < s.n; i += n) {
        n = 1;
        while (i + n < s.n && s.at[i + n] != '.' && s.at[i + n] != '#')
            n++;
        struct span part = {s.at + i, n}, rest = {s.at + i + 1, n - 1};
        bool holds = *part.at == '.' ? has_class(class_names, rest)
                     : *part.at == '#'
                         ? id && rest.n == strlen(id) && memcmp(id, rest.at, rest.n) == 0
                         : is_word(part, name) || is_word(part, "*");
        if (!holds)
            return NOT_AT_ALL;
        *weight += *part.at == '#' ? 10000 : *part.at == '.' ? 100 : *part.at != '*';
    }
    return HOLDS;
}

static bool hides(struct span value)
{
    static const char word[] = "none";
    for (size_t i = 0; i + strlen(word) <= value.n; i++)
        if (strncasecmp(value.at + i, word, strlen(word)) == 0)
            return true;
    return false;
}

const char *html_sheet_find(const struct html_sheet *s, const char *name, const char *class_names,
    const char *id, size_t *n)
{
    struct span best = {NULL, 0};
    unsigned best_weight = 0;
    bool is_perhaps_shown = false;
    for (unsigned i = 0; i < s->n_rules; i++) {
        const struct html_rule *r = &s->rules[i];
        struct span value = {s->text.data + r->value, r->n_value};
        unsigned weight;
        enum match is = match((struct span){s->text.data + r->selector, r->n_selector}, name,
            class_names, id, &weight);
        is_perhaps_shown = is_perhaps_shown || (is == PERHAPS && !hides(value));
        if (is == HOLDS && weight >= best_weight) {
            best = value;
            best_weight = weight;
        }
    }
    bool is_unsure = best.n && hides(best) && (is_perhaps_shown || s->counts_itself);
    *n = is_unsure ? 0 : best.n;
    return is_unsure ? NULL : best.at;
}
