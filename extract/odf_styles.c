// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/odf_styles.h"

#include <stdio.h>
#include <string.h>

#include "common/hash.h"

void odf_styles_init(struct odf_styles *s)
{
    *s = (struct odf_styles){.n_lists = 0};
    arena_init(&s->arena, 16 << 20);
}

void odf_styles_release(struct odf_styles *s)
{
    arena_release(&s->arena);
}

struct odf_list *odf_styles_find(const struct odf_styles *s, const char *name, size_t n)
{
    struct odf_list *at = s->lists;
    while (at && (strlen(at->name) != n || memcmp(at->name, name, n) != 0))
        at = at->next;
    return at;
}

/* ---- hidden text ---- */

static size_t chain_of(const char *name, size_t n)
{
    return hash_bytes(name, n) % ODF_STYLE_CHAINS;
}

static struct odf_style *find_style(
    const struct odf_styles *s, char family, const char *name, size_t n)
{
    struct odf_style *at = s->chains[chain_of(name, n)];
    while (at && (at->family != family || strlen(at->name) != n || memcmp(at->name, name, n) != 0))
        at = at->next;
    return at;
}

static bool begin_style(struct odf_styles *s, const struct xml_attributes *a)
{
    size_t n, n_parent;
    const char *name = xml_attribute(a, "name", &n),
               *parent = xml_attribute(a, "parent-style-name", &n_parent);
    bool is_text = xml_attribute_is(a, "family", "text");
    s->style = NULL;
    if (!name || (!is_text && !xml_attribute_is(a, "family", "paragraph")))
        return true;
    char family = is_text ? 't' : 'p';
    s->style = find_style(s, family, name, n); /* a flat file is read twice */
    if (s->style || s->n_styles >= ODF_STYLES_MAX)
        return true;
    struct odf_style *new = arena_alloc(&s->arena, sizeof *new),
                     **chain = &s->chains[chain_of(name, n)];
    if (!new)
        return false;
    *new = (struct odf_style){.name = arena_copy(&s->arena, name, n),
        .parent = parent ? arena_copy(&s->arena, parent, n_parent) : NULL,
        .family = family,
        .next = *chain};
    if (!new->name || (parent && !new->parent))
        return false;
    *chain = s->style = new;
    s->n_styles++;
    return true;
}

static void read_text_properties(struct odf_styles *s, const struct xml_attributes *a)
{
    size_t n;
    if (!s->style || !xml_attribute(a, "display", &n))
        return;
    s->style->display = xml_attribute_is(a, "display", "none") ? ODF_HIDDEN : ODF_SHOWN;
    s->has_hidden |= s->style->display == ODF_HIDDEN;
}

enum odf_display odf_styles_display(
    const struct odf_styles *s, char family, const char *name, size_t n)
{
    const struct odf_style *at = s->has_hidden ? find_style(s, family, name, n) : NULL;
    for (unsigned i = 0; at && i < 32; i++) {
        if (at->display != ODF_UNSET)
            return at->display;
        at = at->parent ? find_style(s, family, at->parent, strlen(at->parent)) : NULL;
    }
    return ODF_UNSET;
}

/* ---- lists ---- */

static bool begin_list(struct odf_styles *s, const struct xml_attributes *a)
{
    size_t n;
    const char *name = xml_attribute(a, "name", &n);
    s->list = NULL;
    if (!name || s->n_lists++ >= ODF_LISTS_MAX)
        return true;
    s->list = arena_alloc(&s->arena, sizeof *s->list);
    if (!s->list || !(s->list->name = arena_copy(&s->arena, name, n)))
        return false;
    s->list->next = s->lists;
    s->lists = s->list;
    return true;
}

/* "%1.%2" with what stands around it: a newer producer writes it out (num-list-format). */
static void read_text(struct number_level *level, unsigned of, const struct xml_attributes *a)
{
    size_t n, n_prefix, n_suffix;
    struct buf text;
    const char *format = xml_attribute(a, "num-list-format", &n),
               *prefix = xml_attribute(a, "num-prefix", &n_prefix),
               *suffix = xml_attribute(a, "num-suffix", &n_suffix);
    int shown = xml_attribute_int(a, "display-levels", 1);
    bool ok = true;
    buf_init(&text, NUMBER_AFFIX_MAX - 1);
    for (size_t i = 0; format && i < n && ok; i++) /* %1% there, %1 with us */
        ok = (format[i] == '%' && i >= 2 && format[i - 2] == '%') ||
             buf_append_byte(&text, format[i]);
    if (!format) {
        ok = buf_append(&text, prefix ? prefix : "", n_prefix);
        for (unsigned i = shown > 0 && (unsigned)shown <= of ? of - (unsigned)shown + 1 : of;
             i <= of && ok; i++)
            ok = buf_printf(&text, "%%%u%s", i, i < of ? "." : "");
        ok = ok && buf_append(&text, suffix ? suffix : "", n_suffix);
    }
    if (text.len)
        memcpy(level->text, text.data, text.len);
    level->text[text.len] = '\0';
    buf_release(&text);
}

static void read_level(struct odf_styles *s, const struct xml_attributes *a)
{
    size_t n;
    int of = xml_attribute_int(a, "level", 0), start = xml_attribute_int(a, "start-value", 1);
    const char *format = xml_attribute(a, "num-format", &n);
    if (!s->list || of < 1 || of > NUMBER_LEVELS)
        return;
    struct number_level *level = &s->list->levels[of - 1];
    *level = (struct number_level){.restart = (unsigned)of - 1,
        .style = number_style_odf(format ? format : "", n),
        .start = start > 0 ? (unsigned)start : 0};
    if (level->style != NUMBER_NONE)
        read_text(level, (unsigned)of, a);
}

bool odf_styles_start(struct odf_styles *s, const char *name, const struct xml_attributes *a)
{
    if (xml_is(name, "list-style"))
        return begin_list(s, a);
    if (xml_is(name, "style"))
        return begin_style(s, a);
    if (xml_is(name, "text-properties"))
        read_text_properties(s, a);
    if (xml_is(name, "outline-style"))
        s->list = &s->outline;
    else if (xml_is(name, "list-level-style-number") || xml_is(name, "outline-level-style"))
        read_level(s, a);
    return true;
}

void odf_styles_end(struct odf_styles *s, const char *name)
{
    if (xml_is(name, "list-style") || xml_is(name, "outline-style"))
        s->list = NULL;
    else if (xml_is(name, "style"))
        s->style = NULL;
}
