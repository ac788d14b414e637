// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/front_matter.h"

#include <stdbool.h>
#include <string.h>

#include "indexer/date.h"
#include "indexer/keyed_report.h"
#include "indexer/line.h"

enum { KEY_BYTES_MAX = 64 };

struct span {
    const char *text;
    size_t n;
};

static struct span trimmed(const char *s, size_t n)
{
    while (n && strchr(" \t\r\n", s[n - 1]))
        n--;
    while (n && strchr(" \t", s[0]))
        s++, n--;
    return (struct span){s, n};
}

/* The next line of *rest, without its end and blanks before it; *rest goes behind it. */
static struct span take_line(struct span *rest)
{
    size_t n = line_length(rest->text, rest->n, true);
    n = n ? n : rest->n;
    struct span line = {rest->text, n};
    while (line.n && strchr(" \t\r\n", line.text[line.n - 1]))
        line.n--;
    rest->text += n;
    rest->n -= n;
    return line;
}

static bool is_mark(struct span line, const char *mark)
{
    return line.n == 3 && memcmp(line.text, mark, 3) == 0;
}

/* "key: value"; the value may be empty. */
static bool split_key(struct span line, struct span *key, struct span *value)
{
    const char *colon = memchr(line.text, ':', line.n);
    size_t n = colon ? (size_t)(colon - line.text) : 0;
    if (n == 0 || n > KEY_BYTES_MAX || (n + 1 < line.n && !strchr(" \t", colon[1])))
        return false;
    *key = trimmed(line.text, n);
    *value = trimmed(colon + 1, line.n - n - 1);
    return true;
}

/* A value of one line, without its quotes or the comment behind it; nothing where it is a list or goes on below. */
static struct span plain_value(struct span v)
{
    const char *end = NULL;
    if (v.n && (v.text[0] == '"' || v.text[0] == '\'')) {
        end = memrchr(v.text + 1, v.text[0], v.n - 1);
        return end ? (struct span){v.text + 1, (size_t)(end - v.text) - 1} : (struct span){NULL, 0};
    }
    if (v.n == 0 || strchr("|>[{&*!#", v.text[0]))
        return (struct span){NULL, 0};
    end = memmem(v.text, v.n, " #", 2);
    return trimmed(v.text, end ? (size_t)(end - v.text) : v.n);
}

static void take_key(struct front_matter *out, struct span key, struct span value)
{
    const char *ours = keyed_report_name(key.text, key.n);
    struct span plain = plain_value(value);
    if (!ours || plain.n == 0)
        return;
    if (strcmp(ours, "title") == 0 && !out->title) {
        out->title = plain.text;
        out->title_len = plain.n;
    } else if (strcmp(ours, "date") == 0 && !out->date) {
        out->date = date_find_in_name(plain.text, plain.n);
    }
}

void front_matter_find(struct front_matter *out, const char *text, size_t n)
{
    struct span rest = {text, n < FRONT_MATTER_MAX ? n : FRONT_MATTER_MAX}, line, key, value;
    bool has_key = false;
    *out = (struct front_matter){0};
    if (n < 3 || memcmp(text, "---", 3) != 0 || !is_mark(take_line(&rest), "---"))
        return;
    struct front_matter found = {0};
    for (;;) {
        if (rest.n == 0)
            return;
        line = take_line(&rest);
        if (is_mark(line, "---") || is_mark(line, "..."))
            break;
        if (line.n == 0 || line.text[0] == '#' || (has_key && strchr(" \t-]}", line.text[0])))
            continue; /* blank, a comment, or what belongs to the key before */
        if (!split_key(line, &key, &value))
            return;
        has_key = true;
        take_key(&found, key, value);
    }
    if (!has_key || (rest.n == 0 && n > FRONT_MATTER_MAX))
        return;
    found.len = (size_t)(rest.text - text);
    while (rest.n && take_line(&rest).n == 0)
        found.len = (size_t)(rest.text - text);
    *out = found;
}
