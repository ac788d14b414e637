// SPDX-License-Identifier: GPL-2.0-or-later
/* Each exported function is one call of guard(): its body may throw what it likes, and
 * map_exception turns that into a status. A fault that we find ourselves sets the error and throws
 * `stop`.
 *
 * Several segments are one Xapian::Database for ranking, because weights need the statistics of
 * all. Xapian interleaves docids: of n segments, combined docid d is docid (d-1)/n + 1 of segment
 * (d-1) % n. What needs no weights (boolean searches, data, metadata) asks the segments one by one.
 */
#include <stdint.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <xapian.h>

extern "C" {
#include "common/buf.h"
#include "common/error.h"
#include "store/xapian_folder.h"
}
#include "store/xapian_c.h"

struct xdb {
    Xapian::Database all;
    std::vector<Xapian::Database> segments;
    std::vector<std::string> dirs, uuids;
    std::string name; /* for messages about all of them */
};

struct xwriter {
    Xapian::WritableDatabase db;
    std::string dir;
    Xapian::docid with_data = 0; /* the last xdoc that has some */
};

namespace
{

/* The error is set already. */
struct stop {
    enum status status;
};

enum status map_database_error(struct error *err, const char *dir, const Xapian::DatabaseError &e)
{
    const char *cause = e.get_error_string();
    if (cause)
        return error_set(err, STATUS_IO, "database '%s': %s: %s", dir, e.get_msg().c_str(), cause);
    return error_set(err, STATUS_CORRUPT, "database '%s' is damaged: %s", dir, e.get_msg().c_str());
}

/* To be called in a handler only. */
enum status map_exception(struct error *err, const char *dir)
{
    try {
        throw;
    } catch (const stop &e) {
        return e.status;
    } catch (const std::bad_alloc &) {
        return error_no_memory(err);
    } catch (const std::length_error &) {
        return error_no_memory(err);
    } catch (const Xapian::DatabaseVersionError &) {
        return error_set(
            err, STATUS_NEWER, "database '%s' was made by another version of Xapian", dir);
    } catch (const Xapian::DatabaseNotFoundError &) {
        return error_set(err, STATUS_MISSING, "no database at '%s'", dir);
    } catch (
        const Xapian::DatabaseLockError &e) { /* of a folder of our own: no other writer has it */
        return error_set(err, STATUS_IO, "cannot lock database '%s': %s", dir, e.get_msg().c_str());
    } catch (const Xapian::DatabaseError &e) {
        return map_database_error(err, dir, e);
    } catch (const Xapian::DocNotFoundError &) {
        return error_set(err, STATUS_MISSING, "no such passage in database '%s'", dir);
    } catch (const Xapian::NetworkError &e) {
        return error_set(err, STATUS_IO, "database '%s': %s", dir, e.get_msg().c_str());
    } catch (const Xapian::InvalidArgumentError &e) {
        return error_set(err, STATUS_BAD_INPUT, "database '%s': %s", dir, e.get_msg().c_str());
    } catch (const Xapian::Error &e) {
        return error_set(
            err, STATUS_INTERNAL, "database '%s': %s: %s", dir, e.get_type(), e.get_msg().c_str());
    } catch (const std::exception &e) {
        return error_set(err, STATUS_INTERNAL, "database '%s': %s", dir, e.what());
    } catch (...) {
        return error_set(err, STATUS_INTERNAL, "database '%s': unknown exception", dir);
    }
}

/* Mapping may run out of memory itself: Xapian makes some of its texts when they are asked for. */
template <typename Body> enum status guard(struct error *err, const char *dir, Body &&body) noexcept
{
    try {
        try {
            body();
            return STATUS_OK;
        } catch (...) {
            return map_exception(err, dir);
        }
    } catch (...) {
        return error_no_memory(err);
    }
}

/* Of a call that has set the error where it failed. */
void need(enum status status)
{
    if (status != STATUS_OK)
        throw stop{status};
}

void need_room(bool is_appended)
{
    if (!is_appended)
        throw std::bad_alloc();
}

/* ---- opening ---- */

void open_segment(struct xdb *db, const char *dir, struct error *err)
{
    need(xapian_folder_check(dir, err));
    db->dirs.emplace_back(dir);
    db->segments.emplace_back(dir, Xapian::DB_BACKEND_GLASS);
    db->all.add_database(db->segments.back());
    db->uuids.push_back(db->segments.back().get_uuid());
}

/* Names the whole, and makes sure that its combined docids fit. */
void complete(struct xdb *db, struct error *err)
{
    const size_t n = db->segments.size();
    uint64_t last_docid = 0;
    for (const Xapian::Database &segment : db->segments)
        last_docid = std::max<uint64_t>(last_docid, segment.get_lastdocid());
    db->name = n == 1 ? db->dirs[0] : db->dirs[0] + " +" + std::to_string(n - 1);
    if (last_docid * n > std::numeric_limits<Xapian::docid>::max())
        throw stop{error_set(err, STATUS_BAD_INPUT,
            "too many passages in too many segments: %llu in one of %zu",
            (unsigned long long)last_docid, n)};
}

/* ---- queries ---- */

/* Of a database that Xapian hands out: no two segments of an index have the same UUID, since it
 * follows from the numbers of its sources. */
size_t segment_of(const struct xdb &db, const std::string &uuid)
{
    return (size_t)(std::find(db.uuids.begin(), db.uuids.end(), uuid) - db.uuids.begin());
}

/* The passages of some ranges. Xapian hands a copy of it the database of each segment. */
class range_source : public Xapian::PostingSource
{
    const struct xdb &db;
    const struct docid_ranges *ranges; /* one a segment */
    const struct docid_ranges *here = nullptr;
    size_t range = 0;
    Xapian::docid docid = 0; /* 0: before the first */

