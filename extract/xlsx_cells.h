// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers of a spreadsheet as they are read: 45657 in a date format is 2024-12-31, 0.056 in "0.0%" is 5.6%.
 *
 * A number format is only looked at for what it is: a date or time, a percentage, a number of decimals.
 * Thousands are not grouped, and signs of currency not repeated: a plain number is what one looks for. */
#ifndef DUAN_EXTRACT_XLSX_CELLS_H
#define DUAN_EXTRACT_XLSX_CELLS_H

#include <stdbool.h>
#include <stddef.h>

enum cell_kind { CELL_GENERAL, CELL_FIXED, CELL_PERCENT, CELL_DATE, CELL_TIME, CELL_DATE_TIME };

struct cell_format {
    enum cell_kind kind;
    unsigned decimals; /* of CELL_FIXED and CELL_PERCENT */
};

/* Of a format code ("yyyy\-mm\-dd", "0.00%"), and of the formats that have a number and no code. */
struct cell_format cell_format_parse(const char *code, size_t n);
struct cell_format cell_format_builtin(int id);

enum { CELL_TEXT_MAX = 64 };

/* Writes the value, given as the decimal number that stands in the file; what is no number stays as it is, cut
 * to the room. Returns the length. */
size_t cell_render(
    const char *value, size_t n, struct cell_format f, bool is_1904, char out[CELL_TEXT_MAX]);

#endif
