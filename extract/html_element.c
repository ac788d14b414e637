// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/html_element.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    enum html_role role;
} roles[] = {
    {"p", ROLE_BLOCK},
    {"div", ROLE_BLOCK},
    {"section", ROLE_BLOCK},
    {"article", ROLE_BLOCK},
    {"main", ROLE_BLOCK},
    {"header", ROLE_BLOCK},
    {"body", ROLE_BLOCK},
    {"ul", ROLE_LIST},
    {"ol", ROLE_ORDERED},
    {"dl", ROLE_BLOCK},
    {"dt", ROLE_BLOCK},
    {"dd", ROLE_BLOCK},
    {"blockquote", ROLE_BLOCK},
    {"pre", ROLE_PRE},
    {"xmp", ROLE_PRE},
    {"listing", ROLE_PRE},
    {"plaintext", ROLE_PRE},
    {"hr", ROLE_BLOCK},
    {"address", ROLE_BLOCK},
    {"center", ROLE_BLOCK},
    {"caption", ROLE_BLOCK},
    {"figcaption", ROLE_BLOCK},
    {"figure", ROLE_BLOCK},
    {"fieldset", ROLE_BLOCK},
    {"form", ROLE_BLOCK},
    {"details", ROLE_BLOCK},
    {"summary", ROLE_BLOCK},
    {"legend", ROLE_BLOCK},
    {"hgroup", ROLE_BLOCK},
    {"marquee", ROLE_BLOCK},
    {"noframes", ROLE_BLOCK},
    {"dialog", ROLE_BLOCK},
    {"br", ROLE_BREAK},
    {"h1", ROLE_HEADING},
    {"h2", ROLE_HEADING},
    {"h3", ROLE_HEADING},
    {"h4", ROLE_HEADING},
    {"h5", ROLE_HEADING},
    {"h6", ROLE_HEADING},
    {"li", ROLE_ITEM},
    {"a", ROLE_LINK},
    {"table", ROLE_TABLE},
    {"thead", ROLE_ROWS},
    {"tbody", ROLE_ROWS},
    {"tfoot", ROLE_ROWS},
    {"tr", ROLE_ROW},
    {"td", ROLE_CELL},
    {"th", ROLE_CELL},
    {"title", ROLE_TITLE},
    {"meta", ROLE_META},
    {"nav", ROLE_FURNITURE},
    {"aside", ROLE_FURNITURE},
    {"footer", ROLE_FURNITURE},
    {"menu", ROLE_FURNITURE},
    {"rt", ROLE_LABEL},
    {"rp", ROLE_LABEL},
    {"rtc", ROLE_LABEL},
    {"rb", ROLE_BASE},
    {"script", ROLE_NOTHING},
    {"style", ROLE_NOTHING},
    {"noscript", ROLE_NOTHING},
    {"template", ROLE_NOTHING},
    {"iframe", ROLE_NOTHING},
    {"object", ROLE_LABEL},
    {"svg", ROLE_NOTHING},
    {"math", ROLE_NOTHING},
    {"select", ROLE_LABEL},
    {"button", ROLE_LABEL},
    {"textarea", ROLE_LABEL},
    {"audio", ROLE_NOTHING},
    {"video", ROLE_NOTHING},
    {"canvas", ROLE_NOTHING},
};

bool html_role_is_block(enum html_role role)
{
    return role == ROLE_BLOCK || role == ROLE_HEADING || role == ROLE_LIST ||
           role == ROLE_ORDERED || role == ROLE_ITEM || role == ROLE_TABLE || role == ROLE_ROW ||
           role == ROLE_ROWS || role == ROLE_CELL || role == ROLE_PRE || role == ROLE_FURNITURE;
}

enum html_role html_role_of(const char *name)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(name, roles[i].name) == 0)
            return roles[i].role;
    return ROLE_INLINE;
}

bool html_is_void(const char *name)
{
    static const char *const names[] = {"br", "hr", "img", "input", "meta", "link", "area", "base",
        "col", "embed", "param", "source", "track", "wbr"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}
