/* plan.h - find out what a set of names consists of: every document fetched, nothing
 * else.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_H
#define OPS_PLAN_H

#include "bundle/layout.h"
#include "oci/graph.h"
#include "oci/reference_list.h"
#include "registry/client.h"

#define PLAN_DOCUMENTS_MAX (256U << 20) /* bytes of all documents together */

struct plan_options {
    const struct reference_list *names;
    struct client *client; /* with a session for each job */
    unsigned jobs;
    const struct events *events;
    struct cancel *cancel;
};

/* What is known about one object beyond the graph. */
struct plan_object {
    uint32_t name; /* whose repository has it */
    char *bytes;   /* the body, where planning had to fetch it; owned */
};

struct plan {
    struct graph *graph;          /* finished; root i belongs to name i */
    struct bundle_entry *entries; /* one for each name, in order */
    size_t entry_count;
    struct plan_object *objects; /* by graph id */
    size_t object_count;
    struct bundle_member *blobs; /* in member order; offsets not set */
    uint64_t bytes;              /* of all objects, each once */
    uint64_t bytes_shared;       /* more that separate copies of the images would take */
    size_t platforms;            /* images for some platform, over all names */
};

#define PLAN_INIT                                                                        \
    {                                                                                    \
        .graph = NULL                                                                    \
    }

/*
 * Resolve each name once, then walk by digest, each digest once.
 * Errors: those of pull.h, wrapped with the name; ERR_PROTOCOL - sha512, schema 1;
 *         ERR_LIMIT - a bound of graph.h or PLAN_DOCUMENTS_MAX.
 */
MUST_USE int plan_make(struct plan *out, const struct plan_options *options,
                       struct err *err);
void plan_release(struct plan *plan);

#endif
