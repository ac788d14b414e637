// SPDX-License-Identifier: GPL-2.0-or-later
/* Slides (.pptx): a slide is a page, its title a heading; its SmartArt and charts, then its notes, follow.
 *
 * Items open with the number that PowerPoint generates, counted over the paragraphs that follow each other on their level.
 * The order is that of p:sldIdLst. Numbers, dates, headers and footers of slides are left out, and so is what
 * only the layout shows. */
#include <string.h>

#include "extract/flat_opc.h"
#include "extract/numbering.h"
#include "extract/ooxml.h"
#include "extract/parsers.h"

enum { SLIDES_MAX = 1 << 16 };

struct slide_order {
    const char *path;
    struct slide_order *next;
};

struct pptx {
    struct block_writer w;
    struct zip zip;
    struct arena arena;
    struct ooxml_relation *relations;
    struct slide_order *first, **last;
    unsigned n, skip;
    bool is_text, is_title, is_furniture, is_item;
    struct slide_number {
        enum number_style style; /* NUMBER_NONE: the paragraph has none */
        const char *text;
        unsigned start;
    } number;       /* of the paragraph under way */
    unsigned level; /* likewise */
    bool is_begun;  /* likewise: its text, with the number */
    struct {
        struct slide_number of;
        unsigned at;          /* 0 where there is none to go on from */
    } counted[NUMBER_LEVELS]; /* in this text body */
};

static void order_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct pptx *p = arg;
    size_t n;
    const char *id = xml_attribute_in(a, "relationships", "id", &n);
    const char *path = xml_is(name, "sldId") && id ? ooxml_target_of_id(p->relations, id, n) : NULL;
    if (!path || p->n++ >= SLIDES_MAX)
        return;
    struct slide_order *new = arena_alloc(&p->arena, sizeof *new);
    block_need(&p->w, new);
    if (!new)
        return;
    new->path = path;
    *p->last = new;
    p->last = &new->next;
}

static void read_placeholder(struct pptx *p, const struct xml_attributes *a)
{
    p->is_title = xml_attribute_is(a, "type", "title") || xml_attribute_is(a, "type", "ctrTitle");
    p->is_furniture = xml_attribute_is(a, "type", "sldNum") || xml_attribute_is(a, "type", "dt") ||
                      xml_attribute_is(a, "type", "ftr") || xml_attribute_is(a, "type", "hdr");
}

static void begin_paragraph(struct pptx *p)
{
    p->number.style = NUMBER_NONE;
    p->level = 0;
    p->is_begun = false;
}

static void read_number(struct pptx *p, const struct xml_attributes *a)
{
    size_t n;
    const char *type = xml_attribute(a, "type", &n);
    int start = xml_attribute_int(a, "startAt", 1);
    p->number.style = number_style_slide(type ? type : "", n, &p->number.text);
    p->number.start = start > 0 ? (unsigned)start : 1;
}

/* Before the text of a paragraph: its number. One without breaks off those of its level, and all deeper ones. */
static void put_number(struct pptx *p)
{
    const struct slide_number *is = &p->number;
    struct number_level levels[NUMBER_LEVELS] = {{.style = is->style, .start = is->start}};
    struct number_state state = {{0}};
    struct buf number;
    if (p->is_begun)
        return;
    p->is_begun = true;
    for (unsigned i = p->level + (is->style != NUMBER_NONE); i < NUMBER_LEVELS; i++)
        p->counted[i].at = 0;
    if (is->style == NUMBER_NONE)
        return;
    const struct slide_number *last = &p->counted[p->level].of;
    if (p->counted[p->level].at && last->style == is->style && last->text == is->text &&
        last->start == is->start)
        state.at[0] = p->counted[p->level].at;
    buf_init(&number, 1024);
    strcpy(levels[0].text, is->text);
    if (number_next(&state, levels, 0, &number) && number_set_off(&number))
        block_text(&p->w, number.data, number.len);
    buf_release(&number);
    p->counted[p->level].of = *is;
    p->counted[p->level].at = state.at[0];
}

