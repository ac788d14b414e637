// SPDX-License-Identifier: GPL-2.0-or-later
/* Word files (.docx): the body, then SmartArt, footnotes, endnotes and comments.
 *
 * What a reader of the document sees, once: deleted and hidden text, instructions of fields (but for eq_field.h), headers and
 * footers are left out, insertions are in; of mc:AlternateContent the first choice; a text box comes before the paragraph it
 * hangs on. A paragraph with w:outlineLvl, of its own or of its style, is a heading; one with w:numPr is an
 * item, or a heading, and opens with the number that Word generates: `一、` + `总体要求`, which counts on where it stands alone. */
#include "extract/docx.h"

#include <string.h>

#include "extract/flat_opc.h"
#include "extract/ooxml.h"
#include "extract/parsers.h"

static const char *const passed_over[] = {"delText", "delInstrText", "Fallback", "rPr", "sectPr",
    "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "docPart", "rt", "posOffset", "separator",
    "continuationSeparator", "annotationRef", NULL};

static void begin_paragraph(struct docx *d)
{
    if (d->n_p)
        block_set_aside(&d->w);
    if (d->n_p <= BLOCK_ASIDE_MAX) {
        memset(&d->p[d->n_p], 0, sizeof d->p[d->n_p]);
        d->p[d->n_p].is = (struct docx_style){
            .outline = DOCX_UNSET, .num = DOCX_UNSET, .level = DOCX_UNSET, .hidden = DOCX_UNSET};
    }
    d->n_p++;
}

/* The paragraph under way, once its properties are read; NULL outside of one. */
static struct docx_paragraph *known(struct docx *d)
{
    if (d->n_p == 0 || d->n_p > BLOCK_ASIDE_MAX + 1)
        return NULL;
    struct docx_paragraph *p = &d->p[d->n_p - 1];
    if (!p->is_known)
        docx_styles_fill(&d->styles, p->style, p->n_style, &p->is);
    p->is_known = true;
    return p;
}

/* Before the text: its number. */
static void settle(struct docx *d)
{
    struct docx_paragraph *p = known(d);
    if (!p || p->is_begun)
        return;
    p->is_begun = true;
    if (p->is.num <= 0)
        return;
    struct buf number;
    buf_init(&number, 1024);
    if (docx_styles_number(
            &d->styles, p->is.num, p->is.level == DOCX_UNSET ? 0 : p->is.level, &number))
        block_text(&d->w, number.data, number.len);
    buf_release(&number);
    p->n_number = d->w.text.len;
}

static void end_paragraph(struct docx *d)
{
    if (d->n_p == 0)
        return;
    struct docx_paragraph *p = known(d);
    struct block_outline is = {.level = -1};
    if (p) {
        is = (struct block_outline){p->is.outline, p->is.num > 0, p->is.is_title};
        if (!p->has_unseen)
            settle(d);
    }
    block_end_outlined(&d->w, &is, p ? p->n_number : 0);
    if (--d->n_p)
        block_take_up(&d->w);
}

static void read_property(struct docx *d, const char *name, const struct xml_attributes *a)
{
    size_t n;
    if (d->n_p == 0 || d->n_p > BLOCK_ASIDE_MAX + 1)
        return;
    struct docx_style *is = &d->p[d->n_p - 1].is;
    const char *val = xml_attribute(a, "val", &n);
    if (xml_is(name, "pStyle") && val && n < sizeof d->p->style) {
        memcpy(d->p[d->n_p - 1].style, val, n);
        d->p[d->n_p - 1].n_style = n;
    } else if (xml_is(name, "outlineLvl")) {
        is->outline = xml_attribute_int(a, "val", DOCX_UNSET);
    } else if (xml_is(name, "numId") || xml_is(name, "ilfo")) {
        is->num = xml_attribute_int(a, "val", DOCX_UNSET);
    } else if (xml_is(name, "ilvl")) {
        is->level = xml_attribute_int(a, "val", DOCX_UNSET);
    } else if (xml_is(name, "pPrChange") || xml_is(name, "annotation")) {
        d->skip = 1; /* what it was before a tracked change */
    }
}

static void note_unseen(struct docx *d, bool is_unseen)
{
    if (is_unseen && d->n_p && d->n_p <= BLOCK_ASIDE_MAX + 1)
        d->p[d->n_p - 1].has_unseen = true;
}

/* ---- fields: fldChar around their parts, or fldSimple around the result ---- */

static void end_field(struct docx *d)
{
    const struct buf *text = &d->field.text;
    block_need(&d->w, eq_field_end(&d->field, d->w.text.len));
    if (text->len == 0 || d->is_hidden || d->n_p == 0)
        return;
    settle(d);
    block_text(&d->w, text->data, text->len);
}

static void read_field(struct docx *d, const char *name, const struct xml_attributes *a)
{
    size_t n = 0;
    const char *instruction = xml_is(name, "fldSimple") ? xml_attribute(a, "instr", &n) : NULL;
    if (xml_is(name, "fldSimple") || xml_attribute_is(a, "fldCharType", "begin"))
        eq_field_begin(&d->field);
    if (instruction)
        block_need(&d->w, eq_field_put(&d->field, instruction, n));
    if (xml_is(name, "fldSimple") || xml_attribute_is(a, "fldCharType", "separate"))
        block_need(&d->w, eq_field_separate(&d->field, d->w.text.len));
    else if (xml_attribute_is(a, "fldCharType", "end"))
        end_field(d);
}

