// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/utf8.h"

bool terminal_is(int fd)
{
    return isatty(fd) == 1;
}

size_t terminal_columns(int fd)
{
    struct winsize size;
    unsigned long columns = 0;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    const char *env = getenv("COLUMNS");
    if (columns == 0 && env)
        columns = strtoul(env, NULL, 10);
    return columns == 0 || columns > 1000 ? 80 : columns < 20 ? 20 : columns;
}

bool terminal_has_colour(int fd, enum colour_mode mode)
{
    if (mode != COLOUR_AUTO)
        return mode == COLOUR_ALWAYS;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return terminal_is(fd) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

struct span {
    uint32_t first, last;
};

static bool is_in(uint32_t cp, const struct span *spans, size_t n)
{
    for (size_t i = 0; i < n && spans[i].first <= cp; i++)
        if (cp <= spans[i].last)
            return true;
    return false;
}

/* East Asian Width W and F in ranges (UAX 11, Unicode 15; unassigned code points between CJK blocks
 * included, as the annex asks), and emoji presentation. */
static const struct span wide[] = {
    {0x1100, 0x115F},
    {0x231A, 0x231B},
    {0x2329, 0x232A},
    {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},
    {0x23F3, 0x23F3},
    {0x25FD, 0x25FE},
    {0x2614, 0x2615},
    {0x2648, 0x2653},
    {0x267F, 0x267F},
    {0x2693, 0x2693},
    {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},
    {0x26BD, 0x26BE},
    {0x26C4, 0x26C5},
    {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},
    {0x26EA, 0x26EA},
    {0x26F2, 0x26F3},
    {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},
    {0x26FD, 0x26FD},
    {0x2705, 0x2705},
    {0x270A, 0x270B},
    {0x2728, 0x2728},
    {0x274C, 0x274C},
    {0x274E, 0x274E},
    {0x2753, 0x2755},
    {0x2757, 0x2757},
    {0x2795, 0x2797},
    {0x27B0, 0x27B0},
    {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C},
    {0x2B50, 0x2B50},
    {0x2B55, 0x2B55},
    {0x2E80, 0x303E},
    {0x3041, 0x33FF},
    {0x3400, 0x4DBF},
    {0x4E00, 0xA4CF},
    {0xA960, 0xA97C},
    {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},
    {0xFE10, 0xFE19},
    {0xFE30, 0xFE6F},
    {0xFF01, 0xFF60},
    {0xFFE0, 0xFFE6},
    {0x16FE0, 0x18CD5},
    {0x1AFF0, 0x1B2FB},
    {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF},
    {0x1F18E, 0x1F18E},
    {0x1F191, 0x1F19A},
    {0x1F200, 0x1F320},
    {0x1F32D, 0x1F335},
    {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393},
    {0x1F3A0, 0x1F3CA},
    {0x1F3CF, 0x1F3D3},
    {0x1F3E0, 0x1F3F0},
    {0x1F3F4, 0x1F3F4},
    {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440},
    {0x1F442, 0x1F4FC},
    {0x1F4FF, 0x1F53D},
    {0x1F54B, 0x1F54E},
    {0x1F550, 0x1F567},
    {0x1F57A, 0x1F57A},
    {0x1F595, 0x1F596},
    {0x1F5A4, 0x1F5A4},
    {0x1F5FB, 0x1F64F},
    {0x1F680, 0x1F6C5},
    {0x1F6CC, 0x1F6CC},
    {0x1F6D0, 0x1F6D2},
    {0x1F6D5, 0x1F6D7},
    {0x1F6DC, 0x1F6DF},
    {0x1F6EB, 0x1F6EC},
    {0x1F6F4, 0x1F6FC},
    {0x1F7E0, 0x1F7EB},
    {0x1F7F0, 0x1F7F0},
    {0x1F90C, 0x1F93A},
    {0x1F93C, 0x1F945},
    {0x1F947, 0x1F9FF},
    {0x1FA70, 0x1FAFF},
    {0x20000, 0x2FFFD},
    {0x30000, 0x3FFFD},
};
static const struct span zero[] = {
    {0x0300, 0x036F},
    {0x0483, 0x0489},
    {0x0591, 0x05BD},
    {0x0610, 0x061A},
    {0x064B, 0x065F},
    {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A},
    {0x0E47, 0x0E4E},
    {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF},
    {0x200B, 0x200F},
    {0x202A, 0x202E},
    {0x2060, 0x206F},
    {0x20D0, 0x20FF},
    {0x302A, 0x302D},
    {0x3099, 0x309A},
    {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF},
    {0xE0000, 0xE01EF},
};

int char_columns(uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7F)
        return 1;
    if (is_in(cp, zero, sizeof zero / sizeof *zero))
        return 0;
    return is_in(cp, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

size_t text_columns(const char *s, size_t n)
{
    size_t columns = 0;
    uint32_t cp;
    for (size_t i = 0; i < n;) {
        i += utf8_step(s + i, n - i, &cp);
        columns += (size_t)char_columns(cp);
    }
    return columns;
}

bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x061C || cp == 0x200E || cp == 0x200F ||
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

/* What is written for a control character of len bytes, or for a broken byte. */
static const char *masked(uint32_t cp, size_t len, bool has_lines, bool ends_line)
{
    if (len && has_lines && (cp == '\n' || cp == '\t'))
        return cp == '\n' ? "\n" : "\t";
    if (len && has_lines && cp == '\r' && ends_line)
        return "";
    return len && (cp == '\n' || cp == '\t') ? " " : "\xEF\xBF\xBD";
}

static void put(FILE *out, const char *s, size_t n, bool has_lines)
{
    size_t start = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t len = utf8_decode(s + i, n - i, &cp);
        if (len && !is_control(cp)) {
            i += len;
            continue;
        }
        fwrite(s + start, 1, i - start, out);
        fputs(masked(cp, len, has_lines, i + 1 < n && s[i + 1] == '\n'), out);
        i += len ? len : 1;
        start = i;
    }
    fwrite(s + start, 1, n - start, out);
}

void put_text(FILE *out, const char *s, size_t n)
{
    put(out, s, n, false);
}

void put_lines(FILE *out, const char *s, size_t n)
{
    put(out, s, n, true);
}