static void slide_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct pptx *p = arg;
    if (p->skip || xml_is(name, "Fallback")) {
        p->skip++;
        return;
    }
    if (xml_is(name, "sp"))
        p->is_title = p->is_furniture = false;
    else if (xml_is(name, "ph"))
        read_placeholder(p, a);
    else if (xml_is(name, "txBody"))
        memset(p->counted, 0, sizeof p->counted);
    else if (xml_is(name, "p"))
        begin_paragraph(p);
    else if (xml_is(name, "pPr"))
        p->level = (unsigned)xml_attribute_int(a, "lvl", 0) % NUMBER_LEVELS;
    else if (xml_is(name, "buChar"))
        p->is_item = true;
    else if (xml_is(name, "buAutoNum"))
        read_number(p, a);
    else if (xml_is(name, "br"))
        block_text(&p->w, " ", 1);
    else if (xml_is(name, "tbl"))
        block_table_begin(&p->w);
    else if (xml_is(name, "tr"))
        block_row_begin(&p->w);
    else
        p->is_text = xml_is(name, "t") && !p->is_furniture;
}

static void slide_end(void *arg, const char *name)
{
    struct pptx *p = arg;
    if (p->skip) {
        p->skip--;
        return;
    }
    p->is_text = false;
    if (xml_is(name, "p")) {
        const struct block_outline is = {
            .level = p->is_title ? 0 : -1, .is_item = p->is_item || p->number.style != NUMBER_NONE};
        block_end_outlined(&p->w, &is, 0);
        p->is_item = false;
    } else if (xml_is(name, "sp")) {
        p->is_title = p->is_furniture = false;
    } else if (xml_is(name, "tc")) {
        block_cell_end(&p->w);
    } else if (xml_is(name, "tr")) {
        block_row_end(&p->w);
    }
}

static void slide_text(void *arg, const char *text, size_t n)
{
    struct pptx *p = arg;
    if (!p->is_text || p->skip)
        return;
    put_number(p);
    block_text(&p->w, text, n);
}

static void read_slide(struct pptx *p, const char *path)
{
    struct xml_handler h = {p, slide_start, slide_end, slide_text, &p->w.status};
    struct ooxml_relation *r = NULL;
    struct arena arena;
    arena_init(&arena, 16 << 20);
    p->w.page++;
    p->skip = 0;
    p->w.status = zip_walk_any(&p->zip, path, &h, p->w.err);
    if (p->w.status == STATUS_OK)
        p->w.status = ooxml_relations(&p->zip, path, &arena, &r, p->w.err);
    ooxml_drawings(&p->zip, r, &p->w);
    const char *notes = ooxml_target_of_type(r, "notesSlide");
    if (notes && p->w.status == STATUS_OK)
        p->w.status = zip_walk_any(&p->zip, notes, &h, p->w.err);
    arena_release(&arena);
}

static void parse(struct pptx *p)
{
    struct xml_handler order = {p, order_start, NULL, NULL, &p->w.status};
    const char *part;
    enum status s = ooxml_main_part(&p->zip, &p->arena, &part, p->w.err);
    if (s == STATUS_OK)
        s = ooxml_relations(&p->zip, part, &p->arena, &p->relations, p->w.err);
    if (s == STATUS_OK)
        s = zip_walk(&p->zip, part, &order, p->w.err);
    p->w.status =
        s == STATUS_MISSING ? error_set(p->w.err, STATUS_BAD_INPUT, "no document in it") : s;
    ooxml_meta(&p->zip, &p->w);
    for (const struct slide_order *at = p->first; at && p->w.status == STATUS_OK; at = at->next)
        read_slide(p, at->path);
}

enum status parse_pptx(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct pptx p = {.n = 0};
    struct buf zip;
    p.last = &p.first;
    block_writer_init(&p.w, sink, err);
    arena_init(&p.arena, 16 << 20);
    p.w.status = flat_opc_open(in, &p.zip, &zip, err);
    if (p.w.status == STATUS_OK)
        parse(&p);
    buf_release(&zip);
    arena_release(&p.arena);
    block_writer_release(&p.w);
    return p.w.status;
}
