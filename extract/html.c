// SPDX-License-Identifier: GPL-2.0-or-later
/* HTML as web pages have it, by libxml2's forgiving parser, as a stream: no tree, so no nesting is too deep.
 *
 * Dropped: scripts, styles, forms' controls, the readings of <ruby>, <nav>, <aside>, <footer>, what is hidden, and lists of
 * links among text (html_page.h decides that once the page is read). <pre> comes line by line, a table of data row by row, a
 * table that only lays the page out as the paragraphs it holds. The items of <ol> get the numbers that a browser writes
 * (html_list.h, html_sheet.h).
 *
 *     <h2>一、总体要求</h2><p>坚持稳中求进。<table><tr><th>指标<th>数值<tr><td>总值<td>2112.8亿元</table>
 *
 * gives HEADING 2, TEXT, ROW "指标 | 数值", ROW "总值 | 2112.8亿元". */
#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "extract/html_element.h"
#include "extract/html_list.h"
#include "extract/html_page.h"
#include "extract/html_sheet.h"
#include "extract/html_source.h"
#include "extract/mhtml.h"
#include "extract/parsers.h"
#include "tokenizer/decode.h"

enum {
    FEED_BYTES = 64 * 1024,
    LINK_PARAGRAPHS_MAX = 3, /* one of more is not closed */
};

struct html {
    struct html_page page;
    struct html_lists lists;
    struct html_sheet sheet;
    unsigned n_nothing, n_labels, n_furniture; /* of those elements open */
    unsigned n_hidden; /* elements open within a hidden one, itself included */
    size_t link;       /* paragraphs before the last one */
    bool is_link, is_title, is_sheet, has_title;
};

static const char *attribute(const xmlChar **list, const char *name)
{
    for (; list && list[0]; list += 2)
        if (strcmp((const char *)list[0], name) == 0)
            return list[1] ? (const char *)list[1] : "";
    return NULL;
}

static bool is_hidden(const xmlChar **list)
{
    const char *style = attribute(list, "style");
    return attribute(list, "hidden") || (style && html_style_hides(style));
}

/* A mark for links to jump to is none itself, and often not closed. */
static bool is_link(const xmlChar **list)
{
    return attribute(list, "href") || !(attribute(list, "name") || attribute(list, "id"));
}

static void take_meta(struct html *h, const xmlChar **list)
{
    static const struct {
        const char *name;
        enum html_evidence evidence;
    } rows[] = {{"ArticleTitle", HTML_TITLE_STATED}, {"og:title", HTML_TITLE_STATED},
        {"PubDate", HTML_DATE}, {"firstpublishedtime", HTML_DATE}, {"DC.Date", HTML_DATE},
        {"publishdate", HTML_DATE}, {"article:published_time", HTML_DATE},
        {"datePublished", HTML_DATE}, {"Author", HTML_AUTHOR}};
    const char *name = attribute(list, "name"), *content = attribute(list, "content");
    name = name ? name : attribute(list, "property");
    name = name ? name : attribute(list, "itemprop");
    for (size_t i = 0; name && content && i < sizeof rows / sizeof *rows; i++)
        if (strcasecmp(name, rows[i].name) == 0 && h->page.evidence[rows[i].evidence].len == 0)
            html_page_evidence(&h->page, rows[i].evidence, content, strlen(content));
}

static bool is_style(const char *name)
{
    return strcmp(name, "style") == 0;
}

/* How many columns or rows a cell has: 1 where no such number is said. */
static unsigned span(const xmlChar **list, const char *name)
{
    const char *text = attribute(list, name);
    char *end;
    long n = text ? strtol(text, &end, 10) : 1;
    return !text || end == text || n < 0 ? 1 : n > UINT16_MAX ? UINT16_MAX : (unsigned)n;
}

/* Lists and their items. */
static void start_list(struct html *h, enum html_role role, const xmlChar **list)
{
    struct html_list_attributes a = {.type = attribute(list, "type"),
        .style = attribute(list, "style"),
        .class_names = attribute(list, "class"),
        .start = attribute(list, "start"),
        .reversed = attribute(list, "reversed"),
        .value = attribute(list, "value")};
    if (role != ROLE_LIST)
        a.sheet = html_sheet_find(&h->sheet, role == ROLE_ITEM ? "li" : "ol", a.class_names,
            attribute(list, "id"), &a.n_sheet);
    bool ok = role == ROLE_ITEM ? html_list_item(&h->lists, &a, &h->page.number)
                                : html_list_begin(&h->lists, role == ROLE_ORDERED, &a);
    if (!ok)
        h->page.status = STATUS_NO_MEMORY;
}

