#include "cli/exit_code.h"

enum cli_exit cli_exit_of(enum sp_status status)
{
    switch (status) {
    case SP_OK:
        return CLI_DONE;
    case SP_BAD_SPEC:
        return CLI_USAGE;
    case SP_BAD_DATA:
    case SP_TOO_BIG:
        return CLI_DATA;
    case SP_NO_ROOM:
        return CLI_ROOM;
    case SP_IO:
        return CLI_IO;
    case SP_STOPPED:
        return CLI_STOPPED;
    }
    return CLI_BUG;
}
