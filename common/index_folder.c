// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/index_folder.h"

#include <stdlib.h>

const char *index_folder(const char *option)
{
    const char *environment = getenv("DUAN_INDEX");
    if (option)
        return option;
    return environment && *environment ? environment : ".duan";
}
