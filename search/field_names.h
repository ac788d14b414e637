// SPDX-License-Identifier: GPL-2.0-or-later
/* The fields that the reports of an index have of their own, for people: keys of JSON records, columns of a
 * metadata.csv, groups of --fields. Walks all reports. */
#ifndef DUAN_SEARCH_FIELD_NAMES_H
#define DUAN_SEARCH_FIELD_NAMES_H

#include <jansson.h>

#include "common/error.h"
#include "store/index.h"

enum { FIELD_NAMES_MAX = 256 }; /* those met first */

/* *out becomes an object of name and number of reports, in the order they are met; the caller's. */
enum status field_names(struct index *ix, json_t **out, struct error *err);

#endif