static void on_start(void *arg, const xmlChar *raw_name, const xmlChar **list)
{
    struct html *h = arg;
    const char *name = (const char *)raw_name;
    enum html_role role = html_role_of(name);
    if (!html_is_void(name) && (h->n_hidden || is_hidden(list)))
        h->n_hidden++;
    h->n_nothing += role == ROLE_NOTHING;
    h->n_labels =
        html_role_is_block(role) || role == ROLE_BASE ? 0 : h->n_labels + (role == ROLE_LABEL);
    h->n_furniture += role == ROLE_FURNITURE;
    h->is_sheet = is_style(name) && !attribute(list, "media");
    switch (role) {
    case ROLE_META:
        take_meta(h, list);
        break;
    case ROLE_TITLE:
        h->is_title = h->n_nothing == 0; /* not that of an <svg> */
        break;
    case ROLE_HEADING:
        html_page_heading_begin(&h->page);
        break;
    case ROLE_BREAK:
        html_page_line_break(&h->page);
        break;
    case ROLE_TABLE:
        html_page_table_begin(&h->page);
        break;
    case ROLE_ROW:
        html_page_row_begin(&h->page);
        break;
    case ROLE_ROWS:
        html_page_rows(&h->page);
        break;
    case ROLE_CELL:
        html_page_cell_begin(&h->page, span(list, "colspan"), span(list, "rowspan"));
        break;
    case ROLE_PRE:
        html_page_pre_begin(&h->page);
        break;
    case ROLE_LINK:
        h->is_link = is_link(list);
        h->link = html_page_n(&h->page);
        break;
    case ROLE_INLINE:
    case ROLE_NOTHING:
    case ROLE_LABEL:
    case ROLE_BASE:
        break;
    case ROLE_LIST:
    case ROLE_ORDERED:
    case ROLE_ITEM:
        html_page_end(&h->page, h->lists.depth ? BLOCK_ITEM : BLOCK_TEXT, 0);
        start_list(h, role, list);
        break;
    default:
        html_page_break(&h->page);
    }
}

static void on_end(void *arg, const xmlChar *raw_name)
{
    struct html *h = arg;
    const char *name = (const char *)raw_name;
    enum html_role role = html_role_of(name);
    h->n_hidden -= h->n_hidden > 0 && !html_is_void(name);
    h->n_nothing -= role == ROLE_NOTHING && h->n_nothing;
    h->n_labels -= role == ROLE_LABEL && h->n_labels;
    if (is_style(name))
        html_sheet_end(&h->sheet);
    h->is_sheet = false;
    switch (role) {
    case ROLE_TITLE:
        h->is_title = false;
        h->has_title = h->page.evidence[HTML_TITLE].len > 0;
        break;
    case ROLE_LINK:
        h->is_link = false;
        break;
    case ROLE_HEADING:
        html_page_heading_end(&h->page, (unsigned)(name[1] - '0'));
        break;
    case ROLE_ITEM:
        html_page_end(&h->page, BLOCK_ITEM, 0);
        buf_clear(&h->page.number);
        break;
    case ROLE_LIST:
    case ROLE_ORDERED:
        html_page_break(&h->page);
        html_list_end(&h->lists);
        break;
    case ROLE_TABLE:
        html_page_table_end(&h->page);
        break;
    case ROLE_ROW:
        html_page_row_end(&h->page);
        break;
    case ROLE_ROWS:
        html_page_rows(&h->page);
        break;
    case ROLE_CELL:
        html_page_cell_end(&h->page);
        break;
    case ROLE_PRE:
        html_page_pre_end(&h->page);
        break;
    case ROLE_INLINE:
    case ROLE_BREAK:
    case ROLE_META:
    case ROLE_NOTHING:
    case ROLE_LABEL:
    case ROLE_BASE:
        break;
    default:
        html_page_break(&h->page);
    }
    h->n_furniture -=
        role == ROLE_FURNITURE && h->n_furniture; /* once its last paragraph has ended */
}

static void on_text(void *arg, const xmlChar *text, int n)
{
    struct html *h = arg;
    if (h->is_title && !h->has_title)
        html_page_evidence(&h->page, HTML_TITLE, (const char *)text, (size_t)n);
    else if (h->is_title)
        return;
    else if (h->is_sheet && n > 0)
        html_sheet_text(&h->sheet, (const char *)text, (size_t)n);
    else if (h->n_nothing == 0 && h->n_labels == 0 && n > 0)
        html_page_text(&h->page, (const char *)text, (size_t)n,
            h->is_link && html_page_n(&h->page) < h->link + LINK_PARAGRAPHS_MAX,
            h->n_furniture || h->n_hidden);
}

static void on_silence(void *arg, const char *message, ...)
{
    (void)arg, (void)message;
}

static void count_start(void *arg, const xmlChar *name, const xmlChar **list)
{
    struct html *h = arg;
    enum html_role role = html_role_of((const char *)name);
    if (role == ROLE_LIST || role == ROLE_ORDERED || role == ROLE_ITEM)
        start_list(h, role, list);
}

