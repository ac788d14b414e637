// SPDX-License-Identifier: GPL-2.0-or-later
/* What the reader and the writer of champion lists have in common. */
#ifndef DUAN_STORE_CHAMPIONS_FILE_H
#define DUAN_STORE_CHAMPIONS_FILE_H

#define CHAMPIONS_NAME "champions"
#define CHAMPIONS_MAGIC "duan best 1\n"
enum {
    CHAMPIONS_MAGIC_SIZE = sizeof CHAMPIONS_MAGIC - 1,
    CHAMPIONS_SUM_SIZE = 8,
    CHAMPIONS_FILE_MAX = 1 << 28, /* CHAR_COUNTER_MAX lists of a kilobyte */
};

#endif
