// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/docx_styles.h"

#include <string.h>

#include "common/hash.h"
#include "extract/style_name.h"

enum { CHAIN_MAX = 32 };

struct reading {
    struct docx_styles *to;
    struct docx_style *style;
    struct docx_list *list;
    struct docx_num *num;
    struct number_level *level;
    int override;                             /* level of w:lvlOverride */
    enum { NOWHERE, IN_STYLES, IN_LISTS } at; /* of Word 2003 XML */
    unsigned n_styles, n_lists;
    enum status status;
    struct error *err;
};

static void *alloc(struct reading *r, size_t n)
{
    void *p = arena_alloc(&r->to->arena, n);
    if (!p && r->status == STATUS_OK)
        r->status = error_no_memory(r->err);
    return p;
}

static const char *copy(struct reading *r, const char *s, size_t n)
{
    const char *p = arena_copy(&r->to->arena, s ? s : "", n);
    if (!p && r->status == STATUS_OK)
        r->status = error_no_memory(r->err);
    return p ? p : "";
}

static struct docx_style **bucket(const struct docx_styles *s, const char *id, size_t n)
{
    return (struct docx_style **)&s->by_id[hash_bytes(id, n) % DOCX_BUCKETS];
}

static struct docx_style *find_style(const struct docx_styles *s, const char *id, size_t n)
{
    struct docx_style *at = *bucket(s, id, n);
    while (at && (strlen(at->id) != n || memcmp(at->id, id, n) != 0))
        at = at->hash_next;
    return at;
}

/* ---- styles.xml ---- */

static bool is_either(const char *name, const char *a, const char *b)
{
    return xml_is(name, a) || xml_is(name, b);
}

static void begin_style(struct reading *r, const struct xml_attributes *a)
{
    size_t n;
    const char *id = xml_attribute(a, "styleId", &n);
    r->style = NULL;
    if (!id || !xml_attribute_is(a, "type", "paragraph") || r->n_styles++ >= DOCX_STYLES_MAX ||
        find_style(r->to, id, n))
        return;
    struct docx_style *new = alloc(r, sizeof *new);
    if (!new)
        return;
    *new = (struct docx_style){.id = copy(r, id, n),
        .outline = DOCX_UNSET,
        .num = DOCX_UNSET,
        .level = DOCX_UNSET,
        .hidden = DOCX_UNSET};
    struct docx_style **at = bucket(r->to, id, n);
    new->hash_next = *at;
    *at = r->style = new;
    if (xml_attribute_is(a, "default", "1") || xml_attribute_is(a, "default", "on"))
        r->to->standard = new;
}

static void read_style_name(struct docx_style *s, const char *name, size_t n)
{
    if (s->outline == DOCX_UNSET)
        s->outline = style_name_outline(name, n);
    s->is_title = style_name_is_title(name, n);
}

static void style_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct reading *r = arg;
    size_t n;
    if (xml_is(name, "style"))
        begin_style(r, a);
    if (!r->style)
        return;
    const char *val = xml_attribute(a, "val", &n);
    if (xml_is(name, "name") && val)
        read_style_name(r->style, val, n);
    else if (xml_is(name, "basedOn"))
        r->style->based_on = copy(r, val, n);
    else if (xml_is(name, "outlineLvl"))
        r->style->outline = xml_attribute_int(a, "val", DOCX_UNSET);
    else if (is_either(name, "numId", "ilfo"))
        r->style->num = xml_attribute_int(a, "val", DOCX_UNSET);
    else if (xml_is(name, "ilvl"))
        r->style->level = xml_attribute_int(a, "val", DOCX_UNSET);
    else if (xml_is(name, "vanish"))
        r->style->hidden = xml_attribute_on(a, "val");
}

static void style_end(void *arg, const char *name)
{
    struct reading *r = arg;
    if (xml_is(name, "style"))
        r->style = NULL;
}

/* ---- numbering.xml ---- */

static int id_of(const struct xml_attributes *a, const char *name, const char *of_2003)
{
    return xml_attribute_int(a, name, xml_attribute_int(a, of_2003, DOCX_UNSET));
}

