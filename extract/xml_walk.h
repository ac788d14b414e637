// SPDX-License-Identifier: GPL-2.0-or-later
/* XML as a stream of starts, ends and texts (libxml2's push parser): never a tree of it.
 *
 * Elements and attributes are named by their local names, which are clear enough within one format
 * and stay the same whatever prefixes and versions of a namespace a producer chose. Nothing is
 * fetched; XML that declares entities, as no office format does, is refused (billion laughs), and
 * so is what is nested deeper than XML_DEPTH_MAX. */
#ifndef DUAN_EXTRACT_XML_WALK_H
#define DUAN_EXTRACT_XML_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "common/error.h"

enum { XML_DEPTH_MAX = 200 };

/* Is this element called so? */
static inline bool xml_is(const char *element, const char *name)
{
    return strcmp(element, name) == 0;
}
/* One of these, of which the last is NULL? */
bool xml_is_one_of(const char *element, const char *const *names);

/* Of one element, during the call that got it. */
struct xml_attributes {
    const unsigned char **list;
    size_t n;
};

/* The attribute's value, *n bytes and not terminated; NULL and *n = 0 where there is none. */
const char *xml_attribute(const struct xml_attributes *a, const char *name, size_t *n);
/* The same where two namespaces have the name: that whose URI ends in space. */
const char *xml_attribute_in(
    const struct xml_attributes *a, const char *space, const char *name, size_t *n);
/* Is there that attribute with that value? */
bool xml_attribute_is(const struct xml_attributes *a, const char *name, const char *value);
/* As a whole number; otherwise where it is none. Past int's range it is the end of the range. */
int xml_attribute_int(const struct xml_attributes *a, const char *name, int otherwise);
/* A switch as OOXML writes it: there unless its val says 0, false, off or none. */
bool xml_attribute_on(const struct xml_attributes *a, const char *name);

struct xml_handler {
    void *arg;
    void (*start)(void *arg, const char *name, const struct xml_attributes *a);
    void (*end)(void *arg, const char *name);            /* or NULL */
    void (*text)(void *arg, const char *text, size_t n); /* may come in pieces; or NULL */
    const enum status *status; /* once it is not STATUS_OK the walk stops and returns it */
};

struct xml_walk;
/* NULL when memory is out. */
struct xml_walk *xml_walk_open(const struct xml_handler *h);
/* Feeds n bytes more; n = 0 ends the document. STATUS_BAD_INPUT for XML that is not well formed;
 * what came before the fault has been handed out. */
enum status xml_walk_feed(struct xml_walk *w, const char *bytes, size_t n, struct error *err);
void xml_walk_close(struct xml_walk *w);

/* A whole document that is at hand; errors as above. */
enum status xml_walk_whole(
    const struct xml_handler *h, const char *bytes, size_t n, struct error *err);

#endif
