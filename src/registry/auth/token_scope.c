/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/auth/token_scope.h"

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

static void
add_scope(struct token_scopes *l, const char *path, size_t len, const char *actions)
{
    char *scope = xasprintf("repository:%.*s:%s", (int)len, path, actions);

    for (size_t i = 0; i < l->count; i++) {
        if (strcmp(l->items[i], scope) == 0 || l->count == TOKEN_SCOPES_MAX) {
            free(scope);
            return;
        }
    }
    l->items[l->count++] = scope;
}

/*
 * Some registries know a repository by another name than its path: the one they demand
 * goes first.  What may be done there is never more than what we came for.
 */
static void
add_demanded(struct token_scopes *l, const char *demanded, const char *actions)
{
    static const char type[] = "repository:";
    size_t len;

    for (; demanded && *demanded != '\0'; demanded += len + strspn(demanded + len, " ")) {
        const char *name = demanded + sizeof(type) - 1;
        size_t end;

        len = strcspn(demanded, " ");
        if (len < sizeof(type) || !text_starts(demanded, type))
            continue;
        for (end = len; end > 0 && demanded[end - 1] != ':'; end--)
            ; /* the name may hold a colon too, so look for the last one */
        if (end > sizeof(type) && l->count < TOKEN_SCOPES_MAX / 2 && len < 512)
            add_scope(l, name, end - sizeof(type), actions);
    }
}

void
token_scope_of_call(struct token_scopes *out, const struct call *call, bool may_push,
                    const char *demanded)
{
    const char *actions = may_push ? "pull,push" : "pull";

    add_demanded(out, demanded, actions);
    add_scope(out, call->repo->path, strlen(call->repo->path), actions);
    if (call->mount_from)
        add_scope(out, call->mount_from, strlen(call->mount_from), "pull");
}
