// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/query.h"

#include <string.h>

#include "common/utf8.h"
#include "tokenizer/folded_text.h"

struct parser {
    const char *text;
    size_t n, at;
    struct query *query;
    struct error *err;
};

static uint32_t peek(const struct parser *p, size_t *len)
{
    uint32_t cp = 0;
    *len = p->at < p->n ? utf8_step(p->text + p->at, p->n - p->at, &cp) : 0;
    return cp;
}

static bool is_space(uint32_t cp)
{
    return fold_char(cp).kind == CHAR_SPACE;
}

static bool is_minus(uint32_t cp)
{
    return cp == '-' || cp == 0xFF0D /* － */ || cp == 0x2212 /* − */;
}

/* The mark that closes a quote opened by cp; 0 when cp opens none. A closing “ is accepted for ”
 * and the reverse: input methods often give the same one twice. */
static uint32_t closing_quote(uint32_t cp)
{
    switch (cp) {
    case '"':
    case 0xFF02: /* ＂ */
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
    return cp == closing || (closing == '"' && cp == 0xFF02) || (closing == 0x201D && cp == 0x201C);
}

static enum status fold_clause(struct parser *p, struct clause *c)
{
    struct folded_text t;
    struct folded_char ch;
    folded_text_init(&t, c->text, c->text_len);
    size_t room = 0;
    while (folded_text_next(&t, &ch))
        room++;
    c->folded = arena_alloc(&p->query->arena, (room ? room : 1) * sizeof *c->folded);
    if (!c->folded)
        return error_no_memory(p->err);
    folded_text_init(&t, c->text, c->text_len);
    c->is_empty = true;
    while (folded_text_next(&t, &ch)) {
        c->folded[c->n_folded++] = ch.cp;
        if (c->is_quoted || (ch.kind != CHAR_OTHER && ch.kind != CHAR_SPACE))
            c->is_empty = false;
    }
    return STATUS_OK;
}

static enum status add_clause(struct parser *p, struct clause clause, size_t start)
{
    struct query *q = p->query;
    if (q->n_clauses == QUERY_CLAUSES_MAX)
        return error_set(p->err, STATUS_BAD_INPUT, "query:%zu: more than %d words",
            utf8_count(p->text, start) + 1, QUERY_CLAUSES_MAX);
    struct clause *c = &q->clauses[q->n_clauses];
    *c = clause;
    enum status s = fold_clause(p, c);
    if (s == STATUS_OK)
        q->n_clauses++;
    return s;
}

/* The inside of a quote, p->at being behind the opening mark. */
static enum status parse_quoted(
    struct parser *p, enum clause_kind kind, size_t start, uint32_t closing)
{
    char *text = arena_alloc(&p->query->arena, p->n - p->at + 1);
    if (!text)
        return error_no_memory(p->err);
    size_t text_len = 0, len;
    for (;;) {
        uint32_t cp = peek(p, &len);
        if (len == 0)
            return error_set(p->err, STATUS_BAD_INPUT, "query:%zu: quote is not closed",
                utf8_count(p->text, start) + 1);
        if (closes(cp, closing))
            break;
        if (cp == '\\' && p->at + 1 < p->n &&
            (p->text[p->at + 1] == '"' || p->text[p->at + 1] == '\\'))
            p->at++;
        memcpy(text + text_len, p->text + p->at, len);
        text_len += len;
        p->at += len;
    }
    p->at += len;
    struct clause c = {.kind = kind, .text = text, .text_len = text_len, .is_quoted = true};
    if (text_len == 0)
        return error_set(p->err, STATUS_BAD_INPUT, "query:%zu: nothing between the quotes",
            utf8_count(p->text, start) + 1);
    return add_clause(p, c, start);
}

static enum status parse_word(struct parser *p, enum clause_kind kind)
{
    size_t start = p->at, len;
    for (uint32_t cp = peek(p, &len); len && !is_space(cp) && !closing_quote(cp);
         cp = peek(p, &len))
        p->at += len;
    return add_clause(p,
        (struct clause){.kind = kind, .text = p->text + start, .text_len = p->at - start}, start);
}

static enum status parse_clause(struct parser *p)
{
    size_t start = p->at, len;
    uint32_t cp = peek(p, &len);
    bool is_not = false;
    if (is_minus(cp)) {
        p->at += len;
        uint32_t next = peek(p, &len);
        is_not = len && !is_space(next);
        if (!is_not)
            p->at = start;
        cp = is_not ? next : cp;
    }
    cp = peek(p, &len);
    if (closing_quote(cp)) {
        p->at += len;
        return parse_quoted(p, is_not ? CLAUSE_NOT : CLAUSE_EXACT, start, closing_quote(cp));
    }
    return parse_word(p, is_not ? CLAUSE_NOT : CLAUSE_WORD);
}

enum status query_parse(const char *text, size_t n, struct query *out, struct error *err)
{
    *out = (struct query){0};
    arena_init(&out->arena, 64 * (size_t)QUERY_BYTES_MAX);
    if (n > QUERY_BYTES_MAX)
        return error_set(err, STATUS_BAD_INPUT, "query is longer than %d bytes", QUERY_BYTES_MAX);
    out->text = arena_copy(&out->arena, text, n);
    out->text_len = n;
    out->clauses = arena_alloc(&out->arena, QUERY_CLAUSES_MAX * sizeof *out->clauses);
    if (!out->text || !out->clauses)
        return error_no_memory(err);
    struct parser p = {.text = out->text, .n = n, .query = out, .err = err};
    enum status s = STATUS_OK;
    while (s == STATUS_OK) {
        size_t len;
        uint32_t cp = peek(&p, &len);
        if (len == 0)
            break;
        if (is_space(cp))
            p.at += len;
        else
            s = parse_clause(&p);
    }
    if (s == STATUS_OK && !query_has(out, CLAUSE_WORD) && !query_has(out, CLAUSE_EXACT)) {
        s = query_has(out, CLAUSE_NOT) ? error_set(err, STATUS_BAD_INPUT,
                                             "query '%s' only says what to leave out", out->text)
                                       : error_set(err, STATUS_BAD_INPUT,
                                             "query '%s' holds nothing to look for", out->text);
    }
    if (s != STATUS_OK)
        query_release(out);
    return s;
}

void query_release(struct query *q)
{
    arena_release(&q->arena);
    q->clauses = NULL;
    q->n_clauses = 0;
}

bool query_has(const struct query *q, enum clause_kind kind)
{
    for (size_t i = 0; i < q->n_clauses; i++)
        if (q->clauses[i].kind == kind && !q->clauses[i].is_empty)
            return true;
    return false;
}
