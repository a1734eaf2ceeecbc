/* SPDX-License-Identifier: Apache-2.0 */
/* image_set.h - a set of images: names, the objects they consist of, and what is left
 * out.
 *
 * An export builds one from registries, the bundle reader from a bundle; writing, pushing
 * and output all use it.
 *
 * Layer: images.
 * Source: docs/bundle-format.md, "index.json", "Complete".
 */
#ifndef IMAGES_IMAGE_SET_H
#define IMAGES_IMAGE_SET_H

#include "oci/graph.h"
#include "oci/reference.h"

/* A name and the document it refers to: an image, a chart, a signature, ... */
struct image_entry {
    struct reference ref;
    char *name;    /* ref as text: reference_name() */
    bool is_image; /* can run as a container; engines ignore everything else */
    char *media_type;
    char *artifact_type; /* "" for none */
    struct digest digest;
    uint64_t size;
    uint32_t object;            /* graph id */
    bool is_made;               /* its manifest was made here: its archive has none */
    bool is_rebuilt;            /* its index was rebuilt from the exported children */
    struct digest rebuilt_from; /* then: the digest before */
};

/* A name that was requested and could not be fetched. */
struct missing_name {
    char *name; /* a canonical reference, or a repository */
    bool has_digest;
    struct digest digest; /* the digest in the name */
};

struct missing_list {
    struct missing_name *items; /* sorted by name, without duplicates */
    size_t count;
};

#define MISSING_LIST_INIT                                                                \
    {                                                                                    \
        .items = NULL                                                                    \
    }
void missing_list_release(struct missing_list *l);

struct image_set {
    struct image_entry *entries;
    size_t count;
    struct graph
        *graph;       /* finished, its root i is that of entry i; NULL when not known */
    bool *is_missing; /* by graph id: left out because it could not be fetched */
    struct missing_list missing;
};

#define IMAGE_SET_INIT                                                                   \
    {                                                                                    \
        .entries = NULL                                                                  \
    }
void image_set_release(struct image_set *s);

/* Whether a media type is that of the config of an image. */
bool image_config_type(const char *type);

/* Whether a name is that of an image: what containers are made of, unlike a chart or a
 * signature. */
bool image_set_is_image(const struct graph *graph, uint32_t root,
                        const struct reference *ref);

/* Fill in an entry of a set that has a graph, from its name and its root. */
void image_set_describe(struct image_set *s, size_t entry, const struct reference *ref);

/* Number of children of indexes that are left out, and of those whose platform was not
 * selected. */
size_t image_set_omitted(const struct image_set *s);
size_t image_set_unwanted(const struct image_set *s);

/* Entries of which some index, nested ones included, lists such a platform. */
size_t image_set_sparse(const struct image_set *s);

/*
 * Whether an index of that entry lists anything that is left out, for any reason. walk:
 * for the graph of the set.
 */
struct graph_walk;
bool image_set_is_sparse(const struct image_set *s, struct graph_walk *walk,
                         size_t entry);

/*
 * The object that an entry refers to, by its "subject" or by its cosign tag; GRAPH_NONE
 * when there is none, or it is not in the set.
 */
uint32_t image_set_subject(const struct image_set *s, const struct image_entry *entry);

/* The one entry that is attached to nothing in the set; NULL when there are more, or
 * none. */
const struct image_entry *image_set_single(const struct image_set *s);

struct image_totals {
    uint64_t bytes; /* of all objects that are not left out, each counted once */
    uint64_t
        bytes_shared; /* additional bytes that separate copies of the images would take */
    size_t platforms; /* platform images, over all entries */
};

struct image_totals image_set_totals(const struct image_set *s);

#endif
