// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/query.h"

#include <stdio.h>
#include <string.h>

#include "common/utf8.h"
#include "search/query_dates.h"
#include "search/query_lexer.h"
#include "tokenizer/folded_text.h"

struct parser {
    struct lexer lexer;
    struct query *query;
    const struct query_fields *fields;
    size_t depth, n_minus; /* of open brackets, and of exclusions around */
    struct error *err;
};

static enum status parse_or(struct parser *p, struct query_node **out);

/* ---- clauses ---- */

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
        if (c->kind != CLAUSE_WORD || (ch.kind != CHAR_OTHER && ch.kind != CHAR_SPACE))
            c->is_empty = false;
    }
    return STATUS_OK;
}

static struct query_node *new_node(struct parser *p, enum query_node_kind kind)
{
    struct query_node *node = arena_alloc(&p->query->arena, sizeof *node);
    if (node)
        node->kind = kind;
    return node;
}

static enum status add_clause(struct parser *p, struct clause clause, struct query_node **out)
{
    struct query *q = p->query;
    if (q->n_clauses == QUERY_CLAUSES_MAX)
        return lexer_fault(&p->lexer, clause.start, "more than 128 words");
    struct clause *c = &q->clauses[q->n_clauses];
    *c = clause;
    c->is_excluded = p->n_minus > 0;
    enum status s = fold_clause(p, c);
    if (s != STATUS_OK)
        return s;
    *out = new_node(p, NODE_CLAUSE);
    if (!*out)
        return error_no_memory(p->err);
    (*out)->clause = q->n_clauses++;
    return STATUS_OK;
}

static bool is_dates(const char *name)
{
    return strcmp(name, "year") == 0 || strcmp(name, "date") == 0;
}

static bool is_field(const struct parser *p, const char *name, size_t n)
{
    static const char *const known[] = {"title", "path", "id", "year", "date"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i]) == 0)
            return true;
    return p->fields && p->fields->has(p->fields->context, name, n);
}

static enum status set_dates(struct parser *p, struct clause *c)
{
    bool only_years = strcmp(c->name, "year") == 0;
    if (!query_dates_parse(c->folded, c->n_folded, only_years, &c->low, &c->high))
        return only_years ? lexer_fault(&p->lexer, c->start,
                                "no year or range of years (2023, 2020..2024, 2020.., ..2019)")
                          : lexer_fault(&p->lexer, c->start,
                                "no date or range of dates (2023-02-15, 2023-02..2023-06)");
    if (c->low > c->high)
        return lexer_fault(&p->lexer, c->start, "range ends before it begins");
    return STATUS_OK;
}

static enum status parse_field(
    struct parser *p, const char *name, size_t name_len, size_t start, struct query_node **out)
{
    struct clause c = {.kind = is_dates(name) ? CLAUSE_DATES : CLAUSE_FIELD, .start = start};
    struct lexer *l = &p->lexer;
    size_t value = l->at, before = l->at, len;
    c.name = arena_copy(&p->query->arena, name, name_len);
    if (!c.name)
        return error_no_memory(p->err);
    c.is_quoted = lexer_look(l, &len) == LEX_QUOTE && l->at == before;
    l->at = before;
    enum status s = c.is_quoted ? lexer_take_quoted(l, &c.text, &c.text_len)
                                : lexer_take_word(l, &c.text, &c.text_len);
    if (s == STATUS_OK && c.text_len == 0)
        return lexer_fault(l, value - 1, "nothing stands behind the colon");
    if (s == STATUS_OK)
        s = add_clause(p, c, out);
    if (s == STATUS_OK && c.kind == CLAUSE_DATES)
        s = set_dates(p, &p->query->clauses[(*out)->clause]);
    return s;
}

static enum status parse_word(struct parser *p, bool is_unknown_field, struct query_node **out)
{
    struct clause c = {.kind = CLAUSE_WORD,
        .start = p->lexer.at,
        .is_soft = p->depth == 0 && p->n_minus == 0,
        .is_unknown_field = is_unknown_field};
    enum status s = lexer_take_word(&p->lexer, &c.text, &c.text_len);
    return s == STATUS_OK ? add_clause(p, c, out) : s;
}

