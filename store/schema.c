// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/schema.h"

uint32_t schema_wdf(uint32_t tf, uint32_t len, double ref_len)
{
    if (len == LEN_UNRANKED)
        return 0;
    double wdf = WDF_SCALE * (double)tf / (1 - BM25_B + BM25_B * (double)len / ref_len) + 0.5;
    if (wdf < 1)
        return 1;
    return wdf < UINT32_MAX ? (uint32_t)wdf : UINT32_MAX;
}
