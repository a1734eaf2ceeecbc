/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/warning_list.h"

#include "cli/hints.h"
#include "io/json/json_write.h"

void
warning_list_init(struct warning_list *w, struct progress *progress,
                  const struct command *command, const void *options)
{
    *w = (struct warning_list){
        .progress = progress, .command = command, .options = options};
    pthread_mutex_init(&w->lock, NULL);
}

static void
keep_warning(struct warning_list *w, const struct event *event, const char *hint)
{
    struct jsout *obj;

    if (w->count == WARNINGS_MAX)
        return;
    obj = jsout_object();
    if (event->reason)
        jsout_put_text(obj, "reason", err_reason_word(event->reason));
    jsout_put_text(obj, "message", event->text);
    if (hint[0] != '\0')
        jsout_put_text(obj, "hint", hint);
    if (!w->items)
        w->items = jsout_array();
    jsout_append(w->items, obj);
    w->count++;
}

void
warning_list_emit(void *list, const struct event *event)
{
    struct warning_list *w = list;
    char hint[HINT_MAX] = "";

    if (event->kind != EVENT_WARNING) {
        progress_emit(w->progress, event);
        return;
    }
    hint_add(hint, w->command, w->options, event->reason, "");
    pthread_mutex_lock(&w->lock);
    keep_warning(w, event, hint);
    pthread_mutex_unlock(&w->lock);
    progress_warn(w->progress, event->text, hint);
}

void
warning_list_finish(struct warning_list *w, struct result *r)
{
    if (w->items)
        jsout_put(r->json, "warnings", w->items);
    w->items = NULL;
    pthread_mutex_destroy(&w->lock);
}
