// SPDX-License-Identifier: GPL-2.0-or-later
/* OpenDocument files: texts (.odt), sheets (.ods), slides (.odp), and each of them flat, in one XML (.fodt, .fods, .fodp).
 *
 * Two walks over content.xml: the text, then the footnotes, endnotes and comments, which stand inside its paragraphs. Deleted
 * and hidden text, tables of contents, embedded objects and alternative texts of pictures are left out. A sheet is a page and
 * its name a heading; a slide is a page, its title a heading, its notes follow; comments follow the sheet or slide that they
 * are on. */
#include <string.h>

#include "extract/block_writer.h"
#include "extract/odf_styles.h"
#include "extract/parsers.h"
#include "extract/zip_members.h"

enum { LIST_DEPTH_MAX = NUMBER_LEVELS, REPEATED_MAX = 64, COMMENTS_BYTES_MAX = 16 << 20 };

struct odf {
    struct block_writer w;
    struct odf_styles styles;
    struct zip zip;
    const struct document_input *flat; /* all parts in one XML; or NULL */
    bool in_meta, wants_notes, has_notes, is_body, is_sheets, is_paged, is_title, has_number_due;
    bool hides[XML_DEPTH_MAX]; /* of the paragraphs and spans around: is text in it hidden? */
    unsigned n_hides;
    unsigned skip, note, frame, n_p, list_depth; /* depths inside such elements */
    struct odf_list *lists[LIST_DEPTH_MAX];
    unsigned heading; /* outline level of the paragraph under way */
    size_t n_number;  /* bytes of the number that it opens with */
    int repeated;     /* of the cell under way */
    int n_covered;    /* cells behind it in its row that it reaches over */
    struct buf property;
    struct buf comments; /* of the sheet or slide under way, each paragraph with a line end */
};

static bool is_passed_over(const struct odf *o, const char *name)
{
    static const char *const always[] = {"tracked-changes", "table-of-content", "note-citation",
        "forms", "ruby-text", "object", "binary-data", NULL};
    static const char *const of_frames[] = {"title", "desc", NULL};
    static const char *const of_notes[] = {"creator", "date", "creator-initials", NULL};
    return xml_is_one_of(name, always) || (o->frame && xml_is_one_of(name, of_frames)) ||
           (o->note && xml_is_one_of(name, of_notes));
}

/* A section, or a field for hidden text. */
static bool is_hidden_part(const char *name, const struct xml_attributes *a)
{
    static const char *const parts[] = {"section", "hidden-text", NULL};
    return xml_is_one_of(name, parts) &&
           (xml_attribute_is(a, "display", "none") || xml_attribute_is(a, "is-hidden", "true"));
}

/* A paragraph, or a span in one, begins. */
static void begin_display(struct odf *o, char family, const struct xml_attributes *a)
{
    size_t n;
    const char *style = xml_attribute(a, "style-name", &n);
    bool is_outer = family == 't' && o->n_hides && o->hides[o->n_hides - 1];
    enum odf_display display = style ? odf_styles_display(&o->styles, family, style, n) : ODF_UNSET;
    if (o->n_hides < XML_DEPTH_MAX)
        o->hides[o->n_hides++] = display == ODF_UNSET ? is_outer : display == ODF_HIDDEN;
}

static bool is_hidden(const struct odf *o)
{
    return o->n_hides && o->hides[o->n_hides - 1];
}

/* Is what comes text of this walk? */
static bool is_wanted(const struct odf *o)
{
    return o->is_body && !o->skip && o->wants_notes == (o->note > 0);
}

/* Or of a comment on this sheet or slide? */
static bool is_comment(const struct odf *o)
{
    return o->is_body && !o->skip && o->note && o->is_paged;
}

static void put_comment(struct odf *o, const char *text, size_t n)
{
    for (size_t i = 0; i < n && o->comments.len + 1 < o->comments.max; i++)
        block_need(&o->w, buf_append_byte(&o->comments, text[i] == '\n' ? ' ' : text[i]));
}