/* Does the word at `at`, behind a name and a colon that are no field, look meant as one? A URL and
 * a time do not. */
static bool reads_as_field(const struct lexer *l, size_t name_end, const char *name)
{
    return l->text[name_end - 1] == ':' && (unsigned char)name[0] < 0x80 && name_end < l->n &&
           l->text[name_end] != '/' && l->text[name_end] != ' ';
}

static enum status parse_word_or_field(struct parser *p, struct query_node **out)
{
    struct lexer *l = &p->lexer;
    char name[FIELD_NAME_MAX];
    size_t start = l->at, name_len = lexer_take_field(l, name);
    if (name_len && is_field(p, name, name_len))
        return parse_field(p, name, name_len, start, out);
    bool is_unknown_field = name_len && reads_as_field(l, l->at, name);
    l->at = start;
    return parse_word(p, is_unknown_field, out);
}

static enum status parse_quoted(struct parser *p, struct query_node **out)
{
    struct clause c = {.kind = CLAUSE_EXACT, .start = p->lexer.at, .is_quoted = true};
    enum status s = lexer_take_quoted(&p->lexer, &c.text, &c.text_len);
    return s == STATUS_OK ? add_clause(p, c, out) : s;
}

/* ---- structure ---- */

static enum status parse_brackets(struct parser *p, struct query_node **out)
{
    struct lexer *l = &p->lexer;
    size_t start = l->at, len;
    if (p->depth == QUERY_DEPTH_MAX)
        return lexer_fault(l, start, "more than 32 brackets within each other");
    lexer_look(l, &len);
    l->at += len;
    p->depth++;
    if (lexer_look(l, &len) == LEX_CLOSE)
        return lexer_fault(l, start, "nothing between the brackets");
    enum status s = parse_or(p, out);
    p->depth--;
    if (s != STATUS_OK)
        return s;
    if (!*out)
        return lexer_fault(l, start, "nothing to look for between the brackets");
    if (lexer_look(l, &len) != LEX_CLOSE)
        return lexer_fault(l, start, "bracket is not closed");
    l->at += len;
    return STATUS_OK;
}

/* A word, field, quoted text or group, without a minus. */
static enum status parse_primary(struct parser *p, struct query_node **out)
{
    size_t len;
    switch (lexer_look(&p->lexer, &len)) {
    case LEX_OPEN:
        return parse_brackets(p, out);
    case LEX_QUOTE:
        return parse_quoted(p, out);
    default:
        return parse_word_or_field(p, out);
    }
}

static struct clause *clause_of(const struct parser *p, const struct query_node *node)
{
    return &p->query->clauses[node->clause];
}

/* Nothing that could be looked for: an empty clause, or its exclusion. */
static bool is_void(const struct parser *p, const struct query_node *node)
{
    if (node->kind == NODE_NOT)
        node = node->first;
    return node->kind == NODE_CLAUSE && clause_of(p, node)->is_empty;
}

static bool can_be_near(const struct parser *p, const struct query_node *node)
{
    return node->kind == NODE_CLAUSE && !clause_of(p, node)->is_empty &&
           clause_is_text(clause_of(p, node));
}

static enum status near_fault(const struct lexer *l, size_t byte)
{
    return lexer_fault(l, byte, "NEAR needs a word or a quoted text on both sides");
}

/* `left NEAR/n right`, the lexer standing at the operator. */
static enum status parse_near(struct parser *p, size_t len, struct query_node **left)
{
    struct lexer *l = &p->lexer;
    size_t start = l->at, next_len;
    struct query_node *near = new_node(p, NODE_NEAR), *right = NULL;
    if (!near)
        return error_no_memory(p->err);
    enum status s = lexer_near_distance(l, len, &near->distance);
    if (s != STATUS_OK)
        return s;
    l->at += len;
    enum lexeme next = lexer_look(l, &next_len);
    if (!can_be_near(p, *left) || (next != LEX_QUOTE && next != LEX_WORD) || lexer_take_minus(l))
        return near_fault(l, start);
    s = parse_primary(p, &right);
    if (s != STATUS_OK)
        return s;
    if (!can_be_near(p, right))
        return near_fault(l, start);
    clause_of(p, *left)->is_soft = clause_of(p, right)->is_soft = false;
    near->first = *left;
    near->first->next = right;
    *left = near;
    if (lexer_look(l, &next_len) == LEX_NEAR)
        return lexer_fault(l, l->at, "NEAR joins two, not three: bracket them by pairs");
    return STATUS_OK;
}

