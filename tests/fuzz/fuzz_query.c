// SPDX-License-Identifier: GPL-2.0-or-later
/* Whatever is typed: a fault that says where, or a tree whose clauses lie in the query, each in it once, all of it
 * within the limits. A clause's text, quoted, is an exact text that folds the same. */
#include "common/buf.h"
#include "common/utf8.h"
#include "search/query.h"
#include "store/schema.h"
#include "tests/fuzz/fuzz.h"

static bool has_field(void *context, const char *name, size_t n)
{
    (void)context;
    return n == 6 && memcmp(name, "source", 6) == 0;
}

static const struct query_fields fields = {has_field, NULL};

static void check_node(
    const struct query *q, const struct query_node *node, size_t depth, unsigned *n_seen)
{
    size_t n = 0;
    MUST(depth <= 4 * (QUERY_DEPTH_MAX + 2));
    if (node->kind == NODE_CLAUSE) {
        MUST(node->clause < q->n_clauses && !node->first);
        MUST(++n_seen[node->clause] == 1);
        MUST(!q->clauses[node->clause].is_empty);
    }
    for (const struct query_node *child = node->first; child; child = child->next, n++)
        check_node(q, child, depth + 1, n_seen);
    MUST(node->kind != NODE_NEAR || (n == 2 && node->distance <= NEAR_CHARS_MAX));
    MUST(node->kind != NODE_NOT || n == 1);
    MUST(node->kind != NODE_OR || n >= 2);
}

static void check_clause(const struct query *q, const struct clause *c)
{
    MUST(c->start < q->text_len && c->text_len <= q->text_len);
    MUST(!c->is_soft || (c->kind == CLAUSE_WORD && !c->is_excluded));
    MUST(c->kind != CLAUSE_DATES || c->low <= c->high);
    MUST(c->kind < CLAUSE_FIELD || strlen(c->name) < FIELD_NAME_MAX);
}

/* Writes the text in quotes, so that it means itself. */
static void quote(const struct clause *c, struct buf *out)
{
    MUST(buf_append_byte(out, '"'));
    for (size_t at = 0, len; at < c->text_len; at += len) {
        uint32_t cp;
        len = utf8_step(c->text + at, c->text_len - at, &cp);
        if (cp == '\\' || cp == '"' || cp == 0xFF02 || cp == 0xFF3C) /* ＂ and ＼ */
            MUST(buf_append_byte(out, '\\'));
        MUST(buf_append(out, c->text + at, len));
    }
    MUST(buf_append_byte(out, '"'));
}

static void check_quoted(const struct clause *c)
{
    struct query q;
    struct error err;
    struct buf text;
    buf_init(&text, 2 * QUERY_BYTES_MAX + 2);
    quote(c, &text);
    if (text.len <= QUERY_BYTES_MAX && c->n_folded &&
        utf8_valid(c->text, c->text_len) == c->text_len) {
        MUST(query_parse(text.data, text.len, &q, &err) == STATUS_OK);
        MUST(q.n_clauses == 1 && q.clauses[0].kind == CLAUSE_EXACT);
        MUST(q.clauses[0].text_len == c->text_len && q.clauses[0].n_folded == c->n_folded);
        MUST(memcmp(q.clauses[0].folded, c->folded, c->n_folded * sizeof *c->folded) == 0);
        query_release(&q);
    }
    buf_release(&text);
}

static bool has_clause(const struct query *q, enum clause_kind kind)
{
    for (size_t i = 0; i < q->n_clauses; i++)
        if (q->clauses[i].kind == kind && !q->clauses[i].is_empty && !q->clauses[i].is_excluded)
            return true;
    return false;
}

static void check_query(struct query *q)
{
    unsigned n_seen[QUERY_CLAUSES_MAX] = {0};
    MUST(q->n_clauses > 0 && q->n_clauses <= QUERY_CLAUSES_MAX);
    MUST(q->root && q->root->kind == NODE_AND && q->root->first);
    check_node(q, q->root, 0, n_seen);
    for (size_t i = 0; i < q->n_clauses; i++) {
        check_clause(q, &q->clauses[i]);
        check_quoted(&q->clauses[i]);
        MUST(n_seen[i] == !q->clauses[i].is_empty);
    }
    if (query_relax(q)) {
        memset(n_seen, 0, sizeof n_seen);
        check_node(q, q->root, 0, n_seen);
        MUST(has_clause(q, CLAUSE_WORD) && !has_clause(q, CLAUSE_EXACT));
        MUST(!query_relax(q));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    struct query q;
    struct error err = {.message = ""};
    enum status s = query_parse_with(text, size, &fields, &q, &err);
    if (s == STATUS_OK) {
        check_query(&q);
        query_release(&q);
    } else {
        MUST(s == STATUS_BAD_INPUT && err.status == s && err.message[0]);
        MUST(utf8_valid(err.message, strlen(err.message)) == strlen(err.message) ||
             utf8_valid(text, size) != size);
        MUST(!q.root && q.n_clauses == 0);
        query_release(&q);
    }
    free(text);
    return 0;
}
