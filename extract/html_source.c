// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/html_source.h"

#include <libxml/HTMLparser.h>
#include <string.h>
#include <strings.h>

#include "common/utf8.h"
#include "extract/hex.h"

enum {
    BARE_NAME_MAX = 6, /* frac12 */
    BARE_CP_MAX = 0xFF /* names of HTML 2, ISO 8859-1's, are names without a semicolon too */
};

/* What becomes of the source from where it is looked at. */
struct edit {
    size_t n_kept, n_dropped, n_put; /* bytes: those put stand for those dropped */
    char put[UTF8_MAX_BYTES];
};

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

static struct edit edit_tag(struct source *s, const char *at)
{
    if (!starts(at, s->end, "<!") || starts(at, s->end, "<!doctype"))
        return (struct edit){.n_kept = 1};
    if (starts(at, s->end, "<!-->"))
        return (struct edit){.n_dropped = strlen("<!-->")};
    if (starts(at, s->end, "<!--"))
        return (struct edit){.n_kept = (size_t)(comment_end(s, at) - at)};
    if (starts(at, s->end, "<![CDATA[")) {
        s->n_cdata++;
        return (struct edit){.n_dropped = strlen("<![CDATA[")};
    }
    size_t n = declaration_bytes(at, s->end);
    return (struct edit){.n_kept = n == 0, .n_dropped = n};
}

static struct edit edit_bracket(struct source *s, const char *at)
{
    if (s->n_cdata == 0 || !starts(at, s->end, "]]>"))
        return (struct edit){.n_kept = 1};
    s->n_cdata--;
    return (struct edit){.n_dropped = strlen("]]>")};
}

/* ---- references ---- */

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Bytes of the reference by number to a C1 control at `at`, with the character that browsers take for it; 0 for none. */
static size_t c1_reference(const char *at, const char *end, uint32_t *cp)
{
    static const uint16_t windows_1252[0x20] = {0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020,
        0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C,
        0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178};
    *cp = 0;
    if (!starts(at, end, "&#"))
        return 0;
    const char *s = at + strlen("&#");
    bool is_hex = starts(at, end, "&#x");
    int base = is_hex ? 16 : 10, digit;
    uint32_t value = 0;
    for (s += is_hex; s < end && (digit = hex_digit(*s)) >= 0 && digit < base; s++)
        value = value > 0xFF ? value : value * (uint32_t)base + (uint32_t)digit;
    if (value >= 0x80 && value < 0xA0)
        *cp = windows_1252[value - 0x80];
    return *cp ? (size_t)(s - at) + (s < end && *s == ';') : 0;
}

/* Bytes of the reference by name at `at` that lacks its semicolon; 0 for none. */
static size_t bare_reference(const char *at, const char *end)
{
    char name[BARE_NAME_MAX + 1];
    size_t n = 0;
    at++;
    while (at + n < end && n <= BARE_NAME_MAX && is_alnum(at[n]))
        n++;
    if (end - at >= 4 && memcmp(at, "nbsp", 4) == 0)
        return at + n < end && at[n] == ';' ? 0 : strlen("&nbsp");
    if (n > BARE_NAME_MAX || (at + n < end && (at[n] == ';' || at[n] == '=')))
        return 0;
    memcpy(name, at, n);
    name[n] = '\0';
    const htmlEntityDesc *known = n ? htmlEntityLookup((const xmlChar *)name) : NULL;
    return known && known->value <= BARE_CP_MAX && known->value != '\'' ? 1 + n : 0;
}

static struct edit edit_reference(const char *at, const char *end)
{
    uint32_t cp;
    size_t n = c1_reference(at, end, &cp);
    struct edit edit = {.n_dropped = n};
    if (n) {
        edit.n_put = utf8_encode(cp, edit.put);
        return edit;
    }
    n = bare_reference(at, end);
    return (struct edit){.n_kept = n ? n : 1, .put = ";", .n_put = n > 0};
}

bool html_source_append(struct buf *out, const char *source, size_t n)
{
    struct source s = {.end = source + n, .has_comment_end = true};
    const char *from = source; /* what is not yet written */
    for (const char *at = source; at < s.end;) {
        struct edit edit = {.n_kept = 1};
        if (*at == '<')
            edit = edit_tag(&s, at);
        else if (*at == ']')
            edit = edit_bracket(&s, at);
        else if (*at == '&')
            edit = edit_reference(at, s.end);
        at += edit.n_kept;
        if (edit.n_dropped + edit.n_put == 0)
            continue;
        if (!buf_append(out, from, (size_t)(at - from)) || !buf_append(out, edit.put, edit.n_put))
            return false;
        at += edit.n_dropped;
        from = at;
    }
    return buf_append(out, from, (size_t)(s.end - from));
}
