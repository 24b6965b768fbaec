// Finding the bundle to apply: the update executable's own, --bundle, or the best one in --from.
#pragma once

#include "payload/bundle.h"
#include "updater/session.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

// A bundle whose signatures were verified and that was judged acceptable here. Owns the open file.
struct ChosenBundle {
    std::unique_ptr<File> file;
    VerifiedBundle bundle;
};

// Throws Error (not_trusted): not a bundle, signature, key, product, expiry, below the floor, needs a newer
// engine.
ChosenBundle open_bundle(Session& session, const std::string& path, bool own_bundle);

// The bundles of a folder that could be applied, best first: verified, for this product, not held, highest
// version first. `passed_over`: a sentence for each of the others.
std::vector<std::string> candidates_in(Session& session, const std::string& folder,
                                       std::vector<std::string>& passed_over);

} // namespace lockstep
