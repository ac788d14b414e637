// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the index is, when the user does not say. */
#ifndef DUAN_COMMON_INDEX_FOLDER_H
#define DUAN_COMMON_INDEX_FOLDER_H

/* The value of -i, or NULL where it was not given: then $DUAN_INDEX where that is set and not
 * empty, else ".duan". */
const char *index_folder(const char *option);

#endif
