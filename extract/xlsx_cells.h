// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers of a spreadsheet as they are read: 45657 in a date format is 2024-12-31, 0.056 in "0.0%" is 5.6%.
 *
 * A number format is only looked at for what it is: a date or time, a percentage, a number of decimals, and the words around a
 * number: 12.5 in 0.00"万元" is 12.50万元, -3.2 in "增长"0.0"%";"下降"0.0"%" is 下降3.2%. Thousands are not grouped, and signs of
 * currency not repeated: a plain number is what one looks for. Where the format scales it (0.0,"千") or splits it (0!.0,"万"), the
 * number stays what it is, without the words. */
#ifndef DUAN_EXTRACT_XLSX_CELLS_H
#define DUAN_EXTRACT_XLSX_CELLS_H

#include <stdbool.h>
#include <stddef.h>

enum cell_kind { CELL_GENERAL, CELL_FIXED, CELL_PERCENT, CELL_DATE, CELL_TIME, CELL_DATE_TIME };

enum { CELL_WORDS_MAX = 24 };

/* What stands before and behind a number. */
struct cell_words {
    char before[CELL_WORDS_MAX], after[CELL_WORDS_MAX];
};

struct cell_format {
    enum cell_kind kind;
    unsigned decimals; /* of CELL_FIXED and CELL_PERCENT */
    struct cell_words words,
        negative; /* negative: of a section of its own, which may do without the sign */
    bool has_negative;
};

/* Of a format code ("yyyy\-mm\-dd", "0.00%"), and of the formats that have a number and no code. */
struct cell_format cell_format_parse(const char *code, size_t n);
struct cell_format cell_format_builtin(int id);

enum { CELL_TEXT_MAX = 128 };

/* Writes the value, given as the decimal number that stands in the file; what is no number stays as it is, cut
 * to the room. Returns the length. */
size_t cell_render(
    const char *value, size_t n, struct cell_format f, bool is_1904, char out[CELL_TEXT_MAX]);

/* What _x000D_ and the like stand for in the text of a cell, in place; _x005F_ is the escape itself. Returns the length. */
size_t cell_unescape(char *text, size_t n);

#endif
