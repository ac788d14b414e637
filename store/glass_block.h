// SPDX-License-Identifier: GPL-2.0-or-later
/* Places and flags within a block of a glass table, for its writer (glass_table.c, which has the layout in words) and its reader
 * (glass_reader.c). Numbers are big-endian. */
#ifndef DUAN_STORE_GLASS_BLOCK_H
#define DUAN_STORE_GLASS_BLOCK_H

enum {
    AT_LEVEL = 4,
    AT_DIRECTORY_END = 9,
    DIRECTORY_START = 11,
    COMPONENT_SIZE = 2,
    LEAF_HEAD = 3, /* flags and size, key length */
    BRANCH_HEAD = 5,
    ITEM_SIZE_MASK = 0x1fff,
    ITEM_IS_FIRST = 0x2000,
    ITEM_IS_LAST = 0x4000,
    ITEM_IS_COMPRESSED = 0x8000,
};

#endif