static void count_end(void *arg, const xmlChar *name)
{
    struct html *h = arg;
    enum html_role role = html_role_of((const char *)name);
    if (role == ROLE_LIST || role == ROLE_ORDERED)
        html_list_end(&h->lists);
}

static enum status feed(struct html *h, const struct buf *text, struct error *err)
{
    bool is_counting = h->lists.is_counting;
    htmlSAXHandler sax = {.startElement = is_counting ? count_start : on_start,
        .endElement = is_counting ? count_end : on_end,
        .characters = is_counting ? NULL : on_text,
        .cdataBlock = is_counting ? NULL : on_text,
        .ignorableWhitespace = is_counting ? NULL : on_text,
        .warning = on_silence,
        .error = on_silence};
    htmlParserCtxtPtr parser =
        htmlCreatePushParserCtxt(&sax, h, "", 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (!parser)
        return error_no_memory(err);
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                   HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    for (size_t at = 0; at < text->len && h->page.status == STATUS_OK; at += FEED_BYTES) {
        size_t n = text->len - at < FEED_BYTES ? text->len - at : FEED_BYTES;
        htmlParseChunk(parser, text->data + at, (int)n, 0);
    }
    htmlParseChunk(parser, "", 0, 1);
    htmlDocPtr tree = parser->myDoc; /* none is built, but for its declaration */
    htmlFreeParserCtxt(parser);
    if (tree)
        xmlFreeDoc(tree);
    return h->page.status == STATUS_OK ? STATUS_OK : error_no_memory(err);
}

static enum status decode_page(const struct document_input *in, struct buf *out, struct error *err)
{
    struct decoder *decoder;
    struct detection found;
    uint64_t n_replaced = 0;
    encoding_detect(
        in->bytes, in->n < DETECT_SAMPLE ? in->n : DETECT_SAMPLE, in->n <= DETECT_SAMPLE, &found);
    size_t bom = found.bom_len < in->n ? found.bom_len : 0;
    enum encoding encoding = in->encoding != ENCODING_UNKNOWN ? in->encoding : found.encoding;
    enum status status = decoder_open(encoding, &decoder, err);
    if (status != STATUS_OK)
        return status;
    status = decoder_feed(decoder, in->bytes + bom, in->n - bom, true, out, &n_replaced, err);
    decoder_close(decoder);
    return status;
}

static enum status decode(const struct document_input *in, struct buf *out, struct error *err)
{
    if (!document_is_mhtml(in->bytes, in->n))
        return decode_page(in, out, err);
    struct buf page;
    buf_init(&page, in->n + 1);
    enum status status = mhtml_page(in, &page, err);
    const struct document_input inner = {page.data, page.len, ENCODING_UNKNOWN};
    if (status == STATUS_OK && page.len)
        status = decode_page(&inner, out, err);
    buf_release(&page);
    return status;
}

/* The page's source, as the parser is to get it. */
static enum status read_source(const struct document_input *in, struct buf *out, struct error *err)
{
    struct buf text;
    buf_init(&text, 4 * in->n + 16);
    enum status status = decode(in, &text, err);
    if (status == STATUS_OK && text.len && !html_source_append(out, text.data, text.len))
        status = error_no_memory(err);
    buf_release(&text);
    return status;
}

static bool may_count_down(const struct buf *text)
{
    static const char word[] = "reversed";
    if (text->len == 0)
        return false;
    const char *at = text->data, *end = at + text->len;
    for (; end - at >= (ptrdiff_t)strlen(word) && (at = memchr(at, '<', (size_t)(end - at))); at++)
        if (end - at > 3 && (at[1] | 0x20) == 'o' && (at[2] | 0x20) == 'l')
            for (const char *s = at; s < end && *s != '>'; s++)
                if ((size_t)(end - s) >= strlen(word) && strncasecmp(s, word, strlen(word)) == 0)
                    return true;
    return false;
}

enum status parse_html(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct html h = {0};
    struct buf text;
    buf_init(&text, 2 * (4 * in->n + 16));
    html_page_init(&h.page);
    html_sheet_init(&h.sheet);
    enum status status = read_source(in, &text, err);
    html_lists_init(&h.lists, status == STATUS_OK && may_count_down(&text));
    if (h.lists.is_counting)
        status = feed(&h, &text, err);
    html_lists_rewind(&h.lists);
    if (status == STATUS_OK)
        status = feed(&h, &text, err);
    html_lists_release(&h.lists);
    html_sheet_release(&h.sheet);
    buf_release(&text);
    if (status == STATUS_OK)
        status = html_page_give(&h.page, sink, err);
    html_page_release(&h.page);
    return status;
}
