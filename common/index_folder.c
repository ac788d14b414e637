// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/index_folder.h"

#include <stdlib.h>

const char *index_folder(const char *option)
{
    if (option)
        return option;
    const char *from_environment = getenv("DUAN_INDEX");
    return from_environment && *from_environment ? from_environment : ".duan";
}
