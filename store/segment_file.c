// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/segment_file.h"

#include <stdio.h>

enum status segment_file_path(
    const char *dir, const char *name, char path[PATH_MAX], struct error *err)
{
    int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);
    return n < 0 || n >= PATH_MAX ? error_set(err, STATUS_BAD_INPUT, "path too long: '%s'", dir)
                                  : STATUS_OK;
}
