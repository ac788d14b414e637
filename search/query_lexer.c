// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/query_lexer.h"

#include <string.h>

#include "common/message.h"
#include "common/utf8.h"
#include "tokenizer/fold.h"

/* The character at a place, full-width forms of ASCII as ASCII; length 0 at the end. */
static uint32_t char_at(const struct lexer *l, size_t at, size_t *len)
{
    uint32_t cp = 0;
    *len = at < l->n ? utf8_step(l->text + at, l->n - at, &cp) : 0;
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        return cp - 0xFEE0;
    return cp == 0x2212 /* − */ ? '-' : cp;
}

static bool is_space(uint32_t cp)
{
    return fold_char(cp).kind == CHAR_SPACE;
}

/* Zero-width characters and byte order marks, which come with what is pasted. */
static bool is_ignored(uint32_t cp)
{
    return fold_char(cp).kind == CHAR_IGNORED;
}

/* The first character from `at` on that is not ignored. */
static uint32_t seen_at(const struct lexer *l, size_t at, size_t *len)
{
    uint32_t cp = char_at(l, at, len);
    for (; *len && is_ignored(cp); cp = char_at(l, at, len))
        at += *len;
    return cp;
}

/* The mark that closes a quote opened by cp; 0 when cp opens none. A closing “ is accepted for ”
 * and the reverse: input methods often give the same one twice. */
static uint32_t closing_quote(uint32_t cp)
{
    switch (cp) {
    case '"':
        return '"';
    case 0x201C: /* “ */
    case 0x201D: /* ” */
        return 0x201D;
    case 0x300C: /* 「 */
        return 0x300D;
    case 0x300E: /* 『 */
        return 0x300F;
    default:
        return 0;
    }
}

static bool closes(uint32_t cp, uint32_t closing)
{
    return cp == closing || (closing == 0x201D && cp == 0x201C);
}

enum status lexer_fault(const struct lexer *l, size_t byte, const char *message)
{
    return error_set(
        l->err, STATUS_BAD_INPUT, "query:%zu: %s", utf8_count(l->text, byte) + 1, tr(message));
}

static bool ends_word(uint32_t cp, size_t len)
{
    return len == 0 || is_space(cp) || cp == '|' || cp == '(' || cp == ')';
}

static bool ends_clause(uint32_t cp, size_t len)
{
    return ends_word(cp, len) || closing_quote(cp);
}

/* The place behind the quote that opens at `at`; 0 where it is not closed. */
static size_t quote_end(const struct lexer *l, size_t at)
{
    size_t len;
    uint32_t closing = closing_quote(char_at(l, at, &len)), cp;
    for (at += len; (cp = char_at(l, at, &len)), len; at += len) {
        if (closes(cp, closing))
            return at + len;
        if (cp == '\\') {
            at += len;
            char_at(l, at, &len);
        }
    }
    return 0;
}

/* Is the quote at the start of a clause a quotation in prose (“三期”指的是什么) rather than an operator? The marks
 * of print are, where text goes on behind them or none closes; a typewriter's `"` never is. */
static bool is_quotation(const struct lexer *l, size_t at)
{
    size_t len, end;
    if (char_at(l, at, &len) == '"')
        return false;
    end = quote_end(l, at);
    uint32_t next = seen_at(l, end, &len);
    return end == 0 || !ends_clause(next, len);
}

/* Where the bracket that opens at `at` closes within the same word: the place behind it, 0 where it
 * does not. */
static size_t bracket_end(const struct lexer *l, size_t at)
{
    size_t len, depth = 0;
    for (;;) {
        uint32_t cp = char_at(l, at, &len);
        if (len == 0 || is_space(cp) || closing_quote(cp) || cp == '|')
            return 0;
        at += len;
        depth += cp == '(';
        depth -= cp == ')';
        if (depth == 0)
            return at;
        if (cp == '\\') {
            char_at(l, at, &len);
            at += len;
        }
    }
}

/* Is the bracket at the start of a clause part of a word (（一）目标)? */
static bool is_text_bracket(const struct lexer *l, size_t at)
{
    size_t end = bracket_end(l, at), len;
    uint32_t next = seen_at(l, end, &len);
    return end && !ends_clause(next, len);
}

/* The length of the operator `name` at `at`, 0 where it is none: it stands alone, but for a number
 * where one may follow. */
static size_t operator_length(const struct lexer *l, size_t at, const char *name, bool has_number)
{
    size_t start = at, len;
    for (; *name; name++, at += len)
        if (char_at(l, at, &len) != (uint32_t)*name)
            return 0;
    uint32_t cp = char_at(l, at, &len);
    if (has_number && cp == '/')
        for (; !ends_clause(cp, len) && !is_ignored(cp); cp = char_at(l, at, &len))
            at += len;
    cp = seen_at(l, at, &len);
    return ends_clause(cp, len) ? at - start : 0;
}

