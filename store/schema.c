// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/schema.h"

#include <stdio.h>
#include <string.h>

#include "store/glass_pack.h"

uint32_t schema_wdf(uint32_t tf, uint32_t len, double ref_len)
{
    if (len == LEN_UNRANKED)
        return 0;
    double wdf = WDF_SCALE * (double)tf / (1 - BM25_B + BM25_B * (double)len / ref_len) + 0.5;
    if (wdf < 1)
        return 1;
    return wdf < UINT32_MAX ? (uint32_t)wdf : UINT32_MAX;
}

int schema_source_term(uint32_t source, char out[SOURCE_TERM_MAX])
{
    return snprintf(out, SOURCE_TERM_MAX, "S%x", (unsigned)source);
}

size_t schema_report_value(uint32_t report, char out[VALUE_MAX])
{
    uint8_t bytes[VALUE_MAX];
    size_t n = (size_t)(glass_pack_sorted(bytes, report) - bytes);
    memcpy(out, bytes, n);
    return n;
}

size_t schema_date_value(uint32_t date, char out[VALUE_MAX])
{
    for (int i = 0; i < 3; i++)
        out[i] = (char)(date >> 8 * (2 - i));
    return date ? 3 : 0;
}
