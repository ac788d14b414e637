// SPDX-License-Identifier: GPL-2.0-or-later
/* Folders as wholes: made durable. */
#ifndef DUAN_STORE_FOLDER_H
#define DUAN_STORE_FOLDER_H

#include "common/error.h"

/* Syncs every file in dir (not in folders below), then dir itself. */
enum status folder_sync(const char *dir, struct error *err);

#endif
