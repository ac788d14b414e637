// SPDX-License-Identifier: GPL-2.0-or-later
/* Which index a command works on: -i DIR, else $DUAN_INDEX, else ./.duan. */
#ifndef DUAN_COMMON_INDEX_FOLDER_H
#define DUAN_COMMON_INDEX_FOLDER_H

#include "common/option.h"

/* The row of a command's options that sets *option. */
struct option_row index_folder_option(const char **option);

/* option: what -i gave, or NULL. The result lives as long as option and the environment. */
const char *index_folder(const char *option);

#endif
