#include "cli/job_options.h"

#include <smallpress/quantity.h>

#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum sp_status cli_parse_number(const char *value, uint64_t least, uint64_t most, uint64_t *number,
                                struct sp_err *err)
{
    const enum sp_status status = sp_count_parse(value, number, err);
    if (status == SP_OK && (*number < least || *number > most))
        return sp_fail(err, SP_BAD_SPEC, "`%s` is not in the range %llu to %llu", value,
                       (unsigned long long)least, (unsigned long long)most);
    return status;
}

enum sp_status cli_set_progress(void *field, const char *value, struct sp_err *err)
{
    static const struct {
        const char *name;
        enum cli_progress_mode mode;
    } modes[] = {{"auto", CLI_PROGRESS_AUTO},
                 {"plain", CLI_PROGRESS_PLAIN},
                 {"json", CLI_PROGRESS_JSON},
                 {"none", CLI_PROGRESS_NONE}};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(value, modes[i].name) == 0) {
            *(enum cli_progress_mode *)field = modes[i].mode;
            return SP_OK;
        }
    return sp_fail(err, SP_BAD_SPEC, "`%s` is no kind of progress: write auto, plain, json or none",
                   value);
}

enum sp_status cli_set_size(void *field, const char *value, struct sp_err *err)
{
    return sp_size_parse(value, field, err);
}

enum sp_status cli_set_path(void *field, const char *value, struct sp_err *err)
{
    if (value[0] == '\0')
        return sp_fail(err, SP_BAD_SPEC, "the name is empty");
    *(const char **)field = value;
    return SP_OK;
}

const char *cli_scratch_folder(char folder[PATH_MAX], const char *scratch, const char *output)
{
    if (scratch)
        return scratch;
    const char *temporary = getenv("TMPDIR");
    const char *slash = output ? strrchr(output, '/') : NULL;
    const bool to_file = output && strncmp(output, "/dev/", 5) != 0 && strcmp(output, "-") != 0;
    if (!to_file)
        return temporary && temporary[0] ? temporary : "/var/tmp";
    const size_t length = slash ? (size_t)(slash - output) : 0;
    if (!slash || length >= PATH_MAX)
        return ".";
    memcpy(folder, output, length);
    folder[length] = '\0';
    return length ? folder : "/";
}

unsigned cli_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    const int count = CPU_COUNT(&set);
    return count < 1                         ? 1
           : count > CLI_THREADS_DEFAULT_MAX ? CLI_THREADS_DEFAULT_MAX
                                             : (unsigned)count;
}

uint64_t cli_mebibytes(uint64_t bytes)
{
    return (bytes + (1 << 20) - 1) >> 20;
}
