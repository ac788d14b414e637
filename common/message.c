// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/message.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_chinese;

void message_init(void)
{
    static const char *const names[] = {"DUAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) {
            is_chinese = strncmp(value, "zh", 2) == 0;
            return;
        }
    }
}

static int compare_pair(const void *key, const void *pair)
{
    return strcmp(key, ((const struct message_pair *)pair)->english);
}

const char *tr(const char *text)
{
    if (!is_chinese)
        return text;
    const struct message_pair *found =
        bsearch(text, message_zh, n_message_zh, sizeof *message_zh, compare_pair);
    return found ? found->chinese : text;
}

const char *message_errno(int cause)
{
    return tr(strerror(cause));
}