  public:
    range_source(const struct xdb &of, const struct docid_ranges *r) : db(of), ranges(r)
    {
    }
    Xapian::PostingSource *clone() const override
    {
        return new range_source(db, ranges);
    }
    void init(const Xapian::Database &segment) override
    {
        here = &ranges[segment_of(db, segment.get_uuid())];
        range = 0;
        docid = 0;
    }
    Xapian::doccount get_termfreq_min() const override
    {
        return docid_ranges_count(here);
    }
    Xapian::doccount get_termfreq_est() const override
    {
        return docid_ranges_count(here);
    }
    Xapian::doccount get_termfreq_max() const override
    {
        return docid_ranges_count(here);
    }
    void next(double) override
    {
        seek(docid + 1);
    }
    void skip_to(Xapian::docid to, double) override
    {
        seek(std::max(docid, to));
    }
    bool at_end() const override
    {
        return range == here->n;
    }
    Xapian::docid get_docid() const override
    {
        return docid;
    }

  private:
    void seek(Xapian::docid to)
    {
        range = docid_ranges_seek(here, range, to);
        if (range < here->n)
            docid = std::max<Xapian::docid>(to, here->at[range].first);
    }
};

std::string checked_term(const char *term, size_t n, struct error *err)
{
    need(xterm_check(term, n, err));
    return std::string(term, n);
}

/* Of a query that xnode_check has let through. */
struct query_maker {
    const struct xdb *db;
    bool is_boolean;

    Xapian::Query make(const struct xnode &node) const
    {
        switch (node.op) {
        case XOP_TERM:
            return Xapian::Query(std::string(node.term, node.term_len));
        case XOP_PREFIX:
            return prefix(node);
        case XOP_ALL:
            return Xapian::Query(std::string());
        case XOP_RANGES: {
            range_source source(*db, node.ranges);
            return Xapian::Query(&source); /* which it clones */
        }
        default:
            return node.n_children ? inner(node) : Xapian::Query();
        }
    }