static void begin_list(struct reading *r, const struct xml_attributes *a)
{
    r->level = NULL;
    r->list = r->n_lists++ < DOCX_LISTS_MAX ? alloc(r, sizeof *r->list) : NULL;
    if (!r->list)
        return;
    r->list->id = id_of(a, "abstractNumId", "listDefId");
    r->list->next = r->to->lists;
    r->to->lists = r->list;
}

static void begin_num(struct reading *r, const struct xml_attributes *a)
{
    r->list = NULL;
    r->level = NULL;
    r->num = r->n_lists++ < DOCX_LISTS_MAX ? alloc(r, sizeof *r->num) : NULL;
    if (!r->num)
        return;
    r->num->id = id_of(a, "numId", "ilfo");
    for (unsigned i = 0; i < NUMBER_LEVELS; i++)
        r->num->starts[i] = DOCX_UNSET;
    r->num->next = r->to->nums;
    r->to->nums = r->num;
}

/* A level of a list, or one that a w:num puts in its place. */
static void begin_level(struct reading *r, const struct xml_attributes *a)
{
    int i = xml_attribute_int(a, "ilvl", DOCX_UNSET);
    r->level = NULL;
    if (i < 0 || i >= NUMBER_LEVELS)
        return;
    if (r->num && !r->num->own)
        r->num->own = alloc(r, NUMBER_LEVELS * sizeof *r->num->own);
    if (r->num && r->num->own) {
        r->level = &r->num->own[i];
        r->num->has_own |= 1u << i;
    } else if (r->list) {
        r->level = &r->list->levels[i];
    }
    if (r->level)
        *r->level =
            (struct number_level){.start = 1, .style = NUMBER_DECIMAL, .restart = (unsigned)i};
}

static void read_level(struct reading *r, const char *name, const struct xml_attributes *a)
{
    size_t n;
    const char *val = xml_attribute(a, "val", &n);
    if (xml_is(name, "numFmt") && val) {
        r->level->style = number_style_ooxml(val, n);
    } else if (xml_is(name, "nfc")) {
        r->level->style = number_style_nfc((unsigned)xml_attribute_int(a, "val", 0));
    } else if (xml_is(name, "lvlText") && val) {
        n = n < NUMBER_AFFIX_MAX ? n : NUMBER_AFFIX_MAX - 1;
        memcpy(r->level->text, val, n);
        r->level->text[n] = '\0';
    } else if (xml_is(name, "start")) {
        int start = xml_attribute_int(a, "val", 1);
        r->level->start = start > 0 ? (unsigned)start : 0;
    } else if (xml_is(name, "isLgl")) {
        r->level->is_legal = xml_attribute_on(a, "val");
    } else if (xml_is(name, "lvlRestart")) {
        int restart = xml_attribute_int(a, "val", 0);
        if (restart >= 0 && (unsigned)restart < r->level->restart)
            r->level->restart = (unsigned)restart;
    }
}

static void numbering_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct reading *r = arg;
    size_t n;
    const char *val = xml_attribute(a, "val", &n);
    if (is_either(name, "abstractNum", "listDef"))
        begin_list(r, a);
    else if (is_either(name, "num", "list"))
        begin_num(r, a);
    else if (xml_is(name, "lvl"))
        begin_level(r, a);
    else if (r->level)
        read_level(r, name, a);
    else if (r->list && xml_is(name, "styleLink"))
        r->list->is_style = copy(r, val, n);
    else if (r->list && is_either(name, "numStyleLink", "listStyleLink"))
        r->list->of_style = copy(r, val, n);
    else if (xml_is(name, "lvlOverride"))
        r->override = xml_attribute_int(a, "ilvl", DOCX_UNSET);
    else if (r->num && is_either(name, "abstractNumId", "ilst"))
        r->num->list_id = xml_attribute_int(a, "val", DOCX_UNSET);
    else if (r->num && xml_is(name, "startOverride") && r->override >= 0 &&
             r->override < NUMBER_LEVELS)
        r->num->starts[r->override] = xml_attribute_int(a, "val", 1);
}

static void numbering_end(void *arg, const char *name)
{
    struct reading *r = arg;
    if (xml_is(name, "lvl"))
        r->level = NULL;
}