bool docx_is_deletion(const char *name, const struct xml_attributes *a)
{
    return xml_is(name, "del") || xml_is(name, "moveFrom") ||
           (xml_is(name, "annotation") && xml_attribute_is(a, "type", "Word.Deletion"));
}

void docx_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct docx *d = arg;
    if (d->skip) {
        if (d->in_run_properties && d->skip == 1 && xml_is(name, "vanish"))
            d->is_hidden = xml_attribute_on(a, "val");
        d->skip++;
        return;
    }
    if (d->in_properties && !xml_is(name, "rPr")) {
        read_property(d, name, a);
        return;
    }
    if (docx_is_deletion(name, a)) {
        d->skip = 1;
        note_unseen(d, true);
    } else if (xml_is_one_of(name, passed_over)) {
        d->skip = 1;
        d->in_run_properties = xml_is(name, "rPr") && !d->in_properties;
    } else if (xml_is(name, "r")) {
        const struct docx_paragraph *p = known(d);
        d->is_hidden = p && p->is.hidden == 1;
    } else if (xml_is(name, "p")) {
        begin_paragraph(d);
    } else if (xml_is(name, "pPr")) {
        d->in_properties = true;
    } else if (xml_is(name, "t")) {
        if (!d->is_hidden)
            settle(d);
        note_unseen(d, d->is_hidden);
        d->is_text = true;
    } else if (xml_is(name, "instrText")) {
        d->in_instruction = true;
    } else if (xml_is(name, "fldChar") || xml_is(name, "fldSimple")) {
        read_field(d, name, a);
    } else if (xml_is(name, "tab") || xml_is(name, "br") || xml_is(name, "cr") ||
               xml_is(name, "ptab")) {
        block_text(&d->w, " ", 1);
    } else if (xml_is(name, "noBreakHyphen")) {
        settle(d);
        block_text(&d->w, "-", 1);
    } else if (xml_is(name, "tbl")) {
        block_table_begin(&d->w);
    } else if (xml_is(name, "tr")) {
        block_row_begin(&d->w);
    }
}

void docx_end(void *arg, const char *name)
{
    struct docx *d = arg;
    if (d->skip) {
        d->skip--;
    } else if (xml_is(name, "pPr")) {
        d->in_properties = false;
    } else if (xml_is(name, "r")) {
        d->is_hidden = false;
    } else if (xml_is(name, "t")) {
        d->is_text = false;
    } else if (xml_is(name, "instrText")) {
        d->in_instruction = false;
    } else if (xml_is(name, "fldSimple")) {
        end_field(d);
    } else if (xml_is(name, "p")) {
        end_paragraph(d);
    } else if (xml_is(name, "tc")) {
        block_cell_end(&d->w);
    } else if (xml_is(name, "tr")) {
        block_row_end(&d->w);
    }
}

void docx_text(void *arg, const char *text, size_t n)
{
    struct docx *d = arg;
    if (d->skip || d->is_hidden)
        return;
    if (d->in_instruction)
        block_need(&d->w, eq_field_put(&d->field, text, n));
    else if (d->is_text)
        block_text(&d->w, text, n);
}

void docx_begin(struct docx *d)
{
    d->skip = d->n_p = 0;
    d->is_text = d->in_properties = d->is_hidden = d->in_instruction = false;
    eq_field_reset(&d->field);
}

static void walk(struct docx *d, const char *part, bool is_needed)
{
    struct xml_handler h = {d, docx_start, docx_end, docx_text, &d->w.status};
    if (d->w.status != STATUS_OK || !part)
        return;
    docx_begin(d);
    d->w.status = is_needed ? zip_walk(&d->zip, part, &h, d->w.err)
                            : zip_walk_any(&d->zip, part, &h, d->w.err);
    if (d->w.status == STATUS_MISSING)
        d->w.status = error_set(d->w.err, STATUS_BAD_INPUT, "no document in it");
}

static void parse(struct docx *d, struct arena *a)
{
    static const char *const after[] = {"footnotes", "endnotes", "comments"};
    struct error *err = d->w.err;
    const char *part;
    struct ooxml_relation *r = NULL;
    d->w.status = ooxml_main_part(&d->zip, a, &part, err);
    if (d->w.status == STATUS_OK)
        d->w.status = ooxml_relations(&d->zip, part, a, &r, err);
    if (d->w.status == STATUS_OK)
        d->w.status = docx_styles_read(&d->styles, &d->zip, ooxml_target_of_type(r, "styles"),
            ooxml_target_of_type(r, "numbering"), err);
    ooxml_meta(&d->zip, &d->w);
    walk(d, d->w.status == STATUS_OK ? part : NULL, true);
    d->w.is_note = true; /* nor does it tell where a drawing stands */
    ooxml_drawings(&d->zip, r, &d->w);
    for (unsigned i = 0; i < sizeof after / sizeof *after; i++)
        walk(d, ooxml_target_of_type(r, after[i]), false);
}

enum status parse_docx(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct docx d = {.skip = 0};
    struct arena arena;
    struct buf zip;
    if (document_sniff(in->bytes, in->n) == DOCUMENT_DOCX &&
        !document_is_flat_opc(in->bytes, in->n))
        return parse_word_xml(in, sink, err);
    arena_init(&arena, 16 << 20);
    block_writer_init(&d.w, sink, err);
    eq_field_init(&d.field);
    d.w.status = flat_opc_open(in, &d.zip, &zip, err);
    if (d.w.status == STATUS_OK)
        parse(&d, &arena);
    buf_release(&zip);
    docx_styles_release(&d.styles);
    eq_field_release(&d.field);
    block_writer_release(&d.w);
    arena_release(&arena);
    return d.w.status;
}
