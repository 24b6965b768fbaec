// --from: what a folder's files are, as bundles for this installation.
#pragma once

#include "updater/session.h"

#include <string>
#include <vector>

namespace lockstep {

struct FolderOfBundles {
    std::vector<std::string> paths; // of those that could be applied: highest version first
    // A sentence for each other file that there is nothing wrong with: held, for another product, older than
    // what is accepted here, or applied here before.
    std::vector<std::string> passed_over;
    // Of each that may be meant for here and can't be accepted: damaged, not trusted, expired, or in need of
    // a newer engine. Whose product a bundle is for isn't known before its signatures are verified.
    std::vector<Error> refused;
};

FolderOfBundles bundles_in(Session& session, const std::string& folder);

// What to throw where nothing in the folder can be applied, and something was refused: names each.
Error all_refused(const std::string& folder, const std::vector<Error>& refused);

} // namespace lockstep
