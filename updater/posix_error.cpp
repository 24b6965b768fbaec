#include "updater/posix_error.h"

#include <system_error>

namespace lockstep {

Error system_error(int number, const std::string& doing, const std::string& subject) {
    return {code_of_system_error(number), doing, subject, std::system_category().message(number)};
}

} // namespace lockstep
