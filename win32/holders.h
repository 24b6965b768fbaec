// Who has a file open: Windows' Restart Manager knows it by path.
#pragma once

#include "updater/process.h"

#include <string>
#include <vector>

namespace lockstep {

// Empty where nobody is to be found, or this Windows can't tell.
std::vector<Holder> holders_of_path(const std::string& path);

} // namespace lockstep
