/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/copy/copy.h"

#include "base/mem.h"
#include "ops/copy/copy_source.h"

#include <stdlib.h>
#include <string.h>

struct copying {
    const struct copy_options *options;
    struct copy_result *result;
    struct copy_source planned;
    struct image_source source;
    const char *host; /* of the target of the current push */
};

/* A repository of that host that has a blob, from the plan or pushed before.  It can be
 * mounted from there. */
static const char *
mount_source(void *ctx, const struct digest *digest)
{
    const struct copying *c = ctx;
    const struct copy_options *o = c->options;
    const struct reference *origin = copy_source_origin(&c->planned, digest);

    if (strcmp(origin->host, c->host) == 0)
        return origin->path;
    for (size_t i = 0; o->name_count > 0 && i + 1 < c->result->push_count; i++) {
        if (strcmp(o->names[i].host, c->host) == 0)
            return o->names[i].path;
    }
    return NULL;
}

static int
push_to(struct copying *c, const struct reference *name, struct push_result *out,
        struct err *err)
{
    struct push_options push = c->options->push;

    if (name && push_to_exact(&push, &c->result->plan.set, name, err) < 0)
        return -1;
    c->host = push.mapping.target.host;
    push.mount_source = mount_source;
    push.mount_ctx = c;
    if (push_plan_map(&out->plan, &c->result->plan.set, &push.mapping, &push.run->events,
                      err) < 0)
        return -1;
    return push_images(out, &c->result->plan.set, &c->source, &push, err);
}

static int
push_everywhere(struct copying *c, struct err *err)
{
    const struct copy_options *o = c->options;
    struct copy_result *r = c->result;
    size_t count = o->name_count > 0 ? o->name_count : 1;

    r->pushes = xcalloc(count, sizeof(*r->pushes));
    for (size_t i = 0; i < count; i++) {
        const struct reference *name = o->name_count > 0 ? &o->names[i] : NULL;

        r->pushes[r->push_count] = (struct push_result)PUSH_RESULT_INIT;
        if (push_to(c, name, &r->pushes[r->push_count++], err) < 0)
            return -1;
    }
    return 0;
}

/* Set the error for failures of either side. */
static int
judge_partial(const struct copy_result *r, struct err *err)
{
    size_t failed = 0, missing = failures_count(r->plan.failures);

    for (size_t i = 0; i < r->push_count; i++)
        failed += r->pushes[i].failed;
    if (failed == 0 && missing == 0)
        return 0;
    return err_set(err, ERR_PARTIAL,
                   "%zu objects could not be fetched and %zu images could not be pushed",
                   missing, failed);
}

int
copy_run(struct copy_result *out, const struct copy_options *options, struct err *err)
{
    struct copying c = {.options = options, .result = out};

    if (plan_make(&out->plan, &options->plan, err) < 0)
        return -1;
    c.planned =
        (struct copy_source){&out->plan, options->plan.source, options->foreign_layers};
    c.source = copy_source(&c.planned);
    return push_everywhere(&c, err) < 0 ? -1 : judge_partial(out, err);
}

void
copy_result_release(struct copy_result *r)
{
    for (size_t i = 0; i < r->push_count; i++)
        push_result_release(&r->pushes[i]);
    free(r->pushes);
    plan_release(&r->plan);
    *r = (struct copy_result)COPY_RESULT_INIT;
}
