#include "spec/spec_reader.h"

enum sp_status sp_spec_json_next(struct sp_spec_reader *reader, struct sp_spec_event *event)
{
    static const enum sp_spec_event_kind kinds[] = {
        [SP_JSON_END] = SP_EVENT_END,
        [SP_JSON_OBJECT] = SP_EVENT_MAP,
        [SP_JSON_OBJECT_END] = SP_EVENT_MAP_END,
        [SP_JSON_ARRAY] = SP_EVENT_LIST,
        [SP_JSON_ARRAY_END] = SP_EVENT_LIST_END,
        [SP_JSON_KEY] = SP_EVENT_SCALAR,
        [SP_JSON_STRING] = SP_EVENT_SCALAR,
        [SP_JSON_NUMBER] = SP_EVENT_SCALAR,
        [SP_JSON_TRUE] = SP_EVENT_SCALAR,
        [SP_JSON_FALSE] = SP_EVENT_SCALAR,
        [SP_JSON_NULL] = SP_EVENT_SCALAR,
    };
    struct sp_json *json = &reader->json;
    const enum sp_json_token token = sp_json_next(json);
    event->place = sp_spec_cursor_move(&reader->cursor, json->text, json->token_at);
    if (token == SP_JSON_BAD)
        return sp_spec_fail(reader, event->place, "this is not JSON: %s", json->problem);
    event->kind = kinds[token];
    if (event->kind != SP_EVENT_SCALAR)
        return SP_OK;
    event->plain = token != SP_JSON_KEY && token != SP_JSON_STRING;
    event->escaped = !event->plain && json->escaped;
    if (token == SP_JSON_TRUE || token == SP_JSON_FALSE || token == SP_JSON_NULL) {
        event->text = json->text + json->token_at;
        event->length = json->at - json->token_at;
    } else {
        event->text = json->text + json->slice_at;
        event->length = json->slice_length;
    }
    return SP_OK;
}
