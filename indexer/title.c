// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/title.h"

#include <string.h>

#include "common/utf8.h"
#include "indexer/date.h"
#include "indexer/line.h"
#include "store/schema.h"
#include "tokenizer/fold.h"
#include "tokenizer/folded_text.h"

enum { NAME_BYTES_MAX = 180, GOOD_CHARS = 5, DATE_LINE_CHARS = 80, SENTENCE_CHARS = 40 };

struct candidate {
    const char *text; /* NULL while there is none */
    size_t n;
    bool is_good;
};

static bool append_clean(struct buf *out, const char *s, size_t n)
{
    struct cleaner c;
    struct clean_piece piece;
    bool ok = true;
    for (cleaner_init(&c, s, n); ok && cleaner_next(&c, &piece);) {
        if (piece.kind == CLEAN_SPACE)
            ok = buf_append_byte(out, ' ');
        else if (piece.kind == CLEAN_KEEP)
            ok = buf_append(out, s + piece.start, piece.end - piece.start);
    }
    out->len =
        utf8_floor(out->data, out->len, out->len < TITLE_BYTES_MAX ? out->len : TITLE_BYTES_MAX);
    return ok;
}

/* The name without folders and ending; an ending is short and has a letter. */
static void base_name(const char **name, size_t *n)
{
    for (size_t i = *n; i > 0; i--) {
        if ((*name)[i - 1] == '/') {
            *name += i;
            *n -= i;
            break;
        }
    }
    for (size_t i = *n; i > 1 && *n - i < 9; i--) {
        unsigned char c = (unsigned char)(*name)[i - 1];
        if (c == '.' && i < *n) {
            *n = i - 1;
            return;
        }
        if ((c | 0x20) < 'a' || (c | 0x20) > 'z')
            return;
    }
}

/* Appends bytes of a file name as UTF-8, broken ones as U+FFFD. */
static bool append_name(struct buf *out, const char *s, size_t n)
{
    bool ok = true;
    for (size_t at = 0; at < n && ok && out->len + 8 < TITLE_BYTES_MAX;) {
        uint32_t cp;
        char bytes[UTF8_MAX_BYTES];
        at += utf8_step(s + at, n - at, &cp);
        ok = buf_append(out, bytes, utf8_encode(cp < 0x20 ? ' ' : cp, bytes));
    }
    return ok;
}

static bool is_comment(const char *s, size_t n)
{
    return n >= 3 && (memcmp(s, "---", 3) == 0 || memcmp(s, "<!-", 3) == 0);
}

/* Takes # and ** off both ends. */
static void strip_marks(const char **s, size_t *n)
{
    while (*n && strchr("#* \t\r\n", (*s)[0]))
        ++*s, --*n;
    while (*n && strchr("#* \t\r\n", (*s)[*n - 1]))
        --*n;
}

static void consider(struct candidate *best, const struct line *l, const char *s, size_t n,
    bool is_markdown, bool is_first)
{
    bool may_be_long = (is_markdown && l->opener.n_hashes) || (is_first && !l->has_comma);
    if (l->ending != LINE_ENDS_PLAIN || l->has_inner_stop ||
        l->n_chars > (may_be_long ? LONG_TITLE_CHARS_MAX : TITLE_CHARS_MAX) || l->is_label ||
        l->is_table || l->opener.level != OPENER_NONE || (l->starts_aside && s[0] != '[') ||
        is_comment(s, n))
        return;
    bool is_good = is_markdown ? l->opener.n_hashes > 0 : l->n_chars >= GOOD_CHARS;
    if (!best->text || (is_good && !best->is_good && !l->has_inner_colon)) {
        *best = (struct candidate){s, n, is_good};
        strip_marks(&best->text, &best->n);
        if (best->n == 0)
            best->text = NULL;
    }
}

/* The length of a mark or blank that s[0..n) ends in; 0 where it ends in text. */
static size_t tail_length(const char *s, size_t n)
{
    if (n && strchr(") \r\n", s[n - 1]))
        return 1;
    return n >= 3 && (memcmp(s + n - 3, "）", 3) == 0 || memcmp(s + n - 3, "。", 3) == 0) ? 3 : 0;
}

/* 2018年5月24日 云陵市人大常委会《关于修改〈云陵市养老服务条例〉的决定》第二次修正, an entry of a law's history */
static bool is_revision(const char *s, size_t n)
{
    static const char *const words[] = {"修正", "修订", "修訂"};
    for (size_t len; (len = tail_length(s, n)) > 0;)
        n -= len;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (n > 6 && memcmp(s + n - 6, words[i], 6) == 0)
            return date_precision(date_opening(s, n)) == 3;
    return false;
}

/* Text, or the first of its headings: no title follows. A comma or a stop begins what goes on from the line before. */
static bool is_body(const struct line *l)
{
    bool is_sentence = l->has_inner_stop || l->ending == LINE_ENDS_SENTENCE;
    return l->is_long || l->starts_closing || l->n_chars > DATE_LINE_CHARS ||
           (is_sentence && l->n_chars > SENTENCE_CHARS) || l->opener.level != OPENER_NONE;
}

/* The length without a comment behind the text: # 条例 <!-- 标题 --> */
static size_t without_comment(const char *s, size_t n)
{
    const char *comment = memmem(s, n, "<!--", 4);
    return comment && comment > s ? (size_t)(comment - s) : n;
}

/* Is this line of a record its text, not its head? The last one is, however it ends. */
static bool is_text_of_record(const struct line *l, const char *rest, size_t n)
{
    size_t blank = 0;
    while (blank < n && strchr(" \t\r\n", rest[blank]))
        blank++;
    return is_body(l) || blank == n || l->has_comma || l->ending != LINE_ENDS_PLAIN;
}

