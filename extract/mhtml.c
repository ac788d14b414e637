// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/mhtml.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "extract/hex.h"

struct span {
    const char *at, *end;
};

static bool starts(struct span s, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(s.end - s.at) >= n && strncasecmp(s.at, word, n) == 0;
}

/* The next line, without its end; false where there is none. */
static bool next_line(struct span *rest, struct span *line)
{
    if (rest->at == rest->end)
        return false;
    const char *stop = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));
    *line = (struct span){rest->at, stop ? stop : rest->end};
    rest->at = stop ? stop + 1 : rest->end;
    if (line->end > line->at && line->end[-1] == '\r')
        line->end--;
    return true;
}

/* What the headers of a message or a part say; *rest goes behind the blank line that ends them. */
struct headers {
    struct span boundary; /* of a multipart; empty where there is none */
    bool is_html, is_base64, is_quoted;
};

static void read_parameters(struct span s, struct headers *h)
{
    static const char word[] = "boundary=";
    for (; s.at < s.end; s.at++) {
        if (!starts(s, word))
            continue;
        s.at += strlen(word);
        char stop = s.at < s.end && *s.at == '"' ? '"' : ';';
        s.at += stop == '"';
        h->boundary.at = s.at;
        while (s.at < s.end && *s.at != stop && (stop == '"' || *s.at > ' '))
            s.at++;
        h->boundary.end = s.at;
        return;
    }
}

static void read_header(struct span line, struct headers *h)
{
    static const char type[] = "content-type:", encoding[] = "content-transfer-encoding:";
    bool is_type = starts(line, type);
    if (!is_type && !starts(line, encoding))
        return;
    line.at += is_type ? strlen(type) : strlen(encoding);
    while (line.at < line.end && *line.at == ' ')
        line.at++;
    if (is_type)
        h->is_html = starts(line, "text/html") || starts(line, "application/xhtml");
    else
        h->is_base64 = starts(line, "base64"), h->is_quoted = starts(line, "quoted-printable");
}

static struct headers read_headers(struct span *rest)
{
    struct headers h = {.is_html = false};
    struct span line;
    while (next_line(rest, &line) && line.at < line.end) {
        read_header(line, &h);
        if (!h.boundary.at) /* it may stand on a line that goes on from that of the type */
            read_parameters(line, &h);
    }
    return h;
}

/* The part up to the next boundary; *rest goes behind that. False where no boundary is left. */
static bool next_part(struct span *rest, struct span boundary, struct span *part)
{
    size_t n = (size_t)(boundary.end - boundary.at);
    struct span line;
    const char *start = rest->at;
    while (next_line(rest, &line)) {
        if (line.end - line.at < (ptrdiff_t)n + 2 || memcmp(line.at, "--", 2) != 0 ||
            memcmp(line.at + 2, boundary.at, n) != 0)
            continue;
        *part = (struct span){start, line.at};
        return true;
    }
    return false;
}

/* =E4 is a byte; = at the end of a line joins it with the next. */
static bool put_quoted(struct buf *out, struct span s)
{
    bool ok = true;
    while (s.at < s.end && ok) {
        int byte = *s.at == '=' ? hex_byte(s.at + 1, s.end) : -1;
        if (byte >= 0) {
            ok = buf_append_byte(out, (char)byte);
            s.at += 3;
        } else if (*s.at == '=' && s.end - s.at > 1 && (s.at[1] == '\r' || s.at[1] == '\n')) {
            s.at += s.at[1] == '\r' && s.end - s.at > 2 && s.at[2] == '\n' ? 3 : 2;
        } else {
            ok = buf_append_byte(out, *s.at++);
        }
    }
    return ok;
}

static bool put_base64(struct buf *out, struct span s)
{
    size_t n = (size_t)(s.end - s.at);
    gint state = 0;
    guint save = 0;
    if (!buf_reserve(out, n / 4 * 3 + 3))
        return false;
    out->len += g_base64_decode_step(s.at, n, (guchar *)out->data + out->len, &state, &save);
    return true;
}

enum status mhtml_page(const struct document_input *in, struct buf *page, struct error *err)
{
    struct span rest = {in->bytes, in->bytes + in->n}, part;
    struct headers message = read_headers(&rest);
    bool has_boundary = message.boundary.at < message.boundary.end;
    while (has_boundary && next_part(&rest, message.boundary, &part)) {
        struct headers h = read_headers(&part);
        if (!h.is_html)
            continue;
        bool ok = h.is_base64   ? put_base64(page, part)
                  : h.is_quoted ? put_quoted(page, part)
                                : buf_append(page, part.at, (size_t)(part.end - part.at));
        return ok ? STATUS_OK : error_no_memory(err);
    }
    return error_set(err, STATUS_BAD_INPUT, "no page in it, or cut short");
}
