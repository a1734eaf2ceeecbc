/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_tags.h"

#include "base/mem.h"
#include "oci/graph_walk.h"
#include "ops/push/push_failures.h"
#include "registry/push.h"

#include <stdlib.h>

/* One operation on a name. */
struct name_step {
    struct pool_job job;
    struct push_context *push;
    size_t name;
    int (*run)(const struct name_step *step, unsigned worker, struct err *err);
};

static int
wrap_target(struct err *err, const struct reference *to)
{
    char name[REFERENCE_TEXT_MAX];

    reference_name(to, name);
    return err_wrap(err, "%s", name);
}

static bool
is_left_out(enum image_state state)
{
    return state == IMAGE_SKIPPED || state == IMAGE_FAILED;
}

void
push_fail_image(struct push_context *push, size_t name, uint32_t cause)
{
    pthread_mutex_lock(&push->lock);
    push->result->states[name] = IMAGE_FAILED;
    push->result->causes[name] = cause;
    push->result->failed++;
    pthread_mutex_unlock(&push->lock);
}

static int
push_tag_job(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct name_step *step = (const struct name_step *)base;
    struct push_context *push = step->push;
    const struct push_plan_name *name = &push->result->plan.names[step->name];
    uint32_t cause = 0;

    if (!push_is_closed(push, name->repo, &cause) &&
        push_settle(push, worker, name->repo, &cause, step->run(step, worker, err), err) <
            0)
        return wrap_target(err, &name->to);
    if (cause != 0)
        push_fail_image(push, step->name, cause);
    return 0;
}

/* Run one step for each name that is not left out; some steps apply to tags only. */
static int
for_names(struct push_context *push, bool only_tags,
          int (*run)(const struct name_step *step, unsigned worker, struct err *err),
          struct err *err)
{
    const struct push_plan *plan = &push->result->plan;
    struct name_step *steps = xcalloc(plan->name_count, sizeof(*steps));
    int rc;

    for (size_t i = 0; i < plan->name_count; i++) {
        steps[i] = (struct name_step){
            .job.run = push_tag_job, .push = push, .name = i, .run = run};
        if ((plan->names[i].to.tag[0] != '\0' || !only_tags) &&
            !is_left_out(push->result->states[i]))
            pool_add(push->pool, &steps[i].job);
    }
    rc = pool_wait(push->pool, err);
    free(steps);
    return rc;
}

static int
conflict(const struct digest *held, const struct digest *ours, struct err *err)
{
    char there[DIGEST_TEXT_MAX], here[DIGEST_TEXT_MAX];

    digest_text(held, there);
    digest_text(ours, here);
    return err_because(err, ERR_CONFLICT, REASON_EXISTS,
                       "the tag has digest %s, but the bundle has %s", there, here);
}

int
push_tag_state(const struct push_context *push, const struct digest *held,
               const struct digest *ours, enum image_state *state, struct err *err)
{
    enum on_existing on_existing = push->options->on_existing;

    if (held && !digest_equal(held, ours) && on_existing == EXISTING_ERROR)
        return conflict(held, ours, err);
    if (!held)
        *state = IMAGE_PUSHED;
    else if (digest_equal(held, ours))
        *state = IMAGE_PRESENT;
    else
        *state = on_existing == EXISTING_SKIP ? IMAGE_SKIPPED : IMAGE_PUSHED;
    return 0;
}

/* Check the tag at the target and apply --on-existing.  Sets the state. */
static int
look_at_name(struct push_context *push, unsigned worker, size_t i, struct err *err)
{
    const struct push_plan_name *name = &push->result->plan.names[i];
    const struct image_entry *entry = &push->set->entries[i];
    struct repository repo = push_context_repository(push, name->repo);
    struct session *session = push_context_session(push, worker);
    enum image_state state = IMAGE_PUSHED;
    struct digest held = entry->digest;
    int rc = name->to.tag[0] != '\0'
                 ? pull_look_at_tag(session, &repo, name->to.tag, &held, err)
                 : pull_look_for(session, &repo, &entry->digest, NULL, err);

    if (rc < 0 ||
        push_tag_state(push, rc == 1 ? &held : NULL, &entry->digest, &state, err) < 0)
        return -1;
    pthread_mutex_lock(&push->lock);
    push->repos[name->repo].is_used |= rc == 1 || push->options->dry_run;
    push->result->states[i] = state;
    pthread_mutex_unlock(&push->lock);
    return 0;
}

/* Before anything is sent: all of them are found, then the push ends. */
static int
note_conflict(struct push_context *push, size_t name, struct err *err)
{
    uint32_t number;

    wrap_target(err, &push->result->plan.names[name].to);
    number = push_note_failure(push, err);
    if (number == 0)
        return -1;
    push_fail_image(push, name, number);
    push_context_count(push, &push->result->conflicts, 1);
    return 0;
}

/* The only one, or how many there are. */
static int
report_conflicts(const struct push_result *r, struct err *err)
{
    const struct push_failure *one = NULL;

    for (size_t i = 0; i < r->plan.name_count; i++) {
        const struct push_failure *f = push_failure_of(r, i);

        if (f && f->reason == REASON_EXISTS)
            one = f;
    }
    if (r->conflicts == 1 && one)
        return err_because(err, ERR_CONFLICT, REASON_EXISTS, "%s", one->message);
    return err_because(err, ERR_CONFLICT, REASON_EXISTS,
                       "%zu tags have a digest other than in the bundle", r->conflicts);
}