    Xapian::Query prefix(const struct xnode &node) const
    {
        return Xapian::Query(Xapian::Query::OP_WILDCARD, std::string(node.term, node.term_len), 0,
            Xapian::Query::WILDCARD_LIMIT_ERROR,
            is_boolean ? Xapian::Query::OP_OR : Xapian::Query::OP_SYNONYM);
    }

    /* Children [from, end) under one operator. */
    Xapian::Query join(Xapian::Query::op op, const struct xnode &node, size_t from) const
    {
        std::vector<Xapian::Query> parts;
        parts.reserve(node.n_children - from);
        for (size_t i = from; i < node.n_children; i++)
            parts.push_back(make(*node.children[i]));
        return Xapian::Query(op, parts.begin(), parts.end());
    }

    /* The first child, and the others as one right side. */
    Xapian::Query split(
        Xapian::Query::op op, Xapian::Query::op right, const struct xnode &node) const
    {
        Xapian::Query first = make(*node.children[0]);
        return node.n_children == 1 ? first : Xapian::Query(op, first, join(right, node, 1));
    }

    Xapian::Query inner(const struct xnode &node) const
    {
        switch (node.op) {
        case XOP_AND:
            return join(Xapian::Query::OP_AND, node, 0);
        case XOP_OR:
            return join(Xapian::Query::OP_OR, node, 0);
        case XOP_SYNONYM:
            return join(Xapian::Query::OP_SYNONYM, node, 0);
        case XOP_AND_NOT:
            return split(Xapian::Query::OP_AND_NOT, Xapian::Query::OP_OR, node);
        case XOP_AND_MAYBE:
            return split(Xapian::Query::OP_AND_MAYBE, Xapian::Query::OP_OR, node);
        case XOP_FILTER:
            return split(Xapian::Query::OP_FILTER, Xapian::Query::OP_AND, node);
        default: /* XOP_SCALE */
            return Xapian::Query(node.weight, make(*node.children[0]));
        }
    }
};

/* ---- searching ---- */

Xapian::doccount clamp(size_t n)
{
    return (Xapian::doccount)std::min<size_t>(n, std::numeric_limits<Xapian::doccount>::max());
}

struct matches {
    std::vector<struct xhit> hits;
    size_t n_estimated = 0, n_lower = 0;

    void count(const Xapian::MSet &mset)
    {
        n_lower += mset.get_matches_lower_bound();
        n_estimated += mset.get_matches_estimated();
    }
};

void search_ranked(
    struct xdb *db, const Xapian::Query &query, const struct xsearch *how, struct matches &found)
{
    const Xapian::docid n = (Xapian::docid)db->segments.size();
    Xapian::Enquire enquire(db->all);
    enquire.set_query(query);
    enquire.set_weighting_scheme(Xapian::BM25Weight(how->k1, 0, 1, 0, 0.5));
    Xapian::MSet mset =
        enquire.get_mset(clamp(how->offset), clamp(how->limit), clamp(how->check_at_least));
    found.count(mset);
    for (Xapian::MSetIterator i = mset.begin(); i != mset.end(); ++i) {
        Xapian::docid d = *i - 1;
        found.hits.push_back({d % n, d / n + 1, i.get_weight()});
    }
}

/* Segment by segment, in docid order; stops matching when it has enough. */
void search_boolean(
    struct xdb *db, const Xapian::Query &query, const struct xsearch *how, struct matches &found)
{
    size_t skip = how->limit ? how->offset : 0, left = how->limit;
    for (size_t s = 0; s < db->segments.size(); s++) {
        Xapian::Enquire enquire(db->segments[s]);
        enquire.set_query(query);
        enquire.set_weighting_scheme(Xapian::BoolWeight());
        size_t check =
            how->check_at_least > found.n_lower ? how->check_at_least - found.n_lower : 0;
        Xapian::MSet mset = enquire.get_mset(clamp(skip), clamp(left), clamp(check));
        found.count(mset);
        for (Xapian::MSetIterator i = mset.begin(); i != mset.end(); ++i)
            found.hits.push_back({(uint32_t)s, *i, 0});
        left -= mset.size();
        skip = mset.empty() && left ? skip - std::min<size_t>(skip, mset.get_matches_lower_bound())
                                    : 0;
    }
}

void copy_out(const struct matches &found, struct xhits *out)
{
    struct xhits hits = {nullptr, found.hits.size(), found.n_estimated};
    if (hits.n) {
        hits.hits = static_cast<struct xhit *>(malloc(hits.n * sizeof *hits.hits));
        need_room(hits.hits != nullptr);
        std::copy(found.hits.begin(), found.hits.end(), hits.hits);
    }
    *out = hits;
}

enum status complain(const char *dir, const std::string &report, struct error *err)
{
    size_t n;
    const char *line = xapian_first_complaint(report.data(), report.size(), &n);
    return error_set(
        err, STATUS_CORRUPT, "database '%s' is damaged: %s", dir, std::string(line, n).c_str());
}

} // namespace

