// SPDX-License-Identifier: GPL-2.0-or-later
/* The folded text: what is compared, in one place for indexing, exact matching and highlighting.
 *
 * Reads UTF-8 text as it stood and gives it folded and repaired, one code point at a time, each
 * with the byte range of the original that it stands for:
 *   - every character is folded (fold.h); ignored characters vanish;
 *   - a bracketed reading right behind a Han character is noise when it is a reading *of that character*:
 *     `會(huì )議` is 会议, and 会's range covers `會(huì )`. Brackets of either width, one space or none
 *     before the bracket, spaces inside it, tone marks or none. A reading of two letters or more may stand on the next
 *     line (a hard-wrapped one). `表1(a)`, `(GDP)`, `函(2022)` are no readings;
 *   - Markdown's bold, `改造**老旧小区**一万个`, is no part of the text (emphasis.h);
 *   - white space that holds one line break (a hard-wrapped line) is dropped where CHAR_HAN or a mark of Chinese (，。（「％) stands on
 *     one side and text on the other: `发展，⏎加强`, `2023⏎年`, `市⏎GDP`, `，⏎2023`. “ ” — … · are marks of English too, so
 *     beside them the other side is Han, a mark of Chinese, such a mark or a digit. It stays a space between letters, digits and
 *     marks of half width, and beside what is no running text: frames, pictures, the marks of Markdown, a dash or
 *     bullet with a blank behind it (an item's);
 *   - blanks within a line are spacing, and dropped, by the same rule: `增长 5.4 %`, `12 亿元`. But Han beside Han are words, unless
 *     each stands by itself, `总　则`, `政 府 工 作`; a tab parts anything, and a number from another (`四十五 45`);
 *   - any other run of white space, also one with a blank line or U+2029 in it (a paragraph's end), is one space; none at the
 *     start and the end;
 *   - bytes that are not UTF-8 are skipped (CHAR_OTHER U+FFFD, so that they end a run).
 * The tokenizer's terms and a quoted phrase's plain scan both walk this, so they cannot disagree.
 * Allocates nothing, cannot fail. Example: `轎車(chē)下線(xiàn)` gives 轿 车 下 线. */
#ifndef DUAN_TOKENIZER_FOLDED_TEXT_H
#define DUAN_TOKENIZER_FOLDED_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tokenizer/fold.h"

struct folded_char {
    uint32_t cp;
    enum char_class kind;
    size_t start,
        end; /* bytes of the text; all parts of an expanded character have the same range */
};

struct folded_text {
    const char *text;
    size_t n, at; /* the rest is private */
    enum char_class last_class;
    const uint32_t *expansion;
    uint8_t n_expansion;
    size_t expansion_start;
    bool has_output;
};

/* text must outlive t. */
void folded_text_init(struct folded_text *t, const char *text, size_t n);
/* False at the end of the text, *out left alone. */
bool folded_text_next(struct folded_text *t, struct folded_char *out);
/* The next at most max characters at once, any white space as ' '; returns how many, fewer only at the end. */
size_t folded_text_read(struct folded_text *t, uint32_t *cps, size_t max);
/* The first ones of a text, a 0 behind them: cps has room for max + 1. */
size_t folded_text_start(const char *text, size_t n, uint32_t *cps, size_t max);

/* The text cleaned for reading: what of the original is shown. A piece is a range of the original
 * that is kept as it stands, dropped (a reading injected behind a common character in half-width
 * brackets; a line break that the folded text drops, with the blanks around it; ignored
 * zero-width characters and controls; the marks of bold; the blanks at both ends), or shown as one space (any other line break
 * inside the passage). A true gloss stays: 蕤（ruí）. Pieces come in order and cover the text
 * without a gap. */
enum clean_kind { CLEAN_KEEP, CLEAN_DROP, CLEAN_SPACE };
struct clean_piece {
    size_t start, end;
    enum clean_kind kind;
};
struct cleaner {
    const char *text;
    size_t n, at;
    uint32_t last_folded; /* 0 unless the character just before `at` is CHAR_HAN */
    size_t drop_end;      /* where the injected reading ends that begins at `at`, if past it */
    bool is_inside;       /* something was kept already */
};
void cleaner_init(struct cleaner *c, const char *text, size_t n);
bool cleaner_next(struct cleaner *c, struct clean_piece *out);

#endif
