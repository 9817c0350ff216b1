#include "base/num.h"
#include "base/utf8.h"
#include "spec/spec_parser.h"

#include <smallpress/quantity.h>

#include <inttypes.h>
#include <string.h>

/* Sections whose titles are compared letter by letter with a name that none of them has. */
#define NEAREST_MAX 64

/* Sections in the order of their ids or titles, so that each photo costs few comparisons. */
struct index {
    const struct sp_report_section *sections;
    bool by_id;
    uint32_t *order;
    size_t count;
};

static const char *name_of(const struct index *index, size_t i)
{
    const struct sp_report_section *section = &index->sections[index->order[i]];
    return index->by_id ? section->id : section->title;
}

/* Sections of one name stay in the order of the text. */
static bool comes_before(const struct index *index, size_t a, size_t b)
{
    const int order = strcmp(name_of(index, a), name_of(index, b));
    return order < 0 || (order == 0 && index->order[a] < index->order[b]);
}

static void swap(const struct index *index, size_t a, size_t b)
{
    const uint32_t held = index->order[a];
    index->order[a] = index->order[b];
    index->order[b] = held;
}

static void sift(const struct index *index, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && comes_before(index, child, child + 1))
            child++;
        if (!comes_before(index, root, child))
            return;
        swap(index, root, child);
    }
}

/* A heap sort: in place, and no order of the input makes it slow. */
static struct index make_index(struct sp_spec_parser *parser,
                               const struct sp_submission *submission, bool by_id)
{
    struct index index = {.sections = submission->sections, .by_id = by_id};
    index.order =
        sp_spec_store_take(&parser->store, submission->section_count * sizeof *index.order);
    for (size_t i = 0; i < submission->section_count; i++) {
        if (!by_id || submission->sections[i].id)
            index.order[index.count++] = (uint32_t)i;
    }
    for (size_t i = index.count / 2; i-- > 0;)
        sift(&index, i, index.count);
    for (size_t i = index.count; i-- > 1;) {
        swap(&index, 0, i);
        sift(&index, 0, i);
    }
    return index;
}

/* How many sections have the name: 0, 1, or 2 for more. */
static unsigned count_name(const struct index *index, const char *name)
{
    size_t low = 0;
    size_t high = index->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(name_of(index, middle), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    unsigned found = 0;
    while (found < 2 && low + found < index->count &&
           strcmp(name_of(index, low + found), name) == 0)
        found++;
    return found;
}

#define QUOTE(text) \
    sp_utf8_quote((char[SP_UTF8_QUOTE_BYTES]){0}, SP_UTF8_QUOTE_BYTES, (text), strlen(text))

static enum sp_status check_ids(struct sp_spec_parser *parser, const struct index *ids)
{
    for (size_t i = 1; i < ids->count; i++) {
        if (strcmp(name_of(ids, i - 1), name_of(ids, i)) != 0)
            continue;
        const uint32_t section = ids->order[i];
        const enum sp_status status =
            sp_spec_mistake(parser, ids->sections[section].place,
                            "sections[%" PRIu32 "].id: `%s` is the id of another section too",
                            section, QUOTE(name_of(ids, i)));
        if (status != SP_OK)
            return status;
    }
    return SP_OK;
}

/* The id or title that is most likely meant, or null. */
static const char *nearest_section(const struct sp_submission *submission, const char *name)
{
    const char *found = NULL;
    size_t best = 4;
    for (size_t i = 0; i < SP_MIN(submission->section_count, NEAREST_MAX); i++) {
        const char *names[] = {submission->sections[i].id, submission->sections[i].title};
        for (size_t j = 0; j < SP_COUNT(names); j++) {
            const size_t distance =
                names[j] ? sp_spec_distance(names[j], name, strlen(name), best) : best;
            if (distance < best) {
                best = distance;
                found = names[j];
            }
        }
    }
    return found;
}

static enum sp_status check_photo(struct sp_spec_parser *parser,
                                  const struct sp_submission *submission, size_t i,
                                  const struct index *ids, const struct index *titles)
{
    const struct sp_report_photo *photo = &submission->photos.photos[i];
    if (!photo->section || count_name(ids, photo->section))
        return SP_OK;
    const unsigned count = count_name(titles, photo->section);
    if (count == 1)
        return SP_OK;
    if (count > 1)
        return sp_spec_mistake(parser, photo->place,
                               "photos[%zu].section: more than one section has the title `%s`: "
                               "give them ids and name one of those",
                               i, QUOTE(photo->section));
    const char *nearest = nearest_section(submission, photo->section);
    return sp_spec_mistake(parser, photo->place,
                           "photos[%zu].section: no section has the id or title `%s`%s%s%s", i,
                           QUOTE(photo->section), nearest ? ": is it `" : "",
                           nearest ? QUOTE(nearest) : "", nearest ? "`?" : "");
}

/* That something is left between the margins. */
static enum sp_status check_margins(struct sp_spec_parser *parser, const struct sp_theme *theme)
{
    const int64_t across = theme->page_width_um - theme->margin_left_um - theme->margin_right_um;
    const int64_t down = theme->page_height_um - theme->margin_top_um - theme->margin_bottom_um;
    char left[SP_FORMAT_BYTES];
    char least[SP_FORMAT_BYTES];
    if (SP_MIN(across, down) >= SP_THEME_CONTENT_MIN_UM)
        return SP_OK;
    parser->reader.text = parser->page_text;
    return sp_spec_mistake(
        parser, parser->page_place,
        "%s %s are left between the margins, and a report needs %s: make the page "
        "larger or the margins smaller",
        sp_format_length(left, sizeof left, SP_MIN(across, down)),
        across < down ? "across" : "down",
        sp_format_length(least, sizeof least, SP_THEME_CONTENT_MIN_UM));
}

enum sp_status sp_spec_check(struct sp_spec_parser *parser, struct sp_submission *submission)
{
    parser->depth = 0;
    const struct index ids = make_index(parser, submission, true);
    const struct index titles = make_index(parser, submission, false);
    enum sp_status status = check_ids(parser, &ids);
    for (size_t i = 0; i < submission->photos.count && status == SP_OK; i++)
        status = check_photo(parser, submission, i, &ids, &titles);
    return status == SP_OK ? check_margins(parser, &submission->theme) : status;
}
