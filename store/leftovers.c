// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/leftovers.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "common/file.h"

/* seg-000001, tmp-000001: the prefix, then six digits or more. */
static bool is_numbered(const char *name, const char *prefix)
{
    size_t n = strlen(prefix);
    if (strncmp(name, prefix, n) != 0)
        return false;
    size_t n_digits = strspn(name + n, "0123456789");
    return n_digits >= 6 && n_digits <= 10 && name[n + n_digits] == '\0';
}

static bool is_ours(const char *name)
{
    return strcmp(name, "lock") == 0 || strcmp(name, "manifest.tmp") == 0 ||
           is_numbered(name, "seg-") || is_numbered(name, "tmp-");
}

static bool is_leftover(const char *name, const struct manifest *m)
{
    if (strcmp(name, "manifest.tmp") == 0 || is_numbered(name, "tmp-"))
        return true;
    if (!is_numbered(name, "seg-"))
        return false;
    for (size_t i = 0; i < m->n_segments; i++)
        if (strcmp(name, m->segments[i].name) == 0)
            return false;
    return true;
}

enum status leftovers_check_folder(const char *dir, struct error *err)
{
    DIR *d = opendir(dir);
    enum status s;
    bool is_foreign = false;
    const char *name;
    if (!d && errno == ENOTDIR)
        return error_set(err, STATUS_FOREIGN, "'%s' is no folder", dir);
    if (!d)
        return error_errno(err, "cannot open '%s'", dir);
    while ((s = file_next_name(d, dir, &name, err)) == STATUS_OK && name)
        is_foreign |= !is_ours(name);
    closedir(d);
    if (is_foreign)
        return error_set(err, STATUS_FOREIGN,
            "'%s' is no index of duan's and not empty: name another folder", dir);
    return s;
}

bool leftovers_are_an_index(const char *dir)
{
    DIR *d = opendir(dir);
    bool has_segment = false, is_foreign = false;
    struct error ignored; /* what cannot be read is not known to be one */
    const char *name;
    while (d && file_next_name(d, dir, &name, &ignored) == STATUS_OK && name) {
        has_segment |= is_numbered(name, "seg-");
        is_foreign |= name[0] != '.' && !is_ours(name) && strcmp(name, "manifest") != 0;
    }
    if (d)
        closedir(d);
    return has_segment && !is_foreign;
}

enum status leftovers_find(
    const char *dir, const struct manifest *m, bool *is_any, struct error *err)
{
    DIR *d = opendir(dir);
    enum status s = STATUS_OK;
    const char *name;
    *is_any = false;
    if (!d)
        return error_errno(err, "cannot open '%s'", dir);
    while (!*is_any && (s = file_next_name(d, dir, &name, err)) == STATUS_OK && name)
        *is_any = is_leftover(name, m);
    closedir(d);
    return s;
}

enum status leftovers_remove(const char *dir, const struct manifest *m, struct error *err)
{
    DIR *d = opendir(dir);
    enum status s;
    const char *name;
    if (!d)
        return error_errno(err, "cannot open '%s'", dir);
    while ((s = file_next_name(d, dir, &name, err)) == STATUS_OK && name) {
        char path[PATH_MAX];
        if (!is_leftover(name, m))
            continue;
        s = file_join(dir, name, path, err);
        if (s == STATUS_OK)
            s = file_remove_tree(path, err);
        if (s != STATUS_OK)
            break;
    }
    closedir(d);
    return s;
}
