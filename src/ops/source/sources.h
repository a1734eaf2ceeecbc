/* SPDX-License-Identifier: Apache-2.0 */
/* sources.h - open the archives, layouts and bundles that a run reads images from.
 *
 * First each text that a user typed is offered by sources_take(); sources_open() then
 * opens what was taken and adds the names to the list of the run.  Everything else in
 * that list is a name in a registry.
 *
 * Layer: ops.
 */
#ifndef OPS_SOURCE_SOURCES_H
#define OPS_SOURCE_SOURCES_H

#include "base/run.h"
#include "images/combined_source.h"
#include "images/image_location.h"
#include "oci/reference_list.h"
#include "ops/verify/verified.h"

#define SOURCES_MAX 1000 /* archives of one run */

/* A bundle, judged and verified before anything of it is used. */
struct source_bundle {
    struct verified verified;
    struct verify_options options;
    const char *path; /* borrowed; options.paths is &path */
};

/* An archive to open, and where it was named. */
struct source_request {
    struct image_location location;
    char *label; /* as typed, without the NAME */
    struct reference_place place;
    bool is_program; /* sealift itself, in the file at location.path */
};

struct sources {
    struct source_request *requests;
    size_t count, cap;
    size_t from_registries; /* names in front of those from archives */
    struct missing_list
        missing; /* names missing from bundles of which all is taken; not owned */
    size_t missing_cap;
    bool is_part;                   /* some image of an archive was not selected */
    struct source_bundle **bundles; /* those among the archives, owned */
    size_t bundle_count, bundle_cap;
    struct combined_source combined;
};

#define SOURCES_INIT                                                                     \
    {                                                                                    \
        .combined = COMBINED_SOURCE_INIT                                                 \
    }
void sources_release(struct sources *s);

/*
 * For reference_list.take.  1: it is the location of an archive, which is kept; 0: it is
 * anything else.
 * Errors: ERR_USAGE - a malformed location; ERR_LIMIT - more than SOURCES_MAX.
 */
int sources_take(void *ctx, const char *text, size_t len,
                 const struct reference_place *place, struct err *err);

/* Take the program in that file along: see archive/tool_program.h. */
void sources_take_program(struct sources *s, const char *path);

/* Whether a bundle is among them. */
bool sources_need_trust(const struct sources *s);

struct source_options {
    const char *name;       /* for an image whose archive gives it none; or NULL */
    const char *other_name; /* for such an image, without a name, or NULL */
    const char *work_dir;   /* for what has to be unpacked; NULL: a temporary folder */
    /* For bundles: how they are judged; paths, path_count and run are set here. */
    struct verify_options verify;
    struct run *run;
};

/*
 * Open everything that was taken; names gets the names that are there.  NAME behind a
 * path is the name of an image there, as the archive writes it or as a reference, or
 * "@DIGEST".
 * Errors: those of opening an archive, wrapped with its location; ERR_USAGE - an image
 *         has no name, or a name is given twice with different content; ERR_NOT_FOUND -
 *         nothing there has that name.
 */
MUST_USE int sources_open(struct sources *s, const struct source_options *options,
                          struct reference_list *names, struct err *err);

#endif