static void put_number(struct odf *o, struct odf_list *list, unsigned level)
{
    struct buf number;
    buf_init(&number, 1024);
    if (number_next(&list->state, list->levels, level, &number) && number_set_off(&number))
        block_text(&o->w, number.data, number.len);
    buf_release(&number);
    o->n_number = o->w.text.len;
}

static void begin_paragraph(struct odf *o, const char *name, const struct xml_attributes *a)
{
    if (o->n_p++)
        block_set_aside(&o->w);
    begin_display(o, 'p', a);
    int level = xml_is(name, "h") ? xml_attribute_int(a, "outline-level", 1) : 0;
    o->heading = level > 0 ? (unsigned)level : 0;
    o->n_number = 0;
    if (is_hidden(o)) /* nor is it counted */
        return;
    unsigned depth = o->list_depth < LIST_DEPTH_MAX ? o->list_depth : LIST_DEPTH_MAX;
    if (o->has_number_due && depth && o->lists[depth - 1])
        put_number(o, o->lists[depth - 1], depth - 1);
    else if (o->heading && o->heading <= NUMBER_LEVELS &&
             !xml_attribute_is(a, "is-list-header", "true") &&
             o->styles.outline.levels[o->heading - 1].style != NUMBER_NONE)
        put_number(o, &o->styles.outline, o->heading - 1);
    o->has_number_due = false;
}

static void end_paragraph(struct odf *o, const char *name)
{
    if (o->n_p == 0)
        return;
    o->n_hides -= o->n_hides > 0;
    int level = xml_is(name, "h") ? (int)(o->heading < 9 ? o->heading : 9) : o->is_title;
    const struct block_outline as = {.level = level - 1, .is_item = o->list_depth > 0};
    block_end_outlined(&o->w, &as, o->n_number);
    o->n_number = 0;
    if (--o->n_p)
        block_take_up(&o->w);
}

static void begin_list(struct odf *o, const struct xml_attributes *a)
{
    size_t n, n_continued;
    const char *style = xml_attribute(a, "style-name", &n);
    if (o->list_depth++ >= LIST_DEPTH_MAX)
        return;
    unsigned at = o->list_depth - 1;
    o->lists[at] = style ? odf_styles_find(&o->styles, style, n) : at ? o->lists[at - 1] : NULL;
    if (at == 0 && o->lists[0] && !xml_attribute_is(a, "continue-numbering", "true") &&
        !xml_attribute(a, "continue-list", &n_continued))
        memset(&o->lists[0]->state, 0, sizeof o->lists[0]->state);
}

static void begin_page(struct odf *o, const char *name, size_t n, bool is_heading)
{
    o->w.page++;
    if (!is_heading)
        return;
    block_text(&o->w, name, n);
    block_end(&o->w, BLOCK_HEADING, 1);
}

static void begin_structure(struct odf *o, const char *name, const struct xml_attributes *a)
{
    size_t n;
    if (xml_is(name, "list"))
        begin_list(o, a);
    else if (xml_is(name, "list-item"))
        o->has_number_due = true;
    else if (xml_is(name, "table-row")) {
        block_row_begin(&o->w);
        o->n_covered = 0;
    } else if (xml_is(name, "table-cell")) {
        o->repeated = xml_attribute_int(a, "number-columns-repeated", 1);
        const int spanned = xml_attribute_int(a, "number-columns-spanned", 1);
        o->n_covered = spanned > 1 ? spanned - 1 : 0;
    } else if (xml_is(name, "table") && o->is_sheets) {
        const char *of = xml_attribute(a, "name", &n);
        begin_page(o, of ? of : "", n, true);
    } else if (xml_is(name, "table"))
        block_table_begin(&o->w);
    else if (xml_is(name, "page"))
        begin_page(o, "", 0, false);
    else if (xml_is(name, "frame"))
        o->is_title = xml_attribute_is(a, "class", "title");
    o->frame += xml_is(name, "frame");
}

