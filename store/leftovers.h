// SPDX-License-Identifier: GPL-2.0-or-later
/* What lies in an index folder besides what its manifest names: segments half built, built and
 * never committed, committed once and since replaced. Only names that duan gives are ever removed,
 * and only by the holder of the lock. */
#ifndef DUAN_STORE_LEFTOVERS_H
#define DUAN_STORE_LEFTOVERS_H

#include <stdbool.h>

#include "store/manifest.h"

/* Of a folder without a manifest of ours: STATUS_FOREIGN where it holds anything that duan would not
 * have put there, or is no folder. */
enum status leftovers_check_folder(const char *dir, struct error *err);

/* Is there anything that m does not name? Asked without the lock it may be a writer's at work. */
enum status leftovers_find(
    const char *dir, const struct manifest *m, bool *is_any, struct error *err);

/* Removes what m does not name. */
enum status leftovers_remove(const char *dir, const struct manifest *m, struct error *err);

/* Is the folder an index, whatever its manifest: are there segments, and nothing that is not duan's? */
bool leftovers_are_an_index(const char *dir);

#endif
