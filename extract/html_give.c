// SPDX-License-Identifier: GPL-2.0-or-later
/* What of a page is given out, once all of it was read: menus are told by then, and whether there is text without furniture. */
#include <string.h>

#include "common/utf8.h"
#include "extract/html_page.h"

enum {
    NAMELESS_BYTES = 10, /* 文档, Document, or a number may follow */
    DASHES_MAX = 8,      /* of a title, looked at */
    HEADLINE_BYTES_MIN = 12,
};

static bool is_menu_entry(const struct html_paragraph *of)
{
    return of->n_chars < 40 && of->n_link_chars * 10 >= of->n_chars * 9;
}

static void mark_menus(struct html_page *p)
{
    struct html_paragraph *all = html_page_paragraphs(p);
    size_t n = html_page_n(p);
    for (size_t i = 0, end; i < n; i = end + 1) {
        for (end = i; end < n && is_menu_entry(&all[end]); end++)
            ;
        for (size_t k = i; end - i >= HTML_MENU_MIN && k < end; k++)
            all[k].is_furniture = true;
    }
}

/* Evidence without the blank that may stand at its end; nothing where that was all. */
static enum status give_meta(const struct document_sink *sink, enum document_meta what,
    const char *text, size_t n, struct error *err)
{
    n -= n && text[n - 1] == ' ';
    return n ? sink->meta(sink->arg, what, text, n, err) : STATUS_OK;
}

/* What editors call a page that nobody gave a title. */
static bool is_nameless(const char *title, size_t n)
{
    static const char *const begins[] = {
        "无标题", "無標題", "未命名", "新建网页", "新網頁", "Untitled", "New Page", "Document"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        size_t len = strlen(begins[i]);
        if (n >= len && n < len + NAMELESS_BYTES && memcmp(title, begins[i], len) == 0)
            return true;
    }
    return false;
}

/* Is a paragraph just that, and no link? */
static bool is_paragraph(const struct html_page *p, const char *text, size_t n)
{
    const struct html_paragraph *all = html_page_paragraphs(p);
    for (size_t i = 0; i < html_page_n(p); i++)
        if (all[i].n == n && !all[i].is_furniture && all[i].n_link_chars < all[i].n_chars &&
            memcmp(p->text.data + all[i].start, text, n) == 0)
            return true;
    return false;
}

/* Where the name of a site begins, behind a dash without blanks; n for nowhere. Titles have dashes too, so what is before it
 * must be a paragraph of the page, as its headline is. */
static size_t dash_before_site(const struct html_page *p, const char *title, size_t n)
{
    const char *at = title, *end = title + n;
    size_t found = n;
    for (unsigned i = 0; i < DASHES_MAX && (at = memchr(at, '-', (size_t)(end - at))); i++, at++)
        if (at - title >= HEADLINE_BYTES_MIN && is_paragraph(p, title, (size_t)(at - title)))
            found = (size_t)(at - title);
    return found;
}

/* The title that a page states of itself, or its <title> without the names of the site behind it. */
static enum status give_title(
    struct html_page *p, const struct document_sink *sink, struct error *err)
{
    static const char *const marks[] = {"_", "|", " - ", " – "};
    const struct buf *stated = &p->evidence[HTML_TITLE_STATED], *title = &p->evidence[HTML_TITLE];
    if (stated->len)
        return give_meta(sink, META_TITLE, stated->data, stated->len, err);
    size_t n = title->len;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *mark = n ? memmem(title->data, n, marks[i], strlen(marks[i])) : NULL;
        if (mark && mark > title->data)
            n = (size_t)(mark - title->data);
    }
    n = n ? dash_before_site(p, title->data, n) : 0;
    n = n && is_nameless(title->data, n) ? 0 : n;
    return give_meta(sink, META_TITLE, title->data, n, err);
}

static enum status give_block(const struct html_page *p, const struct html_paragraph *of,
    const struct document_sink *sink, struct error *err)
{
    struct block b = {
        .kind = of->kind, .level = (uint8_t)of->level, .text = p->text.data + of->start};
    enum status status = STATUS_OK;
    for (size_t rest = of->n; rest && status == STATUS_OK; rest -= b.n, b.text += b.n) {
        b.n = rest > BLOCK_BYTES_MAX ? utf8_floor(b.text, rest, BLOCK_BYTES_MAX) : rest;
        status = sink->block(sink->arg, &b, err);
    }
    return status;
}

enum status html_page_give(struct html_page *p, const struct document_sink *sink, struct error *err)
{
    static const struct {
        enum html_evidence from;
        enum document_meta what;
    } rows[] = {{HTML_DATE, META_DATE}, {HTML_AUTHOR, META_AUTHOR}};
    size_t n_chars = 0;
    html_page_break(p);
    if (p->status != STATUS_OK)
        return error_no_memory(err);
    mark_menus(p);
    const struct html_paragraph *all = html_page_paragraphs(p);
    for (size_t i = 0; i < html_page_n(p); i++)
        n_chars += all[i].is_furniture ? 0 : all[i].n_chars;
    enum status status = give_title(p, sink, err);
    for (size_t i = 0; i < sizeof rows / sizeof *rows && status == STATUS_OK; i++)
        status = give_meta(
            sink, rows[i].what, p->evidence[rows[i].from].data, p->evidence[rows[i].from].len, err);
    for (size_t i = 0; i < html_page_n(p) && status == STATUS_OK; i++)
        if (!all[i].is_furniture || n_chars < HTML_TEXT_MIN)
            status = give_block(p, &all[i], sink, err);
    return status;
}