static void body_start(struct odf *o, const char *name, const struct xml_attributes *a)
{
    if (xml_is(name, "p") || xml_is(name, "h"))
        begin_paragraph(o, name, a);
    else if (xml_is(name, "span"))
        begin_display(o, 't', a);
    else if (xml_is(name, "s") || xml_is(name, "tab") || xml_is(name, "line-break"))
        block_text(&o->w, " ", 1);
    else
        begin_structure(o, name, a);
}

/* Cells under one that reaches over them: from the row above they are empty, in its own row nothing. */
static void put_covered(struct odf *o, const struct xml_attributes *a)
{
    int n = xml_attribute_int(a, "number-columns-repeated", 1);
    const int n_own = n < 0 ? 0 : n < o->n_covered ? n : o->n_covered;
    o->n_covered -= n_own;
    n -= n_own;
    if (n <= 0 || !is_wanted(o))
        return;
    block_cell_end(&o->w);
    block_cell_repeat(&o->w, n > REPEATED_MAX ? REPEATED_MAX : n);
}

static void on_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct odf *o = arg;
    if (o->skip) {
        o->skip++;
    } else if (!o->is_body) {
        block_need(&o->w, odf_styles_start(&o->styles, name, a));
        o->is_body = xml_is(name, "body");
    } else if (xml_is(name, "covered-table-cell")) {
        put_covered(o, a);
        o->skip = 1;
    } else if (is_passed_over(o, name) || is_hidden_part(name, a)) {
        o->skip = 1;
    } else if (xml_is(name, "note") || xml_is(name, "annotation")) {
        o->note++;
        o->has_notes |= !o->is_paged;
    } else if (xml_is(name, "spreadsheet") || xml_is(name, "presentation")) {
        o->is_sheets = xml_is(name, "spreadsheet");
        o->is_paged = true;
    } else if (is_comment(o) &&
               (xml_is(name, "s") || xml_is(name, "tab") || xml_is(name, "line-break"))) {
        put_comment(o, " ", 1);
    } else if (is_wanted(o)) {
        body_start(o, name, a);
    }
}

static void end_structure(struct odf *o, const char *name)
{
    if (xml_is(name, "list") && o->list_depth)
        o->list_depth--;
    else if (xml_is(name, "list-item"))
        o->has_number_due = false;
    else if (xml_is(name, "table-row"))
        block_row_end(&o->w);
    else if (xml_is(name, "table-cell")) {
        block_cell_end(&o->w);
        block_cell_repeat(&o->w, o->repeated > REPEATED_MAX ? REPEATED_MAX : o->repeated);
        o->repeated = 1;
    } else if (xml_is(name, "frame"))
        o->is_title = false;
    else if (xml_is(name, "page") || (xml_is(name, "table") && o->is_sheets && !o->w.row_depth))
        block_lines(&o->w, &o->comments);
    o->frame -= xml_is(name, "frame") && o->frame;
}

static void on_end(void *arg, const char *name)
{
    struct odf *o = arg;
    if (o->skip)
        o->skip--;
    else if (!o->is_body)
        odf_styles_end(&o->styles, name);
    else if (xml_is(name, "note") || xml_is(name, "annotation"))
        o->note -= o->note > 0;
    else if (is_comment(o) && xml_is(name, "p"))
        block_need(&o->w, buf_append_byte(&o->comments, '\n'));
    else if (is_wanted(o) && (xml_is(name, "p") || xml_is(name, "h")))
        end_paragraph(o, name);
    else if (is_wanted(o) && xml_is(name, "span"))
        o->n_hides -= o->n_hides > 0;
    else if (is_wanted(o))
        end_structure(o, name);
}

