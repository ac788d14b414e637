// SPDX-License-Identifier: GPL-2.0-or-later
/* What Word, PowerPoint and Excel files share: relationships between parts, and the document's
 * properties. */
#ifndef DUAN_EXTRACT_OOXML_H
#define DUAN_EXTRACT_OOXML_H

#include "common/arena.h"
#include "extract/block_writer.h"
#include "extract/zip_members.h"

enum { OOXML_RELATIONS_MAX = 1 << 16 };

/* Part `from` refers to part `target` under `id`; type is the last word of the type's URI ("slide",
 * "notesSlide", "footnotes"). In file order. */
struct ooxml_relation {
    const char *id, *type, *target;
    struct ooxml_relation *next;
};

/* The relations of a part ("" for those of the whole file), in the arena; *out is NULL where it has
 * none. Links out of the file are left out. */
enum status ooxml_relations(struct zip *z, const char *part, struct arena *a,
    struct ooxml_relation **out, struct error *err);

/* The target of the first relation of that type, or with that id; NULL where there is none. */
const char *ooxml_target_of_type(const struct ooxml_relation *r, const char *type);
const char *ooxml_target_of_id(const struct ooxml_relation *r, const char *id, size_t n);

/* The part that the whole file is about. STATUS_BAD_INPUT where it names none. */
enum status ooxml_main_part(struct zip *z, struct arena *a, const char **out, struct error *err);

/* Title, date (of the last change) and author from docProps/core.xml. */
void ooxml_meta(struct zip *z, struct block_writer *w);

/* Hands out the paragraphs of the drawings that a part's relations name (SmartArt, titles of charts). */
void ooxml_drawings(struct zip *z, const struct ooxml_relation *r, struct block_writer *w);

#endif
