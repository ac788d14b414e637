// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/xml_walk.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

#include "common/message.h"

struct xml_walk {
    struct xml_handler h;
    xmlParserCtxtPtr ctxt;
    unsigned depth;
    const char *refusal;
};

/* libxml2 gives five pointers an attribute: local name, prefix, URI, value, end of the value. */
enum { NAME, PREFIX, URI, VALUE, VALUE_END, POINTERS };

bool xml_is_one_of(const char *element, const char *const *names)
{
    while (*names && !xml_is(element, *names))
        names++;
    return *names;
}

const char *xml_attribute_in(
    const struct xml_attributes *a, const char *space, const char *name, size_t *n)
{
    for (size_t i = 0; i < a->n; i++) {
        const unsigned char **at = a->list + i * POINTERS;
        const char *uri = at[URI] ? (const char *)at[URI] : "";
        size_t n_uri = strlen(uri), n_space = strlen(space);
        if (strcmp((const char *)at[NAME], name) == 0 && n_uri >= n_space &&
            strcmp(uri + n_uri - n_space, space) == 0) {
            *n = (size_t)(at[VALUE_END] - at[VALUE]);
            return (const char *)at[VALUE];
        }
    }
    *n = 0;
    return NULL;
}

const char *xml_attribute(const struct xml_attributes *a, const char *name, size_t *n)
{
    return xml_attribute_in(a, "", name, n);
}

bool xml_attribute_is(const struct xml_attributes *a, const char *name, const char *value)
{
    size_t n;
    const char *v = xml_attribute(a, name, &n);
    return v && n == strlen(value) && memcmp(v, value, n) == 0;
}

int xml_attribute_int(const struct xml_attributes *a, const char *name, int otherwise)
{
    size_t n;
    char digits[24], *end;
    const char *v = xml_attribute(a, name, &n);
    if (!v || n == 0 || n >= sizeof digits)
        return otherwise;
    memcpy(digits, v, n);
    digits[n] = '\0';
    long value = strtol(digits, &end, 10);
    if (end == digits)
        return otherwise;
    return value > INT_MAX ? INT_MAX : value < INT_MIN ? INT_MIN : (int)value;
}

bool xml_attribute_on(const struct xml_attributes *a, const char *name)
{
    return !xml_attribute_is(a, name, "0") && !xml_attribute_is(a, name, "false") &&
           !xml_attribute_is(a, name, "off") && !xml_attribute_is(a, name, "none");
}

static void refuse_xml(struct xml_walk *w, const char *why)
{
    w->refusal = why;
    xmlStopParser(w->ctxt);
}

static bool is_stopped(const struct xml_walk *w)
{
    return w->refusal || *w->h.status != STATUS_OK;
}

static void on_start(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
    int n_spaces, const xmlChar **spaces, int n, int n_default, const xmlChar **list)
{
    struct xml_walk *w = arg;
    struct xml_attributes a = {.list = list, .n = (size_t)n};
    (void)prefix, (void)uri, (void)n_spaces, (void)spaces, (void)n_default;
    if (++w->depth > XML_DEPTH_MAX)
        refuse_xml(w, "XML nested too deep");
    if (!is_stopped(w))
        w->h.start(w->h.arg, (const char *)name, &a);
}

static void on_end(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml_walk *w = arg;
    (void)prefix, (void)uri;
    w->depth--;
    if (w->h.end && !is_stopped(w))
        w->h.end(w->h.arg, (const char *)name);
}

static void on_text(void *arg, const xmlChar *text, int n)
{
    struct xml_walk *w = arg;
    if (w->h.text && !is_stopped(w))
        w->h.text(w->h.arg, (const char *)text, (size_t)n);
}

static void on_entity(void *arg, const xmlChar *name, int type, const xmlChar *public_id,
    const xmlChar *system_id, xmlChar *content)
{
    (void)name, (void)type, (void)public_id, (void)system_id, (void)content;
    refuse_xml(arg, "XML that declares entities");
}

struct xml_walk *xml_walk_open(const struct xml_handler *h)
{
    struct xml_walk *w = calloc(1, sizeof *w);
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .ignorableWhitespace = on_text,
        .entityDecl = on_entity};
    if (!w)
        return NULL;
    w->h = *h;
    w->ctxt = xmlCreatePushParserCtxt(&sax, w, NULL, 0, NULL);
    if (!w->ctxt) {
        free(w);
        return NULL;
    }
    xmlCtxtUseOptions(w->ctxt, XML_PARSE_NONET);
    return w;
}

enum status xml_walk_feed(struct xml_walk *w, const char *bytes, size_t n, struct error *err)
{
    enum { PIECE = 1 << 16 };
    size_t at = 0;
    int fault = XML_ERR_OK;
    do {
        int piece = (int)(n - at < PIECE ? n - at : PIECE);
        fault = xmlParseChunk(w->ctxt, bytes + at, piece, n == 0);
        at += (size_t)piece;
    } while (at < n && !is_stopped(w) && !fault);
    if (*w->h.status != STATUS_OK)
        return *w->h.status;
    if (w->refusal)
        return error_set(err, STATUS_BAD_INPUT, "%s", tr(w->refusal));
    if (fault == XML_ERR_NO_MEMORY)
        return error_no_memory(err);
    if (fault && !w->ctxt->wellFormed)
        return error_set(err, STATUS_BAD_INPUT, "damaged XML");
    return STATUS_OK;
}

void xml_walk_close(struct xml_walk *w)
{
    if (!w)
        return;
    xmlFreeDoc(w->ctxt->myDoc); /* made for a declared entity, even without a tree */
    xmlFreeParserCtxt(w->ctxt);
    free(w);
}

enum status xml_walk_whole(
    const struct xml_handler *h, const char *bytes, size_t n, struct error *err)
{
    struct xml_walk *w = xml_walk_open(h);
    if (!w)
        return error_no_memory(err);
    enum status s = n ? xml_walk_feed(w, bytes, n, err) : STATUS_OK;
    if (s == STATUS_OK)
        s = xml_walk_feed(w, "", 0, err);
    xml_walk_close(w);
    return s;
}