static enum status parse_item(struct parser *p, struct query_node **out)
{
    struct lexer *l = &p->lexer;
    size_t len;
    bool is_not = lexer_look(l, &len) == LEX_WORD && lexer_take_minus(l);
    p->n_minus += is_not;
    enum status s = parse_primary(p, out);
    p->n_minus -= is_not;
    if (s == STATUS_OK && is_not) {
        struct query_node *negation = new_node(p, NODE_NOT);
        if (!negation)
            return error_no_memory(p->err);
        negation->first = *out;
        *out = negation;
    }
    if (s == STATUS_OK && lexer_look(l, &len) == LEX_NEAR)
        s = parse_near(p, len, out);
    return s;
}

static bool ends_and(enum lexeme next)
{
    return next == LEX_END || next == LEX_CLOSE || next == LEX_OR || next == LEX_BAR;
}

/* Items side by side: the one there is, or an AND of them. *out is NULL where all of them are void.
 */
static enum status parse_and(struct parser *p, struct query_node **out)
{
    size_t len;
    struct query_node *first = NULL, **end = &first, *item;
    while (!ends_and(lexer_look(&p->lexer, &len))) {
        if (lexer_look(&p->lexer, &len) == LEX_NEAR)
            return near_fault(&p->lexer, p->lexer.at);
        enum status s = parse_item(p, &item);
        if (s != STATUS_OK)
            return s;
        if (is_void(p, item))
            continue;
        *end = item;
        end = &item->next;
    }
    *out = first;
    if (!first || !first->next)
        return STATUS_OK;
    *out = new_node(p, NODE_AND);
    if (!*out)
        return error_no_memory(p->err);
    (*out)->first = first;
    return STATUS_OK;
}

/* The sides of OR; one side is itself, NULL where that is void. */
static enum status parse_or(struct parser *p, struct query_node **out)
{
    struct lexer *l = &p->lexer;
    struct query_node *first = NULL, **end = &first;
    size_t len, n_sides = 0, operator_at = 0;
    for (;;) {
        struct query_node *side = NULL;
        enum status s = parse_and(p, &side);
        if (s != STATUS_OK)
            return s;
        enum lexeme next = lexer_look(l, &len);
        bool is_or = next == LEX_OR || next == LEX_BAR;
        if (!side && (is_or || n_sides))
            return lexer_fault(
                l, n_sides ? operator_at : l->at, "OR needs something to look for on both sides");
        if (side) {
            *end = side;
            end = &side->next;
            n_sides++;
        }
        if (!is_or)
            break;
        operator_at = l->at;
        l->at += len;
    }
    *out = first;
    if (n_sides < 2)
        return STATUS_OK;
    *out = new_node(p, NODE_OR);
    if (!*out)
        return error_no_memory(p->err);
    (*out)->first = first;
    return STATUS_OK;
}

/* ---- the whole ---- */

/* Below an OR at the top, words are conditions. */
static void harden(struct query *q)
{
    for (size_t i = 0; i < q->n_clauses; i++)
        q->clauses[i].is_soft = false;
}

static bool is_positive(const struct query_node *node)
{
    if (node->kind != NODE_AND && node->kind != NODE_OR)
        return node->kind != NODE_NOT;
    for (const struct query_node *child = node->first; child; child = child->next)
        if (is_positive(child))
            return true;
    return false;
}

