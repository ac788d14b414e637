// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/ooxml.h"

#include <stdio.h>

struct relations {
    struct arena *arena;
    const char *part;
    struct ooxml_relation *first, **last;
    unsigned n;
    enum status status;
    struct error *err;
};

static void relation_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct relations *r = arg;
    size_t n_id, n_type, n_target;
    char target[ZIP_NAME_MAX];
    const char *id = xml_attribute(a, "Id", &n_id), *type = xml_attribute(a, "Type", &n_type),
               *link = xml_attribute(a, "Target", &n_target);
    if (!xml_is(name, "Relationship") || !id || !type || !link ||
        xml_attribute_is(a, "TargetMode", "External") || r->n++ >= OOXML_RELATIONS_MAX ||
        !zip_resolve(r->part, link, n_target, target))
        return;
    const char *slash = memrchr(type, '/', n_type);
    size_t skip = slash ? (size_t)(slash + 1 - type) : 0;
    struct ooxml_relation *new = arena_alloc(r->arena, sizeof *new);
    if (new) {
        *new = (struct ooxml_relation){.id = arena_copy(r->arena, id, n_id),
            .type = arena_copy(r->arena, type + skip, n_type - skip),
            .target = arena_copy(r->arena, target, strlen(target))};
    }
    if (!new || !new->id || !new->type || !new->target) {
        r->status = error_no_memory(r->err);
        return;
    }
    *r->last = new;
    r->last = &new->next;
}

enum status ooxml_relations(struct zip *z, const char *part, struct arena *a,
    struct ooxml_relation **out, struct error *err)
{
    struct relations r = {.arena = a, .part = part, .err = err, .last = &r.first};
    struct xml_handler h = {&r, relation_start, NULL, NULL, &r.status};
    const char *slash = strrchr(part, '/');
    int n_dir = slash ? (int)(slash + 1 - part) : 0;
    char name[ZIP_NAME_MAX + 16];
    snprintf(name, sizeof name, "%.*s_rels/%s.rels", n_dir, part, part + n_dir);
    enum status s = zip_walk_any(z, name, &h, err);
    *out = r.first;
    return s;
}

const char *ooxml_target_of_type(const struct ooxml_relation *r, const char *type)
{
    while (r && strcmp(r->type, type) != 0)
        r = r->next;
    return r ? r->target : NULL;
}

const char *ooxml_target_of_id(const struct ooxml_relation *r, const char *id, size_t n)
{
    while (r && (strlen(r->id) != n || memcmp(r->id, id, n) != 0))
        r = r->next;
    return r ? r->target : NULL;
}

enum status ooxml_main_part(struct zip *z, struct arena *a, const char **out, struct error *err)
{
    struct ooxml_relation *r;
    enum status s = ooxml_relations(z, "", a, &r, err);
    if (s != STATUS_OK)
        return s;
    *out = ooxml_target_of_type(r, "officeDocument");
    return *out ? STATUS_OK
                : error_set(err, STATUS_BAD_INPUT, "the zip names no main part of a document");
}

/* ---- properties ---- */

struct properties {
    struct block_writer *w;
    struct buf text;
};

static void property_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct properties *p = arg;
    (void)name, (void)a;
    buf_clear(&p->text);
}

static void property_text(void *arg, const char *text, size_t n)
{
    struct properties *p = arg;
    if (p->text.len + n <= p->text.max)
        (void)buf_append(&p->text, text, n);
}

static void property_end(void *arg, const char *name)
{
    struct properties *p = arg;
    if (xml_is(name, "title"))
        block_meta(p->w, META_TITLE, p->text.data, p->text.len);
    else if (xml_is(name, "creator"))
        block_meta(p->w, META_AUTHOR, p->text.data, p->text.len);
    else if (xml_is(name, "modified"))
        block_meta(p->w, META_DATE, p->text.data, p->text.len);
    buf_clear(&p->text);
}

void ooxml_meta(struct zip *z, struct block_writer *w)
{
    struct properties p = {.w = w};
    struct xml_handler h = {&p, property_start, property_end, property_text, &w->status};
    struct error ignored;
    buf_init(&p.text, 4096);
    if (w->status == STATUS_OK) /* a document without properties, or with broken ones, has text */
        (void)zip_walk_any(z, "docProps/core.xml", &h, &ignored);
    buf_release(&p.text);
}

/* ---- drawings: DrawingML's p, t and br ---- */

struct drawing {
    struct block_writer *w;
    bool is_text;
};

static void drawing_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct drawing *d = arg;
    (void)a;
    if (xml_is(name, "br"))
        block_text(d->w, " ", 1);
    d->is_text = xml_is(name, "t");
}

static void drawing_end(void *arg, const char *name)
{
    struct drawing *d = arg;
    if (xml_is(name, "p"))
        block_end(d->w, BLOCK_TEXT, 0);
    d->is_text = false;
}

static void drawing_text(void *arg, const char *text, size_t n)
{
    struct drawing *d = arg;
    if (d->is_text)
        block_text(d->w, text, n);
}

void ooxml_drawings(struct zip *z, const struct ooxml_relation *r, struct block_writer *w)
{
    for (; r; r = r->next) {
        struct drawing d = {.w = w};
        struct xml_handler h = {&d, drawing_start, drawing_end, drawing_text, &w->status};
        bool is_drawing = strcmp(r->type, "diagramData") == 0 || strcmp(r->type, "chart") == 0;
        if (is_drawing && w->status == STATUS_OK)
            w->status = zip_walk_any(z, r->target, &h, w->err);
    }
}