static int
check_name(const struct name_step *step, unsigned worker, struct err *err)
{
    struct push_context *push = step->push;
    struct err why = ERR_INIT;

    if (look_at_name(push, worker, step->name, &why) < 0) {
        *err = why;
        if (why.reason != REASON_EXISTS || note_conflict(push, step->name, &why) < 0)
            return -1;
    }
    events_done(&push->options->run->events, 1);
    return 0;
}

/* Move the tag, unless it changed since the check. */
static int
set_tag(const struct name_step *step, unsigned worker, struct err *err)
{
    struct push_context *push = step->push;
    const struct push_plan_name *name = &push->result->plan.names[step->name];
    const struct image_entry *entry = &push->set->entries[step->name];
    struct repository repo = push_context_repository(push, name->repo);
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);

    if (!push->options->dry_run && look_at_name(push, worker, step->name, err) < 0)
        return -1;
    if (push->result->states[step->name] == IMAGE_SKIPPED)
        return 0;
    if (push->result->states[step->name] == IMAGE_PRESENT) {
        push_context_count(push, &push->result->counts.tags_present, 1);
        return 0;
    }
    if (!push->options->dry_run) {
        if (push_context_read(push, entry->object, &bytes, err) < 0)
            return -1;
        if (push_manifest(push_context_session(push, worker), &repo, name->to.tag,
                          &entry->digest, entry->media_type, bytes.data, bytes.len, NULL,
                          err) != 0) {
            push_context_refused(push, name, err);
            return -1;
        }
    }
    push_context_count(push, &push->result->counts.tags_pushed, 1);
    return push->options->dry_run ? 0 : push_context_accepted(push, err);
}

static int
read_back_tag(const struct name_step *step, unsigned worker, struct err *err)
{
    struct push_context *push = step->push;
    const struct push_plan_name *name = &push->result->plan.names[step->name];
    struct repository repo = push_context_repository(push, name->repo);
    CLEANUP(pulled_release) struct pulled back = PULLED_INIT;

    if (pull_by_tag(push_context_session(push, worker), &repo, name->to.tag, &back, err) <
        0)
        return -1;
    return push_context_compare(push, push->set->entries[step->name].object, &back, err);
}

/* ---- referrers of images that are left out ---- */

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

enum { NO_NAME = -1 };

/* The image it refers to, if that is left out and not in the set in that repository; or
 * NO_NAME. */
static ssize_t
lost_image(const struct push_context *push, struct graph_walk *walk, size_t self)
{
    const struct push_plan *plan = &push->result->plan;
    const struct image_entry *entries = push->set->entries;
    struct seeker s = {.wanted = image_set_subject(push->set, &entries[self])};
    ssize_t lost = NO_NAME;

    for (size_t i = 0; s.wanted != GRAPH_NONE && i < plan->name_count; i++) {
        if (i == self || plan->names[i].repo != plan->names[self].repo)
            continue;
        s.is_found = false;
        graph_walk_root(walk, entries[i].object, seek, &s);
        if (s.is_found && !is_left_out(push->result->states[i]))
            return NO_NAME;
        if (s.is_found)
            lost = (ssize_t)i;
    }
    return lost;
}

/* In order: referrers come after their subject. */
void
push_leave_out_attached(struct push_context *push)
{
    CLEANUP(graph_walk_release)
    struct graph_walk *walk = graph_walk_new(push->set->graph);
    enum image_state *states = push->result->states;

    for (size_t i = 0; i < push->result->plan.name_count; i++) {
        ssize_t image = is_left_out(states[i]) ? NO_NAME : lost_image(push, walk, i);

        if (image != NO_NAME && states[image] == IMAGE_FAILED)
            push_fail_image(push, i, push->result->causes[image]);
        else if (image != NO_NAME)
            states[i] = IMAGE_SKIPPED;
    }
}

int
push_probe_tags(struct push_context *push, struct err *err)
{
    if (for_names(push, false, check_name, err) < 0)
        return -1;
    if (push->result->conflicts > 0)
        return report_conflicts(push->result, err);
    if (push->options->on_existing == EXISTING_SKIP || push->result->failed > 0)
        push_leave_out_attached(push);
    for (size_t i = 0; i < push->result->plan.name_count; i++)
        push->moves_tags |= push->result->states[i] == IMAGE_PUSHED &&
                            push->result->plan.names[i].to.tag[0] != '\0';
    return 0;
}

/* A document under a cosign tag does not name its subject. */
static uint32_t
why_not(const struct push_context *push, size_t name)
{
    const struct push_plan *plan = &push->result->plan;
    const struct image_entry *entry = &push->set->entries[name];
    uint32_t repo = plan->names[name].repo, subject = image_set_subject(push->set, entry);
    const struct placement *own = push_plan_find(plan, entry->object, repo, true);
    const struct placement *other =
        subject == GRAPH_NONE ? NULL : push_plan_find(plan, subject, repo, true);

    return own->cause == 0 && other ? other->cause : own->cause;
}

void
push_fail_images(struct push_context *push)
{
    const struct push_plan *plan = &push->result->plan;

    for (size_t i = 0; push->result->failure_count > 0 && i < plan->name_count; i++) {
        uint32_t cause = is_left_out(push->result->states[i]) ? 0 : why_not(push, i);

        if (cause != 0)
            push_fail_image(push, i, cause);
    }
}

int
push_tags(struct push_context *push, struct err *err)
{
    return for_names(push, true, set_tag, err);
}

int
push_read_back_tags(struct push_context *push, struct err *err)
{
    return for_names(push, true, read_back_tag, err);
}
