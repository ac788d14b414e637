// SPDX-License-Identifier: GPL-2.0-or-later
/* Folders as wholes: made durable, or removed. */
#ifndef DUAN_STORE_FOLDER_H
#define DUAN_STORE_FOLDER_H

#include "common/error.h"

/* Syncs every file in dir (not in folders below), then dir itself. */
enum status folder_sync(const char *dir, struct error *err);

/* Removes dir and all that is in it, following no link. That dir is not there is no error. */
enum status folder_remove(const char *dir, struct error *err);

#endif
