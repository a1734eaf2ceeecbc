/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/auth/token_scope.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void
token_scope_release(struct token_scopes *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i]);
    l->count = 0;
}

/* A text without a terminator. */
struct span {
    const char *at;
    size_t len;
};

/* One scope of a challenge, "repository:NAME:ACTIONS"; the type may have a class, as in
 * "repository(plugin)". */
struct demanded_scope {
    struct span type, name, actions;
};

static void
add_scope(struct token_scopes *l, struct span type, struct span name, const char *actions)
{
    char *scope = xasprintf("%.*s:%.*s:%s", (int)type.len, type.at, (int)name.len,
                            name.at, actions);

    for (size_t i = 0; i < l->count; i++) {
        if (strcmp(l->items[i], scope) == 0 || l->count == TOKEN_SCOPES_MAX) {
            free(scope);
            return;
        }
    }
    l->items[l->count++] = scope;
}

static size_t
length_of_type(const char *text)
{
    static const char word[] = "repository";
    size_t len = strlen(word), class;

    if (!text_starts(text, word))
        return 0;
    if (text[len] != '(')
        return len;
    for (class = 0; text_is_alnum(text[len + 1 + class]); class ++)
        ;
    return class > 0 && text[len + 1 + class] == ')' ? len + class + 2 : 0;
}

/*
 * The next scope for a repository at *p, which is advanced; false at the end.  The name
 * may contain colons, so the last one ends it.
 */
static bool
next_demanded(const char **p, struct demanded_scope *out)
{
    enum { SCOPE_MAX = 512 };

    for (size_t len; **p != '\0'; *p += len + strspn(*p + len, " ")) {
        size_t type = length_of_type(*p), end;

        len = strcspn(*p, " ");
        for (end = len; end > 0 && (*p)[end - 1] != ':'; end--)
            ;
        if (type == 0 || (*p)[type] != ':' || end <= type + 2 || len >= SCOPE_MAX)
            continue;
        *out = (struct demanded_scope){
            .type = {*p, type},
            .name = {*p + type + 1, end - type - 2},
            .actions = {*p + end, len - end},
        };
        *p += len + strspn(*p + len, " ");
        return true;
    }
    return false;
}

static bool
is_named(const struct demanded_scope *d, const char *path)
{
    return d->name.len == strlen(path) && memcmp(d->name.at, path, d->name.len) == 0;
}

/*
 * A proxy may add or remove a path prefix, so the same repository has a longer or shorter
 * name.  All other names are other repositories.
 */
static bool
is_alias(const struct demanded_scope *d, const char *path)
{
    struct span ours = {path, strlen(path)}, longer = d->name, shorter = ours;

    if (longer.len < shorter.len)
        longer = ours, shorter = d->name;
    return shorter.len < longer.len && longer.at[longer.len - shorter.len - 1] == '/' &&
           memcmp(longer.at + longer.len - shorter.len, shorter.at, shorter.len) == 0;
}

/* Modifying actions are requested only for our own calls, never on demand of the
 * registry. */
static bool
is_harmless(const char *action, size_t len)
{
    static const char *const known[] = {"pull", "push", "delete", "*"};

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (text_same_nocase(action, len, known[i]))
            return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!text_is_alnum(action[i]) && action[i] != '_' && action[i] != '-')
            return false;
    }
    return len > 0;
}

/* Some registries define further actions, for instance for lists. */
static void
add_actions(struct buf *out, struct span demanded)
{
    for (size_t i = 0, len; i < demanded.len; i += len + 1) {
        const char *action = demanded.at + i;

        for (len = 0; i + len < demanded.len && action[len] != ','; len++)
            ;
        if (is_harmless(action, len))
            (void)!buf_addf(out, ",%.*s", (int)len,
                            action); /* as many as there is room */
    }
}

void
token_scope_of_call(struct token_scopes *out, const struct call *call, bool may_push,
                    const char *demanded)
{
    enum { ACTIONS_MAX = 256 };
    static const struct span repository = {"repository", sizeof("repository") - 1};
    const char *path = call->repo->path, *actions = may_push ? "pull,push" : "pull";
    const char *mount = call->mount_from;
    CLEANUP(buf_release) struct buf ours = BUF_INIT(ACTIONS_MAX);
    struct demanded_scope d;

    if (path[0] == '\0') {
        if (call->is_catalog)
            out->items[out->count++] = xstrdup("registry:catalog:*");
        return;
    }
    (void)!buf_add_text(&ours, actions);
    for (const char *p = demanded; p && next_demanded(&p, &d);) {
        if (is_named(&d, path))
            add_actions(&ours, d.actions);
    }
    for (const char *p = demanded; p && next_demanded(&p, &d);) {
        if (out->count == TOKEN_SCOPES_MAX / 2)
            break;
        if (is_named(&d, path))
            add_scope(out, d.type, d.name, ours.data);
        else if (is_alias(&d, path))
            add_scope(out, d.type, d.name, actions);
    }
    add_scope(out, repository, (struct span){path, strlen(path)}, ours.data);
    if (mount)
        add_scope(out, repository, (struct span){mount, strlen(mount)}, "pull");
}