static enum status parse_all(struct parser *p)
{
    struct query *q = p->query;
    struct query_node *top = NULL;
    size_t len;
    enum status s = parse_or(p, &top);
    if (s != STATUS_OK)
        return s;
    if (lexer_look(&p->lexer, &len) == LEX_CLOSE)
        return lexer_fault(&p->lexer, p->lexer.at, "bracket is not opened");
    if (!top)
        return error_set(p->err, STATUS_BAD_INPUT, "query '%s' holds nothing to look for", q->text);
    if (!is_positive(top))
        return error_set(
            p->err, STATUS_BAD_INPUT, "query '%s' only says what to leave out", q->text);
    if (top->kind == NODE_OR)
        harden(q);
    q->root = top;
    if (top->kind == NODE_AND)
        return STATUS_OK;
    q->root = new_node(p, NODE_AND);
    if (!q->root)
        return error_no_memory(p->err);
    q->root->first = top;
    return STATUS_OK;
}

enum status query_parse_with(const char *text, size_t n, const struct query_fields *fields,
    struct query *out, struct error *err)
{
    *out = (struct query){0};
    arena_init(&out->arena, 64 * (size_t)QUERY_BYTES_MAX);
    if (n > QUERY_BYTES_MAX)
        return error_set(err, STATUS_BAD_INPUT, "query is longer than %d bytes", QUERY_BYTES_MAX);
    if (utf8_valid(text, n) != n) /* of GB18030, ASCII letters would be left, and find something */
        return error_set(err, STATUS_BAD_INPUT, "query is not UTF-8");
    struct parser p = {.query = out, .fields = fields, .err = err};
    out->text = arena_copy(&out->arena, text, n);
    out->text_len = n;
    out->clauses = arena_alloc(&out->arena, QUERY_CLAUSES_MAX * sizeof *out->clauses);
    char *room = arena_alloc(&out->arena, n + 1);
    enum status s = STATUS_OK;
    if (!out->text || !out->clauses || !room)
        s = error_no_memory(err);
    p.lexer = (struct lexer){.text = out->text, .n = n, .room = room, .err = err};
    if (s == STATUS_OK)
        s = parse_all(&p);
    if (s != STATUS_OK)
        query_release(out);
    return s;
}

enum status query_parse(const char *text, size_t n, struct query *out, struct error *err)
{
    return query_parse_with(text, n, NULL, out, err);
}

void query_release(struct query *q)
{
    arena_release(&q->arena);
    *q = (struct query){0};
}

/* ---- asking, and relaxing ---- */

bool query_node_has_text(const struct query *q, const struct query_node *node)
{
    if (node->kind == NODE_NOT)
        return false;
    if (node->kind == NODE_CLAUSE)
        return clause_is_text(&q->clauses[node->clause]);
    for (const struct query_node *child = node->first; child; child = child->next)
        if (query_node_has_text(q, child))
            return true;
    return false;
}

/* Turns the text clauses below a node into soft words, linked in front of `list`. */
static struct query_node *soften(struct query *q, struct query_node *node, struct query_node *list)
{
    if (node->kind == NODE_NOT)
        return list;
    if (node->kind == NODE_CLAUSE) {
        struct clause *c = &q->clauses[node->clause];
        if (!clause_is_text(c))
            return list;
        c->kind = CLAUSE_WORD;
        c->is_quoted = false;
        c->is_soft = true;
        node->next = list;
        return node;
    }
    for (struct query_node *child = node->first, *next; child; child = next) {
        next = child->next;
        list = soften(q, child, list);
    }
    return list;
}

/* Does a quoted text, once unquoted, still give something to look up? */
static bool has_terms(const struct clause *c)
{
    for (size_t i = 0; i < c->n_folded; i++) {
        enum char_class class = fold_char(c->folded[i]).kind;
        if (class != CHAR_OTHER && class != CHAR_SPACE)
            return true;
    }
    return false;
}

bool query_relax(struct query *q)
{
    bool has_condition = false, has_word = false;
    for (size_t i = 0; i < q->n_clauses; i++) {
        const struct clause *c = &q->clauses[i];
        if (!clause_is_text(c) || c->is_excluded || c->is_empty)
            continue;
        has_condition |= !c->is_soft;
        has_word |= has_terms(c);
    }
    if (!has_condition || !has_word)
        return false;
    struct query_node *kept = NULL, *next;
    for (struct query_node *node = q->root->first; node; node = next) {
        next = node->next;
        if (query_node_has_text(q, node)) {
            kept = soften(q, node, kept);
        } else {
            node->next = kept;
            kept = node;
        }
    }
    q->root->first = kept;
    return true;
}
