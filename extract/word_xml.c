// SPDX-License-Identifier: GPL-2.0-or-later
/* Word 2003 XML, a document in one XML: properties, lists, styles, body.
 *
 * Its paragraphs are those of a .docx (docx.c). Footnotes, endnotes and comments stand inside them, so the body is walked
 * twice, as that of an .odt is: the text, then the notes. */
#include "extract/docx.h"
#include "extract/parsers.h"

struct word_xml {
    struct docx d;
    bool is_body, wants_notes, has_notes, is_properties;
    unsigned depth, note; /* of elements within the body; that of the note being read, or 0 */
    struct buf property;
};

static bool is_note(const char *name, const struct xml_attributes *a)
{
    return xml_is(name, "footnote") || xml_is(name, "endnote") ||
           (xml_is(name, "annotation") && xml_attribute_is(a, "type", "Word.Comment"));
}

static void body_start(struct word_xml *x, const char *name, const struct xml_attributes *a)
{
    x->depth++;
    if (x->d.skip || x->note || !is_note(name, a)) {
        bool is_wanted = x->d.skip || x->note || !x->wants_notes || docx_is_deletion(name, a);
        if (is_wanted)
            docx_start(&x->d, name, a);
    } else if (x->wants_notes) {
        x->note = x->depth;
    } else {
        x->has_notes = true;
        x->d.skip = 1;
    }
}

static void on_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct word_xml *x = arg;
    if (x->is_body)
        body_start(x, name, a);
    else if (xml_is(name, "body"))
        x->is_body = true;
    else if (xml_is(name, "DocumentProperties"))
        x->is_properties = true;
    buf_clear(&x->property);
}

static void body_end(struct word_xml *x, const char *name)
{
    if (x->depth == 0) {
        x->is_body = false;
        return;
    }
    if (x->note == x->depth)
        x->note = 0;
    else if (x->d.skip || x->note || !x->wants_notes)
        docx_end(&x->d, name);
    x->depth--;
}

static void on_end(void *arg, const char *name)
{
    struct word_xml *x = arg;
    if (x->is_body)
        body_end(x, name);
    else if (xml_is(name, "DocumentProperties"))
        x->is_properties = false;
    else if (x->is_properties && !x->wants_notes)
        block_property(&x->d.w, name, x->property.data, x->property.len);
}

static void on_text(void *arg, const char *text, size_t n)
{
    struct word_xml *x = arg;
    if (x->is_body && (x->note || !x->wants_notes))
        docx_text(&x->d, text, n);
    else if (x->is_properties && x->property.len + n <= x->property.max)
        (void)buf_append(&x->property, text, n); /* a title without its end, where memory is out */
}

static void walk(struct word_xml *x, const struct document_input *in, bool wants_notes)
{
    struct xml_handler h = {x, on_start, on_end, on_text, &x->d.w.status};
    if (x->d.w.status != STATUS_OK)
        return;
    docx_begin(&x->d);
    x->wants_notes = x->d.w.is_note = wants_notes;
    x->is_body = x->is_properties = false;
    x->depth = x->note = 0;
    x->d.w.status = xml_walk_whole(&h, in->bytes, in->n, x->d.w.err);
}

enum status parse_word_xml(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct word_xml x = {.has_notes = false};
    block_writer_init(&x.d.w, sink, err);
    eq_field_init(&x.d.field);
    buf_init(&x.property, 4096);
    x.d.w.status = docx_styles_read_xml(&x.d.styles, in->bytes, in->n, err);
    walk(&x, in, false);
    if (x.has_notes)
        walk(&x, in, true);
    buf_release(&x.property);
    docx_styles_release(&x.d.styles);
    eq_field_release(&x.d.field);
    block_writer_release(&x.d.w);
    return x.d.w.status;
}
