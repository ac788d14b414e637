// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/style_name.h"

#include <string.h>

int style_name_outline(const char *name, size_t n)
{
    static const char *const stems[] = {"heading ", "Heading ", "Heading_20_", "标题 ", "標題 "};
    for (unsigned i = 0; i < sizeof stems / sizeof *stems; i++) {
        size_t len = strlen(stems[i]);
        if (n == len + 1 && memcmp(name, stems[i], len) == 0 && name[len] >= '1' &&
            name[len] <= '9')
            return name[len] - '1';
    }
    return -1;
}

bool style_name_is_title(const char *name, size_t n)
{
    static const char *const names[] = {"Title", "标题", "標題"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (n == strlen(names[i]) && memcmp(name, names[i], n) == 0)
            return true;
    return false;
}
