// A path below a folder, part by part, as both halves of the seam walk it.
#pragma once

#include "updater/file_system.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// Throws Error (not_recognised) where a part is empty, "." or "..", or has one of the `forbidden` characters.
inline std::vector<std::string> parts_of(const std::string& folder, const std::string& relative,
                                         std::string_view forbidden = {}) {
    std::vector<std::string> parts;
    std::size_t start = 0;
    while (start <= relative.size()) {
        const std::size_t end = std::min(relative.find('/', start), relative.size());
        parts.push_back(relative.substr(start, end - start));
        start = end + 1;
    }
    for (const std::string& part : parts)
        if (part.empty() || part == "." || part == ".." || part.find_first_of(forbidden) != std::string::npos)
            throw Error(Code::not_recognised, "open", joined(folder, relative),
                        "it is not a path below " + folder);
    return parts;
}

} // namespace lockstep