/* Takes the line's date where it is the most exact so far. True while the next one may have one. Behind the first body text, when
 * in_text, lines speak of dates: only one that ends in a day, as a signature does, says one of the report. */
static bool read_date(const struct title_input *in, const struct line *l, size_t at, size_t len,
    bool in_text, uint32_t *date)
{
    const char *s = in->head + at;
    if (!in->is_record && is_revision(s, len)) {
        uint32_t day = date_opening(s, len);
        if (date_precision(*date) < 3 || day > *date)
            *date = day;
        return true;
    }
    if (in_text && !date_ends(s, len))
        return true;
    bool is_text = in->is_record && is_text_of_record(l, s + len, in->head_len - at - len);
    if (!is_text && (l->is_long || l->n_chars > DATE_LINE_CHARS))
        return true;
    uint32_t found = is_text ? date_opening(s, len) : date_find(s, len);
    if (date_precision(found) > date_precision(*date))
        *date = found;
    return !is_text;
}

/* Keeps a whole line for who reads the text next, as long as those before it were kept. */
static void keep_line(const struct title_input *in, const struct line *l, size_t at, size_t len)
{
    struct seen_lines *seen = in->seen;
    const struct seen_line *last = seen && seen->n ? &seen->lines[seen->n - 1] : NULL;
    bool is_next = at == (last ? last->at + last->len : 0);
    if (seen && is_next && seen->n < SEEN_LINES_MAX && at + len < in->head_len)
        seen->lines[seen->n++] = (struct seen_line){at, len, *l};
}

/* Walks the first lines. Body text ends the search for the title, not that for the date. */
static void read_head(const struct title_input *in, struct candidate *best, uint32_t *date)
{
    bool may_be_title = true, may_have_date = true, in_text = false;
    unsigned lines = 0;
    for (size_t at = 0, len; at < in->head_len && lines < TITLE_LINES; at += len) {
        const char *s = in->head + at;
        struct line l;
        len = line_length(s, in->head_len - at, true);
        len = len ? len : in->head_len - at;
        size_t n = without_comment(s, len);
        line_read(&l, s, n);
        if (n == len)
            keep_line(in, &l, at, len);
        if (l.is_blank || l.is_furniture)
            continue;
        lines++;
        may_have_date = may_have_date && read_date(in, &l, at, len, in_text, date);
        in_text |= is_body(&l) && l.opener.n_hashes == 0 && !is_revision(s, n);
        may_be_title &= in->is_markdown || !in_text;
        if (may_be_title)
            consider(best, &l, s, n, in->is_markdown, lines == 1);
    }
}

static uint32_t choose_date(uint32_t of_name, uint32_t of_lines)
{
    if (date_precision(of_name) == 3 || date_precision(of_name) > date_precision(of_lines))
        return of_name;
    return of_lines;
}

static bool title_from_name(const char *name, size_t n, struct buf *title)
{
    buf_clear(title);
    return append_name(title, name, n) && (title->len || buf_append_byte(title, '-'));
}

static bool has_han(const char *s, size_t n)
{
    uint32_t cp;
    for (size_t at = 0; at < n;) {
        at += utf8_step(s + at, n - at, &cp);
        if (fold_char(cp).kind == CHAR_HAN)
            return true;
    }
    return false;
}

/* The length of the first part of a title: a number, or what stands before the next one. */
static size_t part_length(const char *s, size_t n)
{
    bool is_number = s[0] >= '0' && s[0] <= '9';
    size_t i = 1;
    while (i < n && (s[i] >= '0' && s[i] <= '9') == is_number)
        i++;
    return i;
}

/* Does the name hold the title, part by part, and say more than it: 2026_广东省_政府工作报告, whose text begins
 * with 政府工作报告 or 2026年政府工作报告? */
static bool name_says_more(const char *name, size_t n, const struct buf *title)
{
    const char *at = name, *end = name + n, *s = title->data, *s_end = s + title->len;
    bool says_more = false;
    if (n > NAME_BYTES_MAX)
        return false;
    for (size_t len; s < s_end; s += len) {
        len = part_length(s, (size_t)(s_end - s));
        const char *part = memmem(at, (size_t)(end - at), s, len);
        if (!part && s > title->data && len > 3 && memcmp(s, "年", 3) == 0) {
            s += 3, len -= 3;
            part = memmem(at, (size_t)(end - at), s, len);
        }
        if (!part)
            return false;
        says_more |= has_han(at, (size_t)(part - at));
        at = part + len;
    }
    return says_more || has_han(at, (size_t)(end - at));
}

static bool title_from_parts_of_name(const char *name, size_t n, struct buf *title)
{
    bool is_ok = title_from_name(name, n, title);
    for (size_t i = 0; is_ok && i < title->len; i++)
        if (title->data[i] == '_')
            title->data[i] = ' ';
    return is_ok;
}

bool title_find(const struct title_input *in, struct buf *title, uint32_t *date)
{
    struct candidate best = {NULL, 0, false};
    const char *name = in->name;
    size_t name_len = in->name_len;
    uint32_t of_lines = 0;
    base_name(&name, &name_len);
    read_head(in, &best, &of_lines);
    uint32_t of_name = in->is_record ? 0 : date_find_in_name(name, name_len);
    /* A year alone in the lines may be any year the report speaks of; the name's is the report's
     * own. */
    *date = date_precision(of_lines) < 2 && of_name ? of_name : choose_date(of_name, of_lines);
    buf_clear(title);
    if (best.text && !append_clean(title, best.text, best.n))
        return false;
    if (title->len && !in->is_record && name_says_more(name, name_len, title))
        return title_from_parts_of_name(name, name_len, title);
    return title->len || title_from_name(name, name_len, title);
}
