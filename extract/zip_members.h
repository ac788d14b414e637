// SPDX-License-Identifier: GPL-2.0-or-later
/* The members of an office file that is a zip, by name and as often as asked for (libarchive, from memory).
 *
 * Bounded: ZIP_MEMBERS_MAX members, ZIP_MEMBER_BYTES_MAX bytes out of one, and no more than ZIP_RATIO_MAX times
 * the size of the whole file out of all that is read, once that passes ZIP_FREE_BYTES. */
#ifndef DUAN_EXTRACT_ZIP_MEMBERS_H
#define DUAN_EXTRACT_ZIP_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "extract/xml_walk.h"

enum {
    ZIP_MEMBERS_MAX = 1 << 16,
    ZIP_MEMBER_BYTES_MAX = 1 << 30,
    ZIP_RATIO_MAX = 200,
    ZIP_FREE_BYTES = 64 << 20,
    ZIP_NAME_MAX = 512, /* longer names are not found */
};

struct zip {
    const char *bytes;
    size_t n;
    uint64_t n_out; /* bytes read out of it so far */
};

/* The bytes are borrowed for as long as the zip is used. Nothing to release. */
void zip_init(struct zip *z, const char *bytes, size_t n);

/* Reads one member whole. STATUS_MISSING where there is none of that name; STATUS_BAD_INPUT where the zip is
 * damaged, encrypted or too big. The name is without a leading slash. */
enum status zip_read(struct zip *z, const char *name, struct buf *out, struct error *err);

/* Reads one member as XML, without ever holding it whole; errors as above. */
enum status zip_walk(
    struct zip *z, const char *name, const struct xml_handler *h, struct error *err);

/* The same, for a part that need not be there. */
enum status zip_walk_any(
    struct zip *z, const char *name, const struct xml_handler *h, struct error *err);

/* Puts together the name that a link in member `base` means: "ppt/slides/slide1.xml" and
 * "../media/a.xml" give "ppt/media/a.xml"; what stands behind # is left off, %20 is read. False where
 * it is too long, leads outside the zip, or is no link into it (http://…). */
bool zip_resolve(const char *base, const char *link, size_t n, char out[ZIP_NAME_MAX]);

#endif
