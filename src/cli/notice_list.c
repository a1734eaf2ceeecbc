/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/notice_list.h"

#include "io/json/json_write.h"

#include <string.h>

void
notice_list_init(struct notice_list *w, struct progress *progress,
                 const struct command *command, const void *options)
{
    *w = (struct notice_list){
        .progress = progress, .command = command, .options = options};
    pthread_mutex_init(&w->lock, NULL);
}

static void
keep_notice(struct notices *kept, enum err_kind kind, enum err_reason reason,
            const char *text, const char *hint)
{
    struct jsout *obj;

    if (kept->count == NOTICES_MAX)
        return;
    obj = jsout_object();
    if (kind)
        jsout_put_kind(obj, kind, reason);
    else if (reason)
        jsout_put_text(obj, "reason", err_reason_word(reason));
    jsout_put_text(obj, "message", text);
    if (hint[0] != '\0')
        jsout_put_text(obj, "hint", hint);
    if (!kept->items)
        kept->items = jsout_array();
    jsout_append(kept->items, obj);
    kept->count++;
}

/* Show a notice, and its hint unless that was just shown. */
static void
show_with_hint(struct notice_list *w, enum event_kind kind, const char *text,
               const char *hint)
{
    bool is_news = strcmp(hint, w->last_hint) != 0;

    memcpy(w->last_hint, hint, strlen(hint) + 1);
    progress_notice(w->progress, kind, text, is_news ? hint : "");
}

static void
take_warning(struct notice_list *w, const struct event *event)
{
    char hint[HINT_MAX] = "";

    hint_add(hint, w->command, w->options, event->reason, "");
    pthread_mutex_lock(&w->lock);
    keep_notice(&w->warnings, ERR_NONE, event->reason, event->text, hint);
    show_with_hint(w, EVENT_WARNING, event->text, hint);
    pthread_mutex_unlock(&w->lock);
}

static void
take_error(struct notice_list *w, const struct event *event)
{
    struct err error = *event->error;

    hint_add_to(&error, w->command, w->options);
    pthread_mutex_lock(&w->lock);
    keep_notice(&w->errors, error.kind, error.reason, error.msg, error.hint);
    show_with_hint(w, EVENT_ERROR, error.msg, event->shares_hint ? "" : error.hint);
    pthread_mutex_unlock(&w->lock);
}

void
notice_list_emit(void *list, const struct event *event)
{
    struct notice_list *w = list;

    if (event->kind == EVENT_WARNING)
        take_warning(w, event);
    else if (event->kind == EVENT_ERROR)
        take_error(w, event);
    else
        progress_emit(w->progress, event);
}

void
notice_list_finish(struct notice_list *w, struct result *r)
{
    if (w->warnings.items)
        jsout_put(r->json, "warnings", w->warnings.items);
    if (w->errors.items)
        jsout_put(r->json, "errors", w->errors.items);
    w->warnings.items = w->errors.items = NULL;
    pthread_mutex_destroy(&w->lock);
}