enum status xdb_open(const char *const *dirs, size_t n, struct xdb **out, struct error *err)
{
    std::unique_ptr<struct xdb> db(new (std::nothrow) struct xdb);
    if (!db)
        return error_no_memory(err);
    enum status s = STATUS_OK;
    for (size_t i = 0; i < n && s == STATUS_OK; i++)
        s = guard(err, dirs[i], [&] { open_segment(db.get(), dirs[i], err); });
    if (s == STATUS_OK)
        s = guard(err, dirs[0], [&] { complete(db.get(), err); });
    if (s == STATUS_OK)
        *out = db.release();
    return s;
}

void xdb_close(struct xdb *db)
{
    delete db;
}

enum status xdb_search(struct xdb *db, const struct xnode *query, const struct xsearch *how,
    struct xhits *out, struct error *err)
{
    return guard(err, db->name.c_str(), [&] {
        struct matches found;
        need(xnode_check(query, err));
        Xapian::Query q = query_maker{db, how->is_boolean}.make(*query);
        if (how->is_boolean)
            search_boolean(db, q, how, found);
        else
            search_ranked(db, q, how, found);
        copy_out(found, out);
    });
}

void xhits_release(struct xhits *hits)
{
    free(hits->hits);
    *hits = {};
}

enum status xdb_term_stats(
    struct xdb *db, const char *term, size_t n, uint64_t *df, uint64_t *cf, struct error *err)
{
    return guard(err, db->name.c_str(), [&] {
        std::string t = checked_term(term, n, err);
        uint64_t n_docs = 0, sum = 0;
        for (const Xapian::Database &segment : db->segments) {
            n_docs += segment.get_termfreq(t);
            sum += segment.get_collection_freq(t);
        }
        *df = n_docs;
        *cf = sum;
    });
}

enum status xdb_terms(struct xdb *db, const char *prefix, size_t n, size_t max_terms,
    struct buf *out, size_t *n_terms, struct error *err)
{
    return guard(err, db->name.c_str(), [&] {
        std::string begin(prefix, n);
        size_t count = 0;
        for (auto t = db->all.allterms_begin(begin);
             count < max_terms && t != db->all.allterms_end(begin); ++t, count++) {
            std::string term = *t;
            need_room(buf_append_string(out, term.data(), term.size()) &&
                      buf_append_varint(out, t.get_termfreq()));
        }
        *n_terms = count;
    });
}

enum status xdb_counts(
    struct xdb *db, size_t segment, uint64_t *n_docs, uint64_t *n_terms, struct error *err)
{
    return guard(err, db->dirs[segment].c_str(), [&] {
        const Xapian::Database &s = db->segments[segment];
        uint64_t count = 0;
        for (auto t = s.allterms_begin(); t != s.allterms_end(); ++t)
            count++;
        *n_docs = s.get_doccount();
        *n_terms = count;
    });
}

