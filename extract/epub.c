// SPDX-License-Identifier: GPL-2.0-or-later
/* Books (.epub): the chapters in the order of the spine, each read as the HTML it is.
 *
 * META-INF/container.xml names the package; its manifest gives each file an id, its spine the order. The
 * navigation document and chapters that are not HTML are left out. Pages are not counted: they are the reader's. */
#include <string.h>

#include "common/arena.h"
#include "extract/block_writer.h"
#include "extract/parsers.h"
#include "extract/zip_members.h"

enum { CHAPTERS_MAX = 1 << 16, CHAPTER_BYTES_MAX = 64 << 20 };

struct chapter {
    const char *id, *path;
    struct chapter *next;
};

struct epub {
    struct block_writer w; /* for the properties */
    struct zip zip;
    struct arena arena;
    char package[ZIP_NAME_MAX];
    struct chapter *manifest, *spine, **spine_end;
    unsigned n;
    struct buf text;
    size_t n_read;
};

static void container_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct epub *e = arg;
    size_t n;
    const char *path = xml_attribute(a, "full-path", &n);
    if (xml_is(name, "rootfile") && path && !e->package[0] && !zip_resolve("", path, n, e->package))
        e->package[0] = '\0';
}

static struct chapter *new_chapter(struct epub *e, const char *id, size_t n_id, const char *path)
{
    struct chapter *c = arena_alloc(&e->arena, sizeof *c);
    if (c)
        c->id = arena_copy(&e->arena, id, n_id);
    if (c)
        c->path = arena_copy(&e->arena, path, strlen(path));
    if (c && c->id && c->path)
        return c;
    block_need(&e->w, false);
    return NULL;
}

static void read_item(struct epub *e, const struct xml_attributes *a)
{
    size_t n_id, n_href, n_type, n_properties;
    const char *id = xml_attribute(a, "id", &n_id), *href = xml_attribute(a, "href", &n_href),
               *type = xml_attribute(a, "media-type", &n_type),
               *properties = xml_attribute(a, "properties", &n_properties);
    char path[ZIP_NAME_MAX];
    bool is_html = type && memmem(type, n_type, "html", 4);
    bool is_navigation = properties && memmem(properties, n_properties, "nav", 3);
    if (!id || !href || !is_html || is_navigation || !zip_resolve(e->package, href, n_href, path))
        return;
    struct chapter *c = new_chapter(e, id, n_id, path);
    if (c) {
        c->next = e->manifest;
        e->manifest = c;
    }
}

static void read_itemref(struct epub *e, const struct xml_attributes *a)
{
    size_t n;
    const char *id = xml_attribute(a, "idref", &n);
    struct chapter *c = id ? e->manifest : NULL;
    while (c && (strlen(c->id) != n || memcmp(c->id, id, n) != 0))
        c = c->next;
    struct chapter *in_order = c ? new_chapter(e, "", 0, c->path) : NULL;
    if (in_order) {
        *e->spine_end = in_order;
        e->spine_end = &in_order->next;
    }
}

static void package_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct epub *e = arg;
    buf_clear(&e->text);
    if (e->n >= CHAPTERS_MAX)
        return;
    if (xml_is(name, "item") && ++e->n)
        read_item(e, a);
    else if (xml_is(name, "itemref") && ++e->n)
        read_itemref(e, a);
}

static void package_text(void *arg, const char *text, size_t n)
{
    struct epub *e = arg;
    if (e->text.len + n <= 4096)
        (void)buf_append(&e->text, text, n);
}

/* What programs write where the book has no title: LibreOffice, calibre, Sigil, pandoc. */
static bool is_placeholder(const struct buf *title)
{
    static const char *const names[] = {"Unknown Title", "Unknown", "Untitled", "UNTITLED",
        "[Title here]", "未知", "无标题", "未命名"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (title->len == strlen(names[i]) && memcmp(title->data, names[i], title->len) == 0)
            return true;
    return false;
}

static void package_end(void *arg, const char *name)
{
    struct epub *e = arg;
    if (xml_is(name, "title") && is_placeholder(&e->text))
        buf_clear(&e->text);
    else if (xml_is(name, "title"))
        block_meta(&e->w, META_TITLE, e->text.data, e->text.len);
    else if (xml_is(name, "creator"))
        block_meta(&e->w, META_AUTHOR, e->text.data, e->text.len);
    else if (xml_is(name, "date"))
        block_meta(&e->w, META_DATE, e->text.data, e->text.len);
    buf_clear(&e->text);
}

/* A chapter's own title says less than the book's. */
static enum status no_meta(
    void *arg, enum document_meta what, const char *text, size_t n, struct error *err)
{
    (void)arg, (void)what, (void)text, (void)n, (void)err;
    return STATUS_OK;
}

static enum status read_chapter(struct epub *e, const struct chapter *c)
{
    struct buf bytes;
    struct document_sink sink = *e->w.sink;
    struct document_input in = {.encoding = ENCODING_UNKNOWN};
    sink.meta = no_meta;
    buf_init(&bytes, CHAPTER_BYTES_MAX);
    enum status s = zip_read(&e->zip, c->path, &bytes, e->w.err);
    in.bytes = bytes.data ? bytes.data : "";
    in.n = bytes.len;
    if (s == STATUS_OK && bytes.len)
        s = parse_html(&in, &sink, e->w.err);
    if (s == STATUS_OK)
        e->n_read++;
    buf_release(&bytes);
    return s == STATUS_MISSING ? STATUS_OK : s; /* a book may have lost one */
}

static void parse(struct epub *e)
{
    struct xml_handler container = {e, container_start, NULL, NULL, &e->w.status};
    struct xml_handler package = {e, package_start, package_end, package_text, &e->w.status};
    struct error *err = e->w.err;
    enum status s = zip_walk(&e->zip, "META-INF/container.xml", &container, err);
    if (s == STATUS_OK)
        s = zip_walk(&e->zip, e->package, &package, err);
    for (struct chapter *c = e->spine; c && s == STATUS_OK; c = c->next)
        s = read_chapter(e, c);
    if (s == STATUS_MISSING || (s == STATUS_OK && e->n_read == 0))
        s = error_set(err, STATUS_BAD_INPUT, "no document in it");
    e->w.status = s;
}

enum status parse_epub(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct epub e = {.n = 0};
    e.spine_end = &e.spine;
    block_writer_init(&e.w, sink, err);
    arena_init(&e.arena, 64 << 20);
    buf_init(&e.text, 4096);
    zip_init(&e.zip, in->bytes, in->n);
    parse(&e);
    buf_release(&e.text);
    arena_release(&e.arena);
    block_writer_release(&e.w);
    return e.w.status;
}
