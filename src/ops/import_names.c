#include "config.h"
#include "ops/import_internal.h"

#include "base/mem.h"
#include "oci/tag_pattern.h"
#include "registry/push.h"

#include <stdlib.h>

/* One step for one name. */
struct name_step {
    struct pool_job job;
    struct importing *importing;
    size_t name;
};

static int
wrap_target(struct err *err, const struct reference *to)
{
    char name[REFERENCE_TEXT_MAX];

    reference_name(to, name);
    return err_wrap(err, "%s", name);
}

/* Run one step for each name that is not left out; some steps only make sense for tags.
 */
static int
for_names(struct importing *im, bool only_tags,
          int (*run)(struct pool_job *job, unsigned worker, struct err *err),
          struct err *err)
{
    const struct landing *l = &im->result->landing;
    struct name_step *steps = xcalloc(l->name_count, sizeof(*steps));
    int rc;

    for (size_t i = 0; i < l->name_count; i++) {
        steps[i] = (struct name_step){.job.run = run, .importing = im, .name = i};
        if ((l->names[i].to.tag[0] != '\0' || !only_tags) &&
            im->result->states[i] != IMAGE_SKIPPED)
            pool_add(im->pool, &steps[i].job);
    }
    rc = pool_wait(im->pool, err);
    free(steps);
    return rc;
}

static int
conflict(const struct digest *held, const struct digest *ours, struct err *err)
{
    char there[DIGEST_TEXT_MAX], here[DIGEST_TEXT_MAX];

    digest_text(held, there);
    digest_text(ours, here);
    err_set(err, ERR_CONFLICT, "the tag holds %s, the bundle has %s", there, here);
    return err_hint(err,
                    "--on-existing=overwrite moves the tag, --on-existing=skip leaves "
                    "such images out");
}

/* What does the name hold, and what does --on-existing say to that?  Sets the state. */
static int
look_at_name(struct importing *im, unsigned worker, size_t i, struct err *err)
{
    const struct landing_name *name = &im->result->landing.names[i];
    const struct graph_object *o = graph_object(im->content->graph, name->object);
    struct repository repo = importing_repository(im, name->repo);
    struct session *session = importing_session(im, worker);
    enum image_state state = IMAGE_PUSHED;
    struct digest held = o->digest;
    int rc = name->to.tag[0] != '\0'
                 ? pull_look_at_tag(session, &repo, name->to.tag, &held, err)
                 : pull_look_for(session, &repo, &o->digest, err);

    if (rc < 0)
        return -1;
    if (rc == 1 && digest_equal(&held, &o->digest))
        state = IMAGE_PRESENT;
    else if (rc == 1 && im->options->on_existing == EXISTING_SKIP)
        state = IMAGE_SKIPPED;
    else if (rc == 1 && im->options->on_existing == EXISTING_ERROR)
        return conflict(&held, &o->digest, err);
    pthread_mutex_lock(&im->lock);
    im->repos[name->repo].is_used |= rc == 1 || im->options->dry_run;
    im->result->states[i] = state;
    pthread_mutex_unlock(&im->lock);
    return 0;
}

static int
check_name(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct name_step *step = (const struct name_step *)base;
    struct importing *im = step->importing;

    if (look_at_name(im, worker, step->name, err) < 0)
        return wrap_target(err, &im->result->landing.names[step->name].to);
    events_done(im->options->verify.events, 1);
    return 0;
}

/* Move the tag, unless somebody else did something to it since we looked. */
static int
set_tag(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct name_step *step = (const struct name_step *)base;
    struct importing *im = step->importing;
    const struct landing_name *name = &im->result->landing.names[step->name];
    const struct graph_object *o = graph_object(im->content->graph, name->object);
    struct repository repo = importing_repository(im, name->repo);
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);

    if (!im->options->dry_run && look_at_name(im, worker, step->name, err) < 0)
        return wrap_target(err, &name->to);
    if (im->result->states[step->name] == IMAGE_SKIPPED)
        return 0;
    if (im->result->states[step->name] == IMAGE_PRESENT) {
        importing_count(im, &im->result->counts.tags_present, 1);
        return 0;
    }
    importing_count(im, &im->result->counts.tags_pushed, 1);
    if (im->options->dry_run)
        return 0;
    if (importing_read(im, name->object, &bytes, err) < 0)
        return -1;
    if (push_manifest(importing_session(im, worker), &repo, name->to.tag, &o->digest,
                      o->media_type, bytes.data, bytes.len, err) != 0)
        return wrap_target(err, &name->to);
    return 0;
}

static int
read_back_tag(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct name_step *step = (const struct name_step *)base;
    struct importing *im = step->importing;
    const struct landing_name *name = &im->result->landing.names[step->name];
    struct repository repo = importing_repository(im, name->repo);
    CLEANUP(pulled_release) struct pulled back = PULLED_INIT;

    if (pull_by_tag(importing_session(im, worker), &repo, name->to.tag, &back, err) < 0 ||
        importing_compare(im, name->object, &back, err) < 0)
        return wrap_target(err, &name->to);
    return 0;
}

/* ---- what is attached to images that are left out ---- */

struct seeker {
    uint32_t wanted;
    bool is_found;
};

static void
seek(void *ctx, uint32_t id, bool as_document)
{
    struct seeker *s = ctx;

    s->is_found |= as_document && id == s->wanted;
}

/* The object that a name belongs to, as it says itself or by cosign's tag; GRAPH_NONE. */
static uint32_t
subject_of(const struct importing *im, const struct landing_name *name)
{
    const struct graph *g = im->content->graph;
    const struct graph_object *o = graph_object(g, name->object);
    struct digest digest;

    if (o->subject)
        return graph_find(g, o->subject);
    return tag_digest_of_cosign(name->from.tag, &digest) ? graph_find(g, &digest)
                                                         : GRAPH_NONE;
}

/* Is its image left out in its repository, and nowhere else there? */
static bool
lost_its_image(const struct importing *im, struct graph_walk *walk, size_t self)
{
    const struct landing *l = &im->result->landing;
    struct seeker s = {.wanted = subject_of(im, &l->names[self])};
    bool is_left_out = false;

    for (size_t i = 0; s.wanted != GRAPH_NONE && i < l->name_count; i++) {
        if (i == self || l->names[i].repo != l->names[self].repo)
            continue;
        s.is_found = false;
        graph_walk_root(walk, l->names[i].object, seek, &s);
        if (s.is_found && im->result->states[i] != IMAGE_SKIPPED)
            return false;
        is_left_out |= s.is_found;
    }
    return is_left_out;
}

/* In order: what is attached stands behind what it belongs to. */
static void
leave_out_attached(struct importing *im)
{
    CLEANUP(graph_walk_release)
    struct graph_walk *walk = graph_walk_new(im->content->graph);
    enum image_state *states = im->result->states;

    for (size_t i = 0; i < im->result->landing.name_count; i++) {
        if (states[i] != IMAGE_SKIPPED && lost_its_image(im, walk, i))
            states[i] = IMAGE_SKIPPED;
    }
}

int
import_look_at_names(struct importing *im, struct err *err)
{
    if (for_names(im, false, check_name, err) < 0)
        return -1;
    if (im->options->on_existing == EXISTING_SKIP)
        leave_out_attached(im);
    return 0;
}

int
import_tags(struct importing *im, struct err *err)
{
    return for_names(im, true, set_tag, err);
}

int
import_read_back_tags(struct importing *im, struct err *err)
{
    return for_names(im, true, read_back_tag, err);
}
