// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/html_source.h"

#include <string.h>
#include <strings.h>

struct source {
    const char *end;
    size_t n_cdata;       /* begun */
    bool has_comment_end; /* as far as is known: one that has none is looked for once */
};

static bool starts(const char *at, const char *end, const char *with)
{
    size_t n = strlen(with);
    return (size_t)(end - at) >= n && strncasecmp(at, with, n) == 0;
}

/* Behind the comment at `at`, of which the parser knows the end. */
static const char *comment_end(struct source *s, const char *at)
{
    at += strlen("<!--");
    const char *close = s->has_comment_end ? memmem(at, (size_t)(s->end - at), "-->", 3) : NULL;
    s->has_comment_end = close;
    return close ? close + 3 : at;
}

/* Of the declaration at `at`; 0 where it may be none. */
static size_t declaration_bytes(const char *at, const char *end)
{
    size_t n_quotes = 0;
    for (const char *p = at + 2; p < end && *p != '<'; p++) {
        n_quotes += *p == '"';
        if (*p == '>')
            return n_quotes % 2 ? 0 : (size_t)(p + 1 - at);
    }
    return 0;
}

/* Bytes at `at`, a '<', to leave out; else *next is where to go on. */
static size_t dropped_at_tag(struct source *s, const char *at, const char **next)
{
    *next = at + 1;
    if (!starts(at, s->end, "<!") || starts(at, s->end, "<!doctype"))
        return 0;
    if (starts(at, s->end, "<!-->"))
        return strlen("<!-->");
    if (starts(at, s->end, "<!--")) {
        *next = comment_end(s, at);
        return 0;
    }
    if (starts(at, s->end, "<![CDATA[")) {
        s->n_cdata++;
        return strlen("<![CDATA[");
    }
    return declaration_bytes(at, s->end);
}

static size_t dropped_at_bracket(struct source *s, const char *at)
{
    if (s->n_cdata == 0 || !starts(at, s->end, "]]>"))
        return 0;
    s->n_cdata--;
    return strlen("]]>");
}

bool html_source_append(struct buf *out, const char *source, size_t n)
{
    struct source s = {.end = source + n, .has_comment_end = true};
    const char *from = source; /* what is not yet written */
    for (const char *at = source, *next; at < s.end; at = next) {
        size_t n_dropped = 0;
        next = at + 1;
        if (*at == '<')
            n_dropped = dropped_at_tag(&s, at, &next);
        else if (*at == ']')
            n_dropped = dropped_at_bracket(&s, at);
        if (n_dropped == 0)
            continue;
        if (!buf_append(out, from, (size_t)(at - from)))
            return false;
        from = next = at + n_dropped;
    }
    return buf_append(out, from, (size_t)(s.end - from));
}