static void on_text(void *arg, const char *text, size_t n)
{
    struct odf *o = arg;
    if (is_comment(o))
        put_comment(o, text, n);
    else if (is_wanted(o) && o->n_p && !is_hidden(o))
        block_text(&o->w, text, n);
}

static void walk(struct odf *o, bool wants_notes)
{
    struct xml_handler h = {o, on_start, on_end, on_text, &o->w.status};
    o->wants_notes = o->w.is_note = wants_notes;
    o->is_body = false;
    o->n_hides = o->skip = o->note = o->frame = o->n_p = o->list_depth = 0;
    if (o->w.status == STATUS_OK)
        o->w.status = o->flat ? xml_walk_whole(&h, o->flat->bytes, o->flat->n, o->w.err)
                              : zip_walk(&o->zip, "content.xml", &h, o->w.err);
    if (o->w.status == STATUS_MISSING)
        o->w.status = error_set(o->w.err, STATUS_BAD_INPUT, "no document in it");
}

/* ---- what stands beside the content ---- */

static void manifest_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct odf *o = arg;
    (void)a;
    if (xml_is(name, "encryption-data"))
        block_fail(&o->w, STATUS_BAD_INPUT, "encrypted");
}

static void style_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct odf *o = arg;
    block_need(&o->w, odf_styles_start(&o->styles, name, a));
}

static void style_end(void *arg, const char *name)
{
    odf_styles_end(&((struct odf *)arg)->styles, name);
}

static void property_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct odf *o = arg;
    (void)a;
    o->in_meta = o->in_meta || xml_is(name, "meta");
    buf_clear(&o->property);
}

static void property_text(void *arg, const char *text, size_t n)
{
    struct odf *o = arg;
    if (o->in_meta && o->property.len + n <= o->property.max)
        (void)buf_append(&o->property, text, n);
}

static void property_end(void *arg, const char *name)
{
    struct odf *o = arg;
    enum document_meta what = xml_is(name, "title")     ? META_TITLE
                              : xml_is(name, "creator") ? META_AUTHOR
                                                        : META_DATE;
    if (o->in_meta && (what != META_DATE || xml_is(name, "date")))
        block_meta(&o->w, what, o->property.data, o->property.len);
    o->in_meta = o->in_meta && !xml_is(name, "meta");
    buf_clear(&o->property);
}

static void read_beside(struct odf *o)
{
    struct xml_handler manifest = {o, manifest_start, NULL, NULL, &o->w.status};
    struct xml_handler meta = {o, property_start, property_end, property_text, &o->w.status};
    struct xml_handler styles = {o, style_start, style_end, NULL, &o->w.status};
    const struct {
        const char *part;
        const struct xml_handler *h;
    } parts[] = {
        {"META-INF/manifest.xml", &manifest}, {"meta.xml", &meta}, {"styles.xml", &styles}};
    if (o->flat) { /* its styles come before the content */
        o->w.status = xml_walk_whole(&meta, o->flat->bytes, o->flat->n, o->w.err);
        return;
    }
    for (unsigned i = 0; i < sizeof parts / sizeof *parts && o->w.status == STATUS_OK; i++)
        o->w.status = zip_walk_any(&o->zip, parts[i].part, parts[i].h, o->w.err);
}

enum status parse_odf(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct odf o = {.repeated = 1};
    block_writer_init(&o.w, sink, err);
    odf_styles_init(&o.styles);
    buf_init(&o.property, 4096);
    buf_init(&o.comments, COMMENTS_BYTES_MAX);
    zip_init(&o.zip, in->bytes, in->n);
    if (document_sniff(in->bytes, in->n) == DOCUMENT_ODF)
        o.flat = in;
    read_beside(&o);
    walk(&o, false);
    if (o.has_notes)
        walk(&o, true);
    buf_release(&o.property);
    buf_release(&o.comments);
    odf_styles_release(&o.styles);
    block_writer_release(&o.w);
    return o.w.status;
}