enum lexeme lexer_look(struct lexer *l, size_t *len)
{
    uint32_t cp = char_at(l, l->at, len);
    for (; *len && (is_space(cp) || is_ignored(cp)); cp = char_at(l, l->at, len))
        l->at += *len;
    if (*len == 0)
        return LEX_END;
    if (cp == '(')
        return is_text_bracket(l, l->at) ? LEX_WORD : LEX_OPEN;
    if (cp == ')')
        return LEX_CLOSE;
    if (cp == '|')
        return LEX_BAR;
    if (closing_quote(cp))
        return is_quotation(l, l->at) ? LEX_WORD : LEX_QUOTE;
    size_t name_len = operator_length(l, l->at, "OR", false);
    enum lexeme found = name_len ? LEX_OR : LEX_WORD;
    if (!name_len && (name_len = operator_length(l, l->at, "NEAR", true)))
        found = LEX_NEAR;
    *len = name_len ? name_len : *len;
    return found;
}

bool lexer_take_minus(struct lexer *l)
{
    size_t len, next_len;
    if (char_at(l, l->at, &len) != '-')
        return false;
    uint32_t next = seen_at(l, l->at + len, &next_len);
    if (next_len == 0 || is_space(next) || next == ')' || next == '|')
        return false;
    l->at += len;
    return true;
}

size_t lexer_take_field(struct lexer *l, char name[FIELD_NAME_MAX])
{
    size_t at = l->at, n = 0, len;
    for (;; at += len) {
        uint32_t cp = char_at(l, at, &len);
        struct fold f = fold_char(cp);
        if (n && cp == ':')
            break;
        if (len == 0 || n + UTF8_MAX_BYTES >= FIELD_NAME_MAX)
            return 0;
        bool is_name = f.kind == CHAR_LETTER || f.kind == CHAR_HAN ||
                       (n && (f.kind == CHAR_DIGIT || cp == '_' || cp == '-' || cp == '.'));
        if (!is_name || f.n_expansion)
            return 0;
        n += utf8_encode(f.cp, name + n);
    }
    name[n] = '\0';
    l->at = at + len;
    return n;
}

static void copy(struct lexer *l, size_t len)
{
    memcpy(l->room, l->text + l->at, len);
    l->room += len;
    l->at += len;
}

/* Takes a backslash and the character behind it as text. */
static enum status take_escaped(struct lexer *l)
{
    size_t len;
    char_at(l, l->at, &len);
    l->at += len;
    char_at(l, l->at, &len);
    if (len == 0)
        return lexer_fault(l, l->at - 1, "nothing stands behind the backslash");
    copy(l, len);
    return STATUS_OK;
}

enum status lexer_take_word(struct lexer *l, const char **out, size_t *n)
{
    size_t len, bracket = 0; /* brackets up to there are text */
    *out = l->room;
    for (;;) {
        uint32_t cp = char_at(l, l->at, &len);
        if (cp == '(' && l->at >= bracket)
            bracket = bracket_end(l, l->at);
        if (l->at >= bracket && ends_word(cp, len))
            break;
        if (cp == '\\') {
            enum status s = take_escaped(l);
            if (s != STATUS_OK)
                return s;
        } else {
            copy(l, len);
        }
    }
    *n = (size_t)(l->room - *out);
    return STATUS_OK;
}

enum status lexer_take_quoted(struct lexer *l, const char **out, size_t *n)
{
    size_t start = l->at, len;
    uint32_t closing = closing_quote(char_at(l, l->at, &len));
    *out = l->room;
    l->at += len;
    for (;;) {
        uint32_t cp = char_at(l, l->at, &len);
        if (len == 0)
            return lexer_fault(l, start, "quote is not closed");
        if (closes(cp, closing))
            break;
        size_t next_len;
        uint32_t next = char_at(l, l->at + len, &next_len);
        if (cp == '\\' && next_len && (next == '"' || next == '\\' || closes(next, closing)))
            l->at += len;
        else
            next_len = len;
        copy(l, next_len);
    }
    l->at += len;
    *n = (size_t)(l->room - *out);
    return *n ? STATUS_OK : lexer_fault(l, start, "nothing between the quotes");
}

enum status lexer_near_distance(struct lexer *l, size_t len, size_t *out)
{
    size_t at = l->at, end = l->at + len, step, n_digits = 0, distance = 0;
    for (uint32_t cp = char_at(l, at, &step); at < end && cp != '/'; cp = char_at(l, at, &step))
        at += step;
    *out = NEAR_CHARS_DEFAULT;
    if (at == end)
        return STATUS_OK;
    char_at(l, at, &step);
    for (at += step; at < end; at += step, n_digits++) {
        uint32_t digit = fold_char(char_at(l, at, &step)).cp - '0';
        if (digit > 9 || (distance = 10 * distance + digit) > NEAR_CHARS_MAX)
            return lexer_fault(l, l->at, "NEAR/ takes a number from 0 to 1000");
    }
    *out = distance;
    return n_digits ? STATUS_OK : lexer_fault(l, l->at, "NEAR/ takes a number from 0 to 1000");
}