enum status xdb_metadata(
    struct xdb *db, size_t segment, const char *key, struct buf *out, struct error *err)
{
    return guard(err, db->dirs[segment].c_str(), [&] {
        std::string value = db->segments[segment].get_metadata(key);
        need_room(buf_append(out, value.data(), value.size()));
    });
}

enum status xdb_data(
    struct xdb *db, size_t segment, uint32_t docid, struct buf *out, struct error *err)
{
    const char *dir = db->dirs[segment].c_str();
    return guard(err, dir, [&] {
        const Xapian::Database &s = db->segments[segment];
        if (docid == 0 || docid > s.get_lastdocid())
            throw stop{error_set(
                err, STATUS_MISSING, "no passage %lu in database '%s'", (unsigned long)docid, dir)};
        std::string data = s.get_document(docid, Xapian::DOC_ASSUME_VALID).get_data();
        need_room(buf_append(out, data.data(), data.size()));
    });
}

enum status xdb_check(const char *dir, struct buf *report, struct error *err)
{
    return guard(err, dir, [&] {
        need(xapian_folder_check(dir, err));
        std::ostringstream lines;
        size_t n_errors = Xapian::Database::check(dir, 0, &lines);
        std::string text = lines.str();
        need_room(buf_append(report, text.data(), text.size()));
        if (n_errors)
            throw stop{complain(dir, text, err)};
    });
}

const char *xapian_version(void)
{
    return Xapian::version_string();
}

enum status xwriter_open(const char *dir, struct xwriter **out, struct error *err)
{
    return guard(err, dir, [&] {
        std::unique_ptr<struct xwriter> w(new struct xwriter);
        w->dir = dir;
        /* Unsynced: only the compact copy is kept. */
        w->db = Xapian::WritableDatabase(dir, Xapian::DB_CREATE | Xapian::DB_BACKEND_GLASS |
                                                  Xapian::DB_NO_TERMLIST | Xapian::DB_NO_SYNC);
        *out = w.release();
    });
}

enum status xwriter_add(struct xwriter *w, const struct xposting *postings, size_t n,
    const char *data, size_t data_len, struct error *err)
{
    return guard(err, w->dir.c_str(), [&] {
        Xapian::Document xdoc;
        for (size_t i = 0; i < n; i++)
            xdoc.add_term(
                checked_term(postings[i].term, postings[i].term_len, err), postings[i].wdf);
        if (data_len)
            xdoc.set_data(std::string(data, data_len));
        Xapian::docid docid = w->db.add_document(xdoc);
        if (data_len)
            w->with_data = docid;
    });
}

enum status xwriter_set_metadata(
    struct xwriter *w, const char *key, const char *value, size_t n, struct error *err)
{
    return guard(err, w->dir.c_str(), [&] { w->db.set_metadata(key, std::string(value, n)); });
}

enum status xwriter_flush(struct xwriter *w, struct error *err)
{
    return guard(err, w->dir.c_str(), [&] { w->db.commit(); });
}

enum status xwriter_finish(struct xwriter *w, const char *compact_dir, struct error *err)
{
    return guard(err, w->dir.c_str(), [&] {
        w->db.commit();
        w->db.close();
        Xapian::Database(w->dir, Xapian::DB_BACKEND_GLASS).compact(compact_dir);
        /* It takes a table that it cannot open, for whatever reason, for one that is empty. */
        if (w->with_data && Xapian::Database(compact_dir, Xapian::DB_BACKEND_GLASS)
                                .get_document(w->with_data)
                                .get_data()
                                .empty())
            throw stop{error_set(
                err, STATUS_IO, "cannot copy database '%s': its texts are lost", w->dir.c_str())};
        std::filesystem::remove_all(w->dir);
    });
}

void xwriter_close(struct xwriter *w)
{
    delete w;
}
