// SPDX-License-Identifier: GPL-2.0-or-later
/* Chinese for every message, sorted by the English (LC_ALL=C order); tests/test_message.c checks
 * both. */
#include "common/message.h"

const struct message_pair message_zh[] = {
    {"Is a directory", "是一个文件夹"},

    {"No space left on device", "磁盘已满"},
    {"No such file or directory", "没有这个文件或文件夹"},
    {"Permission denied", "没有权限"},
};
const size_t n_message_zh = sizeof message_zh / sizeof *message_zh;
