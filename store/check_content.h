// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether what stands in one segment of an open index agrees with itself: part of store/check.h. */
#ifndef DUAN_STORE_CHECK_CONTENT_H
#define DUAN_STORE_CHECK_CONTENT_H

#include "store/index.h"

/* STATUS_CORRUPT names the segment and the first thing that is wrong. */
enum status check_segment_content(struct index *ix, uint32_t segment, struct error *err);

#endif