static struct docx_list *list_of(const struct docx_styles *s, int id)
{
    struct docx_list *list = s->lists, *other = s->lists;
    while (list && list->id != id)
        list = list->next;
    if (!list || !list->of_style)
        return list;
    while (other && (!other->is_style || strcmp(other->is_style, list->of_style) != 0))
        other = other->next;
    return other ? other : list;
}

static void start_reading(struct reading *r, struct docx_styles *s, struct error *err)
{
    *r = (struct reading){.to = s, .err = err, .override = DOCX_UNSET};
    *s = (struct docx_styles){.nums = NULL};
    arena_init(&s->arena, 64 << 20);
}

static void link_lists(struct docx_styles *s)
{
    for (struct docx_num *num = s->nums; num; num = num->next)
        num->list = list_of(s, num->list_id);
}

enum status docx_styles_read(struct docx_styles *s, struct zip *z, const char *styles_part,
    const char *numbering_part, struct error *err)
{
    struct reading r;
    struct xml_handler styles = {&r, style_start, style_end, NULL, &r.status};
    struct xml_handler numbering = {&r, numbering_start, numbering_end, NULL, &r.status};
    enum status status = STATUS_OK;
    start_reading(&r, s, err);
    if (styles_part)
        status = zip_walk_any(z, styles_part, &styles, err);
    if (status == STATUS_OK && numbering_part)
        status = zip_walk_any(z, numbering_part, &numbering, err);
    link_lists(s);
    return status;
}

/* ---- both in one ---- */

static void xml_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct reading *r = arg;
    if (r->at == IN_STYLES)
        style_start(r, name, a);
    else if (r->at == IN_LISTS)
        numbering_start(r, name, a);
    else
        r->at = xml_is(name, "styles") ? IN_STYLES : xml_is(name, "lists") ? IN_LISTS : NOWHERE;
}

static void xml_end(void *arg, const char *name)
{
    struct reading *r = arg;
    if (is_either(name, "styles", "lists"))
        r->at = NOWHERE;
    else if (r->at == IN_STYLES)
        style_end(r, name);
    else if (r->at == IN_LISTS)
        numbering_end(r, name);
}

enum status docx_styles_read_xml(
    struct docx_styles *s, const char *xml, size_t n, struct error *err)
{
    struct reading r;
    struct xml_handler h = {&r, xml_start, xml_end, NULL, &r.status};
    start_reading(&r, s, err);
    enum status status = xml_walk_whole(&h, xml, n, err);
    link_lists(s);
    return status;
}

void docx_styles_release(struct docx_styles *s)
{
    arena_release(&s->arena);
}

void docx_styles_fill(const struct docx_styles *s, const char *id, size_t n, struct docx_style *p)
{
    struct docx_style *at = n ? find_style(s, id, n) : s->standard;
    if (at)
        p->is_title = at->is_title;
    for (unsigned i = 0; at && i < CHAIN_MAX; i++) {
        p->outline = p->outline == DOCX_UNSET ? at->outline : p->outline;
        p->num = p->num == DOCX_UNSET ? at->num : p->num;
        p->level = p->level == DOCX_UNSET ? at->level : p->level;
        p->hidden = p->hidden == DOCX_UNSET ? at->hidden : p->hidden;
        at = at->based_on ? find_style(s, at->based_on, strlen(at->based_on)) : NULL;
    }
}

bool docx_styles_number(struct docx_styles *s, int num_id, int level, struct buf *out)
{
    struct docx_num *num = s->nums;
    while (num && num->id != num_id)
        num = num->next;
    if (!num || !num->list || level < 0 || level >= NUMBER_LEVELS)
        return true;
    for (unsigned i = 0; i < NUMBER_LEVELS && !num->is_begun; i++)
        if (num->starts[i] != DOCX_UNSET) /* stands before the item that steps to the start */
            num->list->state.at[i] = num->starts[i] > 1 ? (unsigned)num->starts[i] - 1 : 0;
    num->is_begun = true;
    struct number_level levels[NUMBER_LEVELS];
    memcpy(levels, num->list->levels, sizeof levels);
    for (unsigned i = 0; i < NUMBER_LEVELS; i++)
        if (num->has_own >> i & 1)
            levels[i] = num->own[i];
    return number_next(&num->list->state, levels, (unsigned)level, out) && number_set_off(out);
}
