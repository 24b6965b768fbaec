#include "updater/posix_error.h"

#include <system_error>

namespace lockstep {
namespace {

Code code_for(int number) {
    switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EACCES:
    case EPERM:
    case EROFS:
    case EFBIG:
        return Code::no_room_or_right;
    default:
        return Code::internal_error;
    }
}

} // namespace

Error system_error(int number, const std::string& doing, const std::string& subject) {
    return {code_for(number), doing, subject, std::system_category().message(number)};
}

} // namespace lockstep
