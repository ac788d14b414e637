// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/index_folder.h"

#include <stdlib.h>

struct option_row index_folder_option(const char **option)
{
    return (struct option_row){"index", 'i', OPTION_STRING, option, "DIR",
        "the index (else $DUAN_INDEX, else ./.duan)", 0, 0, NULL};
}

const char *index_folder(const char *option)
{
    const char *environment = getenv("DUAN_INDEX");
    if (option)
        return option;
    return environment && *environment ? environment : ".duan";
}
